/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Where it listens, and whether the prefixes may carry that */

#include "check.h"

#include "literal.h"
#include "options.h"
#include "pool.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the listen line that names this socket, else of none */
static const struct cfg_tok *where(const struct check *c,
				   const struct check_socket *s)
{
	const struct cfg *cfg = &c->cfg;
	char addr[16];
	size_t i, k;

	n64_lit4_print(addr, sizeof(addr), &s->listen);
	for (i = 0; i + 2 < cfg->n; i++) {
		if (!cfg_is(cfg, i, "listen") || !cfg_is(cfg, i + 1, "="))
			continue;
		for (k = i + 2; k < cfg->n && cfg->v[k].line == cfg->v[i].line;
		     k++) {
			if (strstr(cfg->v[k].text, addr))
				return &cfg->v[i];
		}
	}
	return NULL;
}

/* What own_address says of a socket; local 0.0.0.0: of all others */
static bool configured(const struct check *c, struct in_addr *own,
		       const struct in_addr *local)
{
	const struct cfg_tok *v;
	struct in_addr of, is;
	bool found = false;
	size_t i = 0;

	while ((v = cfg_param_next(&c->cfg, &i, "nat64sip", "own_address"))) {
		if (n64_own_address_parse(&of, &is, v->text,
					  strlen(v->text)) == 0 &&
		    of.s_addr == local->s_addr) {
			*own = is;
			found = true;
		}
	}
	return found;
}

/* As the module does it: n64_self.c */
static bool own_address(const struct check *c, struct in_addr *own,
			const struct check_socket *s)
{
	static const struct in_addr any = {INADDR_ANY};
	const struct cfg_tok *core = cfg_core(&c->cfg, "advertised_address");

	if (s->advertise &&
	    n64_lit4_parse(own, s->advertise, strlen(s->advertise)) == 0)
		return true;
	if (core && n64_lit4_parse(own, core->text, strlen(core->text)) == 0)
		return true;
	if (configured(c, own, &s->listen) || configured(c, own, &any))
		return own->s_addr != INADDR_ANY;
	*own = s->listen;
	return own->s_addr != INADDR_ANY;
}

/* Each prefix that is configured: pref64, then the pools */
static bool next_prefix(const struct check *c, size_t *i, struct pref64 *pref,
			const struct cfg_tok **at)
{
	const struct cfg_tok *v;
	struct n64_pool_entry entry;

	if (*i == 0) {
		*i = 1;
		v = cfg_param(&c->cfg, "nat64sip", "pref64");
		if (v &&
		    pref64_parse(pref, v->text, strlen(v->text), NULL) == 0) {
			*at = v;
			return true;
		}
	}
	while ((v = cfg_param_next(&c->cfg, i, "nat64sip", "pool"))) {
		if (n64_pool_entry_parse(&entry, v->text, strlen(v->text),
					 NULL) == 0) {
			*pref = entry.pref;
			*at = v;
			return true;
		}
	}
	return false;
}

static void carried(struct check *c, const struct check_socket *s,
		    const struct in_addr *own)
{
	const struct cfg_tok *strict =
		cfg_param(&c->cfg, "nat64sip", "wkp_strict");
	char addr[16], text[PREF64_TEXT_MAX + 1];
	const struct cfg_tok *at;
	struct pref64 pref;
	size_t i = 0;

	if (strict && !strcmp(strict->text, "0"))
		return;
	n64_lit4_print(addr, sizeof(addr), own);
	while (next_prefix(c, &i, &pref, &at)) {
		if (pref64_may_carry(&pref, own, true))
			continue;
		pref64_print(text, sizeof(text), &pref);
		check_say(c, CHECK_WARNING, at,
			  "%s must not carry %s of socket %s, which is not "
			  "global (RFC 6052 3.1): advertise a global address, "
			  "or give the network's own prefix",
			  text, addr, s->shown);
	}
}

/* Any port will do: that of a Kamailio that runs is taken */
static bool is_here(const struct in_addr *addr)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = *addr};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool here;

	if (fd < 0)
		return true;
	here = bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0 ||
		errno != EADDRNOTAVAIL;
	close(fd);
	return here;
}

static void on_machine(struct check *c, const struct check_socket *s)
{
	const struct cfg_tok *v = cfg_core(&c->cfg, "ip_free_bind");

	if (!v)
		v = cfg_core(&c->cfg, "ip_nonlocal_bind");
	if (v && strcmp(v->text, "no") != 0 && strcmp(v->text, "0") != 0)
		return;
	if (!is_here(&s->listen))
		check_say(c, CHECK_WARNING, where(c, s),
			  "socket %s is on no address of this machine: "
			  "Kamailio does not start here, unless "
			  "ip_free_bind=yes",
			  s->shown);
}

void check_sockets(struct check *c)
{
	const struct check_socket *s;
	struct in_addr own;
	size_t i;

	if (!c->listed)
		return;
	if (c->sockets_n == 0)
		check_say(c, CHECK_ERROR, NULL,
			  "no socket on an IPv4 address: phones behind NAT64 "
			  "come by IPv4; listen=udp:ADDRESS:5060");
	for (i = 0; i < c->sockets_n; i++) {
		s = &c->sockets[i];
		on_machine(c, s);
		if (own_address(c, &own, s))
			carried(c, s, &own);
		else
			check_say(c, CHECK_ERROR, where(c, s),
				  "socket %s listens on every address and "
				  "advertises none: listen=... advertise "
				  "ADDRESS, or nat64sip's own_address",
				  s->shown);
	}
}
