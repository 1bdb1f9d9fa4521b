/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octet 0: how much room; two lines: values whose parameters are collected.
 * Each name is there once, none is ours, and once more adds nothing. */

#include "../../nat64sip/pair_params.h"
#include "../../nat64sip/text.h"

#include "fuzz.h"

#define ROOM 1024

static bool is_ours(const char *name, size_t len)
{
	static const char *const ours[] = {"lr", "r2",        "ftag",
					   "sn", "transport", "n64"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (n64_text_is(name, len, ours[i]))
			return true;
	return false;
}

/* The name of the parameter that begins at p, behind its semicolon */
static size_t name_len(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q != ';' && *q != '=')
		q++;
	return (size_t)(q - p);
}

static void check_list(const char *list, size_t len)
{
	const char *end = list + len, *p, *q;
	size_t n, m;

	REQUIRE(!len || *list == ';');
	for (p = list; p < end; p++) {
		if (*p != ';')
			continue;
		n = name_len(p + 1, end);
		REQUIRE(n > 0 && !is_ours(p + 1, n));
		for (q = list; q < p; q++) {
			m = *q == ';' ? name_len(q + 1, end) : 0;
			REQUIRE(m != n || strncasecmp(p + 1, q + 1, n) != 0);
		}
	}
}

/* What fits is made of a semicolon and a word each, and can be put together */
static void check_fit(struct n64_text text)
{
	static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "[]/:&+$-_.!~*'()%;=";
	char *twice;

	if (!n64_pair_params_fit(text))
		return;
	REQUIRE(!text.len || *text.p == ';');
	for (size_t i = 0; i < text.len; i++)
		REQUIRE(text.p[i] && strchr(word, text.p[i]));
	twice = malloc(2 * text.len + 2);
	REQUIRE(twice != NULL);
	if (text.len) {
		memcpy(twice, text.p, text.len);
		memcpy(twice + text.len, text.p, text.len);
	}
	REQUIRE(n64_pair_params_fit((struct n64_text){twice, 2 * text.len}));
	/* an empty one does not fit */
	twice[2 * text.len] = ';';
	REQUIRE(!n64_pair_params_fit(
		(struct n64_text){twice, 2 * text.len + 1}));
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nl;
	size_t room, used = 0, again, n;
	char *dst, *text;

	if (size < 1 || size > ROOM / 2)
		return 0;
	room = data[0] & 0x80 ? data[0] & 0x7f : ROOM;
	dst = malloc(room ? room : 1);
	REQUIRE(dst != NULL);
	for (data++, size--; size; data += n, size -= n) {
		nl = memchr(data, '\n', size);
		n = nl ? (size_t)(nl - data) : size;
		text = fuzz_copy(data, n);
		check_fit((struct n64_text){text, n});
		again = used;
		used = n64_pair_add_params(dst, room, used,
					   (struct n64_text){text, n});
		REQUIRE(used >= again && used <= room);
		check_list(dst, used);
		if (room == ROOM)
			REQUIRE(n64_pair_add_params(
					dst, room, used,
					(struct n64_text){text, n}) == used);
		free(text);
		n += nl != NULL;
	}
	free(dst);
	return 0;
}
