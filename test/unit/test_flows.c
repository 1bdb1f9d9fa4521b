/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "flows_table.h"

#include "../../nat64sip/siphash.h"

#include <sanitizer/asan_interface.h>

#define NOW 1000
#define LIFE 600

#define HINT N64_FLOW_HINT
#define YES N64_FLOW_NAT64
#define NO N64_FLOW_NOT_NAT64

/* Made with "openssl mac -macopt size:8 SipHash"; the first is also in the
 * test vectors of the reference implementation */
static const struct {
	const char *name;
	uint64_t key[2], word, hash;
} siphashes[] = {
	{"reference",
	 {0x0706050403020100u, 0x0f0e0d0c0b0a0908u},
	 0x0706050403020100u,
	 0x93f5f5799a932462u},
	{"a flow",
	 {0x7766554433221100u, 0xffeeddccbbaa9988u},
	 0x0001c413077100cbu,
	 0xbc1f2cd78c3d0f57u},
	{"all ones",
	 {UINT64_MAX, UINT64_MAX},
	 UINT64_MAX,
	 0xf13e77491777f9d0u},
	{"all zero", {0, 0}, 0, 0xe849e8bb6ffe2567u},
};

static void test_siphash(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(siphashes); i++)
		CHECK(siphashes[i].name,
		      n64_siphash(siphashes[i].key, siphashes[i].word) ==
			      siphashes[i].hash);
}

static void test_size(void **state)
{
	static const uint8_t seed[N64_FLOWS_SEED];
	uint64_t mem[512];
	size_t one = n64_flows_bytes(1), two = n64_flows_bytes(5), i;
	struct n64_flows *table;

	(void)state;
	assert_int_equal(n64_flows_bytes(0), 0);
	assert_int_equal(n64_flows_bytes(4), one);
	assert_int_equal(two - one, N64_FLOWS_WAYS * sizeof(struct n64_flow));
	/* more than fits into the memory of 32 bits */
	assert_true(sizeof(size_t) == 4 ? !n64_flows_bytes(UINT32_MAX)
					: n64_flows_bytes(UINT32_MAX) >> 32);
	assert_true(two < sizeof(mem));
	for (i = 0; i < one; i++)
		assert_null(n64_flows_init(mem, i, seed));
	for (; i < two; i++) {
		table = n64_flows_init(mem, i, seed);
		assert_non_null(table);
		assert_int_equal(n64_flows_buckets(table), 1);
	}
	assert_int_equal(n64_flows_buckets(n64_flows_init(mem, two, seed)), 2);
	assert_null(n64_flows_init(NULL, two, seed));
	for (i = 1; i < _Alignof(uint64_t); i++)
		assert_null(n64_flows_init((char *)mem + i, two, seed));
}

static void test_put_find_remove(void **state)
{
	struct n64_flows *table = table_of(100, 0);
	struct n64_flow_key key = key_of(5060), back;
	struct n64_flow *flow;

	(void)state;
	assert_null(n64_flows_find(table, &key, NOW));
	assert_false(n64_flows_remove(table, &key));
	assert_int_equal(put(table, 5060, NOW, LIFE), N64_FLOWS_ADDED);
	flow = n64_flows_find(table, &key, NOW + 1);
	assert_non_null(flow);
	assert_int_equal(flow->state, N64_FLOW_HINT);
	assert_int_equal(flow->pref.len, 0);
	assert_int_equal(flow->added, NOW);
	assert_int_equal(flow->used, NOW + 1);
	/* a clock that lags does not make it look older */
	assert_ptr_equal(n64_flows_find(table, &key, NOW), flow);
	assert_int_equal(flow->used, NOW + 1);
	assert_int_equal(flow->expires, NOW + LIFE);
	assert_true(!flow->probing && !flow->probes && !flow->probe_sent);
	memset(&back, 0x5a, sizeof(back));
	n64_flow_key(&back, flow);
	assert_true(back.addr.s_addr == key.addr.s_addr &&
		    back.port == key.port && back.tp == key.tp);

	/* again: the same one, its expiry its own */
	flow->probes = 3;
	assert_int_equal(put(table, 5060, NOW + 2, 2 * LIFE), N64_FLOWS_FOUND);
	assert_ptr_equal(n64_flows_put(table, &key, NOW + 3, 1, NULL), flow);
	assert_int_equal(flow->expires, NOW + LIFE);
	assert_int_equal(flow->used, NOW + 3);
	assert_int_equal(flow->probes, 3);

	assert_true(n64_flows_remove(table, &key));
	assert_false(n64_flows_remove(table, &key));
	flow = n64_flows_put(table, &key, NOW + 4, LIFE, NULL);
	assert_true(flow->added == NOW + 4 && flow->used == NOW + 4);
	assert_true(n64_flows_remove(table, &key));
	assert_null(n64_flows_find(table, &key, NOW + 3));
	free(table);
}

/* Each part of a key counts */
static void test_keys_differ(void **state)
{
	struct n64_flows *table = table_of(100, 0);
	struct n64_flow_key key = key_of(0x1234), other;

	(void)state;
	n64_flows_put(table, &key, NOW, LIFE, NULL);
	for (unsigned bit = 0; bit < 32; bit++) {
		other = key;
		other.addr.s_addr ^= 1u << bit;
		assert_null(n64_flows_find(table, &other, NOW));
		other = key;
		other.port = (uint16_t)(other.port ^ 1u << bit % 16);
		assert_null(n64_flows_find(table, &other, NOW));
	}
	for (int tp = N64_TP_NONE; tp <= N64_TP_WSS; tp++) {
		other = key;
		other.tp = (enum n64_transport)tp;
		assert_true(!n64_flows_find(table, &other, NOW) ==
			    (tp != N64_TP_UDP));
	}
	free(table);
}

/* Also within one bucket, where the hash tells nothing apart */
static void test_keys_differ_in_one_bucket(void **state)
{
	struct n64_flows *table = table_of(1, 0);
	struct n64_flow_key key = key_of(0x1234), other;

	(void)state;
	n64_flows_put(table, &key, NOW, LIFE, NULL);
	other = key;
	other.addr.s_addr ^= htonl(1);
	assert_null(n64_flows_find(table, &other, NOW));
	other = key;
	other.port ^= 1;
	assert_null(n64_flows_find(table, &other, NOW));
	other = key;
	other.tp = N64_TP_TCP;
	assert_null(n64_flows_find(table, &other, NOW));
	assert_false(n64_flows_remove(table, &other));
	assert_non_null(n64_flows_find(table, &key, NOW));
	free(table);
}

static const struct {
	const char *name;
	uint32_t put, life, at;
	bool there;
} lives[] = {
	{"at once", 1000, 10, 1000, true},
	{"last second", 1000, 10, 1009, true},
	{"expires", 1000, 10, 1010, false},
	{"long after", 1000, 10, 1000000, false},
	{"no life", 1000, 0, 1000, false},
	{"across the wrap, before it", 0xfffffff0, 0x20, 0xffffffff, true},
	{"across the wrap, after it", 0xfffffff0, 0x20, 0, true},
	{"across the wrap, last second", 0xfffffff0, 0x20, 0xf, true},
	{"across the wrap, expires", 0xfffffff0, 0x20, 0x10, false},
	{"expires at 0", 0xfffffff0, 0x10, 0xffffffff, true},
	{"expires at 0, then", 0xfffffff0, 0x10, 0, false},
	{"expired before the wrap", 0xfffffff0, 5, 3, false},
	{"longest", 7, N64_FLOW_LIFE_MAX, 7 + N64_FLOW_LIFE_MAX - 1, true},
	{"longest, then", 7, N64_FLOW_LIFE_MAX, 7 + N64_FLOW_LIFE_MAX, false},
	{"cut", 7, UINT32_MAX, 7 + N64_FLOW_LIFE_MAX - 1, true},
	{"cut, then", 7, UINT32_MAX, 7 + N64_FLOW_LIFE_MAX, false},
	{"a clock that lags", 1000, 10, 995, true},
	{"a clock that lags, longest", 1000, UINT32_MAX, 995, true},
	{"a clock that lags, wrap", 2, 10, 0xffffffff, true},
};

static void test_expiry(void **state)
{
	struct n64_flows *table = table_of(1, 0);
	uint32_t count[N64_FLOW_STATES];
	struct n64_flow_key key = key_of(1);
	struct n64_flow *flow;

	(void)state;
	for (size_t i = 0; i < N(lives); i++) {
		const char *row = lives[i].name;
		bool there = lives[i].there;

		put(table, 1, lives[i].put, lives[i].life);
		CHECK(row, !find(table, 1, lives[i].at) == !there);
		CHECK(row,
		      !n64_flows_next(table, 0, NULL, lives[i].at) == !there);
		count_all(table, lives[i].at, count);
		CHECK(row, count[N64_FLOW_HINT] == there);
		CHECK(row, count[N64_FLOW_FREE] + there == N64_FLOWS_WAYS);
		CHECK(row,
		      put(table, 1, lives[i].at, 1) ==
			      (there ? N64_FLOWS_FOUND : N64_FLOWS_ADDED));
		CHECK(row, n64_flows_remove(table, &key));
	}
	/* what an expired one was known for is forgotten */
	flow = n64_flows_put(table, &key, NOW, LIFE, NULL);
	flow->probes = 7;
	flow->probing = true;
	n64_flow_tell(flow, N64_FLOW_NAT64, &(struct pref64){.len = 96}, NOW,
		      LIFE);
	assert_int_equal(put(table, 1, NOW + LIFE, LIFE), N64_FLOWS_ADDED);
	assert_ptr_equal(find(table, 1, NOW + LIFE), flow);
	assert_int_equal(flow->state, N64_FLOW_HINT);
	assert_true(!flow->pref.len && !flow->probes && !flow->probing);
	assert_int_equal(flow->added, NOW + LIFE);
	free(table);
}

/* Every flow is seen once, in its own bucket */
static void test_iterate(void **state)
{
	enum { FLOWS = 300 };
	struct n64_flows *table = table_of(10 * FLOWS, 3);
	uint32_t count[N64_FLOW_STATES], b, total = 0;
	bool seen[FLOWS] = {false};
	const struct n64_flow *flow;
	struct n64_flow_key key;

	(void)state;
	for (uint32_t i = 0; i < FLOWS; i++)
		assert_int_equal(put(table, i, NOW, 10 + i), N64_FLOWS_ADDED);
	n64_flow_tell(find(table, 299, NOW), YES, NULL, NOW, LIFE);
	n64_flow_tell(find(table, 298, NOW), NO, NULL, NOW, LIFE);
	for (b = 0; b < n64_flows_buckets(table); b++) {
		flow = NULL;
		while ((flow = n64_flows_next(table, b, flow, NOW + 110))) {
			n64_flow_key(&key, flow);
			assert_int_equal(n64_flows_bucket(table, &key), b);
			assert_true(key.port < FLOWS && !seen[key.port]);
			seen[key.port] = true;
			total++;
		}
	}
	assert_int_equal(total, FLOWS - 101);
	for (uint32_t i = 0; i < FLOWS; i++)
		assert_int_equal(seen[i], i > 100);
	count_all(table, NOW + 110, count);
	assert_int_equal(count[HINT], FLOWS - 101 - 2);
	assert_int_equal(count[YES], 1);
	assert_int_equal(count[NO], 1);
	assert_int_equal(count[N64_FLOW_FREE] + total,
			 n64_flows_buckets(table) * N64_FLOWS_WAYS);
	assert_null(n64_flows_next(table, b, NULL, NOW));
	n64_flows_count(table, b, NOW, count);
	assert_int_equal(count[YES], 1);
	free(table);
}

/* Two workers in two buckets never meet: all other buckets are poisoned, so
 * that even a read is found */
static void test_one_bucket_only(void **state)
{
	const size_t size = N64_FLOWS_WAYS * sizeof(struct n64_flow);
	struct n64_flows *table = table_of(64, 0);
	uint32_t buckets = n64_flows_buckets(table), count[N64_FLOW_STATES];
	char *v = (char *)table + n64_flows_bytes(64) - buckets * size;

	(void)state;
	for (uint32_t i = 0; i < 4096; i++) {
		struct n64_flow_key key = key_of(i);
		uint32_t b = n64_flows_bucket(table, &key);

		assert_true(b < buckets);
		ASAN_POISON_MEMORY_REGION(v, buckets * size);
		ASAN_UNPOISON_MEMORY_REGION(v + b * size, size);
		put(table, i, NOW + i, LIFE);
		assert_non_null(find(table, i, NOW + i));
		assert_non_null(n64_flows_next(table, b, NULL, NOW + i));
		memset(count, 0, sizeof(count));
		n64_flows_count(table, b, NOW + i, count);
		if (i % 3 == 0)
			assert_true(n64_flows_remove(table, &key));
		ASAN_UNPOISON_MEMORY_REGION(v, buckets * size);
	}
	free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_put_find_remove),
		cmocka_unit_test(test_keys_differ),
		cmocka_unit_test(test_keys_differ_in_one_bucket),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_iterate),
		cmocka_unit_test(test_one_bucket_only),
	};

	return cmocka_run_group_tests_name("flows", tests, NULL, NULL);
}
