/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file A flow table in a block of exactly its size, for tests */
#ifndef N64_TEST_FLOWS_TABLE_H
#define N64_TEST_FLOWS_TABLE_H

#include "../../nat64sip/flows.h"

#include "pref64_text.h"

/** One that is the same in each run; octet by octet from first */
__attribute__((unused)) static struct n64_flows *table_of(uint32_t flows,
							  uint8_t first)
{
	size_t bytes = n64_flows_bytes(flows);
	void *mem = bytes ? malloc(bytes) : NULL;
	uint8_t seed[N64_FLOWS_SEED];
	struct n64_flows *table;

	assert_non_null(mem);
	/* what was there before must not matter */
	memset(mem, 0x5a, bytes);
	for (unsigned i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)(first + i);
	table = n64_flows_init(mem, bytes, seed);
	assert_ptr_equal(table, mem);
	return table;
}

/** 203.0.113.0 + n / 65536, port n % 65536, UDP: as a NAT gives them out */
__attribute__((unused)) static struct n64_flow_key key_of(uint32_t n)
{
	struct n64_flow_key key = {.tp = N64_TP_UDP};

	key.addr.s_addr = htonl(0xcb007100u + (n >> 16));
	key.port = (uint16_t)n;
	return key;
}

/** Put, and how it went */
__attribute__((unused)) static enum n64_flows_put
put(struct n64_flows *table, uint32_t n, uint32_t now, uint32_t life)
{
	struct n64_flow_key key = key_of(n);
	enum n64_flows_put how = (enum n64_flows_put)99;

	assert_non_null(n64_flows_put(table, &key, now, life, &how));
	return how;
}

__attribute__((unused)) static struct n64_flow *find(struct n64_flows *table,
						     uint32_t n, uint32_t now)
{
	struct n64_flow_key key = key_of(n);

	return n64_flows_find(table, &key, now);
}

/** Entries of the whole table, by state */
__attribute__((unused)) static void count_all(const struct n64_flows *table,
					      uint32_t now,
					      uint32_t count[N64_FLOW_STATES])
{
	memset(count, 0, N64_FLOW_STATES * sizeof(*count));
	for (uint32_t b = 0; b < n64_flows_buckets(table); b++)
		n64_flows_count(table, b, now, count);
}

#endif
