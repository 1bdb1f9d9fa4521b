/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What a transaction remembers of its request, for its replies. It lives and
 * dies with the transaction; a reply that meets none (restart, stateless) is
 * judged by what it shows itself.
 */
#ifndef N64_TM_H
#define N64_TM_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/decide.h"

#include <stdbool.h>

struct n64_view;

/** In shared memory; written by the request's worker only */
struct n64_tctx
{
	struct n64_verdict source; /**< where the replies go */
	enum n64_leg source_leg;
	struct sdp64_families offer; /**< of the request's SDP */
	bool has_offer;
	struct n64_notify notify;
	bool has_notify;
};

/** Bind tm. @return 0, or -1 after one line in the log */
int n64_tm_init(void);

/**
 * Keep what a request showed for its replies. Does nothing for an ACK, and
 * where there is nothing worth keeping. A failure is logged; the replies are
 * then judged by what they show.
 */
void n64_tm_remember(const struct n64_view *v);

/** What was kept for a message's transaction, NULL if nothing */
const struct n64_tctx *n64_tm_find(struct sip_msg *msg);

#endif
