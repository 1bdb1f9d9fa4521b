/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The parameters of a URI: what is read as an alias and printed again is read
 * as the same, and is within the text. */

#include "../../nat64sip/alias.h"

#include "fuzz.h"

#include <errno.h>

/* Printed in the one form that a proxy writes, between other parameters */
static void check_again(const struct n64_alias *a)
{
	size_t size = a->host.len + 64;
	char *text = malloc(size);
	struct n64_alias back;
	int n;

	REQUIRE(text != NULL);
	n = snprintf(text, size, "ob;alias=%.*s~%u~%d;lr", (int)a->host.len,
		     a->host.p, (unsigned)a->port, a->proto);
	REQUIRE(n > 0 && (size_t)n < size);
	REQUIRE(!n64_alias_find(&back, (struct n64_text){text, (size_t)n}));
	REQUIRE(back.host.len == a->host.len);
	REQUIRE(!memcmp(back.host.p, a->host.p, a->host.len));
	REQUIRE(back.port == a->port && back.proto == a->proto);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct n64_alias a, before;
	char *text = fuzz_copy(data, size);
	struct n64_text params = {text, size}, value;
	bool there = n64_param_find(&value, params, "alias");
	int err;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&a, &before, sizeof(a));
	err = n64_alias_find(&a, params);
	REQUIRE(there ? err == 0 || err == EINVAL : err == ENOENT);
	if (err) {
		REQUIRE(!memcmp(&a, &before, sizeof(a)));
	} else {
		REQUIRE(a.host.p == value.p && a.host.len > 0);
		REQUIRE(a.host.len + 4 <= value.len);
		REQUIRE(a.port > 0 && a.proto >= 1 && a.proto <= 6);
		REQUIRE(!memchr(a.host.p, '~', a.host.len));
		/* printf ends at a NUL */
		if (!memchr(a.host.p, '\0', a.host.len))
			check_again(&a);
	}
	free(text);
	return 0;
}
