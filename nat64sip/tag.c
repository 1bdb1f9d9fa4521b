/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "tag.h"

#include <errno.h>
#include <string.h>

static bool is_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z') || (c && strchr("-.!%*_+`'~", c));
}

int n64_tag_find(struct n64_text *tag, const char *body, size_t len)
{
	static const char name[] = ";tag=";
	const size_t n = sizeof(name) - 1;
	size_t begin;

	while (len && body[len - 1] && strchr(" \t\r\n", body[len - 1]))
		len--;
	for (begin = len; begin && is_token(body[begin - 1]); begin--)
		;
	/* whatever is quoted or between <> ends with a character of its own */
	if (begin == len || begin < n ||
	    strncasecmp(body + begin - n, name, n))
		return ENOENT;
	/* what is open there was never closed */
	if (memchr(body, '<', begin) && !memchr(body, '>', begin))
		return ENOENT;
	*tag = (struct n64_text){body + begin, len - begin};
	return 0;
}
