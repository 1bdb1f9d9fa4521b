/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Arguments of an RPC, one by one. A bad one gets its fault here.
 */
#ifndef N64_RPC_ARGS_H
#define N64_RPC_ARGS_H

#include "../../core/rpc.h"
#include "../../core/str.h"

/** The code of a fault for a bad argument */
#define N64_RPC_BAD 400

/**
 * The next argument as text, a number too. It is valid until the next one is
 * read.
 *
 * @return 1, or 0 if there is none, or -1 after a fault
 */
int n64_rpc_text(rpc_t *rpc, void *ctx, str *dst, const char *name);

/**
 * The next argument as a number from min to max; dst is left alone if there is
 * none.
 *
 * @return 0, or -1 after a fault
 */
int n64_rpc_number(rpc_t *rpc, void *ctx, unsigned *dst, const char *name,
		unsigned min, unsigned max);

/** No further argument may come. @return 0, or -1 after a fault */
int n64_rpc_end(rpc_t *rpc, void *ctx);

#endif
