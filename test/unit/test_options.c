/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/decide.h"
#include "../../nat64sip/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#define VIA N64_DETECT_VIA
#define CONTACT N64_DETECT_CONTACT
#define SDP N64_DETECT_SDP

static const struct {
	const char *text;
	int err;
	unsigned mask;
} detects[] = {
	{"via,contact,sdp", 0, VIA | CONTACT | SDP},
	{"sdp,via", 0, VIA | SDP},
	{" Via , SDP ", 0, VIA | SDP},
	{"contact", 0, CONTACT},
	{"via,via", 0, VIA},
	{"", 0, 0},
	{"  ", 0, 0},
	{"vi", EINVAL, 0},
	{"via;sdp", EINVAL, 0},
	{"via,", EINVAL, 0},
	{",via", EINVAL, 0},
	{"via,,sdp", EINVAL, 0},
	{"route", EINVAL, 0},
};

static void test_detect(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(detects); i++) {
		const char *row = detects[i].text;
		unsigned mask = 0x80;

		CHECK(row,
		      n64_detect_parse(&mask, row, strlen(row)) ==
			      detects[i].err);
		CHECK(row, mask == (detects[i].err ? 0x80 : detects[i].mask));
	}
}

static const struct {
	const char *text;
	int err;
	const char *in, *out; /**< an address inside, one outside */
} nets[] = {
	{"192.0.2.0/24", 0, "192.0.2.255", "192.0.3.0"},
	{"192.0.2.1", 0, "192.0.2.1", "192.0.2.2"},
	{"192.0.2.1/32", 0, "192.0.2.1", "192.0.2.0"},
	{"128.0.0.0/1", 0, "255.255.255.255", "127.255.255.255"},
	{"0.0.0.0/0", 0, "203.0.113.9", NULL},
	{"192.0.2.0/9", EINVAL, NULL, NULL},
	{"192.0.2.1/24", EINVAL, NULL, NULL},
	{"192.0.2.0/33", EINVAL, NULL, NULL},
	{"192.0.2.0/", EINVAL, NULL, NULL},
	{"192.0.2.0/024", EINVAL, NULL, NULL},
	{"192.0.2.0/04", EINVAL, NULL, NULL},
	{"192.0.2.0/-1", EINVAL, NULL, NULL},
	{"192.0.2/24", EINVAL, NULL, NULL},
	{"2001:db8::/32", EINVAL, NULL, NULL},
	{"example.com", EINVAL, NULL, NULL},
	{"", EINVAL, NULL, NULL},
};

static struct in_addr v4(const char *text)
{
	struct in_addr a;

	assert_int_equal(inet_pton(AF_INET, text, &a), 1);
	return a;
}

static void test_net4(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(nets); i++) {
		const char *row = nets[i].text;
		struct n64_net4 net;
		struct in_addr a;

		CHECK(row,
		      n64_net4_parse(&net, row, strlen(row)) == nets[i].err);
		if (nets[i].in) {
			a = v4(nets[i].in);
			CHECK(row, n64_net4_contains(&net, &a));
		}
		if (nets[i].out) {
			a = v4(nets[i].out);
			CHECK(row, !n64_net4_contains(&net, &a));
		}
	}
}

static const struct {
	const char *text;
	int err;
	const char *local, *own;
} owns[] = {
	{"198.51.100.10", 0, "0.0.0.0", "198.51.100.10"},
	{"10.0.0.5=198.51.100.10", 0, "10.0.0.5", "198.51.100.10"},
	{"0.0.0.0=198.51.100.10", 0, "0.0.0.0", "198.51.100.10"},
	{"10.0.0.5=", EINVAL, NULL, NULL},
	{"=198.51.100.10", EINVAL, NULL, NULL},
	{"0.0.0.0", EINVAL, NULL, NULL},
	{"10.0.0.5=0.0.0.0", EINVAL, NULL, NULL},
	{"198.51.100.10:5060", EINVAL, NULL, NULL},
	{"2001:db8::1", EINVAL, NULL, NULL},
	{"", EINVAL, NULL, NULL},
};

static void test_own_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(owns); i++) {
		const char *row = owns[i].text;
		struct in_addr local, own;

		CHECK(row,
		      n64_own_address_parse(&local, &own, row, strlen(row)) ==
			      owns[i].err);
		if (owns[i].err)
			continue;
		CHECK(row, local.s_addr == v4(owns[i].local).s_addr);
		CHECK(row, own.s_addr == v4(owns[i].own).s_addr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_net4),
		cmocka_unit_test(test_own_address),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
