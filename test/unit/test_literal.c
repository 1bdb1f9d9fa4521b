/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/literal.h"

#include "vectors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

enum { BAD, GOOD };

/* Text forms of RFC 4291 2.2 and what RFC 5952 makes of them */
static const struct {
	const char *text;
	const char *out; /* NULL: not an IPv6 literal */
} lit6_rows[] = {
	{"::", "::"},
	{"::1", "::1"},
	{"1::", "1::"},
	{"2001:db8::1", "2001:db8::1"},
	{"2001:DB8::A", "2001:db8::a"},
	{"[2001:db8::1]", "2001:db8::1"},
	{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
	{"[64:FF9B::192.0.2.33]", "64:ff9b::c000:221"},
	{"64:ff9b:0:0:0:0:192.0.2.33", "64:ff9b::c000:221"},
	{"::ffff:192.0.2.2", "::ffff:c000:202"},
	{"::192.0.2.2", "::c000:202"},
	{"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
	 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	/* 5952 4.2.2: one group of zeros is not shortened */
	{"2001:db8:122:344:c0:2:2100::", "2001:db8:122:344:c0:2:2100:0"},
	{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
	{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	/* 5952 4.2.3: the longest run, the first of equal ones */
	{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	{"0:0:1:2:3:4:0:0", "::1:2:3:4:0:0"},
	{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
	{"0:0:0:1:0:0:0:0", "0:0:0:1::"},
	{"", NULL},
	{"[]", NULL},
	{"[", NULL},
	{"]", NULL},
	{"[::1", NULL},
	{"::1]", NULL},
	{"[[::1]]", NULL},
	{"[::1]:5060", NULL},
	{" ::1", NULL},
	{"::1 ", NULL},
	{":", NULL},
	{":::", NULL},
	{"1::2::3", NULL},
	{"12345::1", NULL},
	{"64:ff9b::c000221", NULL},
	{"64:ff9b:", NULL},
	{":1:2:3:4:5:6:7", NULL},
	{"1:2:3:4:5:6:7", NULL},
	{"1:2:3:4:5:6:7:8:9", NULL},
	{"64:ff9b::192.0.2.256", NULL},
	{"64:ff9b::192.0.2", NULL},
	{"64:ff9b::192.0.02.33", NULL},
	{"fe80::1%eth0", NULL},
	{"[fe80::1%25eth0]", NULL},
	{"2001:db8::/96", NULL},
	{"192.0.2.1", NULL},
	{"g::", NULL},
	{"0000:0000:0000:0000:0000:0000:0000:00000000001", NULL},
};

static void test_lit6(void **state)
{
	char text[N64_LIT6_MAX + 1];
	struct in6_addr addr;
	size_t i, len, n;

	(void)state;
	for (i = 0; i < N(lit6_rows); i++) {
		const char *row = lit6_rows[i].text, *out = lit6_rows[i].out;
		char *exact = exact_copy(row, &len);
		int err;

		memset(&addr, 0x5a, sizeof(addr));
		err = n64_lit6_parse(&addr, exact, len);
		free(exact);
		if (!out) {
			CHECK(row, err == EINVAL);
			CHECK(row,
			      addr.s6_addr[0] == 0x5a &&
				      addr.s6_addr[15] == 0x5a);
			continue;
		}
		CHECK(row, err == 0);
		n = n64_lit6_print(text, sizeof(text), &addr);
		CHECK(row, n == strlen(out) && !strcmp(text, out));
	}
}

static void test_nul_inside(void **state)
{
	struct in6_addr v6;
	struct in_addr v4;

	(void)state;
	assert_int_equal(n64_lit6_parse(&v6, "::1\0", 4), EINVAL);
	assert_int_equal(n64_lit6_parse(&v6, "[::1\0]", 6), EINVAL);
	assert_int_equal(n64_lit4_parse(&v4, "192.0.2.1\0", 10), EINVAL);
	assert_int_equal(n64_host_kind("a\0b", 3), N64_HOST_NONE);
	assert_int_equal(n64_host_kind("::1\0x", 5), N64_HOST_NONE);
}

static const struct {
	const char *text;
	int verdict;
} lit4_rows[] = {
	{"0.0.0.0", GOOD},         {"192.0.2.33", GOOD},
	{"255.255.255.255", GOOD}, {"", BAD},
	{"192.0.2", BAD},          {"192.0.2.256", BAD},
	{"192.0.02.1", BAD},       {"192.0.2.1.", BAD},
	{"192.0.2.1 ", BAD},       {" 192.0.2.1", BAD},
	{"0300.0.2.1", BAD},       {"0xc0.0.2.1", BAD},
	{"3221225985", BAD},       {"192.0.2.1.5", BAD},
	{"[192.0.2.1]", BAD},      {"1921.0.2.1", BAD},
	{"255.255.255.2555", BAD},
};

static void test_lit4(void **state)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr addr, was = {0x5a5a5a5a};
	size_t i, len;

	(void)state;
	for (i = 0; i < N(lit4_rows); i++) {
		const char *row = lit4_rows[i].text;
		char *exact = exact_copy(row, &len);
		int err;

		addr = was;
		err = n64_lit4_parse(&addr, exact, len);
		free(exact);
		if (lit4_rows[i].verdict == BAD) {
			CHECK(row, err == EINVAL);
			CHECK(row, addr.s_addr == was.s_addr);
			continue;
		}
		CHECK(row, err == 0);
		CHECK(row, n64_lit4_print(text, sizeof(text), &addr) == len);
		CHECK(row, !strcmp(text, row));
	}
}

/* Nothing is written where there is no room, down to no room at all */
static void test_print_room(void **state)
{
	static const char text6[] = "2001:db8:122:344:c0:2:2100:0";
	static const char text4[] = "255.255.255.255";
	char buf[N64_LIT6_MAX + 2];
	struct in6_addr v6;
	struct in_addr v4;
	size_t size, n;

	(void)state;
	assert_int_equal(n64_lit6_parse(&v6, text6, sizeof(text6) - 1), 0);
	assert_int_equal(n64_lit4_parse(&v4, text4, sizeof(text4) - 1), 0);
	for (size = 0; size <= N64_LIT6_MAX + 1; size++) {
		memset(buf, '#', sizeof(buf));
		n = n64_lit6_print(buf, size, &v6);
		assert_int_equal(n,
				 size < sizeof(text6) ? 0 : sizeof(text6) - 1);
		if (!n)
			assert_int_equal(buf[0], '#');
		assert_int_equal(buf[size], '#');

		memset(buf, '#', sizeof(buf));
		n = n64_lit4_print(buf, size, &v4);
		assert_int_equal(n,
				 size < sizeof(text4) ? 0 : sizeof(text4) - 1);
		if (!n)
			assert_int_equal(buf[0], '#');
		assert_int_equal(buf[size], '#');
	}
}

static const struct {
	const char *text;
	enum n64_host kind;
} host_rows[] = {
	{"", N64_HOST_NONE},
	{"2001:db8:1::2", N64_HOST_IP6},
	{"[2001:db8:1::2]", N64_HOST_IP6},
	{"[2001:db8::10:5070]", N64_HOST_IP6},
	{"fd00::1", N64_HOST_IP6},
	{"2600::1", N64_HOST_IP6},
	/* one beside each network that is unfit */
	{"::1:0:0:0", N64_HOST_IP6},
	{"0:0:0:0:0:fffe:c000:201", N64_HOST_IP6},
	{"fe7f::1", N64_HOST_IP6},
	{"fec0::1", N64_HOST_IP6},
	{"2003::1", N64_HOST_IP6},
	{"2001:1::1", N64_HOST_IP6},
	{"64:ff9b:0:0:0:1:0:0", N64_HOST_IP6},
	{"64:ff9b:2::1", N64_HOST_IP6},
	{"::", N64_HOST_IP6_UNFIT},
	{"[::1]", N64_HOST_IP6_UNFIT},
	{"::192.0.2.1", N64_HOST_IP6_UNFIT},
	{"::ffff:192.0.2.2", N64_HOST_IP6_UNFIT},
	{"[::FFFF:192.0.2.2]", N64_HOST_IP6_UNFIT},
	{"fe80::1", N64_HOST_IP6_UNFIT},
	{"febf::1", N64_HOST_IP6_UNFIT},
	{"ff02::1", N64_HOST_IP6_UNFIT},
	{"2002:c000:201::1", N64_HOST_IP6_UNFIT},
	{"2001::1", N64_HOST_IP6_UNFIT},
	{"2001:0:1::1", N64_HOST_IP6_UNFIT},
	{"64:ff9b::c000:20a", N64_HOST_IP6_UNFIT},
	{"64:ff9b:1::1", N64_HOST_IP6_UNFIT},
	{"64:ff9b:1:ffff::1", N64_HOST_IP6_UNFIT},
	{"192.0.2.1", N64_HOST_IP4},
	{"0.0.0.0", N64_HOST_IP4},
	{"sip.example.test", N64_HOST_NAME},
	{"sip.example.test.", N64_HOST_NAME},
	{"localhost", N64_HOST_NAME},
	{"abc123.invalid", N64_HOST_NAME},
	{"3com.example", N64_HOST_NAME},
	{"_sip.example", N64_HOST_NAME},
	{"192.0.2.1x", N64_HOST_NAME},
	{"192.0.2.256", N64_HOST_NONE},
	{"192.0.2", N64_HOST_NONE},
	{"192.0.2.1.", N64_HOST_NONE},
	{"12345", N64_HOST_NONE},
	{".", N64_HOST_NONE},
	{".example", N64_HOST_NONE},
	{"a..b", N64_HOST_NONE},
	{"a..", N64_HOST_NONE},
	{"a b", N64_HOST_NONE},
	{"a:5060", N64_HOST_NONE},
	{"192.0.2.1:5060", N64_HOST_NONE},
	{"[sip.example.test]", N64_HOST_NONE},
	{"[192.0.2.1]", N64_HOST_NONE},
	{"[2001:db8::1", N64_HOST_NONE},
	{"[2001:db8::1%eth0]", N64_HOST_NONE},
	{"2001:db8:::192.0.2.1", N64_HOST_NONE},
	{"2001:db8::/64", N64_HOST_NONE},
	{"sip.example.test\r", N64_HOST_NONE},
	{"\xc3\xa4.example", N64_HOST_NONE},
};

static void test_host_kind(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < N(host_rows); i++) {
		char *exact = exact_copy(host_rows[i].text, &len);
		enum n64_host kind = n64_host_kind(exact, len);

		free(exact);
		CHECK(host_rows[i].text, kind == host_rows[i].kind);
	}
}

static void test_long_name(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_int_equal(n64_host_kind(name, 254), N64_HOST_NAME);
	assert_int_equal(n64_host_kind(name, 255), N64_HOST_NONE);
	assert_int_equal(n64_host_kind(NULL, 0), N64_HOST_NONE);
}

/* "tolerate" leaves it to us whether the text is read; if so, then right */
static void check_vector(char **field)
{
	char text[N64_LIT6_MAX + 1];
	struct in6_addr addr, want;
	int err;

	err = n64_lit6_parse(&addr, field[0], strlen(field[0]));
	if (!strcmp(field[1], "bad"))
		CHECK(field[0], err == EINVAL);
	if (!strcmp(field[1], "ok"))
		CHECK(field[0], err == 0);
	if (err)
		return;
	CHECK(field[0], inet_pton(AF_INET6, field[2], &want) == 1);
	CHECK(field[0], !memcmp(&addr, &want, sizeof(addr)));
	/* never printed in mixed notation, whatever RFC 5952 5 allows */
	if (strchr(field[2], '.'))
		return;
	n64_lit6_print(text, sizeof(text), &addr);
	CHECK(field[0], !strcmp(text, field[2]));
}

static void test_vectors(void **state)
{
	(void)state;
	assert_true(vectors_each("ipv6_text.csv", 3, check_vector) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lit6),
		cmocka_unit_test(test_nul_inside),
		cmocka_unit_test(test_lit4),
		cmocka_unit_test(test_print_room),
		cmocka_unit_test(test_host_kind),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests_name("literal", tests, NULL, NULL);
}
