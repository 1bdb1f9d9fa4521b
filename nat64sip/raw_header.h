/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Header fields found in the text of a message, without a parser: also behind a
 * line that no parser takes, so that nothing can hide there.
 */
#ifndef N64_RAW_HEADER_H
#define N64_RAW_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/** A header field as it stands, folded lines and the last line end included.
 *  Behind a CR without LF, which ends a line for some and not for others, the
 *  first letter of its name: without that it is another one, and what divides
 *  the lines stays for all. */
struct n64_raw_header {
	size_t off, len;
};

/**
 * Find the next header field of a name: any case, white space or folding in
 * front of the colon, a lost colon (RFC 3261 7.3.1), behind a CR without LF.
 * The search ends at the empty line that ends the headers.
 *
 * @param dst     Result, offsets into text
 * @param text    From the beginning of the first header line on
 * @param from    Where to begin: 0, then dst->off + dst->len of the last one
 * @param compact Its compact form, looked for in the same go (RFC 3261 7.3.3);
 *                NUL if it has none
 *
 * @return true if one was found
 */
bool n64_raw_header_find(struct n64_raw_header *dst, const char *text,
			 size_t len, size_t from, const char *name,
			 size_t namelen, char compact);

/**
 * Where in a name the letter stands that is rarest in SIP messages.
 *
 * @return Its offset, for n64_raw_header_hint()
 */
size_t n64_raw_header_pivot(const char *name, size_t namelen);

/**
 * Does the name stand anywhere in the text, in any case? Much quicker than
 * n64_raw_header_find() where it does not, which is most often so.
 *
 * @param pivot Of n64_raw_header_pivot()
 */
bool n64_raw_header_hint(const char *text, size_t len, const char *name,
			 size_t namelen, size_t pivot);

/**
 * Does a whole message end with its headers, with nothing behind them?
 *
 * @param text From the first line to the end of what was received
 *
 * @return true if the first empty line, CRLF, is its end
 */
bool n64_raw_no_body(const char *text, size_t len);

/**
 * Is there a CR that no LF follows? A parser may take it for an empty line, and so
 * for the end of the headers.
 */
bool n64_raw_bare_cr(const char *text, size_t len);

#endif
