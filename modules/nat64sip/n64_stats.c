/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_stats.h"

#include "../../core/dprint.h"

#include <stdio.h>

struct n64_stats n64_stats;

/** May this rule find that a side is behind NAT64? */
static bool finds_nat64(enum n64_rule rule)
{
	return rule != N64_RULE_NONE && rule != N64_RULE_PACKET6
		   && rule != N64_RULE_PACKET4;
}

/** A line that is right already was not left alone */
static bool leaves(enum n64_reason reason)
{
	return reason != N64_DONE && reason != N64_FAMILY_RIGHT;
}

/** "rule_flow": one counter of a group of its own */
static int add(counter_handle_t *handle, const char *head, const char *tail,
		const char *what)
{
	char name[48];

	snprintf(name, sizeof(name), "%s_%s", head, tail);
	return counter_register(handle, "nat64sip", name, 0, 0, 0, what, 0);
}

static int add_groups(void)
{
	int i, rc = 0;

	for(i = 0; i < N64_RULES && rc == 0; i++)
		if(finds_nat64(i))
			rc = add(&n64_stats.rule[i], "rule", n64_rule_name(i),
					"sides found behind NAT64 by this rule");
	for(i = 0; i < N64_REASONS && rc == 0; i++)
		if(leaves(i))
			rc = add(&n64_stats.left[i], "sdp_left", n64_reason_name(i),
					"SDP bodies with a line left alone, or left, for this "
					"reason");
	return rc;
}

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
			{&n64_stats.relay_not_carried, "relay_not_carried", 0, 0, 0,
					"messages whose relay's address the PREF64 may not carry"},
			{&n64_stats.notify_set, "notify_set", 0, 0, 0,
					"notify headers written"},
			{&n64_stats.notify_removed, "notify_removed", 0, 0, 0,
					"notify headers removed that came from no peer"},
			{&n64_stats.sdp_rewritten, "sdp_rewritten", 0, 0, 0,
					"SDP bodies rewritten"},
			{&n64_stats.sdp_repaired, "sdp_repaired", 0, 0, 0,
					"SDP bodies with a line whose address type was wrong"},
			{&n64_stats.sdp_left, "sdp_left", 0, 0, 0,
					"SDP bodies with a line left alone, or left as a whole"},
			{&n64_stats.proofs, "proofs", 0, 0, 0,
					"replies that showed a PREF64"},
			{&n64_stats.disproofs, "disproofs", 0, 0, 0,
					"hints that a reply disproved"},
			{&n64_stats.received_foreign, "received_foreign", 0, 0, 0,
					"received values that do not embed our address"},
			{&n64_stats.received_unmatched, "received_unmatched", 0, 0, 0,
					"received values in replies to no request of ours"},
			{&n64_stats.probes, "probes", 0, 0, 0, "probes sent"},
			{&n64_stats.probes_unanswered, "probes_unanswered", 0, 0, 0,
					"probes that nobody answered"},
			{&n64_stats.probes_left_out, "probes_left_out", 0, 0, 0,
					"probes not sent, too many in a second or unanswered"},
			{&n64_stats.flows_evicted, "flows_evicted", 0, 0, 0,
					"proven flows that gave way: flows is too small"},
			{&n64_stats.held, "held", 0, 0, 0,
					"answers let go of, to come again behind the probe's"},
			{&n64_stats.marked, "marked", 0, 0, 0,
					"registrations that got the PREF64"},
			{&n64_stats.mended, "mended", 0, 0, 0,
					"own Record-Route values rewritten in replies"},
			{&n64_stats.ua_policy_limit, "ua_policy_limit", 0, 0, 0,
					"patterns of ua_policy that took too many steps"},
			{&n64_stats.bad_params, "bad_params", 0, 0, 0,
					"parameters for a Record-Route left out, as they are "
					"none"},
			{&n64_stats.bad_message, "bad_message", 0, 0, 0,
					"messages that could not be understood"},
			{&n64_stats.failed, "failed", 0, 0, 0,
					"messages left as they came for lack of memory or room"},
			{0, 0, 0, 0, 0, 0}};

	if(counter_register_array("nat64sip", defs) < 0 || add_groups() < 0) {
		LM_ERR("cannot register statistics\n");
		return -1;
	}
	return 0;
}

void n64_stats_sdp(const struct sdp64_report *rep)
{
	bool left = false;
	int i;

	for(i = 0; i < N64_REASONS; i++) {
		if(!leaves(i) || !rep->left[i])
			continue;
		left = true;
		counter_inc(n64_stats.left[i]);
	}
	if(left)
		counter_inc(n64_stats.sdp_left);
	if(rep->repaired)
		counter_inc(n64_stats.sdp_repaired);
}
