/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The own addresses that the tests of pairs know, and reading a value from a
 * block of its very size. Include it behind check.h and pair_text.h.
 */
#ifndef N64_TEST_PAIR_OWN_H
#define N64_TEST_PAIR_OWN_H

#include "pref_of.h"

static const struct {
	const char *addr;
	uint16_t port;
	enum n64_transport tp;
} own_rows[] = {
	{"192.0.2.10", 5060, N64_TP_UDP},
	{"192.0.2.10", 5060, N64_TP_TCP},
	{"192.0.2.10", 5061, N64_TP_TLS},
	{"198.51.100.4", 65535, N64_TP_SCTP},
	{"203.0.113.9", 5060, N64_TP_NONE},
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

static bool text_is(struct n64_text text, const char *want)
{
	return text.len == strlen(want) &&
		(text.len == 0 || !memcmp(text.p, want, text.len));
}

/* Read from storage of exactly this size, so that a step outside is seen */
static int read_text(struct n64_pair *dst, char **copy, const char *text,
		     size_t len)
{
	struct n64_route route;

	*copy = malloc(len ? len : 1);
	assert_non_null(*copy);
	memcpy(*copy, text, len);
	pair_cut(&route, *copy, len);
	return n64_pair_read(dst, &route, &owns);
}

#endif
