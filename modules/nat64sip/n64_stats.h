/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Statistics, group "nat64sip".
 */
#ifndef N64_STATS_H
#define N64_STATS_H

#include "../../core/counters.h"
#include "../../nat64sip/sdp64.h"

struct n64_stats
{
	counter_handle_t via_nat64;		 /* is_via_nat64() was true */
	counter_handle_t pairs;			 /* dual Record-Routes written */
	counter_handle_t no_pref64;		 /* a NAT64 side without a known PREF64 */
	counter_handle_t not_carried;	 /* PREF64 may not carry our address */
	counter_handle_t notify_set;	 /* PortaSIP-Notify headers written */
	counter_handle_t notify_removed; /* untrusted ones removed */
	counter_handle_t sdp_rewritten;	 /* bodies changed */
	counter_handle_t sdp_repaired;	 /* lines whose type was wrong */
	counter_handle_t sdp_left;		 /* lines left alone on purpose */
	counter_handle_t bad_message;	 /* could not be understood */
	counter_handle_t failed;		 /* memory or lump failure */
};

extern struct n64_stats n64_stats;

/** @return 0, or -1 */
int n64_stats_init(void);

/** Count what one rewrite of an SDP did */
void n64_stats_sdp(const struct sdp64_report *rep);

#endif
