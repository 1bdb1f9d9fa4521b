/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * RPC: what the module is set to and how it stands; the mode.
 */
#ifndef N64_RPC_STATUS_H
#define N64_RPC_STATUS_H

#include "../../core/rpc.h"

extern const char *n64_rpc_status_doc[];
extern const char *n64_rpc_mode_doc[];

/** nat64sip.status */
void n64_rpc_status(rpc_t *rpc, void *ctx);

/** nat64sip.mode [on|dryrun|off] */
void n64_rpc_mode(rpc_t *rpc, void *ctx);

#endif
