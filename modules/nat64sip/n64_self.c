/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_self.h"

#include "n64_conf.h"

#include "../../core/dprint.h"
#include "../../core/forward.h"
#include "../../core/mem/mem.h"
#include "../../core/globals.h"
#include "../../core/socket_info.h"
#include "../../core/ut.h"
#include "../../nat64sip/literal.h"

#include <string.h>
#include <strings.h>

/** Read-only once n64_self_init() has run */
static struct n64_own *own_v;
static struct n64_owns owns;
static bool rivals;

enum n64_transport n64_transport_of(int proto)
{
	switch(proto) {
		case PROTO_UDP:
			return N64_TP_UDP;
		case PROTO_TCP:
			return N64_TP_TCP;
		case PROTO_TLS:
			return N64_TP_TLS;
		case PROTO_SCTP:
			return N64_TP_SCTP;
		case PROTO_WS:
			return N64_TP_WS;
		case PROTO_WSS:
			return N64_TP_WSS;
		default:
			return N64_TP_NONE;
	}
}

static const struct n64_own_address *configured(const struct in_addr *local)
{
	unsigned i;

	for(i = 0; i < n64_conf.own_n; i++)
		if(n64_conf.own[i].local.s_addr == local->s_addr)
			return &n64_conf.own[i];
	return NULL;
}

/**
 * How phones reach a socket: as advertised, else as configured, else at the
 * address that it listens on.
 *
 * @return 0, or -1 if nobody knows
 */
static int address_of(struct in_addr *dst, const struct socket_info *si)
{
	static const struct in_addr any = {INADDR_ANY};
	const struct n64_own_address *a;
	struct in_addr local;

	if(si->useinfo.name.len > 0
			&& n64_lit4_parse(dst, si->useinfo.name.s, si->useinfo.name.len)
					   == 0)
		return 0;
	/* the core's advertised_address, for all sockets without one of their own */
	if(default_global_address.len > 0
			&& n64_lit4_parse(dst, default_global_address.s,
					   default_global_address.len)
					   == 0)
		return 0;
	memcpy(&local, si->address.u.addr, sizeof(local));
	a = configured(&local);
	if(!a)
		a = configured(&any);
	*dst = a ? a->own : local;
	return dst->s_addr == INADDR_ANY ? -1 : 0;
}

static uint16_t port_of(const struct socket_info *si)
{
	str text = default_global_port;
	unsigned int port;

	if(si->useinfo.port_no > 0)
		return si->useinfo.port_no;
	if(si->useinfo.name.len <= 0 && text.len > 0 && str2int(&text, &port) == 0
			&& port > 0 && port <= 65535)
		return port;
	return si->port_no;
}

static int add_socket(const struct socket_info *si)
{
	struct n64_own *o = &own_v[owns.n];

	if(address_of(&o->addr, si) < 0) {
		LM_ERR("socket %.*s listens on every address and advertises none:"
			   " set listen=... advertise ADDRESS, or parameter"
			   " \"own_address\" (no value), to the IPv4 address that phones"
			   " reach\n",
				si->sock_str.len, si->sock_str.s);
		return -1;
	}
	o->port = port_of(si);
	o->tp = n64_transport_of(si->proto);
	o->socket = si;
	++owns.n;
	return 0;
}

/** Call f for each IPv4 socket; stops at the first error */
static int each_socket(int (*f)(const struct socket_info *si))
{
	static const int protos[] = {PROTO_UDP, PROTO_TCP, PROTO_TLS, PROTO_SCTP};
	struct socket_info **list, *si;
	unsigned i;

	for(i = 0; i < sizeof(protos) / sizeof(protos[0]); i++) {
		list = get_sock_info_list(protos[i]);
		for(si = list ? *list : NULL; si; si = si->next)
			if(si->address.af == AF_INET && f(si) < 0)
				return -1;
	}
	return 0;
}

static int count_socket(const struct socket_info *si)
{
	(void)si;
	++owns.n;
	return 0;
}

/**
 * The core's question "is this host myself?". host comes with brackets, proto
 * may be PROTO_NONE, port 0 says that any port will do.
 */
static int check_self_synthetic(
		str *host, unsigned short port, unsigned short proto)
{
	enum n64_transport tp = n64_transport_of(proto);
	struct in6_addr a6;
	struct in_addr a4;
	size_t i;

	if(host->len < 2)
		return 0;
	if(n64_self_of_name((struct n64_text){host->s, host->len}, port, tp))
		return 1;
	if(host->s[0] != '[') {
		/* advertised and own addresses are not the core's sockets */
		return !n64_lit4_parse(&a4, host->s, host->len) && port
			   && n64_own_find(&owns, &a4, port, tp);
	}
	if(n64_lit6_parse(&a6, host->s, host->len))
		return 0;
	if(port)
		return n64_own_find_synthetic(&owns, &a6, port, tp, NULL) != NULL;
	for(i = 0; i < owns.n; i++)
		if(n64_own_find_synthetic(&owns, &a6, owns.v[i].port, tp, NULL))
			return 1;
	return 0;
}

const struct n64_own *n64_self_of_name(
		struct n64_text host, uint16_t port, enum n64_transport tp)
{
	const struct n64_own *own;
	size_t i;

	if(!n64_conf.rr_fqdn.len || host.len != (size_t)n64_conf.rr_fqdn.len
			|| strncasecmp(host.p, n64_conf.rr_fqdn.s, host.len))
		return NULL;
	for(i = 0; i < owns.n; i++) {
		own = n64_own_find(&owns, &owns.v[i].addr, port, tp);
		if(own)
			return own;
	}
	return NULL;
}

int n64_self_init(void)
{
	size_t i;

	each_socket(count_socket);
	if(owns.n == 0) {
		LM_ERR("no IPv4 socket: nat64sip needs one, set listen=...\n");
		return -1;
	}
	own_v = pkg_malloc(owns.n * sizeof(*own_v));
	if(!own_v) {
		PKG_MEM_ERROR;
		return -1;
	}
	owns.n = 0;
	owns.v = own_v;
	if(each_socket(add_socket) < 0)
		return -1;
	for(i = 0; i < owns.n; i++)
		rivals |= n64_self_has_rival(&owns.v[i]);
	return register_check_self_func(check_self_synthetic);
}

const struct n64_owns *n64_self_owns(void)
{
	return &owns;
}

const struct n64_own *n64_self_of_socket(const struct socket_info *si)
{
	size_t i;

	for(i = 0; i < owns.n; i++)
		if(owns.v[i].socket == si)
			return &owns.v[i];
	return NULL;
}

bool n64_self_has_rival(const struct n64_own *own)
{
	size_t i;

	for(i = 0; i < owns.n; i++)
		if(&owns.v[i] != own && owns.v[i].tp == own->tp)
			return true;
	return false;
}

bool n64_self_has_rivals(void)
{
	return rivals;
}
