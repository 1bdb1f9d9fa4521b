/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The URI of a Route or Record-Route value, where it has the plain form in which
 * own values are written.
 */
#ifndef N64_ROUTE_H
#define N64_ROUTE_H

#include "pair.h"

/**
 * Cut "sip:HOST[:PORT][;PARAMS]" (RFC 3261 19.1.1). What has more in it, such as
 * sips, a user, headers, is for the SIP server's own parser: it takes four times
 * as long, for a URI that comes in each request of a dialog.
 *
 * @param dst Result; texts in it point into uri; left alone on error
 * @param uri Text, need not end with NUL
 *
 * @return 0, or ENOTSUP for every other text, be it a URI or not
 */
int n64_route_cut(struct n64_route *dst, const char *uri, size_t len);

#endif
