/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pair_text.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include <cmocka.h>

#include "check.h"
#include "pair_own.h"

static const char *const prefs[] = {
	NULL,
	"64:ff9b::/96",
	"2001:db8:64::/96",
	"2001:db8:122:344::/64",
	"2001:db8:122:300::/56",
	"2001:db8:122::/48",
	"2001:db8:100::/40",
	"2001:db8::/32",
};

static const struct {
	const char *params, *name, *value;
} params[] = {
	{"lr;r2=on;n64=as", "r2", "on"},
	{"lr;r2=on;n64=as", "lr", ""},
	{"LR;R2=on", "lr", ""},
	{"lr;Ftag=As-Is", "fTAG", "As-Is"},
	{"lr=;x", "lr", ""},
	{"lr=", "lr", ""},
	{"x;lr", "lr", ""},
	{"x=lr;lr=2", "lr", "2"},
	{"a=b=c", "a", "b=c"},
	{";;lr", "lr", ""},
	{"lr;", "lr", ""},
	{"lr2;l", "lr", NULL},
	{"xlr", "lr", NULL},
	{"x=;lr", "x", ""},
	{"=lr", "lr", NULL},
	{"", "lr", NULL},
	{";", "lr", NULL},
};

static void test_param_find(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(params); i++) {
		size_t len = strlen(params[i].params);
		char *copy = malloc(len ? len : 1);
		struct n64_text value = {"untouched", 9};
		struct n64_text text = {copy, len};

		assert_non_null(copy);
		memcpy(copy, params[i].params, len);
		CHECK(params[i].params,
		      n64_param_find(&value, text, params[i].name) ==
			      !!params[i].value);
		CHECK(params[i].params,
		      text_is(value,
			      params[i].value ? params[i].value
					      : "untouched"));
		free(copy);
	}
	CHECK("no text at all",
	      !n64_param_find(&(struct n64_text){NULL, 0},
			      (struct n64_text){NULL, 0}, "lr"));
}

/* Six parameters at most: 6! orders */
#define ORDERS 720

static void spell_all(const struct n64_pair *pair, const char *printed,
		      const struct pref64 *pref)
{
	struct pair_spelling how = {HOST_AS_PRINTED, false, 0, "did=1.a",
				    "ftag=q7"};
	char text[2 * N64_PAIR_TEXT_MAX];
	struct n64_pair back;
	unsigned i;

	for (i = 0; i < PAIR_HOSTS * 2 * ORDERS; i += 7) {
		char *copy;
		size_t len;

		how.host = (enum pair_host)(i % PAIR_HOSTS);
		how.upper = i / PAIR_HOSTS % 2;
		how.order = i / PAIR_HOSTS / 2;
		len = pair_spell(text, sizeof(text), printed, &how);
		CHECK(text, !read_text(&back, &copy, text, len));
		CHECK(text, back.own == pair->own);
		CHECK(text, pref64_equal(&back.pref, pref));
		CHECK(text, back.leg == pair->leg && back.r2 == pair->r2);
		CHECK(text, back.family == pair->family);
		CHECK(text,
		      back.ftag.len == 2 &&
			      !strncasecmp(back.ftag.p, "q7", 2));
		free(copy);
	}
}

/* What is printed reads back the same, spelled in whatever way */
static void test_round_trip(void **state)
{
	const size_t combinations = N(own_rows) * N(prefs) * 4 * 3 * 2;
	char text[N64_PAIR_TEXT_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < combinations; i++) {
		struct pref64 pref = pref_of(prefs[i / 24 % N(prefs)]);
		struct n64_pair pair = {.own = &own_v[i / 24 / N(prefs)],
					.pref = pref,
					.leg = (enum n64_leg)(i % 4),
					.family = (enum n64_family)(i / 4 % 3),
					.r2 = i / 12 % 2};

		if (pair.leg == N64_LEG_NONE)
			pair.family = N64_FAMILY_NONE;
		CHECK("prints", n64_pair_print(text, sizeof(text), &pair) > 0);
		spell_all(&pair, text, &pref);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_param_find),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("pair_spelling", tests, setup,
					   NULL);
}
