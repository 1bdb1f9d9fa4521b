/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_pool_rpc.h"

#include "n64_pool.h"
#include "n64_rpc_args.h"

#include <string.h>

const char *n64_pool_rpc_pools_doc[] = {
		"List the pools in use: network, PREF64 and where it is written", 0};
const char *n64_pool_rpc_reload_doc[] = {
		"Load pool_file or the database table again; if anything in it is"
		" wrong, the pools stay as they are",
		0};

static int add_entry(rpc_t *rpc, void *ctx, const struct n64_pool_entry *entry)
{
	char text[N64_POOL_TEXT_MAX + 1], place[N64_POOL_PLACE_MAX];
	char *pref = text;
	void *node;

	n64_pool_entry_print(text, sizeof(text), entry);
	strsep(&pref, "=");
	n64_pool_place(place, sizeof(place), entry->row);
	if(rpc->add(ctx, "{", &node) < 0)
		return -1;
	return rpc->struct_add(
			node, "sss", "network", text, "pref64", pref, "from", place);
}

void n64_pool_rpc_pools(rpc_t *rpc, void *ctx)
{
	struct n64_pool pool = n64_pool_active();
	size_t i;

	if(n64_rpc_end(rpc, ctx) < 0)
		return;
	for(i = 0; i < pool.n; i++) {
		if(add_entry(rpc, ctx, &pool.v[i]) < 0) {
			rpc->fault(ctx, 500, "no room for %zu pools", pool.n);
			return;
		}
	}
}

void n64_pool_rpc_reload(rpc_t *rpc, void *ctx)
{
	char why[N64_POOL_WHY_MAX];
	void *node;

	if(n64_rpc_end(rpc, ctx) < 0)
		return;
	if(n64_pool_reload(why, sizeof(why)) < 0) {
		rpc->fault(ctx, 500, "%s", why);
		return;
	}
	if(rpc->add(ctx, "{", &node) >= 0)
		rpc->struct_add(node, "u", "pools", (unsigned)n64_pool_active().n);
}
