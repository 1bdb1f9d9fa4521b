/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The RPC methods, group "nat64sip".
 */
#ifndef N64_RPC_H
#define N64_RPC_H

#include "../../core/rpc.h"

/** As Kamailio's module interface wants them */
extern rpc_export_t n64_rpc[];

#endif
