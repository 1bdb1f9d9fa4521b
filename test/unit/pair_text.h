/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Own Record-Route values as the world gives them back: cut by a SIP server's
 * parser, spelled in another way by a phone. For unit tests and fuzz drivers.
 */
#ifndef TEST_PAIR_TEXT_H
#define TEST_PAIR_TEXT_H

#include "../../nat64sip/literal.h"
#include "../../nat64sip/pair.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PAIR_TEXT_PARAMS 8

/** How an IPv6 host is written (RFC 4291 2.2) */
enum pair_host { HOST_AS_PRINTED, HOST_MIXED, HOST_FULL, PAIR_HOSTS };

struct pair_spelling {
	enum pair_host host;
	bool upper;
	unsigned order;    /**< permutation of the parameters, any number */
	const char *extra; /**< parameter of somebody else, or NULL */
	const char *ftag;  /**< or NULL */
};

/** Cut "host:port;params" as a SIP server does it. Never fails: what has no
 *  meaning ends up in the host. */
static inline void pair_cut(struct n64_route *route, const char *text,
			    size_t len)
{
	const char *end = text + len;
	const char *semi = memchr(text, ';', len);
	const char *p = semi ? semi : end;
	const char *colon;
	struct n64_text value;
	unsigned port = 0;

	memset(route, 0, sizeof(*route));
	route->tp = N64_TP_UDP;
	if (semi) {
		route->params.p = semi + 1;
		route->params.len = (size_t)(end - semi) - 1;
	}
	if (n64_param_find(&value, route->params, "transport"))
		route->tp = n64_transport_parse(value.p, value.len);
	for (colon = p; colon > text && colon[-1] >= '0' && colon[-1] <= '9';)
		colon--;
	if (colon > text && colon < p && p - colon <= 5 && colon[-1] == ':') {
		for (; colon < p; colon++)
			port = port * 10 + (unsigned)(*colon - '0');
		while (p[-1] != ':')
			p--;
		p--;
	}
	route->port = (uint16_t)port;
	route->host.p = text;
	route->host.len = (size_t)(p - text);
}

/** Write the host in another way; dotted quads have only one. */
static inline size_t pair_spell_host(char *dst, size_t size,
				     const struct n64_text *host,
				     enum pair_host how)
{
	struct in6_addr addr;
	const uint8_t *b = addr.s6_addr;
	size_t used = 1, i;

	if (how == HOST_AS_PRINTED ||
	    n64_lit6_parse(&addr, host->p, host->len))
		return (size_t)snprintf(dst, size, "%.*s", (int)host->len,
					host->p);
	dst[0] = '[';
	for (i = 0; i < (how == HOST_FULL ? 16 : 12); i += 2)
		used += (size_t)snprintf(dst + used, size - used,
					 how == HOST_FULL ? "%04x:" : "%x:",
					 (unsigned)(b[i] << 8 | b[i + 1]));
	if (how == HOST_FULL)
		used--;
	else
		used += (size_t)snprintf(dst + used, size - used,
					 "%u.%u.%u.%u", b[12], b[13], b[14],
					 b[15]);
	return used + (size_t)snprintf(dst + used, size - used, "]");
}

/** Split at ';', add those that others add. */
static inline size_t pair_split(struct n64_text *v,
				const struct n64_text *params,
				const struct pair_spelling *how)
{
	const char *add[] = {"lr", how->extra, how->ftag};
	const char *p = params->len ? params->p : "", *end = p + params->len;
	size_t n = 0, i;

	while (p < end) {
		const char *semi = memchr(p, ';', (size_t)(end - p));

		v[n].p = p;
		v[n++].len = (size_t)((semi ? semi : end) - p);
		p = semi ? semi + 1 : end;
	}
	for (i = 0; i < sizeof(add) / sizeof(add[0]); i++) {
		if (add[i]) {
			v[n].p = add[i];
			v[n++].len = strlen(add[i]);
		}
	}
	return n;
}

/** Write a printed value as another implementation may give it back. */
static inline size_t pair_spell(char *dst, size_t size, const char *printed,
				const struct pair_spelling *how)
{
	struct n64_text v[PAIR_TEXT_PARAMS];
	struct n64_route route;
	unsigned order = how->order;
	size_t used, n, i;

	pair_cut(&route, printed, strlen(printed));
	used = pair_spell_host(dst, size, &route.host, how->host);
	used += (size_t)snprintf(dst + used, size - used, ":%u", route.port);
	for (n = pair_split(v, &route.params, how); n > 0; n--) {
		size_t at = order % n;

		order /= (unsigned)n;
		used += (size_t)snprintf(dst + used, size - used, ";%.*s",
					 (int)v[at].len, v[at].p);
		memmove(v + at, v + at + 1, (n - at - 1) * sizeof(v[0]));
	}
	for (i = 0; how->upper && i < used; i++) {
		if (dst[i] >= 'a' && dst[i] <= 'z')
			dst[i] = (char)(dst[i] - 'a' + 'A');
	}
	return used;
}

#endif
