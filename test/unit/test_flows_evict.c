/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "flows_table.h"

#define NOW 5000
#define LIFE 600

#define HINT N64_FLOW_HINT
#define YES N64_FLOW_NAT64
#define NO N64_FLOW_NOT_NAT64

struct way {
	enum n64_flow_state state; /**< FREE: nothing is put there */
	uint32_t added, used;      /**< seconds ago */
	bool expired, probing;
};

/* A full bucket, or nearly, as it stands; who goes for a new flow? */
static const struct {
	const char *name;
	struct way way[N64_FLOWS_WAYS];
	int goes; /**< -1: nobody */
	enum n64_flows_put how;
} orders[] = {
	{"free before expired",
	 {{YES, 9, 9, true, false},
	  {HINT, 9, 9, true, false},
	  {HINT, 9, 9, false, false},
	  {HINT, 9, 9, false, false},
	  {HINT, 9, 9, false, false},
	  {NO, 9, 9, true, false},
	  {YES, 9, 9, true, false}},
	 -1,
	 N64_FLOWS_ADDED},
	{"an expired proof before a live hint",
	 {{HINT, 99, 99, false, false},
	  {HINT, 99, 99, false, false},
	  {HINT, 99, 99, false, false},
	  {HINT, 99, 99, false, false},
	  {HINT, 99, 99, false, false},
	  {YES, 9, 1, true, false},
	  {HINT, 99, 99, false, false},
	  {HINT, 99, 99, false, false}},
	 5,
	 N64_FLOWS_ADDED},
	{"of expired ones the least recently used",
	 {{HINT, 99, 99, false, false},
	  {YES, 99, 20, true, false},
	  {HINT, 98, 40, true, false},
	  {NO, 99, 30, true, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {NO, 99, 99, false, false},
	  {NO, 99, 99, false, false}},
	 2,
	 N64_FLOWS_ADDED},
	{"the oldest hint, however much in use",
	 {{HINT, 10, 10, false, false},
	  {HINT, 30, 30, false, false},
	  {HINT, 40, 0, false, false},
	  {HINT, 39, 39, false, false},
	  {HINT, 20, 20, false, false},
	  {YES, 90, 90, false, false},
	  {NO, 90, 90, false, false},
	  {HINT, 90, 90, false, true}},
	 2,
	 N64_FLOWS_EVICTED},
	{"a hint of now before old probed ones",
	 {{HINT, 90, 90, false, true},
	  {HINT, 90, 90, false, true},
	  {HINT, 90, 90, false, true},
	  {HINT, 0, 0, false, false},
	  {NO, 90, 90, false, false},
	  {YES, 90, 90, false, false},
	  {YES, 90, 90, false, false},
	  {YES, 90, 90, false, false}},
	 3,
	 N64_FLOWS_EVICTED},
	{"the oldest probed hint before old disproofs",
	 {{HINT, 1, 1, false, true},
	  {HINT, 2, 0, false, true},
	  {NO, 90, 90, false, false},
	  {NO, 90, 90, false, false},
	  {NO, 90, 90, false, false},
	  {YES, 90, 90, false, false},
	  {YES, 90, 90, false, false},
	  {YES, 90, 90, false, false}},
	 1,
	 N64_FLOWS_EVICTED},
	{"the disproof least recently used before old proofs",
	 {{YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {NO, 90, 1, false, false},
	  {NO, 80, 2, false, false},
	  {NO, 95, 0, false, false}},
	 6,
	 N64_FLOWS_EVICTED},
	{"one disproof of now before old proofs",
	 {{YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {YES, 99, 99, false, false},
	  {NO, 0, 0, false, false}},
	 7,
	 N64_FLOWS_EVICTED},
	{"proofs only: the least recently used",
	 {{YES, 80, 8, false, false},
	  {YES, 90, 7, false, false},
	  {YES, 90, 6, false, false},
	  {YES, 90, 5, false, false},
	  {YES, 10, 9, false, true},
	  {YES, 90, 4, false, false},
	  {YES, 90, 3, false, false},
	  {YES, 90, 2, false, false}},
	 4,
	 N64_FLOWS_EVICTED_PROOF},
	{"used by a worker whose clock is ahead",
	 {{YES, 80, 8, false, false},
	  {YES, 90, (uint32_t)-1, false, false},
	  {YES, 90, 6, false, false},
	  {YES, 90, 5, false, false},
	  {YES, 90, 10, false, false},
	  {YES, 90, 4, false, false},
	  {YES, 90, 3, false, false},
	  {YES, 90, 2, false, false}},
	 4,
	 N64_FLOWS_EVICTED_PROOF},
};

static void fill(struct n64_flows *table, struct n64_flow **flow,
		 const struct way *way, uint32_t now)
{
	for (uint32_t i = 0; i < N64_FLOWS_WAYS; i++) {
		struct n64_flow_key key = key_of(i);

		flow[i] = NULL;
		if (!way[i].state)
			continue;
		flow[i] = n64_flows_put(table, &key, now, LIFE, NULL);
		flow[i]->state = (uint8_t)way[i].state;
		flow[i]->added = now - way[i].added;
		flow[i]->used = now - way[i].used;
		flow[i]->expires = way[i].expired ? now : now + 1;
		flow[i]->probing = way[i].probing;
	}
}

static void check_order(size_t row, uint32_t now, uint32_t newcomer)
{
	const char *name = orders[row].name;
	const struct way *way = orders[row].way;
	struct n64_flow *flow[N64_FLOWS_WAYS], *got;
	struct n64_flows *table = table_of(1, (uint8_t)newcomer);
	struct n64_flow_key key = key_of(newcomer);
	enum n64_flows_put how;
	int i, found = -1;

	fill(table, flow, way, now);
	got = n64_flows_put(table, &key, now, LIFE, &how);
	for (i = 0; i < N64_FLOWS_WAYS; i++)
		if (flow[i] == got)
			found = i;
	CHECK(name, found == orders[row].goes);
	CHECK(name, how == orders[row].how);
	CHECK(name, got->state == HINT && !got->probing && !got->pref.len);
	for (i = 0; i < N64_FLOWS_WAYS; i++) {
		if (i == found || !way[i].state || way[i].expired)
			continue;
		CHECK(name, find(table, (uint32_t)i, now) == flow[i]);
		CHECK(name, flow[i]->state == way[i].state);
	}
	free(table);
}

static void test_order(void **state)
{
	(void)state;
	for (size_t row = 0; row < N(orders); row++) {
		/* wherever the search in the bucket begins */
		for (uint32_t n = 100; n < 132; n++) {
			check_order(row, NOW, n);
			check_order(row, 50,
				    n); /* the past: before the wrap */
			check_order(row, 0, n);
			check_order(row, UINT32_MAX, n);
		}
	}
}

/* One bucket, as many flows as it has places, then more */
static void test_capacity_one(void **state)
{
	struct n64_flows *table = table_of(1, 0);
	uint32_t count[N64_FLOW_STATES], i;
	struct n64_flow_key key;

	(void)state;
	assert_int_equal(n64_flows_buckets(table), 1);
	for (i = 0; i < N64_FLOWS_WAYS; i++) {
		key = key_of(i);
		assert_int_equal(n64_flows_bucket(table, &key), 0);
		assert_int_equal(put(table, i, NOW + i, LIFE),
				 N64_FLOWS_ADDED);
	}
	for (; i < 1000; i++) {
		assert_int_equal(put(table, i, NOW + i, LIFE),
				 N64_FLOWS_EVICTED);
		assert_null(find(table, i - N64_FLOWS_WAYS, NOW + i));
		for (uint32_t j = i - N64_FLOWS_WAYS + 1; j <= i; j++)
			assert_non_null(find(table, j, NOW + i));
	}
	count_all(table, NOW + i, count);
	assert_int_equal(count[HINT], N64_FLOWS_WAYS);
	assert_int_equal(count[N64_FLOW_FREE], 0);
	free(table);
}

static uint32_t random32(void)
{
	static uint64_t x = 0x2545f4914f6cdd1du;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 16);
}

static void random_key(struct n64_flow_key *key)
{
	key->addr.s_addr = random32();
	key->port = (uint16_t)random32();
	key->tp = random32() % 2 ? N64_TP_UDP : N64_TP_TCP;
}

/* No proof goes while its bucket has anything else, however many come */
static void test_flood(void **state)
{
	enum { PROVEN = 1000, FLOOD = 1000000 };
	struct n64_flows *table = table_of(1000, 1);
	uint32_t proofs[N64_FLOWS_WAYS * PROVEN] = {0}, lost = 0, i, b;
	uint32_t count[N64_FLOW_STATES];
	enum n64_flows_put how;
	struct n64_flow_key key;

	(void)state;
	for (i = 0; i < PROVEN; i++) {
		key = key_of(i);
		b = n64_flows_bucket(table, &key);
		/* one place of a bucket stays for the unproven */
		if (proofs[b] == N64_FLOWS_WAYS - 1)
			continue;
		n64_flow_tell(n64_flows_put(table, &key, NOW, LIFE, NULL), YES,
			      NULL, NOW, LIFE);
		proofs[b]++;
	}
	for (i = 0; i < FLOOD; i++) {
		random_key(&key);
		n64_flows_put(table, &key, NOW + i % LIFE, LIFE, &how);
		assert_int_not_equal(how, N64_FLOWS_EVICTED_PROOF);
		lost += how == N64_FLOWS_EVICTED;
	}
	assert_true(lost > FLOOD / 2);
	for (b = 0; b < n64_flows_buckets(table); b++) {
		memset(count, 0, sizeof(count));
		n64_flows_count(table, b, NOW, count);
		assert_int_equal(count[YES], proofs[b]);
	}
	for (i = 0; i < FLOOD / 1000; i++)
		assert_true(!find(table, i, NOW) ||
			    find(table, i, NOW)->state == YES);
	free(table);
}

/* A flood finds a bucket full of proofs: it takes one place, not all */
static void test_flood_full_of_proofs(void **state)
{
	struct n64_flows *table = table_of(1, 1);
	uint32_t count[N64_FLOW_STATES], i;
	enum n64_flows_put how;
	struct n64_flow_key key;

	(void)state;
	for (i = 0; i < N64_FLOWS_WAYS; i++) {
		put(table, i, NOW + i, LIFE);
		n64_flow_tell(find(table, i, NOW + i), YES, NULL, NOW, LIFE);
	}
	for (i = 0; i < 100000; i++) {
		random_key(&key);
		n64_flows_put(table, &key, NOW + 10, LIFE, &how);
		assert_int_equal(
			how, i ? N64_FLOWS_EVICTED : N64_FLOWS_EVICTED_PROOF);
	}
	count_all(table, NOW + 10, count);
	assert_int_equal(count[YES], N64_FLOWS_WAYS - 1);
	assert_null(find(table, 0, NOW + 10));
	free(table);
}

/* Within one second a newcomer is no likelier to go than the others: of 800
 * newcomers about one in eight would go at once by chance, all if the place
 * were always the same */
static void test_same_second(void **state)
{
	struct n64_flows *table = table_of(1, 1);
	uint32_t gone = 0;

	(void)state;
	for (uint32_t i = 0; i < 800; i++) {
		put(table, i, NOW, LIFE);
		gone += i && !find(table, i - 1, NOW);
	}
	assert_true(gone > 40 && gone < 200);
	free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_capacity_one),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_flood_full_of_proofs),
		cmocka_unit_test(test_same_second),
	};

	return cmocka_run_group_tests_name("flows_evict", tests, NULL, NULL);
}
