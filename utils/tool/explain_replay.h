/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: the messages of the input in order, as the proxy had them: what came
 * is decided, and put together with what left.
 */
#ifndef N64_TOOL_EXPLAIN_REPLAY_H
#define N64_TOOL_EXPLAIN_REPLAY_H

#include "explain_view.h"

/** Why a message has no verdict, or it is known */
enum ex_judged {
	EX_JUDGED,
	EX_CANCEL, /**< goes the way of its INVITE */
	EX_OFF,    /**< mode off */
	EX_BAD     /**< cannot be understood */
};

/** What is told of one message, for each branch that left */
struct ex_report {
	const struct ex_msg *came;
	const struct ex_msg *left;   /**< NULL: none is known */
	const struct ex_msg *answer; /**< the proxy's own to it, or NULL */
	const struct ex_view *v;     /**< came, in the light of left */
	enum ex_judged judged;
};

typedef void ex_report_h(const struct ex_report *report, void *arg);

struct ex_replay;

/** @return NULL if there is no memory */
struct ex_replay *ex_replay_new(const struct ex_conf *conf, ex_report_h *h,
				void *arg);
void ex_replay_free(struct ex_replay *replay);

/** The next message; an ex_msg_h whose argument is a struct ex_replay */
void ex_replay_take(struct ex_msg *msg, void *arg);

/** There is no other: tell of what is left */
void ex_replay_end(struct ex_replay *replay);

/** Messages: read, the proxy's own business, without a verdict */
struct ex_counts {
	unsigned long read, proxy, unreadable;
};
struct ex_counts ex_replay_counts(const struct ex_replay *replay);

/** What a request leaves behind, for its replies and later requests */
void ex_keep_request(struct ex_view *v);

/** A branch of it left; what it shows is kept for its replies */
void ex_keep_branch(struct ex_view *v, const struct ex_msg *left);

/** A request that began in the proxy left */
void ex_keep_own(struct ex_state *state, const struct ex_msg *left);

/** Decide about a REGISTER: of its AoR, an earlier one may have been marked */
bool ex_view_register(struct ex_view *v);

/** Its 2xx leaves: what it was marked with is registered */
void ex_keep_registered(struct ex_view *v, const struct ex_sip *answer);

#endif
