/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * HTML's escapes; UTF-8 by RFC 3629.
 */
#include <stdint.h>
#include <string.h>

#include "html.h"

/* Octets of the character here, 0 if it is none; its number to *c */
static size_t utf8(struct span s, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)*s.p;
	size_t n = first < 0x80 ? 1
		: first >= 0xf0 ? 4
		: first >= 0xe0 ? 3
				: 2;
	size_t i;

	*c = n == 1 ? first : first & (0xffU >> (n + 1));
	if (n > s.n || first > 0xf7 || (first >= 0x80 && first < 0xc0))
		return 0;
	for (i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff)
		? 0
		: n;
}

/* Controls, C1 too, and what hides or turns text */
static bool unfit(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) ||
		(c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		(c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
		(c & 0xfffe) == 0xfffe;
}

static const char *entity(uint32_t c)
{
	return c == '&'     ? "&amp;"
		: c == '<'  ? "&lt;"
		: c == '>'  ? "&gt;"
		: c == '"'  ? "&quot;"
		: c == '\'' ? "&#39;"
			    : NULL;
}

void html_text(FILE *out, struct span text)
{
	while (text.n) {
		uint32_t c;
		size_t n = utf8(text, &c);
		const char *instead = n ? entity(c) : NULL;

		if (!n)
			fprintf(out, "\\x%02x", (unsigned char)*text.p);
		else if (instead)
			fputs(instead, out);
		else if (unfit(c))
			fprintf(out, "\\u{%x}", (unsigned)c);
		else
			fwrite(text.p, 1, n, out);
		n += !n;
		text.p += n;
		text.n -= n;
	}
}

void html_string(FILE *out, const char *text)
{
	html_text(out, (struct span){text, strlen(text)});
}
