/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/route.h"
#include "../../nat64sip/tag.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

static bool text_is(struct n64_text text, const char *want)
{
	return text.len == strlen(want) && !memcmp(text.p, want, text.len);
}

/** A block of its very size, so that a step past it is seen */
static char *exact(const char *text)
{
	size_t n = strlen(text);
	char *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, text, n);
	return copy;
}

static const struct {
	const char *uri;
	const char *host; /**< NULL: not of the plain form */
	uint16_t port;
	enum n64_transport tp;
	const char *params;
} routes[] = {
	{"sip:192.0.2.10:5060;r2=on;lr", "192.0.2.10", 5060, N64_TP_UDP,
	 "r2=on;lr"},
	{"sip:[2001:db8:64::c000:20a]:5061;lr;Transport=TLS;n64=as",
	 "[2001:db8:64::c000:20a]", 5061, N64_TP_TLS,
	 "lr;Transport=TLS;n64=as"},
	{"SIP:proxy.example.test;lr", "proxy.example.test", 0, N64_TP_UDP,
	 "lr"},
	{"sip:[::1]", "[::1]", 0, N64_TP_UDP, ""},
	{"sip:a;transport=x", "a", 0, N64_TP_NONE, "transport=x"},
	{"sip:a:65535;", "a", 65535, N64_TP_UDP, ""},
	{"sip:a:65536", NULL, 0, N64_TP_NONE, ""},
	{"sip:a:0", NULL, 0, N64_TP_NONE, ""},
	{"sip:a:", NULL, 0, N64_TP_NONE, ""},
	{"sip:a:;lr", NULL, 0, N64_TP_NONE, ""},
	{"sip:a:123456", NULL, 0, N64_TP_NONE, ""},
	{"sip:a:5060x", NULL, 0, N64_TP_NONE, ""},
	{"sip:[::1", NULL, 0, N64_TP_NONE, ""},
	{"sip:[::1]x", NULL, 0, N64_TP_NONE, ""},
	{"sip:;lr", NULL, 0, N64_TP_NONE, ""},
	{"sip::5060", NULL, 0, N64_TP_NONE, ""},
	{"sips:192.0.2.10;lr", NULL, 0, N64_TP_NONE, ""},
	{"sip:token@192.0.2.10;lr;ob", NULL, 0, N64_TP_NONE, ""},
	{"sip:192.0.2.10;lr?Subject=a", NULL, 0, N64_TP_NONE, ""},
	{"tel:+1", NULL, 0, N64_TP_NONE, ""},
	{"sip:", NULL, 0, N64_TP_NONE, ""},
	{"", NULL, 0, N64_TP_NONE, ""},
};

static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(routes); i++) {
		const char *row = routes[i].uri;
		char *uri = exact(row);
		struct n64_route r = {.port = 7};
		int err = n64_route_cut(&r, uri, strlen(row));

		CHECK(row, err == (routes[i].host ? 0 : ENOTSUP));
		if (err) {
			CHECK(row, r.port == 7);
		} else {
			CHECK(row, text_is(r.host, routes[i].host));
			CHECK(row, r.port == routes[i].port);
			CHECK(row, r.tp == routes[i].tp);
			CHECK(row, text_is(r.params, routes[i].params));
		}
		free(uri);
	}
}

static const struct {
	const char *body, *tag;
} tags[] = {
	{"<sip:alice@sip.example.test>;tag=a48s", "a48s"},
	{"\"A; \\\"B\\\"\" <sip:alice@[2001:db8:1::2]>;TAG=-.!%*_+`'~1",
	 "-.!%*_+`'~1"},
	{"sip:alice@sip.example.test;tag=x \r\n", "x"},
	{"<sip:alice@sip.example.test>;x=y;tag=1", "1"},
	/* for who knows more of it */
	{"<sip:alice@sip.example.test>;tag=1;x=y", NULL},
	{"<sip:alice@sip.example.test>; tag = 1", NULL},
	{"<sip:alice@sip.example.test;tag=1>", NULL},
	{"<sip:alice@sip.example.test;tag=1", NULL},
	{"<sip:alice@sip.example.test>;tag=", NULL},
	{"<sip:alice@sip.example.test>;tag=\"1\"", NULL},
	{"<sip:alice@sip.example.test>;xtag=1", NULL},
	{"<sip:alice@sip.example.test>", NULL},
	{"tag=1", NULL},
	{";tag", NULL},
	{"\r\n", NULL},
	{"", NULL},
};

static void test_tag(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(tags); i++) {
		const char *row = tags[i].body;
		char *body = exact(row);
		struct n64_text tag = {NULL, 0};
		int err = n64_tag_find(&tag, body, strlen(row));

		CHECK(row, err == (tags[i].tag ? 0 : ENOENT));
		CHECK(row, err ? !tag.p : text_is(tag, tags[i].tag));
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_tag),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
