/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "options.h"

#include "decide.h"
#include "literal.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static unsigned detect_word(const char *p, size_t n)
{
	static const struct {
		const char *name;
		unsigned bit;
	} words[] = {
		{"via", N64_DETECT_VIA},
		{"contact", N64_DETECT_CONTACT},
		{"sdp", N64_DETECT_SDP},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (n == strlen(words[i].name) &&
		    !strncasecmp(p, words[i].name, n))
			return words[i].bit;
	return 0;
}

int n64_detect_parse(unsigned *mask, const char *text, size_t len)
{
	const char *end = len ? text + len : text, *comma, *stop;
	unsigned found = 0, bit;

	while (text < end && is_blank(*text))
		++text;
	while (text < end) {
		comma = memchr(text, ',', (size_t)(end - text));
		stop = comma ? comma : end;
		while (stop > text && is_blank(stop[-1]))
			--stop;
		bit = detect_word(text, (size_t)(stop - text));
		if (!bit)
			return EINVAL;
		found |= bit;
		if (!comma)
			break;
		for (text = comma + 1; text < end && is_blank(*text); text++)
			;
		if (text == end)
			return EINVAL;
	}
	*mask = found;
	return 0;
}

static int length_parse(unsigned *dst, const char *p, size_t n)
{
	unsigned v = 0;

	if (n < 1 || n > 2)
		return EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return EINVAL;
		v = v * 10 + (unsigned)(p[i] - '0');
	}
	if (v > 32 || (n == 2 && p[0] == '0'))
		return EINVAL;
	*dst = v;
	return 0;
}

int n64_net4_parse(struct n64_net4 *dst, const char *text, size_t len)
{
	const char *slash = len ? memchr(text, '/', len) : NULL;
	size_t n = slash ? (size_t)(slash - text) : len;
	struct n64_net4 net;
	unsigned bits = 32;

	if (n64_lit4_parse(&net.addr, text, n))
		return EINVAL;
	if (slash && length_parse(&bits, slash + 1, len - n - 1))
		return EINVAL;
	net.mask.s_addr = bits ? htonl(0xffffffffu << (32 - bits)) : 0;
	if (net.addr.s_addr & ~net.mask.s_addr)
		return EINVAL;
	*dst = net;
	return 0;
}

bool n64_net4_contains(const struct n64_net4 *net, const struct in_addr *addr)
{
	return (addr->s_addr & net->mask.s_addr) == net->addr.s_addr;
}

int n64_own_address_parse(struct in_addr *local, struct in_addr *own,
			  const char *text, size_t len)
{
	const char *eq = len ? memchr(text, '=', len) : NULL;
	struct in_addr l = {INADDR_ANY}, o;

	if (eq && n64_lit4_parse(&l, text, (size_t)(eq - text)))
		return EINVAL;
	if (eq) {
		len -= (size_t)(eq - text) + 1;
		text = eq + 1;
	}
	if (n64_lit4_parse(&o, text, len) || o.s_addr == INADDR_ANY)
		return EINVAL;
	*local = l;
	*own = o;
	return 0;
}
