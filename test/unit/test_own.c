/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/own.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

static const struct {
	const char *addr;
	uint16_t port;
	enum n64_transport tp;
} own_rows[] = {
	{"192.0.2.10", 5060, N64_TP_UDP},
	{"192.0.2.10", 5060, N64_TP_TCP},
	{"192.0.2.10", 5061, N64_TP_TLS},
	{"192.0.2.10", 8080, N64_TP_WS},
	{"198.51.100.4", 5080, N64_TP_UDP},
	{"203.0.113.9", 5060, N64_TP_NONE},
	{"203.0.113.77", 5060, N64_TP_SCTP},
	{"203.0.113.78", 5061, N64_TP_NONE},
	{"203.0.113.79", 5060, N64_TP_TLS},
};

static struct n64_own own_v[N(own_rows)];
static const struct n64_owns owns = {own_v, N(own_rows)};

static int setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(own_rows); i++) {
		own_v[i].port = own_rows[i].port;
		own_v[i].tp = own_rows[i].tp;
		if (inet_pton(AF_INET, own_rows[i].addr, &own_v[i].addr) != 1)
			return -1;
	}
	return 0;
}

static int row_of(const struct n64_own *own)
{
	return own ? (int)(own - own_v) : -1;
}

static const struct {
	const char *text;
	enum n64_transport tp;
	const char *name;
} transports[] = {
	{"udp", N64_TP_UDP, "udp"},    {"UDP", N64_TP_UDP, "udp"},
	{"tcp", N64_TP_TCP, "tcp"},    {"Tls", N64_TP_TLS, "tls"},
	{"sctp", N64_TP_SCTP, "sctp"}, {"ws", N64_TP_WS, "ws"},
	{"WSS", N64_TP_WSS, "wss"},    {"", N64_TP_NONE, ""},
	{"ud", N64_TP_NONE, ""},       {"udpx", N64_TP_NONE, ""},
	{"w", N64_TP_NONE, ""},        {"tls-sctp", N64_TP_NONE, ""},
	{" udp", N64_TP_NONE, ""},
};

static void test_transport(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(transports); i++) {
		enum n64_transport tp = n64_transport_parse(
			transports[i].text, strlen(transports[i].text));

		CHECK(transports[i].text, tp == transports[i].tp);
		CHECK(transports[i].text,
		      0 == strcmp(n64_transport_name(tp), transports[i].name));
	}
	CHECK("ports",
	      n64_transport_port(N64_TP_TLS) == 5061 &&
		      n64_transport_port(N64_TP_NONE) == 5060 &&
		      n64_transport_port(N64_TP_WS) == 80 &&
		      n64_transport_port(N64_TP_WSS) == 443);
	CHECK("length counts", n64_transport_parse("wss", 2) == N64_TP_WS);
	CHECK("NUL inside", n64_transport_parse("ud\0", 3) == N64_TP_NONE);
	CHECK("no such transport",
	      *n64_transport_name((enum n64_transport)99) == '\0');
}

static const struct {
	const char *name, *addr;
	uint16_t port;
	enum n64_transport tp;
	int row;
} finds[] = {
	{"udp", "192.0.2.10", 5060, N64_TP_UDP, 0},
	{"tcp, same port", "192.0.2.10", 5060, N64_TP_TCP, 1},
	{"tls", "192.0.2.10", 5061, N64_TP_TLS, 2},
	{"ws", "192.0.2.10", 8080, N64_TP_WS, 3},
	{"ws over a tcp socket", "192.0.2.10", 5060, N64_TP_WS, 1},
	{"ws over a tls socket", "192.0.2.10", 5061, N64_TP_WS, 2},
	{"wss over a tls socket", "192.0.2.10", 5061, N64_TP_WSS, 2},
	{"wss, not over tcp", "192.0.2.10", 5060, N64_TP_WSS, -1},
	{"tls, not a ws socket", "192.0.2.10", 8080, N64_TP_TLS, -1},
	{"no port, udp: 5060", "192.0.2.10", 0, N64_TP_UDP, 0},
	{"no port, tcp: 5060", "192.0.2.10", 0, N64_TP_TCP, 1},
	{"no port, tls: 5061", "192.0.2.10", 0, N64_TP_TLS, 2},
	{"no port, sctp: 5060", "203.0.113.77", 0, N64_TP_SCTP, 6},
	{"no port, ws is not 8080", "192.0.2.10", 0, N64_TP_WS, -1},
	{"no port, own one is not 5060", "198.51.100.4", 0, N64_TP_UDP, -1},
	{"no port, tls on 5060 is not meant", "203.0.113.79", 0, N64_TP_TLS,
	 -1},
	{"no port, no transport, tls on 5060", "203.0.113.79", 0, N64_TP_NONE,
	 -1},
	{"no transport: first of the port", "192.0.2.10", 5060, N64_TP_NONE,
	 0},
	{"no transport, tls port", "192.0.2.10", 5061, N64_TP_NONE, 2},
	{"no transport, no port", "192.0.2.10", 0, N64_TP_NONE, 0},
	{"own transport unknown", "203.0.113.9", 5060, N64_TP_WSS, 5},
	{"own transport unknown, no port", "203.0.113.9", 0, N64_TP_UDP, 5},
	{"own transport unknown, tls", "203.0.113.9", 0, N64_TP_TLS, -1},
	{"own transport unknown, tls, 5061", "203.0.113.78", 0, N64_TP_TLS, 7},
	{"transport unknown on both, 5061", "203.0.113.78", 0, N64_TP_NONE,
	 -1},
	{"other transport", "192.0.2.10", 5061, N64_TP_UDP, -1},
	{"sctp is not udp", "192.0.2.10", 5060, N64_TP_SCTP, -1},
	{"wss is not ws", "192.0.2.10", 8080, N64_TP_WSS, -1},
	{"other port", "192.0.2.10", 5062, N64_TP_UDP, -1},
	{"port of another own address", "192.0.2.10", 5080, N64_TP_UDP, -1},
	{"foreign", "192.0.2.11", 5060, N64_TP_UDP, -1},
	{"octets the other way round", "10.2.0.192", 5060, N64_TP_UDP, -1},
	{"any address", "0.0.0.0", 5060, N64_TP_UDP, -1},
};

static void test_find(void **state)
{
	static const struct n64_owns none = {NULL, 0};
	struct in_addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < N(finds); i++) {
		CHECK(finds[i].name,
		      inet_pton(AF_INET, finds[i].addr, &addr) == 1);
		CHECK(finds[i].name,
		      row_of(n64_own_find(&owns, &addr, finds[i].port,
					  finds[i].tp)) == finds[i].row);
		CHECK(finds[i].name,
		      !n64_own_find(&none, &addr, finds[i].port, finds[i].tp));
	}
}

static const struct {
	const char *name, *addr;
	uint16_t port;
	enum n64_transport tp;
	int row;
	const char *pref;
} synthetic[] = {
	{"/96 well-known", "64:ff9b::192.0.2.10", 5060, N64_TP_UDP, 0,
	 "64:ff9b::/96"},
	{"/96", "2001:db8:64::c000:20a", 5060, N64_TP_UDP, 0,
	 "2001:db8:64::/96"},
	{"/64", "2001:db8:122:344:c0:2:a00::", 5060, N64_TP_UDP, 0,
	 "2001:db8:122:344::/64"},
	{"/56", "2001:db8:122:3c0:0:20a::", 5060, N64_TP_UDP, 0,
	 "2001:db8:122:300::/56"},
	{"/48", "2001:db8:122:c000:2:a00::", 5060, N64_TP_UDP, 0,
	 "2001:db8:122::/48"},
	{"/40", "2001:db8:1c0:2:a::", 5060, N64_TP_UDP, 0,
	 "2001:db8:100::/40"},
	{"/32", "2001:db8:c000:20a::", 5060, N64_TP_UDP, 0, "2001:db8::/32"},
	{"tcp", "64:ff9b::c000:20a", 5060, N64_TP_TCP, 1, "64:ff9b::/96"},
	{"tls, no port", "64:ff9b::c000:20a", 0, N64_TP_TLS, 2,
	 "64:ff9b::/96"},
	{"second address", "64:ff9b::c633:6404", 5080, N64_TP_UDP, 4,
	 "64:ff9b::/96"},
	{"own transport unknown", "64:ff9b::cb00:7109", 0, N64_TP_UDP, 5,
	 "64:ff9b::/96"},
	{"port of another own address", "64:ff9b::c633:6404", 5060, N64_TP_UDP,
	 -1, NULL},
	{"transport of another", "64:ff9b::c633:6404", 5080, N64_TP_TCP, -1,
	 NULL},
	{"foreign embedded", "64:ff9b::c000:20b", 5060, N64_TP_UDP, -1, NULL},
	{"foreign embedded, /48", "2001:db8:122:c000:2:b00::", 5060,
	 N64_TP_UDP, -1, NULL},
	{"suffix", "2001:db8:122:c000:2:a00::1", 5060, N64_TP_UDP, -1, NULL},
	{"u octet", "2001:db8:122:c000:102:a00::", 5060, N64_TP_UDP, -1, NULL},
	{"mapped", "::ffff:192.0.2.10", 5060, N64_TP_UDP, -1, NULL},
	{"link-local", "fe80::c000:20a", 5060, N64_TP_UDP, -1, NULL},
	{"multicast", "ff02::c000:20a", 5060, N64_TP_UDP, -1, NULL},
	{"embeds nothing", "2001:db8:1::2", 5060, N64_TP_UDP, -1, NULL},
};

static void test_synthetic(void **state)
{
	char text[PREF64_TEXT_MAX + 1];
	struct in6_addr addr;
	struct pref64 pref;
	size_t i;

	(void)state;
	for (i = 0; i < N(synthetic); i++) {
		memset(&pref, 0x5a, sizeof(pref));
		CHECK(synthetic[i].name,
		      inet_pton(AF_INET6, synthetic[i].addr, &addr) == 1);
		CHECK(synthetic[i].name,
		      row_of(n64_own_find_synthetic(
			      &owns, &addr, synthetic[i].port, synthetic[i].tp,
			      &pref)) == synthetic[i].row);
		CHECK(synthetic[i].name,
		      row_of(n64_own_find_synthetic(
			      &owns, &addr, synthetic[i].port, synthetic[i].tp,
			      NULL)) == synthetic[i].row);
		if (!synthetic[i].pref) {
			CHECK(synthetic[i].name, pref.len == 0x5a);
			CHECK(synthetic[i].name, pref.addr.s6_addr[0] == 0x5a);
			continue;
		}
		CHECK(synthetic[i].name,
		      pref64_print(text, sizeof(text), &pref) > 0);
		CHECK(synthetic[i].name, !strcmp(text, synthetic[i].pref));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transport),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_synthetic),
	};

	return cmocka_run_group_tests_name("own", tests, setup, NULL);
}
