/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Lines of a policy, an empty line, what a phone says of itself. Whatever the
 * patterns are, a match ends by its count of steps: libFuzzer's time limit for
 * one input is the proof. */

#include "../../nat64sip/ua_policy.h"

#include "fuzz.h"

/* One line, in a block of exactly its size */
static void add(struct n64_ua_policy *p, const char *text, size_t len)
{
	char *line = fuzz_copy((const uint8_t *)text, len);
	struct n64_ua_fault fault;
	unsigned n = p->n;
	bool force = p->force;

	memset(&fault, 0x5a, sizeof(fault));
	if (n64_ua_add(p, line, len, &fault) == 0) {
		REQUIRE(p->n == n + 1 && p->line[n].pattern);
		REQUIRE(p->line[n].action > N64_UA_NONE);
		REQUIRE(p->line[n].action < N64_UA_ACTIONS);
		REQUIRE(p->force ==
			(force || p->line[n].action == N64_UA_FORCE));
	} else {
		REQUIRE(p->n == n && p->force == force);
		REQUIRE(memchr(fault.what, '\0', sizeof(fault.what)));
		REQUIRE(*fault.what != '\0');
		REQUIRE(fault.offset <= len);
	}
	free(line);
}

static bool has(const struct n64_ua_policy *p, enum n64_ua_action action)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->line[i].action == action)
			return true;
	return action == N64_UA_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *stop;
	struct n64_ua_policy p = {.n = 0};
	unsigned given_up = 0, again = 0;
	enum n64_ua_action action;
	char *text;

	/* more lines take more time, and find nothing more */
	while (at < end && *at != '\n' && p.n < 4) {
		stop = memchr(at, '\n', (size_t)(end - at));
		add(&p, at, (size_t)((stop ? stop : end) - at));
		at = stop ? stop + 1 : end;
	}
	at += at < end;
	text = fuzz_copy((const uint8_t *)at, (size_t)(end - at));
	action = n64_ua_match(&p, text, (size_t)(end - at), &given_up);
	REQUIRE(has(&p, action) && given_up <= p.n);
	REQUIRE(!strcmp(n64_ua_action_name(action), "none") ==
		(action == N64_UA_NONE));
	/* the same memory for a match, the same result */
	REQUIRE(n64_ua_match(&p, text, (size_t)(end - at), &again) == action);
	REQUIRE(again == given_up);
	free(text);
	n64_ua_free(&p);
	REQUIRE(p.n == 0);
	return 0;
}
