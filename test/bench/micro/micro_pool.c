/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file Pools: the longest match of an address */
#include "../../../nat64sip/pool.h"
#include "micro.h"

#define LOOKS 10000

static struct in_addr addrs[LOOKS];

/** Each 256th entry is a /16 around others, the rest are /24s */
static struct n64_pool_entry entry_of(uint32_t n)
{
	struct n64_pool_entry e;
	uint32_t net = 0x0a000000u + (n << 8), mask = 0xffffff00u;

	memset(&e, 0, sizeof(e));
	if (n % 256 == 255) {
		mask = 0xffff0000u;
		net &= mask;
	}
	e.net.addr.s_addr = htonl(net);
	e.net.mask.s_addr = htonl(mask);
	micro_must(!pref64_parse(&e.pref, "2001:db8:64::/96", 16, NULL),
		   "no prefix");
	e.row = n;
	return e;
}

static size_t look(const struct n64_pool *pool)
{
	size_t found = 0;

	for (size_t i = 0; i < LOOKS; i++)
		found += n64_pool_find(pool, &addrs[i]) != NULL;
	return found;
}

static void measure(uint32_t entries)
{
	struct n64_pool_entry *v = malloc(entries * sizeof(*v));
	struct n64_pool pool;
	uint32_t state = entries;
	size_t found;

	micro_must(v != NULL, "no memory for the pool");
	for (uint32_t i = 0; i < entries; i++)
		v[i] = entry_of(i);
	micro_must(!n64_pool_build(&pool, v, entries, NULL), "no pool");
	for (size_t i = 0; i < LOOKS; i++)
		addrs[i].s_addr =
			htonl(0x0a000000u +
			      (micro_random(&state) % (entries * 256)));
	micro_begin();
	found = look(&pool);
	micro_end("pool: found", entries, LOOKS);
	micro_must(found > LOOKS / 100 * 80, "addresses in no network");
	for (size_t i = 0; i < LOOKS; i++)
		addrs[i].s_addr =
			htonl(0xc0000000u + micro_random(&state) % 65536);
	micro_begin();
	found = look(&pool);
	micro_end("pool: in no network", entries, LOOKS);
	micro_must(found == 0, "found in a network that is not there");
	free(v);
}

int main(void)
{
	for (uint32_t entries = 10; entries <= 100000; entries *= 10)
		measure(entries);
	return 0;
}
