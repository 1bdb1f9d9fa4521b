/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/ua_policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#define NONE N64_UA_NONE
#define OFF N64_UA_OFF
#define NO_SDP N64_UA_NO_SDP
#define NO_RR N64_UA_NO_RR
#define FQDN N64_UA_FQDN
#define FORCE N64_UA_FORCE

static void add(struct n64_ua_policy *p, const char *line)
{
	struct n64_ua_fault fault;

	CHECK(line, n64_ua_add(p, line, strlen(line), &fault) == 0);
}

static enum n64_ua_action match(const struct n64_ua_policy *p,
				const char *text, unsigned *given_up)
{
	*given_up = 0;
	return n64_ua_match(p, text, strlen(text), given_up);
}

static const struct {
	const char *line;
	const char *text;
	enum n64_ua_action action;
} rows[] = {
	{"off ^Grandstream", "Grandstream HT801 1.0.27.2", OFF},
	{"no-sdp ^Grandstream HT8", "Grandstream HT801 1.0.27.2", NO_SDP},
	{"no-sdp ^Grandstream HT8", "Grandstream GXP2170 1.0", NONE},
	{"no-rr Yealink SIP-T\\d+", "Yealink SIP-T46S 66.85", NO_RR},
	{"fqdn (?i)^linphone", "LinphoneAndroid/5.2", FQDN},
	{"fqdn ^linphone", "LinphoneAndroid/5.2", NONE},
	{"force ^baresip v[12][.]", "baresip v1.0.0 (x86_64)", FORCE},
	/* the action in any case, blanks around it */
	{"FORCE a", "a", FORCE},
	{" \tNo-SDP\t \tab", "ab", NO_SDP},
	/* blanks in the pattern and at its end belong to it */
	{"off a b ", "a b", NONE},
	{"off a b ", "a b ", OFF},
	/* anywhere, unless the pattern says where */
	{"off stream", "Grandstream", OFF},
	{"off ^$", "", OFF},
	{"off ^$", "a", NONE},
	{"off a", "", NONE},
	/* octets, no characters */
	{"off ^...$", "\xc3\xa9x", OFF},
	{"off ^x.$", "x\xff", OFF},
	{"off (a)\\1", "aa", OFF},
	{"off (a)\\1", "ab", NONE},
	/* without JIT */
	{"off (*NO_JIT)^Grand(stream|mother)", "Grandmother", OFF},
	{"off (*NO_JIT)^Grand(stream|mother)", "Grandfather", NONE},
};

static void test_action(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct n64_ua_policy p = {.n = 0};
		unsigned given_up;

		add(&p, rows[i].line);
		CHECK(rows[i].line, p.n == 1);
		CHECK(rows[i].line, p.force == (p.line[0].action == FORCE));
		CHECK(rows[i].line,
		      match(&p, rows[i].text, &given_up) == rows[i].action);
		CHECK(rows[i].line, given_up == 0);
		n64_ua_free(&p);
		CHECK(rows[i].line, p.n == 0 && !p.match && !p.limits);
	}
}

static void test_first_line_wins(void **state)
{
	struct n64_ua_policy p = {.n = 0};
	unsigned given_up;

	(void)state;
	add(&p, "no-sdp ^Grandstream HT8");
	add(&p, "off ^Grandstream");
	add(&p, "force .");
	assert_int_equal(match(&p, "Grandstream HT801", &given_up), NO_SDP);
	assert_int_equal(match(&p, "Grandstream GXP", &given_up), OFF);
	assert_int_equal(match(&p, "baresip", &given_up), FORCE);
	assert_int_equal(match(&p, "", &given_up), NONE);
	assert_int_equal(n64_ua_match(&p, NULL, 0, &given_up), NONE);
	assert_true(p.force);
	n64_ua_free(&p);
}

#define FORM "must be off, no-sdp, no-rr, fqdn or force, a blank and a pattern"

static const struct {
	const char *line;
	bool pattern;
	size_t offset;
	const char *what;
} bad[] = {
	{"", false, 0, FORM},
	{"   ", false, 0, FORM},
	{"off", false, 0, FORM},
	{"off ", false, 0, FORM},
	{"off\t ", false, 0, FORM},
	{"none ^a", false, 0, FORM},
	{"no-sd ^a", false, 0, FORM},
	{"no-sdpp ^a", false, 0, FORM},
	{"nosdp ^a", false, 0, FORM},
	{"^Grandstream", false, 0, FORM},
	{"off=^Grandstream", false, 0, FORM},
	{"off ^Grand(stream", true, 13, "missing closing parenthesis"},
	{"off Grandstream)", true, 11, "unmatched closing parenthesis"},
	{"no-rr [a-z", true, 4, "missing terminating ] for character class"},
	{"no-rr a{3,2}", true, 5, "numbers out of order in {} quantifier"},
	{"force *a", true, 0, "quantifier does not follow a repeatable item"},
	{"force a\\", true, 2, "\\ at end of pattern"},
	{"fqdn (a)\\2", true, 4, "reference to non-existent subpattern"},
	{"fqdn (*UTF)a", true, 6, "using UTF is disabled by the application"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		const char *row = bad[i].line;
		struct n64_ua_policy p = {.n = 0};
		struct n64_ua_fault fault = {.what = ""};
		unsigned given_up;

		add(&p, "off first");
		CHECK(row, n64_ua_add(&p, row, strlen(row), &fault) == EINVAL);
		CHECK(row, fault.pattern == bad[i].pattern);
		if (fault.offset != bad[i].offset)
			fail_msg("%s: offset %zu", row, fault.offset);
		if (strcmp(fault.what, bad[i].what))
			fail_msg("%s: said %s", row, fault.what);
		/* what was there before is as it was */
		CHECK(row, p.n == 1 && !p.force);
		CHECK(row, match(&p, "first", &given_up) == OFF);
		n64_ua_free(&p);
	}
}

static void test_too_many(void **state)
{
	struct n64_ua_policy p = {.n = 0};
	struct n64_ua_fault fault;

	(void)state;
	while (p.n < N64_UA_LINES)
		add(&p, "off a");
	assert_int_equal(n64_ua_add(&p, "off a", 5, &fault), ENOSPC);
	assert_string_equal(fault.what, "is one too many");
	assert_int_equal(p.n, N64_UA_LINES);
	n64_ua_free(&p);
}

#define A10 "aaaaaaaaaa"

/* (a+)+$ takes about 2^n steps for n letters and one that is no letter: a limit
 * is hit where PCRE2's own of ten millions is far away, and a count below it
 * is not. */
static const struct {
	const char *line;
	const char *text;
	bool given_up;
} limits[] = {
	{"off ^(a+)+$", "aaaaa-", false},
	{"off ^(a+)+$", A10 A10 "-", true},
	{"off (*NO_JIT)^(a+)+$", "aaaaa-", false},
	{"off (*NO_JIT)^(a+)+$", A10 A10 "-", true},
	/* another shape, and one that counts by nesting */
	{"off ^(a|aa)+$", A10 A10 A10 "-", true},
	{"off (*NO_JIT)^(a|aa)+$", A10 A10 A10 "-", true},
	{"off (*NO_JIT)^(?:a|b)*c", "ababababc", false},
};

static void test_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(limits); i++) {
		struct n64_ua_policy p = {.n = 0};
		unsigned given_up;
		bool matches = !limits[i].given_up &&
			strchr(limits[i].line, 'c') != NULL;

		add(&p, limits[i].line);
		CHECK(limits[i].line,
		      match(&p, limits[i].text, &given_up) ==
			      (matches ? OFF : NONE));
		CHECK(limits[i].line, given_up == limits[i].given_up);
		/* a line that was given up does not keep the next one */
		add(&p, "force ^a");
		CHECK(limits[i].line,
		      match(&p, limits[i].text, &given_up) ==
			      (matches ? OFF : FORCE));
		CHECK(limits[i].line, given_up == limits[i].given_up);
		n64_ua_free(&p);
	}
}

/* The same with a text that no phone would write: an end by count */
static void test_catastrophe(void **state)
{
	static char text[10240];
	struct n64_ua_policy p = {.n = 0};
	unsigned given_up = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	add(&p, "off (a+)+$");
	add(&p, "no-rr (*NO_JIT)(a+)+$");
	assert_int_equal(n64_ua_match(&p, text, sizeof(text), &given_up),
			 NONE);
	assert_int_equal(given_up, 2);
	text[sizeof(text) - 1] = '-';
	assert_int_equal(n64_ua_match(&p, text, sizeof(text), &given_up),
			 NONE);
	assert_int_equal(given_up, 4);
	n64_ua_free(&p);
}

/* Only so much of a text is looked at, and its end is not the text's */
static void test_long_text(void **state)
{
	static char text[N64_UA_TEXT + 1];
	struct n64_ua_policy p = {.n = 0};
	unsigned given_up = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[N64_UA_TEXT - 1] = 'y';
	text[N64_UA_TEXT] = 'z';
	add(&p, "off y$");
	add(&p, "no-rr z");
	add(&p, "fqdn y");
	assert_int_equal(n64_ua_match(&p, text, N64_UA_TEXT, &given_up), OFF);
	assert_int_equal(n64_ua_match(&p, text, sizeof(text), &given_up),
			 FQDN);
	assert_int_equal(given_up, 0);
	n64_ua_free(&p);
}

/* Of the sanitizers' runtime; gcc brings no header for it */
int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const volatile void *, size_t),
	void (*on_free)(const volatile void *));

/* Without JIT each turn of a group nests: enough for the longest text that
 * nests once an octet, and an end where one nests more */
static void test_depth(void **state)
{
	static char text[N64_UA_TEXT];
	struct n64_ua_policy p = {.n = 0};
	unsigned given_up = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	add(&p, "off (*NO_JIT)^(?:a|b)*c");
	text[400] = 'c';
	assert_int_equal(n64_ua_match(&p, text, 401, &given_up), OFF);
	assert_int_equal(given_up, 0);
	text[400] = 'a';
	text[510] = 'c';
	assert_int_equal(n64_ua_match(&p, text, 511, &given_up), NONE);
	assert_int_equal(given_up, 1);
	n64_ua_free(&p);
}

static size_t allocations;

static void on_malloc(const volatile void *p, size_t size)
{
	(void)p;
	(void)size;
	allocations++;
}

static void on_free(const volatile void *p)
{
	(void)p;
}

static void test_no_allocation(void **state)
{
	static const char *const texts[] = {"", "Grandstream HT801 1.0.27.2",
					    "linphone",
					    A10 A10 A10 A10 A10 A10 A10 "-"};
	static char text[N64_UA_TEXT], deep[14 + 2000 + 10];
	struct n64_ua_policy p = {.n = 0};
	unsigned given_up;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_not_equal(
		__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free),
		0);
	add(&p, "off ^Grand(stream|mother)$");
	add(&p, "no-rr (*NO_JIT)^((((a+)+)+)+)+$");
	add(&p, "no-sdp (*NO_JIT)^(?:a(?:a|b)*)+c");
	/* one that takes much memory at each of many levels */
	memcpy(deep, "off (*NO_JIT)^", 14);
	for (size_t i = 0; i < 1000; i++)
		memcpy(deep + 14 + 2 * i, "()", 2);
	memcpy(deep + 14 + 2000, "(?:a|b)*$", 10);
	add(&p, deep);
	assert_true(allocations > 0);
	allocations = 0;
	for (size_t i = 0; i < N(texts); i++)
		CHECK(texts[i], match(&p, texts[i], &given_up) == NONE);
	assert_true(given_up > 0);
	n64_ua_match(&p, text, sizeof(text), &given_up);
	assert_int_equal(allocations, 0);
	n64_ua_free(&p);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(n64_ua_action_name(N64_UA_NO_SDP), "no-sdp");
	assert_string_equal(n64_ua_action_name(N64_UA_FORCE), "force");
	assert_string_equal(n64_ua_action_name(N64_UA_NONE), "none");
	assert_string_equal(n64_ua_action_name(N64_UA_ACTIONS), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_action),
		cmocka_unit_test(test_first_line_wins),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_catastrophe),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_no_allocation),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("ua_policy", tests, NULL, NULL);
}
