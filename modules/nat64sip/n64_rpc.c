/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rpc.h"

#include "n64_pool_rpc.h"
#include "n64_rpc_flows.h"
#include "n64_rpc_status.h"

/* clang-format off */
rpc_export_t n64_rpc[] = {
	{"nat64sip.status", n64_rpc_status, n64_rpc_status_doc, 0},
	{"nat64sip.mode", n64_rpc_mode, n64_rpc_mode_doc, 0},
	{"nat64sip.lookup", n64_rpc_lookup, n64_rpc_lookup_doc, 0},
	{"nat64sip.flows", n64_rpc_flows, n64_rpc_flows_doc, 0},
	{"nat64sip.pools", n64_pool_rpc_pools, n64_pool_rpc_pools_doc,
		RET_ARRAY},
	{"nat64sip.reload", n64_pool_rpc_reload, n64_pool_rpc_reload_doc, 0},
	{0, 0, 0, 0}
};
/* clang-format on */
