/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file The flow cache: look-ups that find a flow, and such that do not */
#include "../../../nat64sip/flows.h"
#include "micro.h"

#define NOW 5000
#define LOOKS 10000

static struct n64_flow_key keys[LOOKS];

/** As a NAT64 gives them out: few addresses, many ports */
static struct n64_flow_key key_of(uint32_t n)
{
	struct n64_flow_key key = {.tp = N64_TP_UDP};

	key.addr.s_addr = htonl(0xcb007100u + n / 50000);
	key.port = (uint16_t)(1024 + n % 50000);
	return key;
}

static size_t look(struct n64_flows *table)
{
	size_t found = 0;

	for (size_t i = 0; i < LOOKS; i++)
		found += n64_flows_find(table, &keys[i], NOW) != NULL;
	return found;
}

static void put_all(struct n64_flows *table)
{
	for (size_t i = 0; i < LOOKS; i++)
		n64_flows_put(table, &keys[i], NOW, 600, NULL);
}

static void measure(uint32_t flows)
{
	static const uint8_t seed[N64_FLOWS_SEED] = "0123456789abcde";
	size_t bytes = n64_flows_bytes(flows), found;
	void *mem = malloc(bytes);
	struct n64_flows *table;
	uint32_t state = flows;

	micro_must(mem != NULL, "no memory for the table");
	table = n64_flows_init(mem, bytes, seed);
	for (uint32_t i = 0; i < flows; i++) {
		struct n64_flow_key key = key_of(i);

		n64_flows_put(table, &key, NOW, 600, NULL);
	}
	for (size_t i = 0; i < LOOKS; i++)
		keys[i] = key_of(micro_random(&state) % flows);
	micro_begin();
	found = look(table);
	micro_end("flow cache: found", flows, LOOKS);
	micro_must(found >= LOOKS / 100 * 98, "flows were evicted");
	micro_begin();
	put_all(table);
	micro_end("flow cache: put, is there", flows, LOOKS);
	for (size_t i = 0; i < LOOKS; i++)
		keys[i] = key_of(flows + micro_random(&state) % flows);
	micro_begin();
	found = look(table);
	micro_end("flow cache: not there", flows, LOOKS);
	micro_must(found == 0, "flows were found that nobody put");
	free(mem);
}

int main(void)
{
	for (uint32_t flows = 1000; flows <= 1000000; flows *= 10)
		measure(flows);
	return 0;
}
