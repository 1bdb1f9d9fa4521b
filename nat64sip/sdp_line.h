/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Private to the core: the lines of an SDP body and the fields of a line
 * (RFC 8866 5 and 9). Nothing is copied and nothing outside the body is read.
 */
#ifndef N64_SDP_LINE_H
#define N64_SDP_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Part of the body, not NUL-terminated */
struct sdp_text {
	const char *p;
	size_t len;
};

/** A line with its line end: CRLF, LF, or none at the end of the body */
struct sdp_line {
	const char *p;
	size_t full; /**< octets, line end included; never 0 */
	char type;   /**< letter before "=", 0 if there is none */
};

/** Where the reading stands */
struct sdp_cursor {
	const char *p, *end;
};

/**
 * Take the next line. Inline, for it is all that most lines ever meet.
 *
 * @return false at the end of the body
 */
static inline bool sdp_line_next(struct sdp_line *line, struct sdp_cursor *cur)
{
	const char *p = cur->p, *nl;

	if (p == cur->end)
		return false;
	nl = memchr(p, '\n', (size_t)(cur->end - p));
	cur->p = nl ? nl + 1 : cur->end;
	line->p = p;
	line->full = (size_t)(cur->p - p);
	line->type = '\0';
	if (line->full > 1 && p[1] == '=')
		line->type = p[0];
	return true;
}

/** The line end: CRLF, LF or nothing */
struct sdp_text sdp_line_eol(const struct sdp_line *line);

/**
 * What stands between "x=" and the line end. Blanks before the line end are
 * not part of it: the field has them, and they change nothing.
 */
struct sdp_text sdp_line_value(const struct sdp_line *line);

/** Does an a= line begin so? A constant name lets the compiler compare without a
 *  call. */
#define SDP_LINE_IS(line, name)              \
	((line)->full >= sizeof(name) + 1 && \
	 !memcmp((line)->p + 2, name, sizeof(name) - 1))

/** As sdp_line_value(), behind a name of so many octets */
struct sdp_text sdp_line_after(const struct sdp_line *line, size_t name);

/**
 * Take the next field. Exactly one space divides two fields (RFC 8866 9).
 *
 * @param rest Fields; what is left of them afterwards
 *
 * @return false if there is none, or it is empty
 */
bool sdp_field_next(struct sdp_text *field, struct sdp_text *rest);

/** As sdp_field_next() from the end: the last field, rest is what precedes */
bool sdp_field_last(struct sdp_text *field, struct sdp_text *rest);

/** Equal but for case? want ends with NUL and is in lower case */
bool sdp_text_is(struct sdp_text text, const char *want);

/** What an ICE candidate says of addresses */
struct sdp_candidate {
	struct sdp_text addr, type, raddr; /**< raddr.len 0: none */
};

/** Read the value of a=candidate (RFC 8839 5.1) */
bool sdp_candidate_read(struct sdp_candidate *dst, struct sdp_text value);

/** Is this m= line's port 0, the section refused (RFC 3264 6)? */
bool sdp_media_refused(const struct sdp_line *line);

#endif
