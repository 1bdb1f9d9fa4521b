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
		char *text = malloc(len + !len);
		struct n64_raw_header h;
		char left[256];

		assert_non_null(text);
		memcpy(text, rows[i].text, len);
		while (n64_raw_header_find(&h, text, len, from, NAME,
					   strlen(NAME))) {
			memcpy(left + used, text + from, h.off - from);
			used += h.off - from;
			from = h.off + h.len;
		}
		memcpy(left + used, text + from, len - from);
		used += len - from;
		free(text);
		CHECK(row, used == strlen(rows[i].left));
		CHECK(row, !memcmp(left, rows[i].left, used));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests_name("raw_header", tests, NULL, NULL);
}
