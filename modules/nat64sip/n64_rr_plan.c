/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rr_plan.h"

#include "n64_conf.h"
#include "n64_proto.h"
#include "n64_self.h"
#include "n64_stats.h"

#include "../../core/dprint.h"
#include "../../core/forward.h"
#include "../../core/socket_info.h"
#include "../../core/sr_module.h"
#include "../../core/tcp_conn.h"

#include <stdio.h>
#include <string.h>

/** A socket that is not IPv4 is written as rr would write it */
static int set_native(struct n64_rr_end *e, const struct socket_info *si)
{
	bool adv = si->useinfo.name.len > 0;
	const str *name = adv ? &si->useinfo.name : &si->address_str;
	bool bare = name->s[0] != '[' && memchr(name->s, ':', name->len);

	if(name->len + 2 > (int)sizeof(e->host))
		return -1;
	e->own.port = si->useinfo.port_no > 0 ? si->useinfo.port_no : si->port_no;
	e->hostlen = snprintf(e->host, sizeof(e->host), bare ? "[%.*s]" : "%.*s",
			name->len, name->s);
	return 0;
}

static int set_end(
		struct n64_rr_end *e, const struct socket_info *si, int proto)
{
	const struct n64_own *own;

	memset(e, 0, sizeof(*e));
	if(!si)
		return -1;
	e->si = si;
	own = n64_self_of_socket(si);
	if(own)
		e->own = *own;
	else if(set_native(e, si) < 0)
		return -1;
	/* a WebSocket comes over a TCP or TLS socket; its URIs say ws, over TLS
	 * too (RFC 7118 5.1) */
	e->own.tp =
			n64_transport_of(n64_is_websocket(proto) ? PROTO_WS : si->proto);
	return 0;
}

/** The socket of the connection to the next hop, NULL if none is open */
static struct socket_info *connected(const struct n64_hop *hop)
{
	struct socket_info *si = NULL;
	union sockaddr_union to = hop->to;
	struct tcp_connection *con;
	struct ip_addr ip;

	su2ip_addr(&ip, &to);
	con = tcpconn_get(0, &ip, su_getport(&to), NULL, 0);
	if(con) {
		si = con->rcv.bind_address;
		tcpconn_put(con);
	}
	return si;
}

/** Where no address is known, nothing better than a guess */
static struct socket_info *guess(struct sip_msg *msg, int proto)
{
	struct socket_info *in = msg->rcv.bind_address, **list;

	if(msg->force_send_socket)
		return msg->force_send_socket;
	if(in && in->proto == proto)
		return in;
	list = get_sock_info_list(proto);
	return list && *list ? *list : in;
}

/**
 * The socket that the request will leave by. A datagram's is to be forced where
 * another one could be taken, so that the prediction holds; a stream goes over
 * the connection that is open, which forcing might miss.
 */
static int target_end(struct n64_rr_plan *p, const struct n64_view *v)
{
	struct n64_rr_end *e = &p->target_end;
	struct sip_msg *msg = v->msg;
	struct socket_info *si = NULL;
	union sockaddr_union to = v->hop.to;

	if(v->hop.af && n64_is_stream(v->hop.proto))
		si = connected(&v->hop);
	if(!si && v->hop.af)
		si = get_send_socket2(msg->force_send_socket, &to, v->hop.proto, NULL);
	if(set_end(e, si ? si : guess(msg, v->hop.proto), v->hop.proto) < 0)
		return -1;
	if(si && !msg->force_send_socket && n64_mode_of(msg) == N64_MODE_ON
			&& !n64_is_stream(v->hop.proto) && n64_self_of_socket(si)
			&& n64_self_has_rival(n64_self_of_socket(si)))
		p->force = si;
	return 0;
}

/** The PREF64 to write a side's value with, none for the IPv4 form and the
 *  name */
static struct pref64 usable(const struct n64_verdict *verdict,
		const struct n64_rr_end *e, enum n64_ua_action ua)
{
	static const struct pref64 none;

	if(verdict->net != N64_NET_NAT64 || e->hostlen || ua == N64_UA_NO_RR
			|| ua == N64_UA_FQDN)
		return none;
	if(!verdict->pref.len) {
		counter_inc(n64_stats.no_pref64);
		return none;
	}
	if(!pref64_may_carry(&verdict->pref, &e->own.addr,
			   n64_conf.wkp_strict && !verdict->shown)) {
		counter_inc(n64_stats.not_carried);
		LM_DBG("this PREF64 may not carry the own address (RFC 6052 3.1)\n");
		return none;
	}
	return verdict->pref;
}

int n64_rr_print(struct n64_rr_value *val, const struct n64_pair *pair,
		const str *params)
{
	size_t n = n64_pair_print(val->buf, N64_PAIR_TEXT_MAX + 1, pair);

	if(!n)
		return -1;
	if(params->len > N64_RR_PARAMS_MAX)
		return -1;
	memcpy(val->buf + n, params->s, params->len);
	val->text.s = val->buf;
	val->text.len = n + params->len;
	return 0;
}

static enum n64_family last_family(const struct n64_pair *pair, bool has)
{
	return has ? pair->family : N64_FAMILY_NONE;
}

/** dialog and uac put their parameters on both values of a pair, and complain
 *  of a single one */
static bool may_be_single(void)
{
	return !find_module_by_name("dialog") && !find_module_by_name("uac");
}

/** A family that was shown binds one leg, not both; nor could the offer that an
 *  INVITE without one asks for be noted in a value that both share */
static bool may_share_family(const struct n64_view *v, enum n64_family family)
{
	if(family == N64_FAMILY_NONE)
		return v->msg->REQ_METHOD != METHOD_INVITE;
	return family != N64_FAMILY_IP4;
}

/**
 * What stands in the address's place: a native IPv6 socket's own, or, towards a
 * phone whose PREF64 nobody knows, the name that it resolves in its network.
 */
static struct n64_text host_of(const struct n64_rr_end *e,
		const struct n64_verdict *verdict, const struct pref64 *pref,
		enum n64_ua_action ua)
{
	const str *name = &n64_conf.rr_fqdn;

	if(!e->hostlen && verdict->net == N64_NET_NAT64 && !pref->len
			&& ua != N64_UA_NO_RR)
		return (struct n64_text){name->s, name->len};
	return (struct n64_text){e->host, e->hostlen};
}

int n64_rr_make_plan(struct n64_rr_plan *p, const struct n64_view *v)
{
	struct sip_msg *msg = v->msg;

	memset(p, 0, sizeof(*p));
	if(set_end(&p->source_end, msg->rcv.bind_address, msg->rcv.proto) < 0
			|| target_end(p, v) < 0)
		return -1;
	p->source.own = &p->source_end.own;
	p->source.leg = v->source_leg;
	p->source.pref = usable(&v->near.source, &p->source_end, v->source_ua);
	p->source.host = host_of(
			&p->source_end, &v->near.source, &p->source.pref, v->source_ua);
	p->source.family =
			v->has_sdp ? v->sdp.any
					   : last_family(&v->source_pair, v->has_source_pair);
	p->target.own = &p->target_end.own;
	p->target.leg =
			v->source_leg == N64_LEG_CALLER ? N64_LEG_CALLEE : N64_LEG_CALLER;
	p->target.pref = usable(&v->near.target, &p->target_end, v->target_ua);
	p->target.host = host_of(
			&p->target_end, &v->near.target, &p->target.pref, v->target_ua);
	p->target.family = last_family(&v->target_pair, v->has_target_pair);
	p->single = p->source_end.si == p->target_end.si
				&& p->source_end.own.tp == p->target_end.own.tp
				&& p->source.pref.len
				&& pref64_equal(&p->source.pref, &p->target.pref)
				&& may_share_family(v, p->source.family) && may_be_single();
	p->source.r2 = p->target.r2 = !p->single;
	if(p->single)
		p->source.leg = N64_LEG_BOTH;
	return 0;
}

bool n64_rr_wants_pair(const struct n64_view *v)
{
	return (v->near.source.net == N64_NET_NAT64
				   && v->source_ua != N64_UA_NO_RR)
		   || v->near.target.net == N64_NET_NAT64;
}
