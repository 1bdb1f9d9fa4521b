/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/alias.h"
#include "../../nat64sip/pair_params.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

static struct n64_text text_of(const char *s)
{
	return (struct n64_text){s, strlen(s)};
}

static const struct {
	const char *params;
	int err;
	const char *host;
	uint16_t port;
	int proto;
} aliases[] = {
	{"alias=192.0.2.1~40001~1", 0, "192.0.2.1", 40001, 1},
	{"transport=tcp;ALIAS=192.0.2.1~5060~2;ob", 0, "192.0.2.1", 5060, 2},
	{"alias=[2001:db8::1]~65535~3", 0, "[2001:db8::1]", 65535, 3},
	{"transport=tcp", ENOENT, NULL, 0, 0},
	{"", ENOENT, NULL, 0, 0},
	{"xalias=192.0.2.1~1~1", ENOENT, NULL, 0, 0},
	{"alias", EINVAL, NULL, 0, 0},
	{"alias=", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~5060", EINVAL, NULL, 0, 0},
	{"alias=~5060~1", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~~1", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~0~1", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~65536~1", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~5060~", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~5060~7", EINVAL, NULL, 0, 0},
	{"alias=192.0.2.1~5060~1x", EINVAL, NULL, 0, 0},
};

static void test_alias(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(aliases); i++) {
		const char *row = aliases[i].params;
		struct n64_alias a;

		CHECK(row, n64_alias_find(&a, text_of(row)) == aliases[i].err);
		if (aliases[i].err)
			continue;
		CHECK(row, a.host.len == strlen(aliases[i].host));
		CHECK(row, !memcmp(a.host.p, aliases[i].host, a.host.len));
		CHECK(row, a.port == aliases[i].port);
		CHECK(row, a.proto == aliases[i].proto);
	}
}

/** Pieces as rr hangs them on a message; what others' parameters they hold */
static const struct {
	const char *before, *piece, *want;
} pieces[] = {
	{"", "Record-Route: <sip:192.0.2.1;r2=on;n64=as;ftag=x;did=1.2;lr>",
	 ";did=1.2"},
	{"", ";lr;ftag=x", ""},
	{"", ";lr=on;FTAG=x;Transport=tcp;sn=main;vst=AAA", ";vst=AAA"},
	{"", ";did=1b2.4", ";did=1b2.4"},
	{";did=1", ";did=2;a=b", ";did=1;a=b"},
	{";DID=1", ";did=2", ";DID=1"},
	{"", "<sip:a;did=9@192.0.2.1;ob>", ";ob"},
	{"", ";;x", ";x"},
	{"", "no-semicolon", ""},
	{"", "", ""},
	{"", ">\r\n", ""},
};

static void test_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(pieces); i++) {
		const char *row = pieces[i].piece;
		char buf[64];
		size_t n = strlen(pieces[i].before);

		memcpy(buf, pieces[i].before, n);
		n = n64_pair_add_params(buf, sizeof(buf), n, text_of(row));
		CHECK(row, n == strlen(pieces[i].want));
		CHECK(row, !memcmp(buf, pieces[i].want, n));
	}
}

/** Whatever the room, a parameter is there whole or not at all */
static void test_room(void **state)
{
	static const char both[] = ";did=12;vst=34";
	char buf[32];

	(void)state;
	for (size_t size = 0; size <= sizeof(both); size++) {
		size_t n = n64_pair_add_params(buf, size, 0, text_of(both));

		assert_int_equal(n, size < 7 ? 0 : size < 14 ? 7 : 14);
		assert_memory_equal(buf, both, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests_name("alias", tests, NULL, NULL);
}
