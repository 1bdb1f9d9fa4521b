/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "flows_table.h"

#define NOW 5000
#define LIFE 600

/* What n64_flows_bytes() promises, for flows as a NAT gives them out, which
 * differ in few bits */
static void test_wanted_number_fits(void **state)
{
	static const uint32_t sizes[] = {1000, 1024, 65536};
	enum { SEEDS = 16 };

	(void)state;
	for (size_t s = 0; s < N(sizes); s++) {
		uint32_t evicted = 0;

		for (unsigned seed = 0; seed < SEEDS; seed++) {
			struct n64_flows *table =
				table_of(sizes[s], (uint8_t)(seed * 7));

			for (uint32_t i = 0; i < sizes[s]; i++)
				evicted += put(table, i, NOW, LIFE) ==
					N64_FLOWS_EVICTED;
			free(table);
		}
		assert_true(evicted > 0);
		assert_true(evicted < sizes[s] * SEEDS / 100);
	}
}

/* Flows chosen to meet in one bucket meet by one seed only */
static void test_seed(void **state)
{
	struct n64_flows *known = table_of(4000, 1),
			 *other = table_of(4000, 2);
	uint32_t met = 0, met_again = 0, first;
	struct n64_flow_key key = key_of(0);

	(void)state;
	first = n64_flows_bucket(other, &key);
	for (uint32_t i = 1; i < 200000; i++) {
		struct n64_flow_key k = key_of(i);

		if (n64_flows_bucket(known, &k) !=
		    n64_flows_bucket(known, &key))
			continue;
		met++;
		met_again += n64_flows_bucket(other, &k) == first;
	}
	assert_true(met > 100);
	assert_true(met_again < met / 10);
	free(known);
	free(other);
}

/* Each octet of it counts */
static void test_seed_octets(void **state)
{
	const size_t bytes = n64_flows_bytes(4000);
	struct n64_flows *known = table_of(4000, 0), *other;
	void *mem = malloc(bytes);
	uint8_t seed[N64_FLOWS_SEED];

	(void)state;
	assert_non_null(mem);
	for (unsigned octet = 0; octet < N64_FLOWS_SEED; octet++) {
		uint32_t same = 0;

		for (unsigned i = 0; i < N64_FLOWS_SEED; i++)
			seed[i] = (uint8_t)i;
		seed[octet] ^= 0x80;
		other = n64_flows_init(mem, bytes, seed);
		for (uint32_t i = 0; i < 1000; i++) {
			struct n64_flow_key key = key_of(i);

			same += n64_flows_bucket(known, &key) ==
				n64_flows_bucket(other, &key);
		}
		assert_true(same < 20);
	}
	free(known);
	free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted_number_fits),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_seed_octets),
	};

	return cmocka_run_group_tests_name("flows_spread", tests, NULL, NULL);
}
