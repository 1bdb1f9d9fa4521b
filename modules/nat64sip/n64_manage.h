/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * nat64_manage(): every part of it, at the moment that is right for the kind of
 * message. In request_route, what is the same for all branches; in tm's
 * callbacks, what each branch and each reply needs, behind the script's own
 * branch_route and onreply_route.
 */
#ifndef N64_MANAGE_H
#define N64_MANAGE_H

#include "n64_tm.h"

#include "../../core/parser/msg_parser.h"

/** Parts, or-ed */
#define N64_PART_ALIAS 1u  /**< of Contact and Request-URI */
#define N64_PART_RR 2u	   /**< Record-Route */
#define N64_PART_NOTIFY 4u /**< PortaSIP-Notify */
#define N64_PART_SDP 8u
#define N64_PARTS 15u

/** For n64_tm_init() */
extern const struct n64_tm_hooks n64_manage_hooks;

/**
 * Read the letters of the parts to be left out: a, r, n, s, any case.
 *
 * @param parts Gets the parts that stay
 *
 * @return 0, or the letter that is none of these
 */
char n64_manage_parts(unsigned *parts, const str *flags);

/**
 * Manage a message, in request_route, branch_route, failure_route,
 * onreply_route or reply_route. A request of tm's own needs nothing.
 *
 * @return 1 done, -1 nothing to do for such a message, -2 error
 */
int n64_manage(struct sip_msg *msg, unsigned parts);

#endif
