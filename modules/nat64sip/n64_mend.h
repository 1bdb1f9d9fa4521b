/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * An own Record-Route value mended in a response: the request passed before the
 * caller's PREF64 was known, the reply after (RFC 3261 16.7 lets a proxy rewrite
 * its own value).
 */
#ifndef N64_MEND_H
#define N64_MEND_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/pair.h"

/**
 * Give the own IPv4 value that faces a leg its synthetic form.
 *
 * @param rpl  Reply about to be forwarded
 * @param leg  Whose value
 * @param pref That leg's PREF64
 *
 * @return 1 mended, -1 nothing to mend, -2 no memory (reply as it was)
 */
int n64_mend(struct sip_msg *rpl, enum n64_leg leg, const struct pref64 *pref);

/**
 * Say in the own value of a leg what it reads: the phone showed it by the offer
 * in this reply or in an earlier one of its transaction (RFC 6157 4.1). The ACK
 * or PRACK with the answer brings it back.
 *
 * @param family IP4 or IP6
 *
 * @return 1 done, -1 there is no such value, or it says so already, -2 no memory
 */
int n64_mend_family(
		struct sip_msg *rpl, enum n64_leg leg, enum n64_family family);

#endif
