/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * RPC: what is known of flows.
 */
#ifndef N64_RPC_FLOWS_H
#define N64_RPC_FLOWS_H

#include "../../core/rpc.h"

extern const char *n64_rpc_lookup_doc[];
extern const char *n64_rpc_flows_doc[];

/** nat64sip.lookup ADDRESS[:PORT] [TRANSPORT] */
void n64_rpc_lookup(rpc_t *rpc, void *ctx);

/** nat64sip.flows [LIMIT [CURSOR]] */
void n64_rpc_flows(rpc_t *rpc, void *ctx);

#endif
