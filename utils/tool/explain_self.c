/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The proxy's sockets and own addresses, as the module knows them (n64_self.c).
 */
#include "explain_conf.h"

#include "literal.h"
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "host", "host:port", "[v6]:port"; true if it is one */
static bool cut_port(char *text, uint16_t *port)
{
	char *colon = strrchr(text, ':'), *bracket = strrchr(text, ']');

	*port = 0;
	if (!colon || colon < bracket ||
	    (!bracket && strchr(text, ':') != colon))
		return *text != '\0';
	*port = (uint16_t)strtoul(colon + 1, NULL, 10);
	*colon = '\0';
	return *port != 0;
}

/* The address, with or without brackets */
static bool read_place(struct place *dst, const char *host)
{
	size_t n = strlen(host);

	if (n > 1 && host[0] == '[' && host[n - 1] == ']')
		return place_parse(dst, host + 1, n - 2);
	return place_parse(dst, host, n);
}

static void add(struct ex_conf *c, const struct ex_socket *s)
{
	if (c->sockets < EX_SOCKETS)
		c->socket[c->sockets++] = *s;
}

static bool cut_transport(char **text, enum n64_transport *tp)
{
	char *colon = strchr(*text, ':');

	if (!colon)
		return false;
	*tp = n64_transport_parse(*text, (size_t)(colon - *text));
	if (*tp == N64_TP_NONE)
		return false;
	*text = colon + 1;
	return true;
}

int ex_conf_socket(struct ex_conf *c, const char *word)
{
	struct ex_socket s = {.tp = N64_TP_NONE};
	char copy[2 * EX_NAME_MAX], *text = copy, *adv;
	bool named;
	uint16_t port;

	snprintf(copy, sizeof(copy), "%s", word);
	named = cut_transport(&text, &s.tp);
	adv = strchr(text, '/');
	if (adv) {
		*adv++ = '\0';
		cut_port(adv, &s.advertise_port);
		snprintf(s.advertise, sizeof(s.advertise), "%s", adv);
	}
	if (!cut_port(text, &port) || !read_place(&s.listen, text)) {
		tool_say("%s: no socket such as udp:192.0.2.10:5060", word);
		return -1;
	}
	if (named) {
		s.listen.port = port ? port : s.tp == N64_TP_TLS ? 5061 : 5060;
		add(c, &s);
		return 0;
	}
	s.listen.port = port ? port : 5060;
	for (s.tp = N64_TP_UDP; s.tp <= N64_TP_TLS; s.tp++)
		add(c, &s);
	return 0;
}

static struct in_addr addr4(const struct place *at)
{
	struct in_addr a;

	memcpy(&a, at->addr.s6_addr + 12, sizeof(a));
	return a;
}

/* What own_address says of a socket; local 0.0.0.0: of all others */
static bool configured(struct in_addr *own, const struct ex_conf *c,
		       struct in_addr local)
{
	size_t i;

	for (i = 0; i < c->own_addresses; i++) {
		if (c->own_address[i].local.s_addr == local.s_addr) {
			*own = c->own_address[i].own;
			return true;
		}
	}
	return false;
}

static bool literal(struct in_addr *dst, const char *text)
{
	return n64_lit4_parse(dst, text, strlen(text)) == 0;
}

static struct in_addr address_of(const struct ex_conf *c,
				 const struct ex_socket *s)
{
	static const struct in_addr any = {INADDR_ANY};
	const struct cfg_tok *core = cfg_core(&c->cfg, "advertised_address");
	struct in_addr own;

	if (literal(&own, s->advertise) || (core && literal(&own, core->text)))
		return own;
	if (configured(&own, c, addr4(&s->listen)) || configured(&own, c, any))
		return own;
	return addr4(&s->listen);
}

static uint16_t port_of(const struct ex_conf *c, const struct ex_socket *s)
{
	const struct cfg_tok *core = cfg_core(&c->cfg, "advertised_port");

	if (s->advertise_port)
		return s->advertise_port;
	if (!s->advertise[0] && core && strtol(core->text, NULL, 10) > 0)
		return (uint16_t)strtol(core->text, NULL, 10);
	return s->listen.port;
}

int ex_conf_done(struct ex_conf *c)
{
	const struct ex_socket *s;
	struct n64_own *o;

	for (s = c->socket; s < c->socket + c->sockets; s++) {
		if (!place_is4(&s->listen))
			continue;
		o = &c->own[c->owns.n++];
		o->addr = address_of(c, s);
		o->port = port_of(c, s);
		o->tp = s->tp;
		o->socket = s;
	}
	c->owns.v = c->own;
	if (!c->owns.n) {
		if (c->file)
			tool_say("%s: names no IPv4 socket: -l SOCKET or "
				 "--own ADDRESS",
				 c->file);
		else
			tool_say("which address is the proxy's? --own ADDRESS "
				 "or --config FILE");
		return -1;
	}
	if (c->pools && n64_pool_build(&c->pool, c->pool_v, c->pools, NULL)) {
		tool_say("a network has two pools");
		return -1;
	}
	return 0;
}

bool ex_conf_is_in(const struct ex_nets *nets, const struct in_addr *addr)
{
	unsigned i;

	for (i = 0; i < nets->n; i++) {
		if (n64_net4_contains(&nets->v[i], addr))
			return true;
	}
	return false;
}

/* A WebSocket comes over the socket of TCP or TLS */
static enum n64_transport carrier(enum n64_transport tp)
{
	return tp == N64_TP_WS     ? N64_TP_TCP
		: tp == N64_TP_WSS ? N64_TP_TLS
				   : tp;
}

/* By its address, or by the one that others know it by */
static bool is_named(const struct ex_conf *c, const struct ex_socket *s,
		     const struct place *at)
{
	const struct n64_own *own = ex_conf_own(c, s);

	if (place_same(&s->listen, at))
		return true;
	return own && place_is4(at) && own->port == at->port &&
		own->addr.s_addr == addr4(at).s_addr;
}

static const struct ex_socket *find_named(const struct ex_conf *c,
					  const struct place *at,
					  enum n64_transport tp)
{
	const struct ex_socket *s;

	for (s = c->socket; s < c->socket + c->sockets; s++) {
		if (s->tp == carrier(tp) && is_named(c, s, at))
			return s;
	}
	return NULL;
}

const struct ex_socket *ex_conf_find(const struct ex_conf *c,
				     const struct place *at,
				     enum n64_transport tp)
{
	const struct ex_socket *s = find_named(c, at, tp);

	if (s)
		return s;
	for (s = c->socket; s < c->socket + c->sockets; s++) {
		if (s->tp == carrier(tp) && s->listen.port == at->port &&
		    place_is_any4(&s->listen))
			return s;
	}
	return NULL;
}

bool ex_conf_is_named(const struct ex_conf *c, const struct place *at,
		      enum n64_transport tp)
{
	return find_named(c, at, tp) != NULL;
}

bool ex_conf_is_own_host(const struct ex_conf *c, const struct place *at)
{
	const struct ex_socket *s;
	struct place here = *at;

	for (s = c->socket; s < c->socket + c->sockets; s++) {
		const struct n64_own *own = ex_conf_own(c, s);

		here.port = own ? own->port : s->listen.port;
		if (place_same_addr(&s->listen, at) || is_named(c, s, &here))
			return true;
	}
	return false;
}

const struct n64_own *ex_conf_own(const struct ex_conf *c,
				  const struct ex_socket *socket)
{
	size_t i;

	for (i = 0; i < c->owns.n; i++) {
		if (c->own[i].socket == socket)
			return &c->own[i];
	}
	return NULL;
}

bool ex_conf_is_self(const struct ex_conf *c, struct n64_text host,
		     uint16_t port)
{
	struct place at;
	struct in6_addr a6;
	size_t i;

	if (host.len > 1 && host.p[0] == '[') {
		host.p++;
		host.len -= 2;
	}
	/* IPv4-mapped is none of them */
	if (!place_parse(&at, host.p, host.len) ||
	    (place_is4(&at) && memchr(host.p, ':', host.len)))
		return false;
	at.port = port;
	for (i = 0; i < c->sockets; i++) {
		if (place_same(&c->socket[i].listen, &at))
			return true;
	}
	a6 = at.addr;
	for (i = 0; i < c->owns.n; i++) {
		struct in_addr a4 = addr4(&at);

		if (place_is4(&at) && c->own[i].port == port &&
		    c->own[i].addr.s_addr == a4.s_addr)
			return true;
	}
	return !place_is4(&at) &&
		n64_own_find_synthetic(&c->owns, &a6, port, N64_TP_NONE, NULL);
}

const struct pref64 *ex_conf_pool(const struct ex_conf *c,
				  const struct place *at)
{
	const struct n64_pool_entry *entry;
	struct in_addr a = addr4(at);

	if (!c->pools || !place_is4(at))
		return NULL;
	entry = n64_pool_find(&c->pool, &a);
	return entry ? &entry->pref : NULL;
}
