/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/binding.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "pref_of.h"

#define PHONE "2001:db8:64::/96"
#define OTHER "2001:db8:122:344::/64"

static struct n64_text text_of(const char *text)
{
	return (struct n64_text){text, strlen(text)};
}

static const struct {
	const char *uri, *pref, *want;
} marks[] = {
	{"sip:192.0.2.1:40001", PHONE, "sip:192.0.2.1:40001;pref64=" PHONE},
	{"sip:192.0.2.1:40001;transport=tcp", PHONE,
	 "sip:192.0.2.1:40001;transport=tcp;pref64=" PHONE},
	{"sip:192.0.2.1:40001", "64:ff9b::/96",
	 "sip:192.0.2.1:40001;pref64=64:ff9b::/96"},
	{"sip:192.0.2.1:40001", "3fff:64::/32",
	 "sip:192.0.2.1:40001;pref64=3fff:64::/32"},
	{"sip:192.0.2.1:40001;pref64=" OTHER, PHONE,
	 "sip:192.0.2.1:40001;pref64=" PHONE},
	{"sip:192.0.2.1:40001;pref64=" PHONE, PHONE,
	 "sip:192.0.2.1:40001;pref64=" PHONE},
	{"sip:192.0.2.1:40001;pref64=" OTHER ";transport=tls", PHONE,
	 "sip:192.0.2.1:40001;transport=tls;pref64=" PHONE},
	{"sip:192.0.2.1:40001;PREF64=" OTHER ";transport=tls", PHONE,
	 "sip:192.0.2.1:40001;transport=tls;pref64=" PHONE},
	{"sip:192.0.2.1:40001;pref64=", PHONE,
	 "sip:192.0.2.1:40001;pref64=" PHONE},
	{"sip:192.0.2.1:40001;pref64x=1;xpref64=2", PHONE,
	 "sip:192.0.2.1:40001;pref64x=1;xpref64=2;pref64=" PHONE},
	{"", PHONE, ";pref64=" PHONE},
};

/* In memory of exactly that size, so that one octet too many is seen */
static void test_print(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(marks); i++) {
		struct pref64 pref = pref_of(marks[i].pref);
		size_t len = strlen(marks[i].want);
		char *dst = malloc(len + 1);

		assert_non_null(dst);
		CHECK(marks[i].uri,
		      n64_binding_print(dst, len + 1, text_of(marks[i].uri),
					&pref) == len);
		CHECK(marks[i].uri, !strcmp(dst, marks[i].want));
		free(dst);
	}
}

/* Too small by any number of octets: nothing is written */
static void test_no_room(void **state)
{
	size_t i, size;

	(void)state;
	for (i = 0; i < N(marks); i++) {
		struct pref64 pref = pref_of(marks[i].pref);
		size_t len = strlen(marks[i].want);

		for (size = 0; size <= len; size++) {
			char *dst = malloc(size ? size : 1);

			assert_non_null(dst);
			memset(dst, 'x', size ? size : 1);
			CHECK(marks[i].uri,
			      n64_binding_print(dst, size,
						text_of(marks[i].uri),
						&pref) == 0);
			CHECK(marks[i].uri, dst[0] == 'x');
			free(dst);
		}
	}
}

static void test_no_prefix(void **state)
{
	struct pref64 none = pref_of(NULL);
	char dst[64] = "as it was";

	(void)state;
	assert_int_equal(n64_binding_print(dst, sizeof(dst),
					   text_of("sip:192.0.2.1:40001"),
					   &none),
			 0);
	assert_string_equal(dst, "as it was");
}

/* The text that it is given need not end with NUL */
static void test_length_counts(void **state)
{
	struct pref64 pref = pref_of(PHONE);
	const char *text = "sip:192.0.2.1:40001;pref64=" OTHER;
	char dst[64];

	(void)state;
	assert_int_not_equal(n64_binding_print(dst, sizeof(dst),
					       (struct n64_text){text, 19},
					       &pref),
			     0);
	assert_string_equal(dst, "sip:192.0.2.1:40001;pref64=" PHONE);
	assert_int_not_equal(n64_binding_print(dst, sizeof(dst),
					       (struct n64_text){text, 25},
					       &pref),
			     0);
	assert_memory_equal(dst, text, 19);
}

static const struct {
	const char *params;
	int want;
	const char *pref;
} reads[] = {
	{"pref64=" PHONE, 0, PHONE},
	{"transport=tcp;pref64=" PHONE, 0, PHONE},
	{"pref64=" PHONE ";transport=tcp", 0, PHONE},
	{"lr;PREF64=" OTHER ";x=y", 0, OTHER},
	{"pref64=64:ff9b::/96", 0, "64:ff9b::/96"},
	{"", ENOENT, NULL},
	{"transport=tcp", ENOENT, NULL},
	{"xpref64=" PHONE, ENOENT, NULL},
	{"pref64x=" PHONE, ENOENT, NULL},
	{"x=pref64=" PHONE, ENOENT, NULL},
	{"pref64", EINVAL, NULL},
	{"pref64=", EINVAL, NULL},
	{"pref64=;transport=tcp", EINVAL, NULL},
	{"pref64=nat64", EINVAL, NULL},
	{"pref64=2001:db8:64::", EINVAL, NULL},
	{"pref64=2001:db8:64::/95", EINVAL, NULL},
	{"pref64=2001:db8::1/96", EINVAL, NULL},
	{"pref64=192.0.2.0/24", EINVAL, NULL},
	{"pref64=::ffff:0:0/96", EINVAL, NULL},
	{"pref64=fe80::/96", EINVAL, NULL},
	{"pref64=\"" PHONE "\"", EINVAL, NULL},
	{"pref64=" PHONE "x", EINVAL, NULL},
};

static void test_read(void **state)
{
	struct pref64 other = pref_of(OTHER);
	size_t i;

	(void)state;
	for (i = 0; i < N(reads); i++) {
		size_t len = strlen(reads[i].params);
		char *copy = malloc(len ? len : 1);
		struct pref64 pref = other, want = other;

		assert_non_null(copy);
		memcpy(copy, reads[i].params, len);
		if (reads[i].pref)
			want = pref_of(reads[i].pref);
		CHECK(reads[i].params,
		      n64_binding_read(&pref, (struct n64_text){copy, len}) ==
			      reads[i].want);
		CHECK(reads[i].params, pref64_equal(&pref, &want));
		free(copy);
	}
}

/* URIs with whatever marks somebody else wrote: what is read back afterwards is
 * what was written, never what stood there */
static const char *const posed[] = {
	"sip:192.0.2.1:40001;pref64=" OTHER,
	"sip:192.0.2.1:40001;pref64=" OTHER ";pref64=" OTHER,
	"sip:192.0.2.1:40001;pref64=" OTHER ";transport=tcp;PREF64=" OTHER,
	"sip:192.0.2.1:40001;pref64",
	"sip:192.0.2.1:40001;pref64;transport=tcp",
	"sip:192.0.2.1:40001;pref64=;transport=tcp",
};

static void test_posed(void **state)
{
	struct pref64 phone = pref_of(PHONE), pref;
	char dst[160];
	const char *params;
	size_t i;

	(void)state;
	for (i = 0; i < N(posed); i++) {
		CHECK(posed[i],
		      n64_binding_print(dst, sizeof(dst), text_of(posed[i]),
					&phone) == strlen(dst));
		params = strchr(dst, ';') + 1;
		memset(&pref, 0, sizeof(pref));
		CHECK(posed[i], n64_binding_read(&pref, text_of(params)) == 0);
		CHECK(posed[i], pref64_equal(&pref, &phone));
		CHECK(posed[i], !strstr(dst, OTHER));
	}
}

static const struct {
	const char *text;
	bool named;
} texts[] = {
	{"sip:192.0.2.10;lr;pref64=" PHONE, true},
	{"sip:192.0.2.10;lr;PREF64", true},
	{"sip:192.0.2.10;lr;received=sip:192.0.2.1%3Bpref64%3D" PHONE, true},
	{"sip:192.0.2.10;lr;received=sip:192.0.2.1%3b%70%52ef6%34", true},
	{"%70ref64", true},
	{"%70%72%65%66%36%34", true},
	{"ppref64", true},
	{"", false},
	{"pref6", false},
	{"pref6%3", false},
	{"pref6%", false},
	{"pref6%3g", false},
	{"pref%64", false},
	{"pref\x16\x34", false}, /* not a digit: it only has its bits */
	{"pref%16%14", false},
	{"pref%16%34", false},
	{"%2570ref64", false}, /* unescaped once, it is none */
	{"sip:192.0.2.10;lr;received=sip:192.0.2.1:40001", false},
};

/* In memory of exactly that size, so that one octet too many is seen */
static void test_named(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(texts); i++) {
		size_t len = strlen(texts[i].text);
		char *copy = malloc(len ? len : 1);

		memcpy(copy, texts[i].text, len);
		CHECK(texts[i].text,
		      n64_binding_named((struct n64_text){copy, len}) ==
			      texts[i].named);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_no_prefix),
		cmocka_unit_test(test_length_counts),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_posed),
	};

	return cmocka_run_group_tests_name("binding", tests, NULL, NULL);
}
