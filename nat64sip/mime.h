/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Where the SDP is in a SIP message body (RFC 3261 7.4, RFC 2046 5.1,
 * RFC 5621).
 */
#ifndef N64_MIME_H
#define N64_MIME_H

#include <stdbool.h>
#include <stddef.h>

/** What a body holds */
enum n64_mime {
	N64_MIME_SDP,    /**< an SDP, found */
	N64_MIME_NO_SDP, /**< well-formed, but no SDP of a session in it */
	N64_MIME_SIGNED, /**< signed or encrypted: left whole (RFC 3261 23) */
	N64_MIME_BAD     /**< cannot be understood */
};

/** Offsets into the body */
struct n64_mime_part {
	size_t off, len;       /**< the SDP itself */
	size_t cl_off, cl_len; /**< digits of the part's own Content-Length;
	                            cl_len 0: it has none */
};

/** multipart in multipart in multipart, and no more */
#define N64_MIME_DEPTH 3

/** Read-only text */
struct n64_mime_span {
	const char *p;
	size_t len;
};

/** One level of multipart still to be searched */
struct n64_mime_level {
	struct n64_mime_span body, boundary;
	size_t pos; /**< where the next delimiter is looked for */
};

/** A way through a body; its members are n64_mime_next()'s own */
struct n64_mime_walk {
	struct n64_mime_level levels[N64_MIME_DEPTH];
	struct n64_mime_span body;
	unsigned depth;
	bool whole;        /**< the body is one SDP, not told yet */
	enum n64_mime end; /**< what is said when there is no SDP any more */
};

/**
 * Begin at the first part. All texts must live as long as the walk.
 *
 * @param type  Value of the message's Content-Type, folded or not
 * @param body  The message body
 */
void n64_mime_begin(struct n64_mime_walk *w, const char *type, size_t typelen,
		    const char *body, size_t len);

/**
 * Find the next SDP: the whole body for application/sdp, each such part of a
 * multipart one (an alternative has several), also nested (three levels). A
 * part with a Content-Encoding or a Content-Transfer-Encoding that is not the
 * identity, or a Content-Disposition other than session, is passed over.
 *
 * @param part  Result; left alone unless N64_MIME_SDP
 *
 * @return N64_MIME_SDP, or why there is none, or no other. A signed part ends
 *         the walk.
 */
enum n64_mime n64_mime_next(struct n64_mime_part *part,
			    struct n64_mime_walk *w);

/** Does this Content-Encoding of a message, empty if there is none, hide the
 *  body (RFC 3261 20.12)? */
bool n64_mime_is_encoded(const char *encoding, size_t len);

/**
 * Is a body of that Content-Disposition, empty if there is none, the session's
 * (RFC 3261 20.11)? A multipart one may be "render", its default
 * (RFC 5621 5.2): each part has a disposition of its own.
 */
bool n64_mime_is_for_session(const char *disposition, size_t len,
			     const char *type, size_t typelen);

#endif
