/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/raw_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#define NAME "PortaSIP-Notify"
/* without its first letter it is another one */
#define CUT "ortaSIP-Notify"

/** What is left of the text when every such field is taken out */
static const struct {
	const char *name, *text, *left;
} rows[] = {
	{"one", "A: b\r\n" NAME ": x\r\nC: d\r\n\r\n", "A: b\r\nC: d\r\n\r\n"},
	{"first", NAME ": x\r\nC: d\r\n\r\n", "C: d\r\n\r\n"},
	{"case", "portasip-NOTIFY: x\r\n\r\n", "\r\n"},
	{"blank before the colon", NAME " \t: x\r\n\r\n", "\r\n"},
	{"no blank", NAME ":x\r\n\r\n", "\r\n"},
	{"folded value", NAME ": x;\r\n y\r\n\tz\r\nC: d\r\n\r\n",
	 "C: d\r\n\r\n"},
	{"folded before the colon", NAME "\r\n : x\r\nC: d\r\n\r\n",
	 "C: d\r\n\r\n"},
	{"no colon", NAME "\r\nC: d\r\n\r\n", "C: d\r\n\r\n"},
	{"repeated", NAME ": x\r\nA: b\r\n" NAME ": y\r\n\r\n",
	 "A: b\r\n\r\n"},
	{"next to each other", NAME ": x\r\n" NAME ": y\r\n\r\n", "\r\n"},
	{"behind a line that is no header",
	 "what is this\r\n" NAME ": x\r\n\r\n", "what is this\r\n\r\n"},
	{"LF only", "A: b\n" NAME ": x\nC: d\n\n", "A: b\nC: d\n\n"},
	{"no empty line", NAME ": x", ""},
	{"name alone at the end", NAME, ""},
	{"longer name", NAME "X: x\r\n\r\n", NAME "X: x\r\n\r\n"},
	{"part of a name", "X-" NAME ": x\r\n\r\n", "X-" NAME ": x\r\n\r\n"},
	{"in a folded line", "A: b\r\n " NAME ": x\r\n\r\n",
	 "A: b\r\n " NAME ": x\r\n\r\n"},
	{"behind a CR", "A: b\r" NAME ": x\r\nC: d\r\n\r\n",
	 "A: b\r" CUT ": x\r\nC: d\r\n\r\n"},
	{"behind a CR, twice",
	 "A: b\r" NAME ": x\r" NAME ": y\r\n" NAME ": z\r\n\r\n",
	 "A: b\r" CUT ": x\r" CUT ": y\r\n\r\n"},
	{"behind a CR that begins a line", "A: b\n\r" NAME ": x\n\n",
	 "A: b\n\r" CUT ": x\n\n"},
	{"behind a CR, no end", "\r" NAME, "\r" CUT},
	{"a CR within", "A: b\rc\r\n" NAME ": x\r\n\r\n", "A: b\rc\r\n\r\n"},
	{"a CR before another", "A: b\rX" NAME ": x\r\n\r\n",
	 "A: b\rX" NAME ": x\r\n\r\n"},
	{"in the body", "A: b\r\n\r\n" NAME ": x\r\n",
	 "A: b\r\n\r\n" NAME ": x\r\n"},
	{"empty", "", ""},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const char *row = rows[i].name;
		size_t len = strlen(rows[i].text), from = 0, used = 0;
		size_t n = strlen(NAME), pivot = n64_raw_header_pivot(NAME, n);
		char *text = malloc(len + !len);
		struct n64_raw_header h;
		char left[256];

		assert_non_null(text);
		memcpy(text, rows[i].text, len);
		while (n64_raw_header_find(&h, text, len, from, NAME,
					   strlen(NAME), '\0')) {
			memcpy(left + used, text + from, h.off - from);
			used += h.off - from;
			from = h.off + h.len;
		}
		memcpy(left + used, text + from, len - from);
		used += len - from;
		/* what is found is always hinted at */
		CHECK(row,
		      !from || n64_raw_header_hint(text, len, NAME, n, pivot));
		free(text);
		CHECK(row, used == strlen(rows[i].left));
		CHECK(row, !memcmp(left, rows[i].left, used));
	}
}

static const struct {
	const char *text;
	size_t off, len; /* of the first; len 0: none */
} compact[] = {
	{"m: <sip:a@b>\r\n\r\n", 0, 14},
	{"To: a\r\nM : <sip:a@b>\r\n\r\n", 7, 15},
	{"To: m\r\nContact: x\r\nm: y\r\n\r\n", 7, 12},
	{"m: y\r\nContact: x\r\n\r\n", 0, 6},
	{"To: a\rm: x\r\n\r\n", 6, 1},
	{"To: a\r\nMax-Forwards: 1\r\n\r\n", 0, 0},
	{"To: a\r\n\r\nm=audio 1\r\nm: x\r\n", 0, 0},
};

static void test_compact(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(compact); i++) {
		const char *row = compact[i].text;
		struct n64_raw_header h = {0, 0};
		bool found = n64_raw_header_find(&h, row, strlen(row), 0,
						 "Contact", 7, 'm');

		CHECK(row, found == (compact[i].len > 0));
		CHECK(row, h.off == compact[i].off && h.len == compact[i].len);
	}
}

static const struct {
	const char *text;
	bool hinted;
} hints[] = {
	{"A: b\r\nportasip-nOTIfy: x\r\n", true},
	{"A: b\r\nPORTASIP-NOTIFY: x\r\n", true},
	{"PortaSIP-Notify", true},
	{"PortaSIP-Notif", false},
	{"ortaSIP-Notify", false},
	{"Notify", false},
	{"y Y yyyy YYYY Reply: y", false},
	{"", false},
};

static void test_hints(void **state)
{
	size_t n = strlen(NAME), pivot = n64_raw_header_pivot(NAME, n);

	(void)state;
	assert_int_equal(NAME[pivot], 'y');
	for (size_t i = 0; i < N(hints); i++)
		CHECK(hints[i].text,
		      n64_raw_header_hint(hints[i].text, strlen(hints[i].text),
					  NAME, n, pivot) == hints[i].hinted);
	/* no letter in the name but digits and dots */
	assert_int_equal(n64_raw_header_pivot("1.2", 3), 0);
	assert_true(n64_raw_header_hint("a 1.2", 5, "1.2", 3, 0));
	assert_int_equal(n64_raw_header_pivot("a-1", 3), 0);
	assert_int_equal(n64_raw_header_pivot("1-1", 3), 1);
}

static const struct {
	const char *text;
	bool none;
} bodies[] = {
	{"A: b\r\nContent-Length: 0\r\n\r\n", true},
	{"A: b\r\nl:0\r\n\r\n", true},
	{"A: b\r\ncontent-length :\t0\r\n\r\n", true},
	{"Content-Length: 0\r\nA: b\r\n\r\n", true},
	{"A: b\r\n\r\n", true},
	{"A: b\r\nContent-Length: 10\r\n\r\n", true},
	{"\r\n\r\n", false},
	{"A: b\r\n\r\nv=0\r\n", false},
	/* a body that ends as headers do */
	{"A: b\r\nContent-Length: 7\r\n\r\nv=0\r\n\r\n", false},
	{"A: b\n\nv=0\r\n\r\n", false},
	{"A: b\r\n\r\nTotal: 0\r\n\r\n", false},
	{"A: b\r\n\r\nv=0\r\nContent-Length: 0\r\n\r\n", false},
	{"A: b\r\n", false},
	{"A: b\n\n", false},
	{"", false},
};

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(bodies); i++)
		CHECK(bodies[i].text,
		      n64_raw_no_body(bodies[i].text,
				      strlen(bodies[i].text)) ==
			      bodies[i].none);
}

static const struct {
	const char *text;
	bool bare;
} crs[] = {
	{"A: b\r\nC: d\r\n\r\n", false},
	{"A: b\nC: d\n\n", false},
	{"", false},
	{"A: b\r\n\rC: d\r\n", true},
	{"A: b\rC: d\r\n", true},
	{"A: b\r", true},
	{"\r\r\n", true},
};

static void test_bare_cr(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(crs); i++)
		CHECK(crs[i].text,
		      n64_raw_bare_cr(crs[i].text, strlen(crs[i].text)) ==
			      crs[i].bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),    cmocka_unit_test(test_compact),
		cmocka_unit_test(test_hints),   cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_bare_cr),
	};

	return cmocka_run_group_tests_name("raw_header", tests, NULL, NULL);
}
