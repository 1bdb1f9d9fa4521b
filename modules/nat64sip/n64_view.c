/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_view.h"

#include "n64_bad.h"
#include "n64_body.h"
#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_decided.h"
#include "n64_hop.h"
#include "n64_learn.h"
#include "n64_legs.h"
#include "n64_notify.h"
#include "n64_path.h"
#include "n64_pool.h"
#include "n64_proto.h"
#include "n64_routes.h"
#include "n64_self.h"
#include "n64_tm.h"
#include "n64_view_last.h"

#include "../../core/parser/contact/parse_contact.h"
#include "../../core/parser/parse_content.h"
#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_to.h"
#include "../../core/parser/parse_uri.h"
#include "../../core/ut.h"

#include <string.h>

const struct via_body *n64_view_hop(struct sip_msg *msg)
{
	if(msg->first_line.type == SIP_REQUEST)
		return msg->via1;
	if(parse_headers(msg, HDR_VIA2_F, 0) < 0 || !msg->via2
			|| msg->via2->error != PARSE_OK)
		return NULL;
	return msg->via2;
}

/** Where a reply will be sent: we wrote received when the request passed */
static const str *reply_host(const struct via_body *via)
{
	if(via->received && via->received->value.len > 0)
		return &via->received->value;
	return &via->host;
}

int n64_view_hop_af(const struct sip_msg *msg, const struct via_body *via)
{
	const str *host = reply_host(via);

	if(msg->first_line.type == SIP_REQUEST)
		return msg->rcv.src_ip.af;
	switch(n64_host_kind(host->s, host->len)) {
		case N64_HOST_IP4:
			return AF_INET;
		case N64_HOST_IP6:
		case N64_HOST_IP6_UNFIT:
			return AF_INET6;
		default:
			return 0;
	}
}

int n64_view_reply_addr(struct in_addr *dst, struct sip_msg *msg)
{
	const struct via_body *via = n64_view_hop(msg);
	const str *host = via ? reply_host(via) : NULL;

	return host && n64_lit4_parse(dst, host->s, host->len) == 0 ? 0 : -1;
}

size_t n64_view_body_len(struct sip_msg *msg, const char *body)
{
	size_t rest = msg->buf + msg->len - body;

	if(msg->content_length && get_content_length(msg) >= 0
			&& (size_t)get_content_length(msg) < rest)
		return get_content_length(msg);
	return rest;
}

bool n64_view_body(struct body64 *body, struct sip_msg *msg)
{
	if(!msg->content_type || !msg->eoh)
		return false;
	n64_body_headers(body, msg);
	body->p = get_body(msg);
	if(!body->p)
		return false;
	body->len = n64_view_body_len(msg, body->p);
	return body->len > 0;
}

enum n64_host n64_view_contact(struct sip_msg *msg)
{
	struct contact_body *body;
	struct sip_uri uri;

	/* a literal counts, and nothing else */
	if(!msg->contact
			|| !memchr(msg->contact->body.s, '[', msg->contact->body.len)
			|| parse_contact(msg->contact) < 0)
		return N64_HOST_NONE;
	body = msg->contact->parsed;
	if(!body || body->star || !body->contacts
			|| parse_uri(body->contacts->uri.s, body->contacts->uri.len, &uri)
					   < 0)
		return N64_HOST_NONE;
	return n64_host_kind(uri.host.s, uri.host.len);
}

/** What the cache knows of a flow; fact is the caller's */
static void view_flow(struct n64_side *side, struct n64_fact *fact,
		const struct ip_addr *ip, int port, int proto)
{
	struct n64_flow_key key;

	if(ip->af != AF_INET)
		return;
	n64_cache_key(&key, ip, port, proto);
	/* where phones are asked, the answer says more than an old hint */
	if(n64_cache_find(fact, &key) && !(fact->hint && n64_conf.probe))
		side->flow = fact;
}

/** Of the answer to an offer that the transaction knows nothing is asked but
 *  whether it hints at IPv6 */
static bool is_mere_answer(const struct n64_view *v, const struct body64 *body)
{
	const struct n64_tctx *t = v->request ? NULL : n64_tm_find(v->msg);

	return t && t->has_offer && !sdp64_has_ip6(body->p, body->len);
}

/** Hints that only the element itself can give */
static void view_source(struct n64_view *v, struct n64_side *side, bool direct)
{
	struct body64 body;

	side->af = v->msg->rcv.src_ip.af;
	side->direct = direct;
	side->pair = v->has_source_pair ? &v->source_pair : NULL;
	side->pool = n64_pool_pref(&v->msg->rcv.src_ip);
	side->websocket = n64_is_websocket(v->msg->rcv.proto);
	view_flow(side, &v->source_flow, &v->msg->rcv.src_ip, v->msg->rcv.src_port,
			v->msg->rcv.proto);
	if(n64_view_body(&body, v->msg) && !is_mere_answer(v, &body))
		v->has_sdp = body64_scan(&v->sdp, &body) == N64_MIME_SDP;
	if(side->af != AF_INET || !direct)
		return;
	/* beside the Via it has nothing to add */
	if(side->via != N64_HOST_IP6 || !(n64_conf.policy.detect & N64_DETECT_VIA))
		side->contact = n64_view_contact(v->msg);
	if(v->has_sdp && v->sdp.phone)
		side->sdp = N64_HOST_IP6;
}

static int view_request(
		struct n64_view *v, struct n64_evidence *ev, const str *foreign)
{
	struct sip_msg *msg = v->msg;

	ev->source.via = n64_host_kind(msg->via1->host.s, msg->via1->host.len);
	view_source(v, &ev->source, v->direct);
	if(n64_hop(&v->hop, msg, foreign->len ? foreign : NULL) < 0)
		return -1;
	ev->target.af = v->hop.af;
	if(v->hop.af) {
		struct ip_addr ip;

		su2ip_addr(&ip, &v->hop.to);
		ev->target.pool = n64_pool_pref(&ip);
		ev->target.websocket = n64_is_websocket(v->hop.proto);
		view_flow(&ev->target, &v->target_flow, &ip, su_getport(&v->hop.to),
				v->hop.proto);
	}
	/* what a Route says, its "received" too, which is the destination then, is
	 * the registrar's word or nobody's */
	if(v->path_named)
		v->hop.marked = v->path;
	if(v->hop.marked.len && v->hop.direct) {
		v->binding.nat64 = true;
		v->binding.pref = v->hop.marked;
		ev->target.binding = &v->binding;
	}
	/* a peer is asked for the phone by the phone's own Request-URI */
	ev->target.direct =
			v->hop.direct && !n64_notify_to_peer(v) && !n64_path_to_peer(v);
	ev->target.contact = v->hop.contact;
	/* what the target's own flow showed counts more than what the other side
	 * brings back */
	ev->target.pair =
			v->has_target_pair && (!ev->target.flow || ev->target.flow->hint)
					? &v->target_pair
					: NULL;
	return 0;
}

/** The flow that a reply goes to, where its transaction kept nothing: where the
 *  request came from, as we wrote it into its Via */
static void view_reply_flow(
		struct n64_view *v, struct n64_side *side, const struct via_body *via)
{
	unsigned int port = via->port;
	struct in_addr addr;
	struct ip_addr ip;

	if(n64_view_reply_addr(&addr, v->msg) < 0)
		return;
	if(via->rport && via->rport->value.len > 0
			&& str2int(&via->rport->value, &port) < 0)
		return;
	memset(&ip, 0, sizeof(ip));
	ip.af = AF_INET;
	ip.len = sizeof(addr);
	memcpy(ip.u.addr, &addr, sizeof(addr));
	view_flow(side, &v->target_flow, &ip, port ? port : SIP_PORT, via->proto);
}

static void view_reply(
		struct n64_view *v, struct n64_evidence *ev, bool direct)
{
	const struct via_body *via = n64_view_hop(v->msg);
	const struct n64_tctx *t = n64_tm_find(v->msg);

	v->direct =
			direct && !(t && t->behind_proxy) && !n64_path_from_peer(v->msg);
	view_source(v, &ev->source, v->direct);
	ev->source.received = n64_learn_shown(v->msg);
	if(via) {
		ev->target.af = n64_view_hop_af(v->msg, via);
		ev->target.via = n64_host_kind(via->host.s, via->host.len);
		ev->target.pool = n64_pool_pref_of_host(reply_host(via));
		if(!t)
			view_reply_flow(v, &ev->target, via);
	}
	/* a transaction that kept nothing says that nothing was found; the copy of
	 * our Record-Route is the other side's word */
	if(v->has_target_pair && !n64_tm_has(v->msg))
		ev->target.pair = &v->target_pair;
	if(t) {
		ev->target.before = &t->source;
		ev->target.treat = n64_ua_treat(t->ua);
		v->target_ua = t->ua;
		if(t->source_leg != N64_LEG_NONE) {
			v->source_leg = n64_leg_other(t->source_leg);
			v->from_leg = t->source_leg;
		}
		if(t->has_flow && n64_cache_fact(&v->target_flow, &t->flow))
			ev->target.flow = &v->target_flow;
		if(t->has_notify && !v->has_notify) {
			v->notify = t->notify;
			v->has_notify = true;
		}
	}
}

static const struct n64_notify_leg *notify_of(
		const struct n64_view *v, enum n64_leg leg)
{
	if(!v->has_notify)
		return NULL;
	return leg == N64_LEG_CALLEE ? &v->notify.callee : &v->notify.caller;
}

static int view_begin(struct n64_view *v, struct sip_msg *msg)
{
	memset(v, 0, sizeof(*v));
	v->msg = msg;
	v->request = msg->first_line.type == SIP_REQUEST;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || !msg->via1
			|| msg->via1->error != PARSE_OK)
		return n64_bad(msg, N64_BAD_HEADERS);
	return 0;
}

/** Of a reply its transaction knows the legs; what its Record-Routes could add is
 *  the PREF64 of a phone that it comes from */
static bool legs_known(struct n64_view *v, str *foreign, bool *above)
{
	const struct n64_tctx *t = v->request ? NULL : n64_tm_find(v->msg);

	if(!t || t->to_nat64 || !t->parts || t->source_leg == N64_LEG_NONE)
		return false;
	*foreign = (str)STR_NULL;
	*above = t->behind_proxy;
	return true;
}

int n64_view_routes(struct n64_view *v, struct sip_msg *msg)
{
	str foreign;
	bool above;

	if(view_begin(v, msg) < 0)
		return -1;
	return n64_legs(v, &foreign, &above) < 0 ? n64_bad(msg, N64_BAD_ROUTES)
											 : 0;
}

static const struct n64_notify_leg *unless_nat64(
		const struct n64_notify_leg *leg)
{
	return leg && leg->net == N64_NET_NAT64 ? NULL : leg;
}

/** Of the neighbours, and, by a believed header, of who is behind them */
static void decide(struct n64_view *v, struct n64_evidence *ev)
{
	enum n64_host sdp = ev->source.sdp;

	ev->source.treat = ev->source.direct ? n64_ua_treat(v->source_ua)
										 : N64_TREAT_AS_SHOWN;
	ev->source.notify = unless_nat64(notify_of(v, v->source_leg));
	ev->target.notify =
			unless_nat64(notify_of(v, n64_leg_other(v->source_leg)));
	/* the SDP that a peer passes on is that of who is behind it */
	if(v->has_notify)
		ev->source.sdp = N64_HOST_NONE;
	n64_decide(&v->near, ev, &n64_conf.policy);
	ev->source.sdp = sdp;
	v->d = v->near;
	if(!v->has_notify)
		return;
	ev->source.treat = n64_ua_treat(v->source_ua);
	ev->source.notify = notify_of(v, v->source_leg);
	ev->target.notify = notify_of(v, n64_leg_other(v->source_leg));
	n64_decide(&v->d, ev, &n64_conf.policy);
}

static int done(const struct n64_view *v)
{
	n64_decided(v);
	return 0;
}

int n64_view_registered(struct n64_view *v, struct sip_msg *msg,
		const struct n64_fact *binding)
{
	struct n64_evidence ev;
	str foreign;
	bool above;

	memset(&ev, 0, sizeof(ev));
	if(view_begin(v, msg) < 0)
		return -1;
	if(!legs_known(v, &foreign, &above) && n64_legs(v, &foreign, &above) < 0)
		return n64_bad(msg, N64_BAD_ROUTES);
	v->has_notify = n64_notify_believed(&v->notify, msg) == 0;
	if(!v->request)
		view_reply(v, &ev, !above);
	else if(view_request(v, &ev, &foreign) < 0)
		return n64_bad(msg, N64_BAD_RURI);
	ev.source.binding = binding;
	v->hints = ev.source.via == N64_HOST_IP6
			   || ev.source.contact == N64_HOST_IP6
			   || ev.source.sdp == N64_HOST_IP6;
	decide(v, &ev);
	if(n64_ua_find(v, ev.source.direct))
		decide(v, &ev);
	return done(v);
}

int n64_view(struct n64_view *v, struct sip_msg *msg)
{
	const struct n64_view *last = n64_view_last(msg);

	if(last) {
		*v = *last;
		return 0;
	}
	if(n64_view_registered(v, msg, NULL) < 0)
		return -1;
	n64_view_keep(v);
	return 0;
}

const struct n64_verdict *n64_view_leg(
		const struct n64_view *v, enum n64_leg leg)
{
	return leg == v->source_leg ? &v->d.source : &v->d.target;
}

bool n64_view_from_phone(const struct n64_view *v)
{
	return v->near.source.net == N64_NET_NAT64 && v->direct
		   && v->msg->rcv.src_ip.af == AF_INET;
}
