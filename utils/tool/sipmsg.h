/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SIP messages as a reader of captures needs them: which call, which
 * transaction, which way. It points into the text and corrects nothing.
 */
#ifndef N64_TOOL_SIPMSG_H
#define N64_TOOL_SIPMSG_H

#include <stdbool.h>
#include <stddef.h>

enum { SIPMSG_VIAS = 16 };

struct span {
	const char *p;
	size_t n;
};

struct sipmsg {
	struct span all, start, body;
	struct span call_id, cseq, method; /**< method: CSeq's */
	int status;                        /**< 0 for a request */
	struct span contact;
	struct span via;                 /**< the topmost one's sent-by */
	struct span branch[SIPMSG_VIAS]; /**< topmost first */
	size_t vias;
};

bool span_same(struct span a, struct span b);
bool span_is(struct span a, const char *text);

/** White space, or a part of a line end */
bool span_blank(char c);

/** Without the white space and line ends around it */
struct span span_strip(struct span s);

/** The next line, without its end; false when there is none left */
bool span_line(struct span *rest, struct span *line);

/** Does a SIP message begin here? */
bool sipmsg_begins(const char *text, size_t len);

/** Read a message; false if it is none or has no Call-ID or no CSeq */
bool sipmsg_read(struct sipmsg *msg, const char *text, size_t len);

/** Is `left` what a proxy made of `entered` (RFC 3261 16.6, 16.7)? */
bool sipmsg_forwarded(const struct sipmsg *entered, const struct sipmsg *left);

/**
 * Octets of the message at the beginning of a stream (RFC 3261 18.3), 0 while
 * it is not complete.
 */
size_t sipmsg_framed(const char *text, size_t len);

#endif
