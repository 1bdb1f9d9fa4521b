/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rpc_args.h"

#include "../../core/ut.h"

int n64_rpc_text(rpc_t *rpc, void *ctx, str *dst, const char *name)
{
	int n;

	dst->s = "";
	dst->len = 0;
	n = rpc->scan(ctx, "*.S", dst);
	/* jsonrpcs returns 0 for a type that it cannot convert, too */
	if(n < 0 || !dst->s) {
		rpc->fault(ctx, N64_RPC_BAD, "%s: must be a text", name);
		return -1;
	}
	/* ctl fills it in even if there is none */
	if(n == 0)
		dst->len = 0;
	return n;
}

int n64_rpc_number(rpc_t *rpc, void *ctx, unsigned *dst, const char *name,
		unsigned min, unsigned max)
{
	unsigned value;
	str text;
	int n = n64_rpc_text(rpc, ctx, &text, name);

	if(n <= 0)
		return n;
	if(str2int(&text, &value) < 0 || value < min || value > max) {
		rpc->fault(ctx, N64_RPC_BAD, "%s \"%.*s\": must be %u to %u", name,
				text.len, text.s, min, max);
		return -1;
	}
	*dst = value;
	return 0;
}

int n64_rpc_end(rpc_t *rpc, void *ctx)
{
	str text;
	int n = n64_rpc_text(rpc, ctx, &text, "argument");

	if(n > 0)
		rpc->fault(ctx, N64_RPC_BAD, "argument \"%.*s\": is one too many",
				text.len, text.s);
	return n == 0 ? 0 : -1;
}
