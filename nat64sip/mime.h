/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Where the SDP is in a SIP message body (RFC 3261 7.4, RFC 2046 5.1,
 * RFC 5621).
 */
#ifndef N64_MIME_H
#define N64_MIME_H

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

/**
 * Find the SDP: the whole body for application/sdp, the first such part of a
 * multipart one, also nested (three levels). A part with a Content-Encoding or
 * a Content-Transfer-Encoding that is not the identity, or a
 * Content-Disposition other than session, is passed over.
 *
 * @param part  Result; left alone unless N64_MIME_SDP
 * @param type  Value of the message's Content-Type, folded or not
 * @param body  The message body
 */
enum n64_mime n64_mime_find_sdp(struct n64_mime_part *part, const char *type,
				size_t typelen, const char *body, size_t len);

#endif
