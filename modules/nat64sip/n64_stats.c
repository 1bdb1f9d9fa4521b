/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_stats.h"

#include "../../core/dprint.h"

struct n64_stats n64_stats;

int n64_stats_init(void)
{
	counter_def_t defs[] = {
			{&n64_stats.via_nat64, "via_nat64", 0, 0, 0,
					"messages whose previous hop is behind NAT64 by its Via"},
			{&n64_stats.pairs, "pairs", 0, 0, 0, "dual Record-Routes written"},
			{&n64_stats.no_pref64, "no_pref64", 0, 0, 0,
					"sides behind NAT64 whose PREF64 was not known"},
			{&n64_stats.not_carried, "not_carried", 0, 0, 0,
					"own addresses that the PREF64 may not carry"},
			{&n64_stats.notify_set, "notify_set", 0, 0, 0,
					"notify headers written"},
			{&n64_stats.notify_removed, "notify_removed", 0, 0, 0,
					"notify headers removed that came from no peer"},
			{&n64_stats.sdp_rewritten, "sdp_rewritten", 0, 0, 0,
					"SDP bodies rewritten"},
			{&n64_stats.sdp_repaired, "sdp_repaired", 0, 0, 0,
					"SDP lines whose address type was wrong"},
			{&n64_stats.sdp_left, "sdp_left", 0, 0, 0,
					"SDP lines with an address left alone"},
			{&n64_stats.bad_message, "bad_message", 0, 0, 0,
					"messages that could not be understood"},
			{&n64_stats.failed, "failed", 0, 0, 0,
					"messages left as they came for lack of memory or room"},
			{0, 0, 0, 0, 0, 0}};

	if(counter_register_array("nat64sip", defs) < 0) {
		LM_ERR("cannot register statistics\n");
		return -1;
	}
	return 0;
}

void n64_stats_sdp(const struct sdp64_report *rep)
{
	unsigned left = 0;
	int i;

	for(i = 0; i < N64_REASONS; i++)
		if(i != N64_FAMILY_RIGHT)
			left += rep->left[i];
	counter_add(n64_stats.sdp_left, left);
	counter_add(n64_stats.sdp_repaired, rep->repaired);
}
