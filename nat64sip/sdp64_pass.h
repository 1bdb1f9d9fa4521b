/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Private to the core: the state of one pass of sdp64_rewrite(), and what its
 * parts share.
 */
#ifndef N64_SDP64_PASS_H
#define N64_SDP64_PASS_H

#include "sdp_addr.h"

struct sdp64_pass {
	const char *sdp;
	const struct sdp64_rule *rule;
	struct edits *ed;
	struct sdp64_report *rep;
	unsigned sections;       /**< m= lines so far */
	enum n64_family want;    /**< of the current section, or the session */
	struct sdp_conn origin;  /**< addr.p NULL if there is none */
	bool past_origin;        /**< an o=, c=, a= or m= line has been */
	struct sdp_conn session; /**< session's c=, likewise */
	struct sdp_text session_eol;
	enum n64_family session_family; /**< that its c= has afterwards */
	struct sdp_conn planned; /**< the last one with an answer, and that */
	enum n64_family planned_want;
	struct sdp64_plan plan;
	bool goal;             /**< a c= has, or gets, the family of the way */
	enum n64_reason stays; /**< why the first other c= stays as it is;
	                             N64_DONE: there is none */
};

/** Count a line as left alone; always 0 */
static inline int sdp64_left(struct sdp64_pass *pass, enum n64_reason reason)
{
	pass->rep->left[reason]++;
	return 0;
}

/** Replace a part of the body; 0, or ENOSPC */
int sdp64_put(struct sdp64_pass *pass, struct sdp_text old, const char *p,
	      size_t n);

/** Find the edits of an a= line that may hold an address; 0, or ENOSPC */
int sdp64_attribute_read(struct sdp64_pass *pass, const struct sdp_line *line);

/** The same of any a= line. Inline, for most hold none: altc, candidate, rtcp,
 *  remote-candidates, source-filter may. */
static inline int sdp64_attribute(struct sdp64_pass *pass,
				  const struct sdp_line *line)
{
	const char *p = line->p + 2;

	if (line->full < 5)
		return 0;
	if ((p[0] == 'c' && p[1] == 'a') || (p[0] == 'a' && p[1] == 'l') ||
	    (p[0] == 's' && p[1] == 'o') ||
	    (p[0] == 'r' && (p[1] == 'e' || p[2] == 'c')))
		return sdp64_attribute_read(pass, line);
	return 0;
}

/**
 * Where one session c= serves sections that want different families: the
 * family that it gets (RFC 6157 4.1 is by section).
 */
enum n64_family sdp64_session_want(const struct sdp64_rule *rule,
				   struct sdp_cursor body);

/**
 * Give a section that the session's c= does not suit a c= of its own.
 *
 * @param media Its m= line
 * @param rest  What follows that
 *
 * @return 0, or ENOSPC
 */
int sdp64_own_connection(struct sdp64_pass *pass, const struct sdp_line *media,
			 struct sdp_cursor rest);

#endif
