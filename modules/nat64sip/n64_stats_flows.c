/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_stats_flows.h"

#include "n64_cache.h"

#include "../../core/counters.h"
#include "../../core/dprint.h"

/** A state as its counter knows it: a place in here */
static enum n64_flow_state states[] = {
		N64_FLOW_HINT, N64_FLOW_NAT64, N64_FLOW_NOT_NAT64};

/** Counted when asked for, part by part: nobody waits for the sum */
static counter_val_t flows_in(counter_handle_t handle, void *state)
{
	uint32_t count[N64_FLOW_STATES] = {0}, part;

	(void)handle;
	for(part = 0; part < n64_cache_parts(); part++)
		n64_cache_count(count, part);
	return count[*(const enum n64_flow_state *)state];
}

static counter_val_t flows_room(counter_handle_t handle, void *unused)
{
	(void)handle;
	(void)unused;
	return n64_cache_room();
}

int n64_stats_flows_init(void)
{
	counter_def_t defs[] = {
			{0, "hint", 0, flows_in, &states[0], "flows that hinted at NAT64"},
			{0, "nat64", 0, flows_in, &states[1],
					"flows proven to be behind NAT64"},
			{0, "not_nat64", 0, flows_in, &states[2],
					"flows proven not to be behind NAT64"},
			{0, "room", 0, flows_room, 0, "flows that there is room for"},
			{0, 0, 0, 0, 0, 0}};

	if(counter_register_array("nat64sip_flows", defs) < 0) {
		LM_ERR("cannot register statistics of flows\n");
		return -1;
	}
	return 0;
}
