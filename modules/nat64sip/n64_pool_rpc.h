/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * RPC: the pools in use, and loading them again.
 */
#ifndef N64_POOL_RPC_H
#define N64_POOL_RPC_H

#include "../../core/rpc.h"

extern const char *n64_pool_rpc_pools_doc[];
extern const char *n64_pool_rpc_reload_doc[];

/** nat64sip.pools (RET_ARRAY): one struct for each network */
void n64_pool_rpc_pools(rpc_t *rpc, void *ctx);

/** nat64sip.reload */
void n64_pool_rpc_reload(rpc_t *rpc, void *ctx);

#endif
