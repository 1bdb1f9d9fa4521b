/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Evidence of both sides gathered, and the core asked.
 */
#include "explain_view.h"

#include "literal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void ex_view_begin(struct ex_view *v, const struct ex_msg *msg,
		   const struct ex_conf *conf, struct ex_state *state)
{
	memset(v, 0, sizeof(*v));
	v->msg = msg;
	v->conf = conf;
	v->state = state;
}

bool ex_place_is_in(const struct ex_nets *nets, const struct place *at)
{
	struct in_addr a;

	if (!nets->n || !place_is4(at))
		return false;
	memcpy(&a, at->addr.s6_addr + 12, sizeof(a));
	return ex_conf_is_in(nets, &a);
}

/* A PortaSIP-Notify that is believed: one, from a peer */
static void believe_notify(struct ex_view *v)
{
	const char *name = v->conf->notify_header;
	struct span value, more;
	size_t at = 0;

	if (!ex_place_is_in(&v->conf->peers, &v->msg->src) ||
	    !ex_header(&v->msg->sip, name, 0, &value, &at) ||
	    ex_header(&v->msg->sip, name, 0, &more, &at))
		return;
	v->has_notify = n64_notify_parse(&v->notify, value.p, value.n) == 0;
}

void ex_side_flow(struct ex_view *v, struct n64_side *side,
		  struct n64_fact *fact, const struct n64_flow_key *key)
{
	if (ex_flow_find(fact, v->state, key, ex_seconds(v->msg)) &&
	    !(fact->hint && v->conf->probe))
		side->flow = fact;
}

/* What Content-Length says, if there is that much (RFC 3261 18.3) */
static size_t body_len(const struct ex_sip *sip)
{
	struct span value;
	size_t n = 0, i;

	if (!ex_header_first(sip, "Content-Length", 'l', &value))
		return sip->body.n;
	for (i = 0;
	     i < value.n && i < 8 && value.p[i] >= '0' && value.p[i] <= '9';
	     i++)
		n = n * 10 + (size_t)(value.p[i] - '0');
	return n < sip->body.n ? n : sip->body.n;
}

bool ex_body(struct body64 *body, const struct ex_sip *sip)
{
	struct span type, v;

	memset(body, 0, sizeof(*body));
	if (!ex_header_first(sip, "Content-Type", 'c', &type))
		return false;
	body->type = type.p;
	body->typelen = type.n;
	body->p = sip->body.p;
	body->len = body_len(sip);
	if (ex_header_first(sip, "Content-Encoding", 'e', &v))
		body->encoding = (struct n64_mime_span){v.p, v.n};
	if (ex_header_first(sip, "Content-Disposition", 0, &v))
		body->disposition = (struct n64_mime_span){v.p, v.n};
	return body->len > 0;
}

static void view_sdp(struct ex_view *v)
{
	struct body64 body;

	if (!ex_body(&body, &v->msg->sip))
		return;
	/* of an answer nothing is asked but whether it hints at IPv6 */
	if (v->kept && v->kept->has_offer && !sdp64_has_ip6(body.p, body.len))
		return;
	v->has_sdp = body64_scan(&v->sdp, &body) == N64_MIME_SDP;
}

enum n64_host ex_contact_host(const struct ex_view *v)
{
	struct span list = v->msg->sip.contact, one;
	struct ex_uri uri;

	if (!list.n || !memchr(list.p, '[', list.n) ||
	    !ex_list_next(&list, &one) ||
	    !ex_uri_read(&uri, ex_address_uri(one)))
		return N64_HOST_NONE;
	return n64_host_kind(uri.host.p, uri.host.n);
}

void ex_source(struct ex_view *v, struct n64_side *side)
{
	const struct ex_msg *m = v->msg;
	struct n64_flow_key key;

	side->af = place_is4(&m->src) ? AF_INET : AF_INET6;
	side->direct = v->direct;
	side->pair = v->has_source_pair ? &v->source_pair : NULL;
	side->pool = ex_conf_pool(v->conf, &m->src);
	side->websocket = ex_is_websocket(m->tp);
	if (ex_flow_key(&key, &m->src, m->tp))
		ex_side_flow(v, side, &v->source_flow, &key);
	view_sdp(v);
	if (side->af != AF_INET || !v->direct)
		return;
	if (side->via != N64_HOST_IP6 ||
	    !(v->conf->policy.detect & N64_DETECT_VIA))
		side->contact = ex_contact_host(v);
	if (v->has_sdp && v->sdp.phone)
		side->sdp = N64_HOST_IP6;
}

static enum n64_treat treat(enum n64_ua_action action)
{
	if (action == N64_UA_OFF)
		return N64_TREAT_NEVER;
	return action == N64_UA_FORCE ? N64_TREAT_ALWAYS : N64_TREAT_AS_SHOWN;
}

static const struct n64_notify_leg *leg_of(const struct ex_view *v,
					   enum n64_leg leg)
{
	if (!v->has_notify)
		return NULL;
	return leg == N64_LEG_CALLEE ? &v->notify.callee : &v->notify.caller;
}

static const struct n64_notify_leg *
unless_nat64(const struct n64_notify_leg *leg)
{
	return leg && leg->net == N64_NET_NAT64 ? NULL : leg;
}

static void decide(struct ex_view *v, struct n64_evidence *ev)
{
	enum n64_leg other = ex_leg_other(v->source_leg);
	enum n64_host sdp = ev->source.sdp;

	ev->source.treat =
		ev->source.direct ? treat(v->source_ua) : N64_TREAT_AS_SHOWN;
	ev->source.notify = unless_nat64(leg_of(v, v->source_leg));
	ev->target.notify = unless_nat64(leg_of(v, other));
	if (v->has_notify)
		ev->source.sdp = N64_HOST_NONE;
	n64_decide(&v->near, ev, &v->conf->policy);
	ev->source.sdp = sdp;
	v->d = v->near;
	if (!v->has_notify)
		return;
	ev->source.treat = treat(v->source_ua);
	ev->source.notify = leg_of(v, v->source_leg);
	ev->target.notify = leg_of(v, other);
	n64_decide(&v->d, ev, &v->conf->policy);
}

static enum n64_ua_action ordered(const struct ex_view *v)
{
	const struct ex_sip *sip = &v->msg->sip;
	unsigned given_up = 0;
	struct span name;

	if (!(!sip->request && ex_header_first(sip, "Server", 0, &name)) &&
	    !ex_header_first(sip, "User-Agent", 0, &name))
		return N64_UA_NONE;
	return n64_ua_match(&v->conf->ua, name.p, name.n, &given_up);
}

/* Is there an order that changes the verdict? (n64_ua_find()) */
static bool find_ua(struct ex_view *v, bool direct)
{
	const struct n64_ua_policy *ua = &v->conf->ua;
	enum n64_ua_action action;

	if (!ua->n ||
	    (!ua->force && v->d.source.net != N64_NET_NAT64 &&
	     v->d.target.net != N64_NET_NAT64))
		return false;
	action = ordered(v);
	if (!direct && action != N64_UA_OFF && action != N64_UA_NO_SDP)
		return false;
	v->source_ua = action;
	return treat(action) != N64_TREAT_AS_SHOWN;
}

void ex_decide(struct ex_view *v, struct n64_evidence *ev)
{
	v->hints = ev->source.via == N64_HOST_IP6 ||
		ev->source.contact == N64_HOST_IP6 ||
		ev->source.sdp == N64_HOST_IP6;
	decide(v, ev);
	if (find_ua(v, ev->source.direct))
		decide(v, ev);
}

static void view_target(struct ex_view *v, struct n64_side *side)
{
	struct ex_hop *hop = &v->hop;
	struct n64_flow_key key;

	if (hop->has_address) {
		side->af = place_is4(&hop->to) ? AF_INET : AF_INET6;
		side->pool = ex_conf_pool(v->conf, &hop->to);
		side->websocket = ex_is_websocket(hop->tp);
		if (ex_flow_key(&key, &hop->to, hop->tp))
			ex_side_flow(v, side, &v->target_flow, &key);
	}
	if (v->path_named)
		hop->marked = v->path;
	if (hop->marked.len && hop->direct) {
		v->binding.nat64 = true;
		v->binding.pref = hop->marked;
		side->binding = &v->binding;
	}
	side->direct = hop->direct &&
		!(hop->has_address &&
		  (ex_place_is_in(&v->conf->peers, &hop->to) ||
		   ex_place_is_in(&v->conf->path_peers, &hop->to)));
	side->contact = hop->contact;
	side->pair = v->has_target_pair && (!side->flow || side->flow->hint)
		? &v->target_pair
		: NULL;
}

bool ex_view_request(struct ex_view *v, const struct ex_msg *left)
{
	const struct ex_via *via = &v->msg->sip.via[0];
	struct n64_evidence ev;

	memset(&ev, 0, sizeof(ev));
	if (!ex_legs(v))
		return false;
	believe_notify(v);
	ev.source.via = n64_host_kind(via->host.p, via->host.n);
	ex_source(v, &ev.source);
	if (!ex_hop_find(v, left))
		return false;
	view_target(v, &ev.target);
	if (v->has_registered)
		ev.source.binding = &v->registered;
	ex_decide(v, &ev);
	return true;
}

/* Where a reply goes: we wrote received when the request passed */
static struct span reply_host(const struct ex_via *via)
{
	return via->received.n ? via->received : via->host;
}

static void view_reply_flow(struct ex_view *v, struct n64_side *side)
{
	const struct ex_via *via = &v->msg->sip.via[1];
	struct span host = reply_host(via);
	struct n64_flow_key key;
	struct place at;

	if (!place_parse(&at, host.p, host.n))
		return;
	at.port = via->rport ? via->rport : via->port ? via->port : 5060;
	if (ex_flow_key(&key, &at, via->tp))
		ex_side_flow(v, side, &v->target_flow, &key);
}

static void reply_target(struct ex_view *v, struct n64_side *side)
{
	const struct ex_via *via = &v->msg->sip.via[1];
	struct span host = reply_host(via);
	struct place at;

	if (v->msg->sip.vias < 2)
		return;
	switch (n64_host_kind(host.p, host.n)) {
	case N64_HOST_IP4:
		side->af = AF_INET;
		place_parse(&at, host.p, host.n);
		side->pool = ex_conf_pool(v->conf, &at);
		break;
	case N64_HOST_IP6:
	case N64_HOST_IP6_UNFIT:
		side->af = AF_INET6;
		break;
	default:
		break;
	}
	side->via = n64_host_kind(via->host.p, via->host.n);
	if (!v->kept)
		view_reply_flow(v, side);
}

/* What its transaction kept of the request */
static void recall(struct ex_view *v, struct n64_side *side)
{
	const struct ex_kept *k = v->kept;
	uint32_t now = ex_seconds(v->msg);

	side->before = &k->source;
	side->treat = treat(k->ua);
	v->target_ua = k->ua;
	if (k->source_leg != N64_LEG_NONE) {
		v->source_leg = ex_leg_other(k->source_leg);
		v->from_leg = k->source_leg;
	}
	if (k->has_flow &&
	    ex_flow_find(&v->target_flow, v->state, &k->flow, now) &&
	    !v->target_flow.hint)
		side->flow = &v->target_flow;
	if (k->has_notify && !v->has_notify) {
		v->notify = k->notify;
		v->has_notify = true;
	}
}

bool ex_view_reply(struct ex_view *v)
{
	const struct ex_kept *k = v->kept;
	bool known = k && !k->to_nat64 && v->conf->manages &&
		k->source_leg != N64_LEG_NONE;
	struct n64_evidence ev;

	memset(&ev, 0, sizeof(ev));
	if (known)
		v->above = k->behind_proxy;
	else if (!ex_legs(v))
		return false;
	believe_notify(v);
	v->direct = !v->above && !(k && k->behind_proxy) &&
		!ex_place_is_in(&v->conf->path_peers, &v->msg->src);
	ex_source(v, &ev.source);
	ev.source.received = v->shown.len ? &v->shown : NULL;
	reply_target(v, &ev.target);
	if (v->has_target_pair && !v->branch)
		ev.target.pair = &v->target_pair;
	if (k)
		recall(v, &ev.target);
	ex_decide(v, &ev);
	return true;
}
