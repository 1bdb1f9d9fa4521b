/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "alias.h"

#include <errno.h>
#include <string.h>

/** Read digits only, at most max */
static int number(unsigned *dst, const char *p, size_t n, unsigned max)
{
	unsigned v = 0;

	if (n < 1 || n > 5)
		return EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return EINVAL;
		v = v * 10 + (unsigned)(p[i] - '0');
	}
	if (v < 1 || v > max)
		return EINVAL;
	*dst = v;
	return 0;
}

int n64_alias_find(struct n64_alias *dst, struct n64_text params)
{
	struct n64_text v;
	const char *first, *second, *end;
	unsigned port, proto;

	if (!n64_param_find(&v, params, "alias"))
		return ENOENT;
	end = v.p + v.len;
	first = v.len ? memchr(v.p, '~', v.len) : NULL;
	second = first ? memchr(first + 1, '~', (size_t)(end - first) - 1)
		       : NULL;
	if (!second || first == v.p)
		return EINVAL;
	if (number(&port, first + 1, (size_t)(second - first) - 1, 65535) ||
	    number(&proto, second + 1, (size_t)(end - second) - 1, 6))
		return EINVAL;
	dst->host = (struct n64_text){v.p, (size_t)(first - v.p)};
	dst->port = (uint16_t)port;
	dst->proto = (int)proto;
	return 0;
}
