/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/pair_params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

static const struct {
	const char *text;
	bool fit;
} rows[] = {
	{"", true},
	{";svc=a", true},
	{";svc", true},
	{";svc=a;b;c=1.2~x", true},
	{";a=[/:&+$]-_.!~*'()", true},
	{";a=%41%ef", true},
	{";a=%4", false},
	{";a=%4g", false},
	{";a=%", false},
	{"svc=a", false},
	{"svc=a;b=c", false},
	{" ;svc=a", false},
	{";svc=a ", false},
	{";svc=a b", false},
	{";svc=a@b", false},
	{";a@b=c", false},
	{";svc=<a>", false},
	{";svc=a>", false},
	{";svc=\"a\"", false},
	{";svc=a,b", false},
	{";svc=a?b", false},
	{";svc=a=b", false},
	{";svc=a\r\nX: y", false},
	{";svc=\x80", false},
	{";svc=", false},
	{";=a", false},
	{";", false},
	{";;a", false},
	{";a;", false},
};

/* A block of the very size, so that a step outside is seen */
static void test_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		size_t len = strlen(rows[i].text);
		char *p = malloc(len + !len);

		assert_non_null(p);
		memcpy(p, rows[i].text, len);
		CHECK(rows[i].text,
		      n64_pair_params_fit((struct n64_text){p, len}) ==
			      rows[i].fit);
		free(p);
	}
}

static void test_nul_is_no_paramchar(void **state)
{
	(void)state;
	assert_false(n64_pair_params_fit((struct n64_text){";a=\0", 4}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_nul_is_no_paramchar),
	};

	return cmocka_run_group_tests_name("pair_params", tests, NULL, NULL);
}
