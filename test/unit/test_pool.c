/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/pool.h"

#include "pref64_text.h"

#include <errno.h>

#define NO_EQ "it must be a network, \"=\" and a prefix"
#define NO_NET "this is not an IPv4 network"
#define NET_LENGTH "the length of the network must be 0 to 32"
#define HOST_BITS "a bit is set after the network"
#define NO_SLASH "it must be an IPv6 address, a slash and a length"
#define NO_ADDR6 "this is not an IPv6 address"
#define LENGTH "the length must be 32, 40, 48, 56, 64 or 96"
#define AFTER "a bit is set after the prefix"

/* As one entry, alone and as a line of a file */
static const struct {
	const char *text;
	const char *same; /**< as printed; NULL for an error */
	const char *why;
} entries[] = {
	{"203.0.113.0/24=2001:db8:64::/96", "203.0.113.0/24=2001:db8:64::/96",
	 NULL},
	{"203.0.113.7=64:ff9b::/96", "203.0.113.7/32=64:ff9b::/96", NULL},
	{"0.0.0.0/0=2001:db8::/32", "0.0.0.0/0=2001:db8::/32", NULL},
	{"128.0.0.0/1=2001:db8:100::/40", "128.0.0.0/1=2001:db8:100::/40",
	 NULL},
	{"10.64.0.0/10=2001:db8::/32", "10.64.0.0/10=2001:db8::/32", NULL},
	{"10.0.0.0/9=2001:db8::/32", "10.0.0.0/9=2001:db8::/32", NULL},
	{"10.0.0.0/8=2001:DB8:122:344:0::/64",
	 "10.0.0.0/8=2001:db8:122:344::/64", NULL},
	{" \t192.0.2.0/25\t = \t2001:db8:122::/48\t ",
	 "192.0.2.0/25=2001:db8:122::/48", NULL},
	{"192.0.2.0/25= 2001:db8:122:300::/56",
	 "192.0.2.0/25=2001:db8:122:300::/56", NULL},
	{"203.0.113.0/24", NULL, NO_EQ},
	{"203.0.113.0/24 2001:db8:64::/96", NULL, NO_EQ},
	{"x", NULL, NO_EQ},
	{"=", NULL, NO_NET},
	{"=2001:db8:64::/96", NULL, NO_NET},
	{"  =2001:db8:64::/96", NULL, NO_NET},
	{"/24=2001:db8:64::/96", NULL, NO_NET},
	{"203.0.113/24=2001:db8:64::/96", NULL, NO_NET},
	{"203.0.113.0.0/24=2001:db8:64::/96", NULL, NO_NET},
	{"203.0.113.256=2001:db8:64::/96", NULL, NO_NET},
	{"203.0.113.0 /24=2001:db8:64::/96", NULL, NO_NET},
	{"2001:db8::/32=2001:db8:64::/96", NULL, NO_NET},
	{"example.net=2001:db8:64::/96", NULL, NO_NET},
	{"203.0.113.0/=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.0/33=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.0/024=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.0/-1=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.0/ 24=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.0/4294967320=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.0/24/24=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.7/33=2001:db8:64::/96", NULL, NET_LENGTH},
	{"203.0.113.7/24=2001:db8:64::/96", NULL, HOST_BITS},
	{"203.0.113.0/0=2001:db8:64::/96", NULL, HOST_BITS},
	{"0.0.0.1/31=2001:db8:64::/96", NULL, HOST_BITS},
	{"203.0.113.0/24=", NULL, NO_SLASH},
	{"203.0.113.0/24=2001:db8:64::", NULL, NO_SLASH},
	{"203.0.113.0/24==2001:db8:64::/96", NULL, NO_ADDR6},
	{"203.0.113.0/24=192.0.2.0/24", NULL, NO_ADDR6},
	{"203.0.113.0/24=2001:db8:64::/95", NULL, LENGTH},
	{"203.0.113.0/24=2001:db8:64::/96 x", NULL, LENGTH},
	{"203.0.113.0/24=2001:db8:64::1/96", NULL, AFTER},
};

/** Read a text, which ends where its memory does, by parse() */
static void check_parse(int (*parse)(struct n64_pool_entry *, const char *,
				     size_t, const char **),
			const char *text, const char *same, const char *why)
{
	char buf[N64_POOL_TEXT_MAX + 1];
	struct n64_pool_entry entry, untouched;
	const char *got = NULL;
	size_t len, n;
	char *copy = exact_copy(text, &len);
	int err;

	memset(&entry, 0x5a, sizeof(entry));
	untouched = entry;
	err = parse(&entry, copy, len, &got);
	CHECK(text, parse(&untouched, copy, len, NULL) == err);
	free(copy);
	CHECK(text, err == (same ? 0 : why ? EINVAL : ENOENT));
	if (!same) {
		memset(&untouched, 0x5a, sizeof(untouched));
		CHECK(text, !memcmp(&entry, &untouched, sizeof(entry)));
		CHECK(text, why ? got && !strcmp(got, why) : !got);
		return;
	}
	CHECK(text, !got && !entry.row && !entry.parent);
	n = n64_pool_entry_print(buf, sizeof(buf), &entry);
	CHECK(text, n == strlen(same) && !strcmp(buf, same));
}

static void test_entry(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(entries); i++)
		check_parse(n64_pool_entry_parse, entries[i].text,
			    entries[i].same, entries[i].why);
	check_parse(n64_pool_entry_parse, "", NULL, NO_EQ);
	check_parse(n64_pool_entry_parse, "10.0.0.0/8=2001:db8::/32\n", NULL,
		    LENGTH);
}

#define ENTRY "203.0.113.0/24=2001:db8:64::/96"

static const struct {
	const char *text, *same, *why;
} lines[] = {
	{"", NULL, NULL},
	{"\n", NULL, NULL},
	{"\r\n", NULL, NULL},
	{" \t \r\n", NULL, NULL},
	{"#", NULL, NULL},
	{"# " ENTRY "\n", NULL, NULL},
	{"  # pools\r\n", NULL, NULL},
	{ENTRY, ENTRY, NULL},
	{ENTRY "\n", ENTRY, NULL},
	{ENTRY "\r\n", ENTRY, NULL},
	{"\t203.0.113.0/24 = 2001:db8:64::/96 \r\n", ENTRY, NULL},
	{ENTRY "# the second floor\r\n", ENTRY, NULL},
	{ENTRY " # a=b # c\n", ENTRY, NULL},
	{"203.0.113.0/24 # =2001:db8:64::/96\n", NULL, NO_EQ},
	{ENTRY "\n\n", NULL, LENGTH},
	{ENTRY "\r\r\n", NULL, LENGTH},
	{"\r" ENTRY "\n", NULL, NO_NET},
	{"\n" ENTRY, NULL, NO_NET},
};

static void test_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(entries); i++)
		check_parse(n64_pool_line_parse, entries[i].text,
			    entries[i].same, entries[i].why);
	for (size_t i = 0; i < N(lines); i++)
		check_parse(n64_pool_line_parse, lines[i].text, lines[i].same,
			    lines[i].why);
}

static void test_net(void **state)
{
	const char *why = NULL;
	struct n64_net4 net;

	(void)state;
	assert_int_equal(n64_pool_net_parse(&net, "10.0.0.0/8", 10, &why), 0);
	assert_true(net.mask.s_addr == v4_of("255.0.0.0").s_addr && !why);
	/* as n64_net4_parse(): a column of a table has no blanks */
	assert_int_equal(n64_pool_net_parse(&net, " 10.0.0.0/8", 11, &why),
			 EINVAL);
	assert_string_equal(why, NO_NET);
	assert_int_equal(n64_pool_net_parse(&net, NULL, 0, &why), EINVAL);
	assert_string_equal(why, NO_NET);
	assert_int_equal(n64_pool_net_parse(&net, "10.0.0.1/8\0", 11, &why),
			 EINVAL);
	assert_string_equal(why, NET_LENGTH);
}

static struct n64_pool_entry entry_of(const char *text)
{
	struct n64_pool_entry entry;

	CHECK(text, !n64_pool_entry_parse(&entry, text, strlen(text), NULL));
	return entry;
}

static void test_print(void **state)
{
	static const char longest[] =
		"203.0.113.128/25=2001:db8:aaaa:bbbb:cc:dddd::/96";
	struct n64_pool_entry entry = entry_of(longest);
	char buf[N64_POOL_TEXT_MAX + 1];
	size_t size;

	(void)state;
	for (size = 0; size < sizeof(longest); size++) {
		memset(buf, 'x', sizeof(buf));
		assert_int_equal(n64_pool_entry_print(buf, size, &entry), 0);
		assert_int_equal(buf[size], 'x');
	}
	assert_int_equal(n64_pool_entry_print(buf, size, &entry), size - 1);
	assert_string_equal(buf, longest);
	entry.pref.len = 0;
	assert_int_equal(n64_pool_entry_print(buf, sizeof(buf), &entry), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_net),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
