/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "flows_table.h"

#define NOW 1000
#define LIFE 600

static const struct {
	uint32_t then, now, since;
} ages[] = {
	{5, 5, 0},          {5, 9, 4},          {9, 5, 0},
	{0xfffffffe, 3, 5}, {3, 0xfffffffe, 0}, {0, 0x7fffffff, 0x7fffffff},
	{0, 0x80000000, 0},
};

static void test_since(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(ages); i++)
		assert_int_equal(n64_flow_since(ages[i].then, ages[i].now),
				 ages[i].since);
}

#define A "2001:db8:64::/96"
#define B "2001:db8:100::/40"
#define HINT N64_FLOW_HINT
#define YES N64_FLOW_NAT64
#define NO N64_FLOW_NOT_NAT64
#define BAD N64_FLOW_STATES

/* From one state by another to a third */
static const struct {
	const char *name;
	enum n64_flow_state from;
	const char *from_pref;
	enum n64_flow_state told;
	const char *told_pref;
	enum n64_flow_state to;
	const char *to_pref;
	bool news, renewed, probing;
} tells[] = {
	{"hint, hint", HINT, NULL, HINT, NULL, HINT, NULL, false, true, true},
	{"a hint has no prefix", HINT, NULL, HINT, A, HINT, NULL, false, true,
	 true},
	{"hint, proof", HINT, NULL, YES, A, YES, A, true, true, false},
	{"hint, proof, prefix unknown", HINT, NULL, YES, NULL, YES, NULL, true,
	 true, false},
	{"hint, disproof", HINT, NULL, NO, NULL, NO, NULL, true, true, false},
	{"proof, hint", YES, A, HINT, NULL, YES, A, false, false, true},
	{"proof, same proof", YES, A, YES, A, YES, A, false, true, false},
	{"proof, no prefix this time", YES, A, YES, NULL, YES, A, false, true,
	 false},
	{"proof, another prefix", YES, A, YES, B, YES, B, true, true, false},
	{"proof, then its prefix", YES, NULL, YES, B, YES, B, true, true,
	 false},
	{"proof, disproof", YES, A, NO, A, NO, NULL, true, true, false},
	{"disproof, hint", NO, NULL, HINT, NULL, NO, NULL, false, false, true},
	{"disproof, disproof", NO, NULL, NO, NULL, NO, NULL, false, true,
	 false},
	{"disproof, proof", NO, NULL, YES, A, YES, A, true, true, false},
	{"free is not told", YES, A, N64_FLOW_FREE, NULL, YES, A, false, false,
	 true},
	{"no such state", YES, A, BAD, NULL, YES, A, false, false, true},
};

static struct pref64 pref_or_none(const char *text)
{
	struct pref64 none = {.len = 0};

	return text ? pref_of(text) : none;
}

static void test_tell(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(tells); i++) {
		const char *row = tells[i].name;
		struct pref64 told = pref_or_none(tells[i].told_pref);
		struct pref64 want = pref_or_none(tells[i].to_pref);
		struct n64_flow flow = {
			.state = (uint8_t)tells[i].from,
			.pref = pref_or_none(tells[i].from_pref),
			.expires = NOW + 1,
			.probing = true,
			.probes = 2,
		};

		CHECK(row,
		      n64_flow_tell(&flow, tells[i].told,
				    tells[i].told_pref ? &told : NULL, NOW,
				    LIFE) == tells[i].news);
		CHECK(row, flow.state == tells[i].to);
		CHECK(row, pref64_equal(&flow.pref, &want));
		CHECK(row,
		      flow.expires == NOW + (tells[i].renewed ? LIFE : 1));
		CHECK(row, flow.probing == tells[i].probing);
		CHECK(row, flow.probes == 2);
	}
}

static void test_names(void **state)
{
	static const char *const names[] = {"free",      "hint", "nat64",
					    "not_nat64", "",     ""};

	(void)state;
	for (int i = 0; i < (int)N(names); i++)
		assert_string_equal(
			n64_flow_state_name((enum n64_flow_state)i), names[i]);
	assert_string_equal(n64_flow_state_name((enum n64_flow_state) - 1),
			    "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_tell),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("flows_tell", tests, NULL, NULL);
}
