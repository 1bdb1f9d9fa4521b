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
#include "../../nat64sip/flows.h"
#include "../../nat64sip/ua_policy.h"
#include "../tm/dlg.h"

#include <stdbool.h>

struct n64_view;

/** In shared memory; written by the request's worker only */
struct n64_tctx
{
	struct n64_verdict source; /**< where the replies go */
	enum n64_leg source_leg;
	enum n64_ua_action ua;		 /**< ordered for who wrote the request */
	struct sdp64_families offer; /**< of the request's SDP */
	bool has_offer;
	enum n64_family family; /**< that the leg showed, by its label */
	struct n64_notify notify;
	bool has_notify;
	struct n64_flow_key flow; /**< whose replies go to, if has_flow */
	bool has_flow;
};

/** Bind tm. @return 0, or -1 after one line in the log */
int n64_tm_init(void);

/**
 * Keep what a request showed for its replies. Does nothing for an ACK, and
 * where there is nothing worth keeping. A failure is logged; the replies are
 * then judged by what they show.
 */
void n64_tm_remember(const struct n64_view *v);

/**
 * Does this reply belong to a transaction of ours, and does it come from where
 * that branch went? tm is asked; the transaction is then held until
 * n64_tm_release() or until tm is done with the reply.
 */
bool n64_tm_matches(struct sip_msg *reply);

/** Is the transaction that n64_tm_matches() found one that began here? */
bool n64_tm_is_own(struct sip_msg *reply);

/** Let go of what n64_tm_matches() holds, where tm did not */
void n64_tm_release(struct sip_msg *reply);

/**
 * Send an OPTIONS in a transaction of its own, over a connection that is there.
 *
 * @param dlg Where to and from; texts are copied
 * @param con The TCP connection's id, 0 for none; no other is opened
 *
 * @return 0, or -1
 */
int n64_tm_send_options(dlg_t *dlg, int con);

/** Has tm found this message's transaction? */
bool n64_tm_has(struct sip_msg *msg);

/** What was kept for a message's transaction, NULL if nothing */
const struct n64_tctx *n64_tm_find(struct sip_msg *msg);

#endif
