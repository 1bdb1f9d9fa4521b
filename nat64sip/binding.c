/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "binding.h"
#include "text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define MARK ";pref64"
#define MARK_LEN (sizeof(MARK) - 1)

/* Is the parameter at p, which begins with its semicolon, a mark? */
static bool is_mark(const char *p, size_t len)
{
	if (len < MARK_LEN || strncasecmp(p, MARK, MARK_LEN) != 0)
		return false;
	return len == MARK_LEN || p[MARK_LEN] == '=';
}

/* Copy a URI without its marks; nothing is written where dst is NULL */
static size_t copy_unmarked(char *dst, struct n64_text uri)
{
	size_t i, next, n = 0;
	const char *p;

	for (i = 0; i < uri.len; i = next) {
		p = memchr(uri.p + i + 1, ';', uri.len - i - 1);
		next = p ? (size_t)(p - uri.p) : uri.len;
		if (is_mark(uri.p + i, next - i))
			continue;
		if (dst)
			memcpy(dst + n, uri.p + i, next - i);
		n += next - i;
	}
	return n;
}

size_t n64_binding_print(char *dst, size_t size, struct n64_text uri,
			 const struct pref64 *pref)
{
	size_t kept = copy_unmarked(NULL, uri), n;
	char text[PREF64_TEXT_MAX + 1];

	n = pref64_print(text, sizeof(text), pref);
	if (!n || kept + MARK_LEN + 1 + n + 1 > size)
		return 0;
	copy_unmarked(dst, uri);
	memcpy(dst + kept, MARK "=", MARK_LEN + 1);
	memcpy(dst + kept + MARK_LEN + 1, text, n + 1);
	return kept + MARK_LEN + 1 + n;
}

int n64_binding_read(struct pref64 *dst, struct n64_text params)
{
	struct n64_text value;

	if (!n64_param_find(&value, params, "pref64"))
		return ENOENT;
	return pref64_parse(dst, value.p, value.len, NULL);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octet at *i, unescaped; *i goes on to the next one */
static unsigned char next_octet(struct n64_text text, size_t *i)
{
	const char *p = text.p + *i;
	int high = -1, low = -1;

	if (*p == '%' && text.len - *i > 2) {
		high = hex(p[1]);
		low = hex(p[2]);
	}
	if (high < 0 || low < 0) {
		*i += 1;
		return (unsigned char)*p;
	}
	*i += 3;
	return (unsigned char)(high << 4 | low);
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool begins_with_name(struct n64_text text, size_t i)
{
	static const char name[] = "pref64";
	size_t n;

	for (n = 0; name[n]; n++) {
		if (i >= text.len ||
		    lower(next_octet(text, &i)) != (unsigned char)name[n])
			return false;
	}
	return true;
}

bool n64_binding_named(struct n64_text text)
{
	size_t i;

	if (!text.len)
		return false;
	/* nothing is escaped */
	if (!memchr(text.p, '%', text.len))
		return n64_text_has_at(text.p, text.len, "pref64", 4);
	for (i = 0; i < text.len; next_octet(text, &i)) {
		if (begins_with_name(text, i))
			return true;
	}
	return false;
}
