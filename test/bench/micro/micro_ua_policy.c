/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file ua_policy: what one User-Agent costs, by the number of lines */
#include "../../../nat64sip/ua_policy.h"
#include "micro.h"

#define TIMES 100

static void ask(const char *what, const struct n64_ua_policy *p,
		const char *name, enum n64_ua_action want)
{
	unsigned given_up = 0;
	enum n64_ua_action got = N64_UA_NONE;
	size_t len = strlen(name);

	/* once, uncounted: PCRE2 takes its memory */
	micro_sink = n64_ua_match(p, name, len, &given_up);
	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		got = n64_ua_match(p, name, len, &given_up);
	micro_end(what, p->n, TIMES);
	micro_must(got == want && !given_up, name);
}

static void measure(unsigned lines)
{
	struct n64_ua_policy p;
	struct n64_ua_fault fault;
	char line[64];

	memset(&p, 0, sizeof(p));
	for (unsigned i = 0; i < lines; i++) {
		snprintf(line, sizeof(line), "off ^Maker%02u/[0-9.]+ ", i);
		micro_must(!n64_ua_add(&p, line, strlen(line), &fault), line);
	}
	snprintf(line, sizeof(line), "Maker%02u/4.1.7 (x86_64/linux)",
		 lines - 1);
	ask("ua_policy: last line matches", &p, line, N64_UA_OFF);
	ask("ua_policy: none matches", &p, "baresip v1.0.0 (x86_64/linux)",
	    N64_UA_NONE);
	n64_ua_free(&p);
}

int main(void)
{
	measure(1);
	measure(8);
	measure(N64_UA_LINES);
	return 0;
}
