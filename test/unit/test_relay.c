/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/relay.h"
#include "../../nat64sip/sdp64.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

static const struct {
	const char *text;
	int err;
	bool any;
	unsigned set;
	const char *addr;
} addresses[] = {
	{"192.0.2.20", 0, true, 0, "192.0.2.20"},
	{"0=192.0.2.20", 0, false, 0, "192.0.2.20"},
	{"1=192.0.2.20", 0, false, 1, "192.0.2.20"},
	{"999999999=10.0.0.1", 0, false, 999999999, "10.0.0.1"},
	{"1000000000=10.0.0.1", EINVAL, false, 0, NULL},
	{"", EINVAL, false, 0, NULL},
	{"=", EINVAL, false, 0, NULL},
	{"1=", EINVAL, false, 0, NULL},
	{"=192.0.2.20", EINVAL, false, 0, NULL},
	{"1=2=192.0.2.20", EINVAL, false, 0, NULL},
	{"a=192.0.2.20", EINVAL, false, 0, NULL},
	{"-1=192.0.2.20", EINVAL, false, 0, NULL},
	{"1 =192.0.2.20", EINVAL, false, 0, NULL},
	{"192.0.2", EINVAL, false, 0, NULL},
	{"2001:db8::1", EINVAL, false, 0, NULL},
	{"0.0.0.0", EINVAL, false, 0, NULL},
	{"224.0.0.1", EINVAL, false, 0, NULL},
	{"255.255.255.255", EINVAL, false, 0, NULL},
};

static void test_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(addresses); i++) {
		const char *row = addresses[i].text;
		struct n64_relay_address a = {.set = 77};
		struct in_addr want;

		CHECK(row,
		      n64_relay_address_parse(&a, row, strlen(row)) ==
			      addresses[i].err);
		if (addresses[i].err) {
			CHECK(row, a.set == 77);
			continue;
		}
		inet_pton(AF_INET, addresses[i].addr, &want);
		CHECK(row, a.addr.s_addr == want.s_addr);
		CHECK(row, a.any == addresses[i].any);
		CHECK(row, a.any || a.set == addresses[i].set);
	}
}

static const struct {
	const char *text;
	int err;
	const char *pref, *name;
} interfaces[] = {
	{"2001:db8:64::/96=nat64a", 0, "2001:db8:64::/96", "nat64a"},
	{"64:ff9b::/96=a-b_c.9", 0, "64:ff9b::/96", "a-b_c.9"},
	{"public", 0, "", "public"},
	{"abcdefghijklmnopqrstuvwxyz012345", 0, "",
	 "abcdefghijklmnopqrstuvwxyz012345"},
	{"abcdefghijklmnopqrstuvwxyz0123456", EINVAL, NULL, NULL},
	{"", EINVAL, NULL, NULL},
	{"=", EINVAL, NULL, NULL},
	{"=nat64a", EINVAL, NULL, NULL},
	{"2001:db8:64::/96=", EINVAL, NULL, NULL},
	{"2001:db8:64::/96", EINVAL, NULL, NULL},
	{"2001:db8:64::/95=nat64a", EINVAL, NULL, NULL},
	{"2001:db8:64::/96=nat64 a", EINVAL, NULL, NULL},
	{"2001:db8:64::/96=a=b", EINVAL, NULL, NULL},
	{"a/192.0.2.20", EINVAL, NULL, NULL},
};

static void test_interface(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(interfaces); i++) {
		const char *row = interfaces[i].text;
		struct n64_relay_interface one = {.name = "as it was"};
		char pref[PREF64_TEXT_MAX + 1] = "";

		CHECK(row,
		      n64_relay_interface_parse(&one, row, strlen(row)) ==
			      interfaces[i].err);
		if (interfaces[i].err) {
			CHECK(row, !strcmp(one.name, "as it was"));
			continue;
		}
		pref64_print(pref, sizeof(pref), &one.pref);
		CHECK(row, !strcmp(pref, interfaces[i].pref));
		CHECK(row, !strcmp(one.name, interfaces[i].name));
	}
}

static const struct {
	const char *want;
	bool learn, from_source, ip6;
	const char *media, *from, *to;
} tags[] = {
	{"DTLS-reverse=passive address-family=IP4", false, false, false, NULL,
	 NULL, NULL},
	{"DTLS-reverse=passive address-family=IP6", false, false, true, NULL,
	 NULL, NULL},
	{"endpoint-learning-immediate DTLS-reverse=passive address-family=IP4",
	 true, false, false, NULL, NULL, NULL},
	{"SIP-source-address endpoint-learning-immediate "
	 "DTLS-reverse=passive address-family=IP4",
	 true, true, false, NULL, NULL, NULL},
	{"DTLS-reverse=passive address-family=IP4 "
	 "media-address=64:ff9b::c000:214",
	 false, false, false, "64:ff9b::192.0.2.20", NULL, NULL},
	{"DTLS-reverse=passive address-family=IP4 direction=a direction=b",
	 false, false, false, NULL, "a", "b"},
	{"DTLS-reverse=passive address-family=IP4", false, false, false, NULL,
	 "a", NULL},
	{"SIP-source-address endpoint-learning-immediate "
	 "DTLS-reverse=passive address-family=IP6 media-address=2001:db8::1 "
	 "direction=a direction=b",
	 true, true, true, "2001:db8::1", "a", "b"},
};

/** The whole text, and with each smaller room none of it */
static void test_print(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(tags); i++) {
		char text[N64_RELAY_TEXT_MAX];
		const char *row = tags[i].want;
		struct n64_relay_tag tag = {
			.learn = tags[i].learn,
			.from_source = tags[i].from_source,
			.ip6 = tags[i].ip6,
			.has_media = tags[i].media != NULL,
			.from = tags[i].from,
			.to = tags[i].to,
		};

		if (tags[i].media)
			inet_pton(AF_INET6, tags[i].media, &tag.media);
		CHECK(row,
		      n64_relay_print(text, sizeof(text), &tag) ==
			      strlen(row));
		CHECK(row, !strcmp(text, row));
		CHECK(row, n64_relay_print(NULL, 0, &tag) == 0);
		for (size_t n = 1; n <= strlen(row); n++) {
			memset(text, 'x', sizeof(text));
			CHECK(row, n64_relay_print(text, n, &tag) == 0);
			CHECK(row, text[0] == '\0' && text[n] == 'x');
		}
	}
}

/** The longest of all fits into what is said to be always enough */
static void test_room(void **state)
{
	char name[N64_RELAY_NAME_MAX + 1], text[N64_RELAY_TEXT_MAX];
	struct n64_relay_tag tag = {true,    true, true, true,
				    {{{0}}}, name, name};

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(&tag.media, 0x21, sizeof(tag.media));
	assert_true(n64_relay_print(text, sizeof(text), &tag) > 0);
}

static const struct {
	const char *sdp;
	bool zero;
} bodies[] = {
	{"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 9 RTP/AVP 0\r\n", false},
	{"v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n", true},
	{"v=0\r\nc=IN IP6 ::\r\nm=audio 9 RTP/AVP 0\r\n", true},
	{"v=0\r\nc=IN IP6 0:0::0\r\nm=audio 9 RTP/AVP 0\r\n", true},
	{"v=0\r\nc=IN IP6 ::1\r\nm=audio 9 RTP/AVP 0\r\n", false},
	{"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 9 RTP/AVP 0\r\n"
	 "m=video 9 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\n",
	 true},
	{"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nc=IN IP4 192.0.2.1\r\n", false},
	{"v=0\r\nc=IN IP4\r\n", false},
};

static void test_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(bodies); i++) {
		struct sdp64_families fam;

		sdp64_scan(&fam, bodies[i].sdp, strlen(bodies[i].sdp));
		CHECK(bodies[i].sdp, fam.zero == bodies[i].zero);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
