/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Statistics, group "nat64sip".
 */
#ifndef N64_STATS_H
#define N64_STATS_H

#include "../../core/counters.h"
#include "../../nat64sip/decide.h"
#include "../../nat64sip/sdp64.h"

struct n64_stats
{
	counter_handle_t via_nat64;	  /* is_via_nat64() was true */
	counter_handle_t pairs;		  /* dual Record-Routes written */
	counter_handle_t no_pref64;	  /* a NAT64 side without a known PREF64 */
	counter_handle_t not_carried; /* PREF64 may not carry our address */
	counter_handle_t relay_not_carried;	 /* PREF64 may not carry the relay's */
	counter_handle_t notify_set;		 /* PortaSIP-Notify headers written */
	counter_handle_t notify_removed;	 /* untrusted ones removed */
	counter_handle_t sdp_rewritten;		 /* bodies changed */
	counter_handle_t sdp_repaired;		 /* with a line of a wrong type */
	counter_handle_t sdp_left;			 /* with one left, or as a whole */
	counter_handle_t left[N64_REASONS];	 /* the same, by reason */
	counter_handle_t rule[N64_RULES];	 /* sides behind NAT64, by rule */
	counter_handle_t proofs;			 /* replies that showed a PREF64 */
	counter_handle_t disproofs;			 /* hints that a reply disproved */
	counter_handle_t received_foreign;	 /* received without our address */
	counter_handle_t received_unmatched; /* of no transaction of ours */
	counter_handle_t probes;			 /* OPTIONS sent */
	counter_handle_t probes_unanswered;	 /* given up, keepalives too */
	counter_handle_t probes_left_out;	 /* too many in a second, or out */
	counter_handle_t flows_evicted;		 /* proofs that gave way to others */
	counter_handle_t held;				 /* answers let go of for a probe */
	counter_handle_t marked;			 /* registrations marked */
	counter_handle_t mended;			 /* own values rewritten in replies */
	counter_handle_t ua_policy_limit; /* patterns that took too many steps */
	counter_handle_t bad_params;	  /* of add_dual_rr(), left out */
	counter_handle_t bad_message;	  /* could not be understood */
	counter_handle_t failed;		  /* memory or lump failure */
};

extern struct n64_stats n64_stats;

/** @return 0, or -1 */
int n64_stats_init(void);

/** Count what one rewrite did: the body, once of each kind and reason */
void n64_stats_sdp(const struct sdp64_report *rep);

#endif
