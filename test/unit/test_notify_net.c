/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/notify_net.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "pref_of.h"

#define UNKNOWN N64_NET_UNKNOWN
#define IPV4 N64_NET_IPV4
#define IPV6 N64_NET_IPV6
#define NAT64 N64_NET_NAT64

static bool pref_is(const struct pref64 *pref, const char *text)
{
	struct pref64 want = pref_of(text);

	return pref64_equal(pref, &want);
}

static const struct {
	enum n64_net net;
	const char *name;
} nets[] = {
	{UNKNOWN, "unknown"},
	{IPV4, "ipv4"},
	{IPV6, "ipv6"},
	{NAT64, "nat64"},
	{(enum n64_net)4, "unknown"},
	{(enum n64_net)1000, "unknown"},
};

static void test_net_name(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(nets); i++)
		CHECK(nets[i].name,
		      !strcmp(n64_net_name(nets[i].net), nets[i].name));
}

static const struct {
	const char *want;
	enum n64_net caller;
	const char *caller_pref;
	enum n64_net callee;
	const char *callee_pref;
} prints[] = {
	{"caller=nat64;caller-pref64=\"2001:db8:64::/96\";callee=ipv4", NAT64,
	 "2001:db8:64::/96", IPV4, NULL},
	{"caller=ipv4;callee=nat64;callee-pref64=\"64:ff9b::/96\"", IPV4, NULL,
	 NAT64, "64:ff9b::/96"},
	{"caller=nat64;caller-pref64=\"2001:db8:122:344::/64\";"
	 "callee=nat64;callee-pref64=\"2001:db8::/32\"",
	 NAT64, "2001:db8:122:344::/64", NAT64, "2001:db8::/32"},
	{"caller=nat64;callee=nat64", NAT64, NULL, NAT64, NULL},
	{"caller=unknown;callee=ipv6", UNKNOWN, NULL, IPV6, NULL},
	{"caller=ipv6;callee=unknown", IPV6, NULL, UNKNOWN, NULL},
	{"caller=ipv4;callee=ipv4", IPV4, "64:ff9b::/96", IPV4,
	 "64:ff9b::/96"},
	{"caller=unknown;callee=ipv6", UNKNOWN, "64:ff9b::/96", IPV6,
	 "64:ff9b::/96"},
};

static void test_print(void **state)
{
	char text[N64_NOTIFY_TEXT_MAX + 1];
	size_t i, size, len;

	(void)state;
	for (i = 0; i < N(prints); i++) {
		const char *want = prints[i].want;
		struct n64_notify n = {
			{prints[i].caller, pref_of(prints[i].caller_pref)},
			{prints[i].callee, pref_of(prints[i].callee_pref)}};

		len = strlen(want);
		CHECK(want, n64_notify_print(text, sizeof(text), &n) == len);
		CHECK(want, !strcmp(text, want));
		for (size = 0; size <= len + 1; size++) {
			char *small = malloc(size ? size : 1);

			assert_non_null(small);
			CHECK(want,
			      n64_notify_print(small, size, &n) ==
				      (size > len ? len : 0));
			free(small);
		}
	}
}

static void test_print_refused(void **state)
{
	char text[N64_NOTIFY_TEXT_MAX + 1];
	struct n64_notify n = {{NAT64, pref_of("64:ff9b::/96")},
			       {NAT64, pref_of("64:ff9b::/96")}};

	(void)state;
	n.caller.pref.len = 33;
	CHECK("caller", n64_notify_print(text, sizeof(text), &n) == 0);
	n.caller.pref.len = 96;
	n.callee.pref.len = 255;
	CHECK("callee", n64_notify_print(text, sizeof(text), &n) == 0);
}

/* No group of the prefix is zero, none can be shortened: the longest value */
static void test_print_longest(void **state)
{
	char text[N64_NOTIFY_TEXT_MAX + 1];
	struct pref64 pref;
	struct n64_notify n;

	(void)state;
	memset(&pref, 0, sizeof(pref));
	memset(&pref.addr, 0xdd, 12);
	pref.addr.s6_addr[0] = 0x20;
	pref.addr.s6_addr[8] = 0;
	pref.len = 96;
	n.caller.net = n.callee.net = NAT64;
	n.caller.pref = n.callee.pref = pref;
	CHECK("longest", n64_notify_print(text, sizeof(text), &n) > 100);
}

#define P96 "2001:db8:64::/96"
#define Q96 "\"2001:db8:64::/96\""

static const struct {
	const char *text;
	enum n64_net caller;
	const char *caller_pref;
	enum n64_net callee;
	const char *callee_pref;
} reads[] = {
	{"caller=nat64;caller-pref64=" Q96 ";callee=ipv4", NAT64, P96, IPV4,
	 NULL},
	{"callee=ipv4;caller-pref64=" Q96 ";caller=nat64", NAT64, P96, IPV4,
	 NULL},
	{"CALLER=NAT64;Caller-Pref64=\"2001:DB8:64::/96\";CallEE=IPv6", NAT64,
	 P96, IPV6, NULL},
	{"caller=nat64;callee=nat64;callee-pref64=\"64:ff9b::0.0.0.0/96\"",
	 NAT64, NULL, NAT64, "64:ff9b::/96"},
	{"caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"callee=ipv6", UNKNOWN, NULL, IPV6, NULL},
	{"caller=unknown;callee=unknown", UNKNOWN, NULL, UNKNOWN, NULL},
	{"callee=nat64;callee-pref64=\"2001:db8::/32\"", UNKNOWN, NULL, NAT64,
	 "2001:db8::/32"},
	/* white space and folding (RFC 3261 7.3.1) */
	{"  caller = ipv4 ; callee\t=\tnat64\t", IPV4, NULL, NAT64, NULL},
	{"caller=ipv4;\r\n callee=nat64", IPV4, NULL, NAT64, NULL},
	{"\r\n caller\r\n\t=\r\n ipv4\r\n ;\r\n callee=nat64\r\n ", IPV4, NULL,
	 NAT64, NULL},
	{"caller=nat64;caller-pref64 = \r\n " Q96 " ; callee=ipv4", NAT64, P96,
	 IPV4, NULL},
	/* what is not known */
	{"caller=ipv7;callee=nat66", UNKNOWN, NULL, UNKNOWN, NULL},
	{"caller;callee=ipv4", UNKNOWN, NULL, IPV4, NULL},
	{"caller=nat6;callee=nat644", UNKNOWN, NULL, UNKNOWN, NULL},
	{"x;caller=ipv4;y=1;callee=ipv6;z=\"\"", IPV4, NULL, IPV6, NULL},
	{"v=\"a;callee=ipv6\";caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"v=\"a\\\";callee=ipv6\";caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"v=\"a\\\\\";callee=ipv6;caller=ipv4", IPV4, NULL, IPV6, NULL},
	{"v=\"a\r\n b\tc\xc3\xa4\";caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"v=\"\\\t\\ \";caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"v=[2001:db8::1];w=h.example.com;caller=ipv4", IPV4, NULL, UNKNOWN,
	 NULL},
	{"-.!%*_+`'~=-.!%*_+`'~;caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"x=1;x=2;caller=ipv4", IPV4, NULL, UNKNOWN, NULL},
	{"callerx=ipv4;xcaller=ipv6;callee=ipv4", UNKNOWN, NULL, IPV4, NULL},
	{"x=y", UNKNOWN, NULL, UNKNOWN, NULL},
	{"caller=\"nat64\";callee=ipv4", NAT64, NULL, IPV4, NULL},
	/* a prefix without its NAT64 */
	{"caller=ipv4;caller-pref64=" Q96, IPV4, NULL, UNKNOWN, NULL},
	{"caller-pref64=" Q96 ";caller=ipv6", IPV6, NULL, UNKNOWN, NULL},
	{"caller-pref64=" Q96 ";callee=nat64", UNKNOWN, NULL, NAT64, NULL},
	{"callee=ipv4;callee-pref64=" Q96, UNKNOWN, NULL, IPV4, NULL},
	{"callee-pref64=" Q96 ";caller=nat64", NAT64, NULL, UNKNOWN, NULL},
	{"caller=nat66;caller-pref64=" Q96, UNKNOWN, NULL, UNKNOWN, NULL},
};

static int parse_copy(struct n64_notify *dst, const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, len);
	err = n64_notify_parse(dst, copy, len);
	free(copy);
	return err;
}

static void test_parse(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(reads); i++) {
		const char *text = reads[i].text;
		struct n64_notify n;

		CHECK(text, !parse_copy(&n, text, strlen(text)));
		CHECK(text, n.caller.net == reads[i].caller);
		CHECK(text, pref_is(&n.caller.pref, reads[i].caller_pref));
		CHECK(text, n.callee.net == reads[i].callee);
		CHECK(text, pref_is(&n.callee.pref, reads[i].callee_pref));
	}
}

#define T(text) text, sizeof(text) - 1

static const struct {
	const char *name, *text;
	size_t len;
} refused[] = {
	{"empty", T("")},
	{"blank", T(" \t ")},
	{"folded blank", T("\r\n ")},
	{"empty parameter", T("caller=ipv4;;callee=ipv4")},
	{"ends with ;", T("caller=ipv4;")},
	{"begins with ;", T(";caller=ipv4")},
	{"no name", T("=ipv4")},
	{"no value after =", T("caller=;callee=ipv4")},
	{"no value at the end", T("caller=")},
	{"two values", T("caller=ipv4 ipv6")},
	{"two =", T("caller==ipv4")},
	{"comma, two headers joined", T("caller=ipv4,caller=nat64")},
	{"repeated", T("caller=ipv4;caller=ipv4")},
	{"repeated, other case", T("caller=ipv4;callee=ipv4;CALLER=nat64")},
	{"repeated without value", T("caller;caller=ipv4")},
	{"repeated prefix",
	 T("caller=nat64;caller-pref64=" Q96 ";caller-pref64=" Q96)},
	{"prefix not quoted", T("caller=nat64;caller-pref64=" P96)},
	{"prefix without value", T("caller=nat64;caller-pref64")},
	{"prefix a token", T("caller=nat64;caller-pref64=none")},
	{"prefix empty", T("caller=nat64;caller-pref64=\"\"")},
	{"prefix, length 95",
	 T("caller=nat64;caller-pref64="
	   "\"2001:db8::/95\"")},
	{"prefix, no length", T("caller=nat64;caller-pref64=\"2001:db8::\"")},
	{"prefix, bits after",
	 T("caller=nat64;caller-pref64="
	   "\"2001:db8::1/96\"")},
	{"prefix, brackets",
	 T("caller=nat64;caller-pref64="
	   "\"[2001:db8::]/96\"")},
	{"prefix, blank inside",
	 T("caller=nat64;caller-pref64="
	   "\" 2001:db8:64::/96\"")},
	{"prefix, escaped",
	 T("caller=nat64;caller-pref64="
	   "\"2001:db8:64\\::/96\"")},
	{"bad prefix on an idle leg", T("caller=ipv4;caller-pref64=\"x\"")},
	{"quote not closed", T("caller=ipv4;v=\"a")},
	{"quote not closed after an escape", T("caller=ipv4;v=\"a\\\"")},
	{"ends with an escape", T("caller=ipv4;v=\"a\\")},
	{"text after the quote", T("v=\"a\"b;caller=ipv4")},
	{"quote within a token", T("v=a\"b\";caller=ipv4")},
	{"line end without a blank", T("caller=ipv4;\r\ncallee=ipv4")},
	{"line end at the end", T("caller=ipv4\r\n")},
	{"line end in quotes", T("v=\"a\r\nb\";caller=ipv4")},
	{"CR at the end", T("caller=ipv4\r")},
	{"CR alone", T("caller=ipv4;\r callee=ipv4")},
	{"LF alone", T("caller=ipv4;\n callee=ipv4")},
	{"CR in quotes", T("v=\"a\rb\";caller=ipv4")},
	{"LF in quotes", T("v=\"a\n b\";caller=ipv4")},
	{"escaped CR", T("v=\"a\\\r\n b\";caller=ipv4")},
	{"NUL at the end", T("caller=ipv4\0")},
	{"NUL within a word", T("caller=ip\0v4")},
	{"NUL in quotes", T("v=\"a\0b\";caller=ipv4")},
	{"escaped NUL", T("v=\"a\\\0b\";caller=ipv4")},
	{"control character", T("caller=ipv4\x01")},
	{"control character in quotes", T("v=\"a\x1f\";caller=ipv4")},
	{"escaped control character", T("v=\"a\\\x01\";caller=ipv4")},
	{"DEL in quotes", T("v=\"a\x7f\";caller=ipv4")},
	{"vertical tab is no white space", T("caller=ipv4;\vcallee=ipv4")},
	{"not ASCII outside quotes", T("caller=ipv4;v=\xc3\xa4")},
	{"header name along", T("PortaSIP-Notify: caller=ipv4")},
};

static void test_refused(void **state)
{
	struct n64_notify n, before;
	size_t i;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	CHECK("no text at all", n64_notify_parse(&n, NULL, 0) == EINVAL);
	for (i = 0; i < N(refused); i++) {
		memcpy(&n, &before, sizeof(n));
		CHECK(refused[i].name,
		      parse_copy(&n, refused[i].text, refused[i].len) ==
			      EINVAL);
		CHECK(refused[i].name, !memcmp(&n, &before, sizeof(n)));
	}
}

static void test_round_trip(void **state)
{
	static const char *const prefs[] = {
		NULL,
		"64:ff9b::/96",
		"2001:db8:64::/96",
		"2001:db8:122:344::/64",
		"2001:db8:122:300::/56",
		"2001:db8:122::/48",
		"2001:db8:100::/40",
		"2001:db8::/32",
	};
	char text[N64_NOTIFY_TEXT_MAX + 1];
	const size_t legs = 4 * N(prefs);
	struct n64_notify n, back;
	size_t i, len;

	(void)state;
	for (i = 0; i < legs * legs; i++) {
		const char *caller = prefs[i / 4 % N(prefs)];
		const char *callee = prefs[i / legs / 4];

		n.caller.net = (enum n64_net)(i % 4);
		n.caller.pref = pref_of(caller);
		n.callee.net = (enum n64_net)(i / legs % 4);
		n.callee.pref = pref_of(callee);
		len = n64_notify_print(text, sizeof(text), &n);
		CHECK("prints", len > 0);
		CHECK(text, !parse_copy(&back, text, len));
		CHECK(text, back.caller.net == n.caller.net);
		CHECK(text,
		      pref_is(&back.caller.pref,
			      n.caller.net == NAT64 ? caller : NULL));
		CHECK(text, back.callee.net == n.callee.net);
		CHECK(text,
		      pref_is(&back.callee.pref,
			      n.callee.net == NAT64 ? callee : NULL));
	}
}

/* Every shorter text is read without a step outside of it. */
static void test_truncated(void **state)
{
	static const char text[] = "caller = nat64 ;\r\n caller-pref64=" Q96
				   "; v=\"a\\\"b\" ;\r\n\tcallee=ipv4 ";
	struct n64_notify n;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text) - 1; len++) {
		int err = parse_copy(&n, text, len);

		CHECK(text, err == 0 || err == EINVAL);
	}
	CHECK(text, parse_copy(&n, text, len) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_net_name),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_refused),
		cmocka_unit_test(test_print_longest),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests_name("notify_net", tests, NULL, NULL);
}
