/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rpc_status.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mode.h"
#include "n64_rpc_args.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_version.h"

#include "../../core/dprint.h"
#include "../../nat64sip/literal.h"

#include <stdio.h>

const char *n64_rpc_status_doc[] = {
		"What nat64sip is set to, and how many flows it knows", 0};
const char *n64_rpc_mode_doc[] = {"Show the mode, or switch it to on, dryrun "
								  "or off for the next message",
		0};

/** "via,contact,sdp", as the parameter takes it */
static const char *detect_text(char *buf, size_t size)
{
	unsigned detect = n64_conf.policy.detect;
	bool via = detect & N64_DETECT_VIA, contact = detect & N64_DETECT_CONTACT;
	bool sdp = detect & N64_DETECT_SDP;

	snprintf(buf, size, "%s%s%s%s%s", via ? "via" : "",
			via && (contact || sdp) ? "," : "", contact ? "contact" : "",
			contact && sdp ? "," : "", sdp ? "sdp" : "");
	return buf;
}

static int add_settings(rpc_t *rpc, void *node)
{
	char pref[PREF64_TEXT_MAX + 1] = "", detect[32];

	pref64_print(pref, sizeof(pref), &n64_conf.policy.pref);
	return rpc->struct_add(node, "sssssd", "version", N64_VERSION, "mode",
			n64_mode_name(n64_mode_now()), "pref64", pref, "detect",
			detect_text(detect, sizeof(detect)), "believe",
			n64_conf.policy.believe_configured ? "configured" : "shown",
			"probe", n64_conf.probe ? 1 : 0);
}

static int add_own(rpc_t *rpc, void *node)
{
	const struct n64_owns *owns = n64_self_owns();
	char host[INET_ADDRSTRLEN], text[INET_ADDRSTRLEN + 16];
	void *list;
	size_t i;

	if(rpc->struct_add(node, "[", "own", &list) < 0)
		return -1;
	for(i = 0; i < owns->n; i++) {
		n64_lit4_print(host, sizeof(host), &owns->v[i].addr);
		snprintf(text, sizeof(text), "%s:%s:%u",
				n64_transport_name(owns->v[i].tp), host, owns->v[i].port);
		if(rpc->array_add(list, "s", text) < 0)
			return -1;
	}
	return 0;
}

/** Each part is counted under its lock, so nobody waits for the sum */
static int add_flows(rpc_t *rpc, void *node)
{
	uint32_t count[N64_FLOW_STATES] = {0}, part;
	unsigned waiting = 0;
	void *flows;

	for(part = 0; part < n64_cache_parts(); part++)
		waiting += n64_cache_count(count, part);
	if(rpc->struct_add(node, "{", "flows", &flows) < 0)
		return -1;
	return rpc->struct_add(flows, "uuuuu", "room", n64_cache_room(),
			n64_flow_state_name(N64_FLOW_HINT), count[N64_FLOW_HINT],
			n64_flow_state_name(N64_FLOW_NAT64), count[N64_FLOW_NAT64],
			n64_flow_state_name(N64_FLOW_NOT_NAT64), count[N64_FLOW_NOT_NAT64],
			"hints_waiting", waiting);
}

void n64_rpc_status(rpc_t *rpc, void *ctx)
{
	void *node;

	if(n64_rpc_end(rpc, ctx) < 0 || rpc->add(ctx, "{", &node) < 0)
		return;
	if(add_settings(rpc, node) < 0 || add_own(rpc, node) < 0
			|| add_flows(rpc, node) < 0
			|| rpc->struct_add(node, "u", "probes",
					   (unsigned)counter_get_val(n64_stats.probes))
					   < 0)
		rpc->fault(ctx, 500, "no room for the answer");
}

void n64_rpc_mode(rpc_t *rpc, void *ctx)
{
	enum n64_mode mode, before = n64_mode_now();
	void *node;
	str text;
	int n = n64_rpc_text(rpc, ctx, &text, "mode");

	if(n < 0)
		return;
	if(n > 0 && n64_mode_parse(&mode, &text) < 0) {
		rpc->fault(ctx, N64_RPC_BAD,
				"mode \"%.*s\": must be on, dryrun or off", text.len, text.s);
		return;
	}
	if(n64_rpc_end(rpc, ctx) < 0)
		return;
	if(n > 0 && mode != before) {
		n64_mode_switch(mode);
		LM_NOTICE("mode switched from %s to %s\n", n64_mode_name(before),
				n64_mode_name(mode));
	}
	if(rpc->add(ctx, "{", &node) >= 0)
		rpc->struct_add(node, "s", "mode", n64_mode_name(n64_mode_now()));
}
