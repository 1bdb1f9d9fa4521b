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

	/* most lines differ in their first letter */
	if ((text[at] ^ name[0]) & ~0x20 || len - at < namelen ||
	    strncasecmp(text + at, name, namelen))
		return false;
	if (len - at == namelen)
		return true;
	next = text[at + namelen];
	return next == ':' || next == '\r' || next == '\n' || is_blank(next);
}

struct names {
	const char *name;
	size_t len;
	char compact;
};

static bool has_either(const char *text, size_t len, size_t at,
		       const struct names *n)
{
	return has_name(text, len, at, n->name, n->len) ||
		(n->compact && has_name(text, len, at, &n->compact, 1));
}

/* Where in a line a CR without LF stands before the name; end if nowhere */
static size_t hidden(const char *text, size_t len, size_t from, size_t end,
		     const struct names *n)
{
	const char *cr = text + from, *stop = text + end;

	/* nearly each line ends so, and has no other */
	if (end - from > 1 && stop[-1] == '\n' && stop[-2] == '\r')
		stop -= 2;
	for (; (cr = memchr(cr, '\r', (size_t)(stop - cr))) != NULL; cr++) {
		if ((size_t)(cr - text) + 1 < len && cr[1] != '\n' &&
		    has_either(text, len, (size_t)(cr - text) + 1, n))
			return (size_t)(cr - text);
	}
	return end;
}

static bool begins_line(const char *text, size_t at)
{
	return at == 0 || text[at - 1] == '\n';
}

bool n64_raw_header_find(struct n64_raw_header *dst, const char *text,
			 size_t len, size_t from, const char *name,
			 size_t namelen, char compact)
{
	const struct names n = {name, namelen, compact};
	size_t end, at;

	if (!namelen)
		return false;
	/* a line that goes on with the one before begins with white space, so
	 * it has no name either */
	for (; from < len; from = end) {
		if (begins_line(text, from) && is_empty(text, len, from))
			break;
		end = line_end(text, len, from);
		if (begins_line(text, from) &&
		    has_either(text, len, from, &n)) {
			*dst = (struct n64_raw_header){
				from, field_end(text, len, from) - from};
			return true;
		}
		at = hidden(text, len, from, end, &n);
		if (at == end)
			continue;
		*dst = (struct n64_raw_header){at + 1, 1};
		return true;
	}
	return false;
}

size_t n64_raw_header_pivot(const char *name, size_t namelen)
{
	/* rarest first; a to f are digits of tags and branches too */
	static const char rare[] = "qjzxkwyvghmulponritscfbdae-";
	const char *r;
	size_t i;

	for (r = rare; *r; r++) {
		for (i = 0; i < namelen; i++) {
			if (*r == '-' ? name[i] == '-'
				      : (name[i] | 0x20) == *r)
				return i;
		}
	}
	return 0;
}

static bool has_at(const char *text, size_t len, const char *name,
		   size_t namelen, size_t pivot, char letter)
{
	const char *p = text, *end = text + len;

	while (p < end && (p = memchr(p, letter, (size_t)(end - p))) != NULL) {
		if ((size_t)(p - text) >= pivot &&
		    (!pivot || !((p[-1] ^ name[pivot - 1]) & ~0x20)) &&
		    (size_t)(end - p) >= namelen - pivot &&
		    !strncasecmp(p - pivot, name, namelen))
			return true;
		p++;
	}
	return false;
}

bool n64_raw_header_hint(const char *text, size_t len, const char *name,
			 size_t namelen, size_t pivot)
{
	char letter;

	if (pivot >= namelen)
		return false;
	letter = name[pivot];
	if (has_at(text, len, name, namelen, pivot, letter))
		return true;
	if ((letter | 0x20) < 'a' || (letter | 0x20) > 'z')
		return false;
	return has_at(text, len, name, namelen, pivot, (char)(letter ^ 0x20));
}

static bool ends_headers(const char *text, size_t len)
{
	return len >= 4 && !memcmp(text + len - 4, "\r\n\r\n", 4);
}

bool n64_raw_no_body(const char *text, size_t len)
{
	size_t from = 0;

	if (!ends_headers(text, len))
		return false;
	/* a body may end with an empty line too, or as headers do */
	while (from < len && !is_empty(text, len, from))
		from = line_end(text, len, from);
	return from == len - 2;
}

bool n64_raw_bare_cr(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end && (p = memchr(p, '\r', (size_t)(end - p))) != NULL) {
		if (++p == end || *p != '\n')
			return true;
	}
	return false;
}
