/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The SDP of a whole SIP message body: found, rewritten, and where it is a part
 * of a multipart body, the part's own Content-Length made right (RFC 3261 20.14).
 */
#ifndef N64_BODY64_H
#define N64_BODY64_H

#include "mime.h"
#include "sdp64.h"

#include <stddef.h>

/** Lines of one body that may change */
#define BODY64_EDITS 2048
/** Octets of new text that they may need */
#define BODY64_ROOM 65536

/** A message body and the Content-Type that names it */
struct body64 {
	const char *type;
	size_t typelen;
	const char *p;
	size_t len;
	/** Values of the message's Content-Encoding and Content-Disposition;
	 *  empty where there is none */
	struct n64_mime_span encoding, disposition;
};

/** Storage of the caller for one rewrite; too large for a stack */
struct body64_room {
	struct edit v[BODY64_EDITS];
	char buf[BODY64_ROOM];
};

/**
 * Read the address families that a body's SDP has; of several, the first.
 *
 * @return N64_MIME_SDP with fam set, anything else with fam all none
 */
enum n64_mime body64_scan(struct sdp64_families *fam,
			  const struct body64 *body);

/**
 * Find all edits of a body, of each SDP in it. Apply them with edits_apply().
 *
 * @param ed   Result, lives in room; empty when nothing changes
 * @param rep  Result, see sdp64_rewrite(), the sum of all; with ENOENT, why a
 *             body that may hold SDP was left alone as a whole
 *
 * @return 0; ENOENT if there is no SDP that may be changed; EINVAL and ENOSPC
 *         as sdp64_rewrite(), with ed empty
 */
int body64_rewrite(struct edits *ed, struct body64_room *room,
		   const struct body64 *body, const struct sdp64_rule *rule,
		   struct sdp64_report *rep);

#endif
