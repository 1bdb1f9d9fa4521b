/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The SDP of a message, as the modules before us left it, rewritten.
 */
#ifndef N64_BODY_H
#define N64_BODY_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/body64.h"
#include "../../nat64sip/decide.h"

struct n64_view;

/** Fill in what the message's headers, all of them parsed, say of its body:
 *  Content-Type, which must be there, Content-Encoding, Content-Disposition */
void n64_body_headers(struct body64 *body, const struct sip_msg *msg);

/**
 * The families of the offer that a message's body answers: what the transaction kept,
 * of a late offer the INVITE's, else what the label of the reader's own value
 * says.
 *
 * @return false if this body is an offer, or nothing is known
 */
bool n64_body_offer(struct sdp64_families *fam, const struct n64_view *v);

/**
 * Rewrite the SDP of a message for the side that reads it.
 *
 * @param v  The message and its decision
 * @param to The verdict of the side that the message goes to
 *
 * @return 1 changed, -1 nothing to change, -2 error (message as it was)
 */
int n64_body_fix(const struct n64_view *v, const struct n64_verdict *to);

#endif
