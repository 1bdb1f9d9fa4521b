/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What a pair of Record-Routes will say: which own address faces which side, in
 * which form.
 */
#ifndef N64_RR_PLAN_H
#define N64_RR_PLAN_H

#include "n64_view.h"

#include "../../core/ip_addr.h"
#include "../../core/str.h"
#include "../../nat64sip/literal.h"
#include "../../nat64sip/pair.h"

#include <stdbool.h>

/** Parameters that others put on our values: did, vst and the like */
#define N64_RR_PARAMS_MAX 512

/** One value as it will be written */
struct n64_rr_value
{
	char buf[N64_PAIR_TEXT_MAX + 1 + N64_RR_PARAMS_MAX];
	str text;
};

/** A side's own end: which socket, and how it is spelled */
struct n64_rr_end
{
	const struct socket_info *si;
	struct n64_own own;
	char host[N64_LIT6_MAX + 20]; /**< of a native IPv6 socket, or a name */
	size_t hostlen;				  /**< 0 for an IPv4 socket */
};

/** Both values, as the decision wants them */
struct n64_rr_plan
{
	struct n64_pair source, target;
	struct n64_rr_end source_end, target_end;
	bool single;			   /**< one value serves both sides */
	struct socket_info *force; /**< to be forced, so that the plan holds */
};

/** Is a pair needed, and does the phone's policy allow it? */
bool n64_rr_wants_pair(const struct n64_view *v);

/**
 * Make the plan. Nothing is changed in the message.
 *
 * @return 0, or -1 if a side's socket is not known
 */
int n64_rr_make_plan(struct n64_rr_plan *p, const struct n64_view *v);

/**
 * Print one value, with others' parameters behind it.
 *
 * @return 0, or -1 if there is no room
 */
int n64_rr_print(struct n64_rr_value *val, const struct n64_pair *pair,
		const str *params);

#endif
