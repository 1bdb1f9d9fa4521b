/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The first line is a Content-Type, the rest a body. Parts ascend, are within
 * the body, and a walk ends. The type also stands for the value of the other
 * headers that say what a body is. */

#include "../../nat64sip/mime.h"

#include "fuzz.h"

#include <strings.h>

static bool is_lws(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct n64_mime_span trim(const char *p, size_t n)
{
	while (n && is_lws(p[n - 1]))
		n--;
	for (; n && is_lws(*p); p++)
		n--;
	return (struct n64_mime_span){p, n};
}

static bool is(struct n64_mime_span s, const char *word)
{
	return s.len == strlen(word) && !strncasecmp(s.p, word, s.len);
}

static bool starts(struct n64_mime_span s, const char *word)
{
	return s.len >= strlen(word) && !strncasecmp(s.p, word, strlen(word));
}

static void check_part(const struct n64_mime_part *part, const char *body,
		       size_t len, size_t from)
{
	size_t i;

	REQUIRE(part->off >= from && part->off <= len);
	REQUIRE(part->len <= len - part->off);
	/* it begins a line, unless the part ends with its headers, and what
	 * ends it begins one */
	REQUIRE(!part->off || !part->len || body[part->off - 1] == '\n');
	REQUIRE(part->off + part->len == len ||
		memchr("\r\n-", body[part->off + part->len], 3));
	REQUIRE(part->cl_len < 10);
	if (!part->cl_len)
		return;
	REQUIRE(part->cl_off > from);
	REQUIRE(part->cl_off + part->cl_len <= part->off);
	for (i = 0; i < part->cl_len; i++)
		REQUIRE(strchr("0123456789", body[part->cl_off + i]));
	REQUIRE(is_lws(body[part->cl_off - 1]) ||
		body[part->cl_off - 1] == ':');
}

static void check_walk(const char *type, size_t typelen, const char *body,
		       size_t len)
{
	struct n64_mime_part part = {0, 0, 0, 0}, left;
	struct n64_mime_span t = trim(type, typelen);
	struct n64_mime_walk w;
	enum n64_mime what;
	size_t n, from = 0;

	n64_mime_begin(&w, type, typelen, body, len);
	for (n = 0; (what = n64_mime_next(&part, &w)) == N64_MIME_SDP; n++) {
		REQUIRE(n <= len);
		check_part(&part, body, len, from);
		from = part.off + part.len;
	}
	left = part;
	REQUIRE(n64_mime_next(&part, &w) == what);
	REQUIRE(!memcmp(&left, &part, sizeof(part)));
	/* two that need no walk */
	if (is(t, "application/sdp"))
		REQUIRE(n == 1 && part.off == 0 && part.len == len);
	if (!starts(t, "application/sdp") && !starts(t, "multipart/"))
		REQUIRE(n == 0);
}

static void check_values(const char *p, size_t n)
{
	static const char mixed[] = "multipart/mixed",
			  sdp[] = "application/sdp";
	struct n64_mime_span v = trim(p, n), word = v;
	size_t i;

	REQUIRE(n64_mime_is_encoded(p, n) ==
		(v.len > 0 && !is(v, "identity")));
	for (i = 0; i < v.len && v.p[i] != ';' && !is_lws(v.p[i]); i++)
		;
	word.len = i;
	REQUIRE(n64_mime_is_for_session(p, n, sdp, sizeof(sdp) - 1) ==
		(!i || is(word, "session")));
	REQUIRE(n64_mime_is_for_session(p, n, mixed, sizeof(mixed) - 1) ==
		(!i || is(word, "session") || is(word, "render")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nl = size ? memchr(data, '\n', size) : NULL;
	size_t typelen = nl ? (size_t)(nl - data) : size;
	size_t at = nl ? typelen + 1 : size;
	char *type = fuzz_copy(data, typelen);
	char *body = fuzz_copy(data + at, size - at);

	check_walk(type, typelen, body, size - at);
	check_values(type, typelen);
	free(type);
	free(body);
	return 0;
}
