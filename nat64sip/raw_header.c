/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "raw_header.h"

#include <string.h>
#include <strings.h>

/* One past the line end at or after from */
static size_t line_end(const char *text, size_t len, size_t from)
{
	const char *nl = memchr(text + from, '\n', len - from);

	return nl ? (size_t)(nl - text) + 1 : len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A line that begins with white space goes on with the one before */
static size_t field_end(const char *text, size_t len, size_t from)
{
	size_t end = line_end(text, len, from);

	while (end < len && is_blank(text[end]))
		end = line_end(text, len, end);
	return end;
}

static bool is_empty(const char *text, size_t len, size_t at)
{
	return text[at] == '\n' ||
		(text[at] == '\r' && at + 1 < len && text[at + 1] == '\n');
}

static bool has_name(const char *text, size_t len, size_t at, const char *name,
		     size_t namelen)
{
	char next;

	if (len - at < namelen || strncasecmp(text + at, name, namelen))
		return false;
	if (len - at == namelen)
		return true;
	next = text[at + namelen];
	return next == ':' || next == '\r' || next == '\n' || is_blank(next);
}

bool n64_raw_header_find(struct n64_raw_header *dst, const char *text,
			 size_t len, size_t from, const char *name,
			 size_t namelen)
{
	size_t end;

	for (; from < len && !is_empty(text, len, from); from = end) {
		end = field_end(text, len, from);
		if (!has_name(text, len, from, name, namelen))
			continue;
		*dst = (struct n64_raw_header){from, end - from};
		return true;
	}
	return false;
}
