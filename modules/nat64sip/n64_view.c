/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_view.h"

#include "n64_conf.h"
#include "n64_hop.h"
#include "n64_notify.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_tm.h"

#include "../../core/dprint.h"
#include "../../core/parser/contact/parse_contact.h"
#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_rr.h"
#include "../../core/parser/parse_to.h"
#include "../../core/parser/parse_uri.h"

#include <string.h>

/** Route or Record-Route values looked at (RFC 3261 sets no limit) */
#define MAX_VALUES 64

int n64_view_packet_af(const struct sip_msg *msg)
{
	return msg->rcv.src_ip.af;
}

const struct via_body *n64_view_hop(struct sip_msg *msg)
{
	if(msg->first_line.type == SIP_REQUEST)
		return msg->via1;
	if(parse_headers(msg, HDR_VIA2_F, 0) < 0 || !msg->via2
			|| msg->via2->error != PARSE_OK)
		return NULL;
	return msg->via2;
}

int n64_view_hop_af(const struct sip_msg *msg, const struct via_body *via)
{
	const str *host = &via->host;

	if(msg->first_line.type == SIP_REQUEST)
		return msg->rcv.src_ip.af;
	/* where the reply will be sent: we wrote received when it passed */
	if(via->received && via->received->value.len > 0)
		host = &via->received->value;
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

bool n64_view_body(struct body64 *body, struct sip_msg *msg)
{
	if(!msg->content_type || !msg->eoh)
		return false;
	body->type = msg->content_type->body.s;
	body->typelen = msg->content_type->body.len;
	body->p = get_body(msg);
	if(!body->p)
		return false;
	body->len = msg->buf + msg->len - body->p;
	return body->len > 0;
}

/** One value of a route set in the core's words */
static int read_value(struct n64_pair *dst, const rr_t *rr)
{
	struct n64_route route;
	struct sip_uri uri;
	int proto;

	if(parse_uri(rr->nameaddr.uri.s, rr->nameaddr.uri.len, &uri) < 0)
		return -1;
	memset(&route, 0, sizeof(route));
	route.host = (struct n64_text){uri.host.s, uri.host.len};
	route.port = uri.port_no;
	proto = uri.type == SIPS_URI_T ? PROTO_TLS : PROTO_UDP;
	if(uri.proto != PROTO_NONE)
		proto = uri.proto;
	route.tp = n64_transport_of(proto);
	route.params = (struct n64_text){uri.params.s, uri.params.len};
	return n64_pair_read(dst, &route, n64_self_owns()) ? -1 : 0;
}

static enum n64_leg other(enum n64_leg leg)
{
	return leg == N64_LEG_CALLER ? N64_LEG_CALLEE : N64_LEG_CALLER;
}

/** Which leg is the From side? The first own value knows the caller's tag */
static enum n64_leg from_leg_by_tag(struct n64_view *v)
{
	struct sip_msg *msg = v->msg;
	str tag;

	if(parse_from_header(msg) < 0)
		return N64_LEG_CALLER;
	tag = get_from(msg)->tag_value;
	if(v->first.ftag.len)
		return v->first.ftag.len == (size_t)tag.len
							   && !memcmp(v->first.ftag.p, tag.s, tag.len)
					   ? N64_LEG_CALLER
					   : N64_LEG_CALLEE;
	/* rr's append_fromtag=0: the first value faces who sent the request */
	return v->request && v->first.leg == N64_LEG_CALLEE ? N64_LEG_CALLEE
														: N64_LEG_CALLER;
}

static enum n64_leg find_from_leg(struct n64_view *v)
{
	if(!v->own_values)
		return N64_LEG_CALLER;
	/* a phone sends Routes back in any order, but copies the Record-Routes of
	 * a request as they stand: the first faces the one who replies */
	if(!v->request && v->first.leg == N64_LEG_CALLER)
		return N64_LEG_CALLEE;
	if(!v->request && v->first.leg == N64_LEG_CALLEE)
		return N64_LEG_CALLER;
	return from_leg_by_tag(v);
}

static void assign(struct n64_view *v, const struct n64_pair *pair, int pos)
{
	bool source = pair->leg == v->source_leg;
	bool target = pair->leg == other(v->source_leg);

	if(pair->leg == N64_LEG_BOTH)
		source = target = true;
	if(pair->leg == N64_LEG_NONE && v->request) {
		/* an own address without our label: the first faces the sender */
		source = pos == 0;
		target = pos == 1;
	}
	if(source) {
		v->source_pair = *pair;
		v->has_source_pair = true;
	}
	if(target) {
		v->target_pair = *pair;
		v->has_target_pair = true;
	}
}

/** Walk a route set, call f for each value until it returns false */
static int each_value(struct sip_msg *msg, hdr_types_t type,
		bool (*f)(void *arg, const rr_t *rr), void *arg)
{
	struct hdr_field *hdr;
	const rr_t *rr;
	int n = 0;

	for(hdr = msg->headers; hdr; hdr = hdr->next) {
		if(hdr->type != type)
			continue;
		if(parse_rr(hdr) < 0)
			return -1;
		for(rr = hdr->parsed; rr; rr = rr->next)
			if(++n > MAX_VALUES || !f(arg, rr))
				return 0;
	}
	return 0;
}

/** Own values at the top of a request's route set: one, or two with r2 */
struct own_search
{
	struct n64_pair pair[2];
	unsigned n;
	unsigned pos; /**< values walked */
	bool above;	  /**< a foreign value stands above the own ones */
	str foreign;  /**< the first value after the own ones */
	bool request;
};

static bool search_value(void *arg, const rr_t *rr)
{
	struct own_search *s = arg;
	unsigned max = s->n && s->pair[0].r2 ? 2 : 1;

	++s->pos;
	if(s->n < max && read_value(&s->pair[s->n], rr) == 0) {
		++s->n;
		return true;
	}
	if(!s->request) {
		/* other proxies' values may stand on both sides of ours */
		s->above |= !s->n;
		return !s->n;
	}
	s->foreign = rr->nameaddr.uri;
	return false;
}

static int view_routes(struct n64_view *v, str *foreign, bool *above)
{
	struct own_search s;
	unsigned i;

	memset(&s, 0, sizeof(s));
	s.request = v->request;
	if(each_value(v->msg, v->request ? HDR_ROUTE_T : HDR_RECORDROUTE_T,
			   search_value, &s)
			< 0)
		return -1;
	v->own_values = s.n;
	if(s.n)
		v->first = s.pair[0];
	v->from_leg = find_from_leg(v);
	v->source_leg = v->request ? v->from_leg : other(v->from_leg);
	for(i = 0; i < s.n; i++)
		assign(v, &s.pair[i], i);
	*foreign = s.foreign;
	*above = s.above;
	return 0;
}

static enum n64_host contact_kind(struct sip_msg *msg)
{
	struct contact_body *body;
	struct sip_uri uri;

	if(!msg->contact || parse_contact(msg->contact) < 0)
		return N64_HOST_NONE;
	body = msg->contact->parsed;
	if(!body || body->star || !body->contacts
			|| parse_uri(body->contacts->uri.s, body->contacts->uri.len, &uri)
					   < 0)
		return N64_HOST_NONE;
	return n64_host_kind(uri.host.s, uri.host.len);
}

/** Hints that only the element itself can give */
static void view_source(struct n64_view *v, struct n64_side *side, bool direct)
{
	struct body64 body;

	side->af = v->msg->rcv.src_ip.af;
	side->direct = direct;
	side->pair = v->has_source_pair ? &v->source_pair : NULL;
	if(n64_view_body(&body, v->msg))
		v->has_sdp = body64_scan(&v->sdp, &body) == N64_MIME_SDP;
	if(side->af != AF_INET || !direct)
		return;
	side->contact = contact_kind(v->msg);
	if(v->has_sdp && v->sdp.any == N64_FAMILY_IP6)
		side->sdp = N64_HOST_IP6;
}

static int view_request(
		struct n64_view *v, struct n64_evidence *ev, const str *foreign)
{
	struct sip_msg *msg = v->msg;

	view_source(v, &ev->source, !msg->via1->next && !msg->via2);
	ev->source.via = n64_host_kind(msg->via1->host.s, msg->via1->host.len);
	if(n64_hop(&v->hop, msg, foreign->len ? foreign : NULL) < 0)
		return -1;
	ev->target.af = v->hop.af;
	ev->target.direct = v->hop.direct;
	ev->target.contact = v->hop.contact;
	ev->target.pair = v->has_target_pair ? &v->target_pair : NULL;
	return 0;
}

static void view_reply(
		struct n64_view *v, struct n64_evidence *ev, bool direct)
{
	const struct via_body *via = n64_view_hop(v->msg);
	const struct n64_tctx *t = n64_tm_find(v->msg);

	view_source(v, &ev->source, direct);
	if(via) {
		ev->target.af = n64_view_hop_af(v->msg, via);
		ev->target.via = n64_host_kind(via->host.s, via->host.len);
	}
	ev->target.pair = v->has_target_pair ? &v->target_pair : NULL;
	if(t) {
		ev->target.before = &t->source;
		v->source_leg = other(t->source_leg);
		v->from_leg = t->source_leg;
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

static int bad_message(const struct sip_msg *msg, const char *what)
{
	counter_inc(n64_stats.bad_message);
	LM_DBG("message left as it came, bad %s (id %u)\n", what, msg->id);
	return -1;
}

static int view_begin(struct n64_view *v, struct sip_msg *msg)
{
	memset(v, 0, sizeof(*v));
	v->msg = msg;
	v->request = msg->first_line.type == SIP_REQUEST;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || !msg->via1
			|| msg->via1->error != PARSE_OK)
		return bad_message(msg, "headers");
	return 0;
}

int n64_view_routes(struct n64_view *v, struct sip_msg *msg)
{
	str foreign;
	bool above;

	if(view_begin(v, msg) < 0)
		return -1;
	return view_routes(v, &foreign, &above) < 0 ? bad_message(msg, "route set")
												: 0;
}

static void log_side(const char *side, const struct n64_verdict *verdict)
{
	LM_DBG("%s: %s by %s%s\n", side, n64_net_name(verdict->net),
			n64_rule_name(verdict->rule),
			verdict->net == N64_NET_NAT64 && !verdict->pref.len
					? ", no PREF64 known"
					: "");
}

int n64_view(struct n64_view *v, struct sip_msg *msg)
{
	struct n64_evidence ev;
	str foreign;
	bool above;

	memset(&ev, 0, sizeof(ev));
	if(view_begin(v, msg) < 0)
		return -1;
	if(view_routes(v, &foreign, &above) < 0)
		return bad_message(msg, "route set");
	v->has_notify = n64_notify_believed(&v->notify, msg) == 0;
	if(!v->request)
		view_reply(v, &ev, !above);
	else if(view_request(v, &ev, &foreign) < 0)
		return bad_message(msg, "Request-URI");
	ev.source.notify = notify_of(v, v->source_leg);
	ev.target.notify = notify_of(v, other(v->source_leg));
	n64_decide(&v->d, &ev, &n64_conf.policy);
	log_side("source", &v->d.source);
	log_side("target", &v->d.target);
	return 0;
}

const struct n64_verdict *n64_view_leg(
		const struct n64_view *v, enum n64_leg leg)
{
	return leg == v->source_leg ? &v->d.source : &v->d.target;
}
