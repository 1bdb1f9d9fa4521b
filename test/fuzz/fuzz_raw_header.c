/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octet 0: which name; then the text of the headers. */

#include "../../nat64sip/raw_header.h"
#include "fuzz.h"

#include <strings.h>

static const char *const names[] = {"PortaSIP-Notify", "X-Net", "a"};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_named(const char *p, const char *end, const char *name)
{
	size_t n = strlen(name);

	return (size_t)(end - p) >= n && !strncasecmp(p, name, n) &&
		(p + n == end || p[n] == ':' || p[n] == '\r' || p[n] == '\n' ||
		 is_blank(p[n]));
}

/* How often the name follows a CR without LF in a line */
static size_t hidden(const char *line, const char *next, const char *end,
		     const char *name)
{
	size_t n = 0;

	for (const char *p = line; p < next; p++)
		n += *p == '\r' && p + 1 < end && p[1] != '\n' &&
			is_named(p + 1, end, name);
	return n;
}

/* In other words than the code's: line by line, is this the first line of such
 * a field, or one that a field goes on with? */
static size_t count(const char *text, size_t len, const char *name)
{
	bool taken = false;
	size_t octets = 0;
	const char *line = text, *end = text + len, *next;

	for (; line < end; line = next) {
		next = line;
		while (next < end && *next != '\n')
			++next;
		next += next < end;
		if (*line == '\n' ||
		    (end - line > 1 && line[0] == '\r' && line[1] == '\n'))
			break;
		if (line == text || !is_blank(*line))
			taken = is_named(line, end, name);
		octets += taken ? (size_t)(next - line)
				: hidden(line, next, end, name);
	}
	return octets;
}

/* Take out all that are found; the length of what is left */
static size_t take_out(char *dst, const char *text, size_t len,
		       const char *name)
{
	struct n64_raw_header h;
	size_t from = 0, used = 0;

	while (n64_raw_header_find(&h, text, len, from, name, strlen(name),
				   '\0')) {
		REQUIRE(h.off >= from && h.len > 0);
		REQUIRE(h.off <= len && h.len <= len - h.off);
		REQUIRE(is_named(text + h.off, text + len, name));
		if (h.off > 0 && text[h.off - 1] == '\r')
			REQUIRE(h.len == 1);
		else
			REQUIRE((h.off == 0 || text[h.off - 1] == '\n') &&
				(h.off + h.len == len ||
				 text[h.off + h.len - 1] == '\n'));
		memcpy(dst + used, text + from, h.off - from);
		used += h.off - from;
		from = h.off + h.len;
	}
	if (from < len)
		memcpy(dst + used, text + from, len - from);
	return used + len - from;
}

/* With a compact form, the first of either */
static void check_compact(const char *text, size_t len, const char *name)
{
	struct n64_raw_header a = {len, 0}, b = {len, 0}, both = {len, 0};

	n64_raw_header_find(&a, text, len, 0, name, strlen(name), '\0');
	n64_raw_header_find(&b, text, len, 0, "m", 1, '\0');
	n64_raw_header_find(&both, text, len, 0, name, strlen(name), 'm');
	REQUIRE(both.off == (a.off < b.off ? a.off : b.off));
	REQUIRE(both.len == (a.off < b.off ? a.len : b.len));
}

static void check_bare_cr(const char *text, size_t len)
{
	bool bare = false;
	size_t i;

	for (i = 0; i < len; i++)
		bare |= text[i] == '\r' &&
			(i + 1 == len || text[i + 1] != '\n');
	REQUIRE(n64_raw_bare_cr(text, len) == bare);
}

/* The first empty line ends it */
static void check_no_body(const char *text, size_t len)
{
	const char *end = text, *next;

	if (!n64_raw_no_body(text, len))
		return;
	REQUIRE(len >= 4 && !memcmp(text + len - 4, "\r\n\r\n", 4));
	while ((next = memchr(end, '\n', (size_t)(text + len - end))) !=
	       NULL) {
		if (next == end || (next == end + 1 && *end == '\r'))
			break;
		end = next + 1;
	}
	REQUIRE(next == text + len - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct n64_raw_header h = {7, 7};
	const char *name;
	char *text, *left;
	size_t len;

	if (size < 2 || size > 2048)
		return 0;
	name = names[data[0] % 3];
	text = fuzz_copy(data + 1, --size);
	left = malloc(size ? size : 1);
	REQUIRE(left);
	check_no_body(text, size);
	check_bare_cr(text, size);
	check_compact(text, size, name);
	len = take_out(left, text, size, name);
	REQUIRE(size - len == count(text, size, name));
	/* what is there is always hinted at */
	REQUIRE(size == len ||
		n64_raw_header_hint(text, size, name, strlen(name),
				    n64_raw_header_pivot(name, strlen(name))));
	/* a second look finds nothing, and leaves the result alone */
	REQUIRE(!n64_raw_header_find(&h, left, len, 0, name, strlen(name),
				     '\0'));
	REQUIRE(h.off == 7 && h.len == 7);
	free(left);
	free(text);
	return 0;
}
