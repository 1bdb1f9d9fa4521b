/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pair_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check.h"
#include "pair_own.h"

static const struct {
	const char *name;
	size_t own;
	const char *pref;
	enum n64_leg leg;
	enum n64_family family;
	bool r2;
	const char *want;
	const char *host;
} prints[] = {
	{"IPv4 form", 0, NULL, N64_LEG_CALLER, N64_FAMILY_IP4, true,
	 "192.0.2.10:5060;r2=on;n64=af", NULL},
	{"synthetic form", 0, "2001:db8:64::/96", N64_LEG_CALLER,
	 N64_FAMILY_IP6, true, "[2001:db8:64::c000:20a]:5060;r2=on;n64=as",
	 NULL},
	{"tcp", 1, "2001:db8:64::/96", N64_LEG_CALLER, N64_FAMILY_IP6, true,
	 "[2001:db8:64::c000:20a]:5060;transport=tcp;r2=on"
	 ";n64=as",
	 NULL},
	{"tls", 2, "64:ff9b::/96", N64_LEG_CALLEE, N64_FAMILY_NONE, true,
	 "[64:ff9b::c000:20a]:5061;transport=tls;r2=on;n64=bn", NULL},
	{"one value for both", 0, "64:ff9b::/96", N64_LEG_BOTH, N64_FAMILY_IP6,
	 false, "[64:ff9b::c000:20a]:5060;n64=xs", NULL},
	{"no label", 0, NULL, N64_LEG_NONE, N64_FAMILY_NONE, true,
	 "192.0.2.10:5060;r2=on", NULL},
	{"bare", 0, NULL, N64_LEG_NONE, N64_FAMILY_NONE, false,
	 "192.0.2.10:5060", NULL},
	{"no leg, so no family", 0, NULL, N64_LEG_NONE, N64_FAMILY_IP6, false,
	 "192.0.2.10:5060", NULL},
	{"transport unknown", 4, NULL, N64_LEG_CALLEE, N64_FAMILY_IP4, true,
	 "203.0.113.9:5060;r2=on;n64=bf", NULL},
	{"/32, largest port", 3, "2001:db8::/32", N64_LEG_CALLEE,
	 N64_FAMILY_IP4, false,
	 "[2001:db8:c633:6404::]:65535;transport=sctp;n64=bf", NULL},
	{"native IPv6 side", 0, NULL, N64_LEG_CALLER, N64_FAMILY_IP6, true,
	 "[2001:db8:5::10]:5060;r2=on;n64=as", "[2001:db8:5::10]"},
	{"host before PREF64", 0, "64:ff9b::/96", N64_LEG_CALLEE,
	 N64_FAMILY_IP4, false, "sip.example.com:5060;n64=bf",
	 "sip.example.com"},
};

static void test_print(void **state)
{
	char text[N64_PAIR_TEXT_MAX + 1];
	size_t i, size, len;

	(void)state;
	for (i = 0; i < N(prints); i++) {
		struct n64_pair pair = {.own = &own_v[prints[i].own],
					.pref = pref_of(prints[i].pref),
					.leg = prints[i].leg,
					.family = prints[i].family,
					.r2 = prints[i].r2};

		if (prints[i].host) {
			pair.host.p = prints[i].host;
			pair.host.len = strlen(prints[i].host);
		}
		len = strlen(prints[i].want);
		CHECK(prints[i].name,
		      n64_pair_print(text, sizeof(text), &pair) == len);
		CHECK(prints[i].name, !strcmp(text, prints[i].want));
		for (size = 0; size <= len + 1; size++) {
			char *small = malloc(size ? size : 1);

			assert_non_null(small);
			CHECK(prints[i].name,
			      n64_pair_print(small, size, &pair) ==
				      (size > len ? len : 0));
			free(small);
		}
	}
}

static void test_print_refused(void **state)
{
	char text[N64_PAIR_TEXT_MAX + 1];
	struct n64_pair pair = {.own = &own_v[0],
				.pref = pref_of("64:ff9b::/96"),
				.leg = N64_LEG_CALLER,
				.family = N64_FAMILY_IP6,
				.r2 = true};

	(void)state;
	pair.pref.len = 33;
	CHECK("length 33", n64_pair_print(text, sizeof(text), &pair) == 0);
}

/* The longest text that the header promises room for */
static void test_print_longest(void **state)
{
	char host[64];
	char text[N64_PAIR_TEXT_MAX + 1];
	struct n64_pair pair = {.own = &own_v[3],
				.leg = N64_LEG_CALLER,
				.family = N64_FAMILY_IP6,
				.r2 = true,
				.host = {host, sizeof(host)}};

	(void)state;
	memset(host, 'h', sizeof(host));
	CHECK("longest", n64_pair_print(text, sizeof(text), &pair) > 64);
	CHECK("longest", strlen(text) <= N64_PAIR_TEXT_MAX);
}

#define IP4 N64_FAMILY_IP4
#define IP6 N64_FAMILY_IP6
#define NO_FAMILY N64_FAMILY_NONE

static const struct {
	const char *text;
	size_t own;
	const char *pref;
	enum n64_leg leg;
	enum n64_family family;
	bool r2;
	const char *ftag;
} reads[] = {
	{"192.0.2.10:5060;r2=on;n64=af;lr", 0, NULL, N64_LEG_CALLER, IP4, true,
	 ""},
	{"192.0.2.10:5060;lr;ftag=a1b2;r2=on;n64=bf", 0, NULL, N64_LEG_CALLEE,
	 IP4, true, "a1b2"},
	{"[2001:db8:64::c000:20a]:5060;r2=on;n64=as;lr", 0, "2001:db8:64::/96",
	 N64_LEG_CALLER, IP6, true, ""},
	{"[2001:DB8:64::192.0.2.10]:5060;R2=ON;N64=BN;LR;FTAG=Xy", 0,
	 "2001:db8:64::/96", N64_LEG_CALLEE, NO_FAMILY, true, "Xy"},
	{"[2001:0db8:0064:0000:0000:0000:c000:020a]:5060;lr;n64=XS", 0,
	 "2001:db8:64::/96", N64_LEG_BOTH, IP6, false, ""},
	{"64:ff9b::c000:20a", 0, "64:ff9b::/96", N64_LEG_NONE, NO_FAMILY,
	 false, ""},
	{"[64:ff9b::c000:20a]", 0, "64:ff9b::/96", N64_LEG_NONE, NO_FAMILY,
	 false, ""},
	{"[64:ff9b::c000:20a];transport=tls;lr", 2, "64:ff9b::/96",
	 N64_LEG_NONE, NO_FAMILY, false, ""},
	{"[64:ff9b::c000:20a];transport=TCP;lr;n64=aS", 1, "64:ff9b::/96",
	 N64_LEG_CALLER, IP6, false, ""},
	{"[2001:db8:122:344:c0:2:a00:0]:5060;n64=an", 0,
	 "2001:db8:122:344::/64", N64_LEG_CALLER, NO_FAMILY, false, ""},
	{"192.0.2.10", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;;lr;;n64=as;", 0, NULL, N64_LEG_CALLER, IP6, false, ""},
	{"192.0.2.10;did=3f.7a1;lr;n64=as;vsf=AAAA-", 0, NULL, N64_LEG_CALLER,
	 IP6, false, ""},
	{"192.0.2.10;lr;ftag=", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;lr;ftag", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;ftag=a=b;lr", 0, NULL, N64_LEG_NONE, NO_FAMILY, false,
	 "a=b"},
	{"192.0.2.10;lr;r2", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;lr;r2=off", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;lr=on;r2=on", 0, NULL, N64_LEG_NONE, NO_FAMILY, true, ""},
	/* labels that say nothing */
	{"192.0.2.10;n64", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=a", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=asx", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=cs", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=aq", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=-s", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=a-", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64=sa", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;xn64=as", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;n64x=as", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	{"192.0.2.10;x=n64=as", 0, NULL, N64_LEG_NONE, NO_FAMILY, false, ""},
	/* a name stands once in a URI (RFC 3261 19.1.1): the first counts */
	{"192.0.2.10;n64=as;n64=bf", 0, NULL, N64_LEG_CALLER, IP6, false, ""},
};

static void test_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(reads); i++) {
		const char *name = reads[i].text;
		struct pref64 pref = pref_of(reads[i].pref);
		struct n64_pair pair;
		char *copy;

		CHECK(name, !read_text(&pair, &copy, name, strlen(name)));
		CHECK(name, pair.own == &own_v[reads[i].own]);
		CHECK(name, pref64_equal(&pair.pref, &pref));
		CHECK(name, pair.leg == reads[i].leg);
		CHECK(name, pair.family == reads[i].family);
		CHECK(name, pair.r2 == reads[i].r2);
		CHECK(name, text_is(pair.ftag, reads[i].ftag));
		CHECK(name,
		      pair.ftag.len == 0 ||
			      (pair.ftag.p > copy &&
			       pair.ftag.p < copy + strlen(name)));
		free(copy);
	}
}

static const struct {
	const char *text;
	int err;
} refused[] = {
	{"192.0.2.11:5060;n64=as", ENOENT},
	{"192.0.2.10:5062;n64=as", ENOENT},
	{"192.0.2.10:5061;n64=as", ENOENT},
	{"192.0.2.10:5060;transport=tls;n64=as", ENOENT},
	{"192.0.2.10:5060;transport=wss;n64=as", ENOENT},
	{"[64:ff9b::c000:20b]:5060;n64=as", ENOENT},
	{"[64:ff9b::c000:20a]:5062;n64=as", ENOENT},
	{"[::ffff:192.0.2.10]:5060;n64=as", ENOENT},
	{"[2001:db8:1::2]:5060;n64=as", ENOENT},
	{"proxy.example.com:5060;n64=as", ENOENT},
	{"proxy.example.com", ENOENT},
	{"", EINVAL},
	{";n64=as", EINVAL},
	{":5060;n64=as", EINVAL},
	{"[64:ff9b::c000:20a:5060;n64=as", EINVAL},
	{"[]:5060", EINVAL},
	{"[192.0.2.10]:5060", EINVAL},
	{"[fe80::1%eth0]:5060", EINVAL},
	{"[2001:db8:::192.0.2.10]:5060", EINVAL},
	{"192.0.2.10;n64=as ", EINVAL},
	{"192.0.2.10;n64=as>", EINVAL},
	{"192.0.2.10;x=\"a;n64=as\"", EINVAL},
	{"192.0.2.10;n64=as\r\n", EINVAL},
	{"192.0.2.10;n64=a\x7f", EINVAL},
	{"192.0.2.10;x=\xc3\xa4;n64=as", EINVAL},
};

static void test_refused(void **state)
{
	struct n64_pair before, pair;
	char *copy;
	size_t i;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	for (i = 0; i < N(refused); i++) {
		const char *name = refused[i].text;

		memcpy(&pair, &before, sizeof(pair));
		CHECK(name,
		      read_text(&pair, &copy, name, strlen(name)) ==
			      refused[i].err);
		CHECK(name, !memcmp(&pair, &before, sizeof(pair)));
		free(copy);
	}
	CHECK("NUL in the host",
	      read_text(&pair, &copy, "192.0.2.10\0;lr", 14) == EINVAL);
	free(copy);
	CHECK("NUL in the parameters",
	      read_text(&pair, &copy, "192.0.2.10;n64=as\0", 18) == EINVAL);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_refused),
		cmocka_unit_test(test_print_longest),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("pair", tests, setup, NULL);
}
