/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pref64_text.h"

#include <errno.h>

/* What is wrong, in words of the message */
#define LENGTH "length must be"
#define FORM "an IPv6 address, a slash"
#define NOT6 "not an IPv6 address"
#define BITS "after the prefix"

static const struct {
	const char *text;
	const char *out; /* NULL: refused */
	const char *why;
} parse_rows[] = {
	{"64:ff9b::/96", "64:ff9b::/96", NULL},
	{"64:FF9B::/96", "64:ff9b::/96", NULL},
	{"0064:ff9b:0:0:0:0:0:0/96", "64:ff9b::/96", NULL},
	{"64:ff9b::0.0.0.0/96", "64:ff9b::/96", NULL},
	{"64:ff9b:1::/48", "64:ff9b:1::/48", NULL},
	{"2001:db8::/32", "2001:db8::/32", NULL},
	{"2001:db8:100::/40", "2001:db8:100::/40", NULL},
	{"2001:db8:122::/48", "2001:db8:122::/48", NULL},
	{"2001:db8:122:300::/56", "2001:db8:122:300::/56", NULL},
	{"2001:db8:122:344::/64", "2001:db8:122:344::/64", NULL},
	{"2001:db8:122:344::/96", "2001:db8:122:344::/96", NULL},
	/* bits 72 to 79 are the prefix's own */
	{"2001:db8:1:2:ff:4::/96", "2001:db8:1:2:ff:4::/96", NULL},
	{"2001:db8:1:2:0:3:4::/96", NULL, BITS},
	{"", NULL, FORM},
	{"/", NULL, NOT6},
	{"/96", NULL, NOT6},
	{"64:ff9b::", NULL, FORM},
	{"64:ff9b::/", NULL, LENGTH},
	{" 64:ff9b::/96", NULL, NOT6},
	{"64:ff9b::/96 ", NULL, LENGTH},
	{"64:ff9b::/ 96", NULL, LENGTH},
	{"64:ff9b::/+96", NULL, LENGTH},
	{"64:ff9b::/096", NULL, LENGTH},
	{"64:ff9b::/96/96", NULL, LENGTH},
	{"64:ff9b::/4294967392", NULL, LENGTH},
	{"64:ff9b::/352", NULL, LENGTH}, /* 96 + 256 */
	{"64:ff9b::/0", NULL, LENGTH},
	{"2001:db8::/33", NULL, LENGTH},
	{"2001:db8::/72", NULL, LENGTH},
	{"2001:db8::/128", NULL, LENGTH},
	{"[64:ff9b::]/96", NULL, NOT6},
	{"[64:ff9b::/96]", NULL, NOT6},
	{"192.0.2.0/96", NULL, NOT6},
	{"sip.example.test/96", NULL, NOT6},
	{"fe80::%eth0/64", NULL, NOT6},
	{"2001:db8:122:344::1/64", NULL, BITS},
	{"2001:db8:1::/32", NULL, BITS},
	{"64:ff9b::192.0.2.33/96", NULL, BITS},
	{"2001:db8:122:344:100::/96", NULL, "64 to 71"},
	{"64:ff9b::/64", NULL, "96 only"},
	{"64:ff9b::/32", NULL, "96 only"},
	{"::/96", NULL, "unspecified"},
	{"::/32", NULL, "unspecified"},
	{"::ffff:0:0/96", NULL, "mapped"},
	{"fe80::/64", NULL, "link-local"},
	{"ff00::/32", NULL, "multicast"},
	{"ff3e:40::/96", NULL, "multicast"},
};

static void test_parse(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < N(parse_rows); i++) {
		const char *row = parse_rows[i].text, *why = NULL;
		struct pref64 pref = {.len = 77};
		char text[PREF64_TEXT_MAX + 1];
		char *exact = exact_copy(row, &len);
		int err;

		err = pref64_parse(&pref, exact, len, &why);
		free(exact);
		if (!parse_rows[i].out) {
			CHECK(row, err == EINVAL && pref.len == 77);
			CHECK(row, why && strstr(why, parse_rows[i].why));
			continue;
		}
		CHECK(row, err == 0 && !why);
		CHECK(row,
		      pref64_print(text, sizeof(text), &pref) ==
			      strlen(parse_rows[i].out));
		CHECK(row, !strcmp(text, parse_rows[i].out));
	}
	/* why may be NULL; NUL inside is not the end */
	assert_int_equal(
		pref64_parse(&(struct pref64){.len = 0}, "x", 1, NULL),
		EINVAL);
	assert_int_equal(pref64_parse(&(struct pref64){.len = 0},
				      "64:ff9b::/96\0", 13, NULL),
			 EINVAL);
}

static void test_print_room(void **state)
{
	struct pref64 pref = pref_of("2001:db8:122:344::/96"), none = {0};
	static const char want[] = "2001:db8:122:344::/96";
	char buf[PREF64_TEXT_MAX + 2];
	size_t size, n;

	(void)state;
	for (size = 0; size <= PREF64_TEXT_MAX + 1; size++) {
		memset(buf, '#', sizeof(buf));
		n = pref64_print(buf, size, &pref);
		assert_int_equal(n,
				 size < sizeof(want) ? 0 : sizeof(want) - 1);
		assert_int_equal(buf[size], '#');
		if (!n)
			assert_int_equal(buf[0], '#');
	}
	assert_int_equal(pref64_print(buf, sizeof(buf), &none), 0);
}

static void test_equal(void **state)
{
	struct pref64 a = pref_of("2001:db8::/32"), b = a;
	struct pref64 none = {0}, other = {v6_of("2001:db8::"), 0};

	(void)state;
	assert_true(pref64_equal(&a, &b));
	b.len = 40;
	assert_false(pref64_equal(&a, &b));
	b = pref_of("2001:db9::/32");
	assert_false(pref64_equal(&a, &b));
	assert_true(pref64_equal(&none, &other));
	assert_false(pref64_equal(&none, &a));
	b = pref_of("64:ff9b::/96");
	assert_true(pref64_is_wkp(&b));
	b.len = 64;
	assert_false(pref64_is_wkp(&b));
	b = pref_of("64:ff9b:1::/96");
	assert_false(pref64_is_wkp(&b));
	assert_false(pref64_is_wkp(&none));
}

/* Which may carry it: the WKP when strict, any other prefix */
static const struct {
	const char *v4;
	bool wkp, other;
} carry_rows[] = {
	{"8.8.8.8", true, true},           {"1.0.0.0", true, true},
	{"223.255.255.255", true, true},   {"0.0.0.0", false, false},
	{"0.255.255.255", false, false},   {"224.0.0.0", false, false},
	{"239.255.255.255", false, false}, {"255.255.255.255", false, false},
	{"240.0.0.1", false, true},        {"9.255.255.255", true, true},
	{"10.0.0.0", false, true},         {"10.255.255.255", false, true},
	{"11.0.0.0", true, true},          {"100.63.255.255", true, true},
	{"100.64.0.0", false, true},       {"100.127.255.255", false, true},
	{"100.128.0.0", true, true},       {"127.0.0.1", false, true},
	{"169.254.1.1", false, true},      {"172.15.255.255", true, true},
	{"172.16.0.0", false, true},       {"172.31.255.255", false, true},
	{"172.32.0.0", true, true},        {"192.0.0.4", false, true},
	{"192.0.0.9", true, true},         {"192.0.0.10", true, true},
	{"192.0.0.11", false, true},       {"192.0.0.170", false, true},
	{"192.0.1.0", true, true},         {"192.0.2.10", false, true},
	{"192.0.3.0", true, true},         {"192.168.0.1", false, true},
	{"198.17.255.255", true, true},    {"198.18.0.0", false, true},
	{"198.19.255.255", false, true},   {"198.20.0.0", true, true},
	{"198.51.100.10", false, true},    {"203.0.113.7", false, true},
};

static void test_may_carry(void **state)
{
	struct pref64 wkp = pref_of("64:ff9b::/96");
	struct pref64 nsp = pref_of("64:ff9b:1::/48");
	size_t i;

	(void)state;
	for (i = 0; i < N(carry_rows); i++) {
		const char *row = carry_rows[i].v4;
		struct in_addr v4 = v4_of(row);

		CHECK(row,
		      pref64_may_carry(&wkp, &v4, true) == carry_rows[i].wkp);
		CHECK(row,
		      pref64_may_carry(&wkp, &v4, false) ==
			      carry_rows[i].other);
		CHECK(row,
		      pref64_may_carry(&nsp, &v4, true) ==
			      carry_rows[i].other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_print_room),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_may_carry),
	};

	return cmocka_run_group_tests_name("pref64", tests, NULL, NULL);
}
