/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pair_params.h"

#include "text.h"

static bool is_reserved(struct n64_text name)
{
	static const char *const names[] = {
		"lr", "r2", "ftag", "sn", "transport", "n64",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (n64_text_is(name.p, name.len, names[i]))
			return true;
	return false;
}

static struct n64_text until(struct n64_text s, char c)
{
	const char *at = s.len ? memchr(s.p, c, s.len) : NULL;

	return (struct n64_text){s.p, at ? (size_t)(at - s.p) : s.len};
}

/** What follows n octets and the one behind them */
static struct n64_text after(struct n64_text s, size_t n)
{
	if (n >= s.len)
		return (struct n64_text){NULL, 0};
	return (struct n64_text){s.p + n + 1, s.len - n - 1};
}

static bool has_name(struct n64_text list, struct n64_text name)
{
	struct n64_text param, known;

	for (list = after(list, until(list, ';').len); list.len;
	     list = after(list, param.len)) {
		param = until(list, ';');
		known = until(param, '=');
		if (known.len == name.len &&
		    !strncasecmp(known.p, name.p, name.len))
			return true;
	}
	return false;
}

size_t n64_pair_add_params(char *dst, size_t size, size_t used,
			   struct n64_text text)
{
	struct n64_text param, name;

	text = until(text, '>');
	if (until(text, '@').len < text.len)
		text = after(text, until(text, '@').len);
	text = after(text, until(text, ';').len);
	for (; text.len; text = after(text, param.len)) {
		param = until(text, ';');
		name = until(param, '=');
		if (!name.len || is_reserved(name) ||
		    has_name((struct n64_text){dst, used}, name))
			continue;
		if (used + 1 + param.len > size)
			continue;
		dst[used++] = ';';
		memcpy(dst + used, param.p, param.len);
		used += param.len;
	}
	return used;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		(c >= 'A' && c <= 'F');
}

/** One octet that stands for itself: RFC 3261 25.1, paramchar */
static bool is_paramchar(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z') || (c && strchr("[]/:&+$-_.!~*'()", c));
}

/** 1*paramchar, which may be escaped */
static bool is_word(struct n64_text s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_paramchar(s.p[i]))
			continue;
		if (s.p[i] != '%' || s.len - i < 3 || !is_hex(s.p[i + 1]) ||
		    !is_hex(s.p[i + 2]))
			return false;
		i += 2;
	}
	return s.len > 0;
}

bool n64_pair_params_fit(struct n64_text text)
{
	struct n64_text param, name;

	while (text.len) {
		if (*text.p != ';')
			return false;
		text = (struct n64_text){text.p + 1, text.len - 1};
		param = until(text, ';');
		name = until(param, '=');
		if (!is_word(name) ||
		    (name.len < param.len && !is_word(after(param, name.len))))
			return false;
		text = (struct n64_text){text.p + param.len,
					 text.len - param.len};
	}
	return true;
}
