/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Any text as the URI of a Route, and as a From header. */

#include "../../nat64sip/route.h"
#include "../../nat64sip/tag.h"

#include "fuzz.h"

#include <strings.h>

static bool within(struct n64_text part, const char *text, size_t len)
{
	return part.p >= text && part.p <= text + len &&
		part.len <= len - (size_t)(part.p - text);
}

/* Scheme, host, port and parameters put together are the URI again */
static void check_route(const char *text, size_t len)
{
	struct n64_route r, before;
	size_t n = 0;
	char port[8];

	memset(&before, 0x5a, sizeof(before));
	r = before;
	if (n64_route_cut(&r, text, len)) {
		REQUIRE(!memcmp(&r, &before, sizeof(r)));
		return;
	}
	REQUIRE(within(r.host, text, len) && within(r.params, text, len));
	REQUIRE(!strncasecmp(text, "sip:", 4) && r.host.p == text + 4);
	REQUIRE(r.host.len && !memchr(text, '@', len));
	if (r.port) {
		n = (size_t)snprintf(port, sizeof(port), "%u", r.port);
		REQUIRE(r.host.p[r.host.len] == ':');
		/* leading zeros apart */
		REQUIRE(len >= 4 + r.host.len + 1 + n);
	}
	REQUIRE(r.params.p + r.params.len == text + len);
	if (r.params.len)
		REQUIRE(r.params.p[-1] == ';');
}

static void check_tag(const char *text, size_t len)
{
	struct n64_text tag = {NULL, 0};
	size_t i;

	if (n64_tag_find(&tag, text, len)) {
		REQUIRE(!tag.p);
		return;
	}
	REQUIRE(within(tag, text, len) && tag.len);
	REQUIRE(tag.p >= text + 5 && !strncasecmp(tag.p - 5, ";tag=", 5));
	for (i = 0; i < tag.len; i++)
		REQUIRE(!strchr(";,\"<>@ \t\r\n=", tag.p[i]));
	for (i = (size_t)(tag.p - text) + tag.len; i < len; i++)
		REQUIRE(strchr(" \t\r\n", text[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > 512)
		return 0;
	text = fuzz_copy(data, size);
	check_route(text, size);
	check_tag(text, size);
	free(text);
	return 0;
}
