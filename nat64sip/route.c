/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "route.h"

#include "text.h"

#include <errno.h>

#define SCHEME 4 /* "sip:" */
#define PORT_DIGITS 5

/* Where the host ends; len if it is none */
static size_t host_end(const char *text, size_t len)
{
	const char *end;
	size_t i;

	if (len && text[0] == '[') {
		end = memchr(text, ']', len);
		return end ? (size_t)(end - text) + 1 : 0;
	}
	for (i = 0; i < len && text[i] != ':' && text[i] != ';'; i++)
		;
	return i;
}

/* ":5060", or nothing. Where it ends; past the end if it is no port. */
static size_t read_port(uint16_t *port, const char *text, size_t len,
			size_t at)
{
	size_t i = at + 1;
	unsigned value = 0;

	*port = 0;
	if (at == len || text[at] != ':')
		return at;
	for (; i < len && i <= at + PORT_DIGITS && text[i] >= '0' &&
	     text[i] <= '9';
	     i++)
		value = value * 10 + (unsigned)(text[i] - '0');
	if (i == at + 1 || !value || value > UINT16_MAX)
		return len + 1;
	*port = (uint16_t)value;
	return i;
}

int n64_route_cut(struct n64_route *dst, const char *uri, size_t len)
{
	struct n64_route route;
	struct n64_text tp;
	const char *text;
	size_t host, end;

	if (len <= SCHEME || !n64_text_is(uri, SCHEME, "sip:") ||
	    memchr(uri, '@', len) || memchr(uri, '?', len))
		return ENOTSUP;
	text = uri + SCHEME;
	len -= SCHEME;
	host = host_end(text, len);
	end = read_port(&route.port, text, len, host);
	if (!host || end > len || (end < len && text[end] != ';'))
		return ENOTSUP;
	route.host = (struct n64_text){text, host};
	route.params = (struct n64_text){text + end, 0};
	if (end < len)
		route.params =
			(struct n64_text){text + end + 1, len - end - 1};
	route.tp = N64_TP_UDP;
	if (n64_param_find(&tp, route.params, "transport"))
		route.tp = n64_transport_parse(tp.p, tp.len);
	*dst = route;
	return 0;
}
