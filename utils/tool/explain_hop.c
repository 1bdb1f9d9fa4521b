/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Where a request goes: as n64_hop.c, and by what left, which shows what the
 * script and lookup() made of it.
 */
#include "explain_view.h"

#include "alias.h"
#include "literal.h"

#include <string.h>

static void set_host(struct ex_hop *hop, struct n64_text host, uint16_t port)
{
	struct in6_addr a6;

	hop->has_address = place_parse(&hop->to, host.p, host.len);
	hop->to.port = port;
	/* IPv4-mapped is IPv6 for the module, and nobody's flow */
	if (n64_lit6_parse(&a6, host.p, host.len) == 0 &&
	    IN6_IS_ADDR_V4MAPPED(&a6))
		hop->to.addr = in6addr_any;
}

static bool set_text(struct ex_hop *hop, struct span text)
{
	struct ex_uri uri;

	if (!ex_uri_read(&uri, text))
		return false;
	hop->tp = ex_uri_tp(&uri);
	set_host(hop, ex_text(uri.host), ex_uri_port(&uri));
	return true;
}

static enum n64_transport of_proto(int proto)
{
	/* Kamailio's numbers */
	static const enum n64_transport tp[] = {
		N64_TP_NONE, N64_TP_UDP, N64_TP_TCP, N64_TP_TLS,
		N64_TP_SCTP, N64_TP_WS,  N64_TP_WSS,
	};

	return proto > 0 && proto < 7 ? tp[proto] : N64_TP_NONE;
}

static bool set_alias(struct ex_hop *hop, const struct ex_uri *uri)
{
	struct n64_alias a;

	if (!uri->params.n || n64_alias_find(&a, ex_text(uri->params)))
		return false;
	hop->tp = of_proto(a.proto);
	set_host(hop, a.host, a.port);
	return true;
}

/* By the request as it came */
static bool by_request(struct ex_view *v)
{
	struct ex_hop *hop = &v->hop;
	struct ex_uri uri;

	hop->direct = !v->foreign.n;
	/* tel: and others have no host */
	if (!ex_uri_read(&uri, v->msg->sip.uri))
		return !v->foreign.n || set_text(hop, v->foreign);
	hop->contact = n64_host_kind(uri.host.p, uri.host.n);
	if (v->foreign.n)
		return set_text(hop, v->foreign);
	if (set_alias(hop, &uri))
		return true;
	if (ex_conf_is_self(v->conf, ex_text(uri.host),
			    uri.port ? uri.port : 5060)) {
		hop->contact = N64_HOST_NONE;
		return true;
	}
	return set_text(hop, v->msg->sip.uri);
}

static void read_mark(struct ex_view *v, const struct ex_msg *left)
{
	struct span none = {"", 0};
	const struct ex_mark *m =
		ex_mark_find(v->state, ex_hash(left->sip.uri, none));

	if (m && m->until > left->time && v->hop.direct &&
	    place_same(&m->addr, &left->dst))
		v->hop.marked = m->pref;
}

/* The module goes by a Route of somebody else, be it a name or one that rr takes
 * off as a second one, and by an IPv4-mapped address as by one of IPv6 */
static bool is_hidden(struct ex_view *v)
{
	static const struct in6_addr any;
	struct ex_hop keep = v->hop;
	bool hidden;

	memset(&v->hop, 0, sizeof(v->hop));
	hidden = by_request(v) &&
		(v->foreign.n ||
		 (v->hop.has_address &&
		  !memcmp(&v->hop.to.addr, &any, sizeof(any))));
	if (hidden) {
		keep.has_address = v->hop.has_address;
		keep.to = v->hop.to;
		keep.direct = keep.direct && !v->foreign.n;
	}
	v->hop = keep;
	return hidden;
}

/* By what left */
static bool by_left(struct ex_view *v, const struct ex_msg *left)
{
	struct ex_hop *hop = &v->hop;
	struct ex_uri uri;
	struct span route;

	if (!ex_uri_read(&uri, left->sip.uri))
		return false;
	hop->known = hop->has_address = true;
	hop->contact = n64_host_kind(uri.host.p, uri.host.n);
	hop->direct = !ex_header_first(&left->sip, "Route", 0, &route);
	hop->to = left->dst;
	hop->tp = left->tp;
	if (!is_hidden(v))
		read_mark(v, left);
	return true;
}

/* The ACK of a refusal goes no further, and would go where its INVITE went */
static void by_invite(struct ex_view *v)
{
	const struct ex_sip *sip = &v->msg->sip;
	struct ex_msg left = {.time = v->msg->time, .sip = {.uri = sip->uri}};
	const struct ex_tx *tx;

	if (!span_is(sip->method, "ACK") || v->foreign.n ||
	    !v->hop.has_address)
		return;
	tx = ex_tx_find(v->state, ex_invite_key(sip));
	if (!tx || tx->tp == N64_TP_NONE)
		return;
	left.dst = tx->dst;
	left.tp = tx->tp;
	by_left(v, &left);
}

bool ex_hop_find(struct ex_view *v, const struct ex_msg *left)
{
	memset(&v->hop, 0, sizeof(v->hop));
	v->hop.tp = N64_TP_UDP;
	if (left)
		return by_left(v, left);
	if (!by_request(v))
		return false;
	by_invite(v);
	return true;
}
