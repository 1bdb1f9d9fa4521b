/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/edits.h"
#include "../../nat64sip/reason.h"

#include "vectors.h"

#include <errno.h>

#define SRC "0123456789"

enum how { LAST, FIRST };

struct step {
	size_t off, len;
	const char *p;
	int err;
	enum how how;
};

static const struct {
	const char *name, *want;
	struct step step[4];
} rows[] = {
	{"nothing", "0123456789", {{0}}},
	{"shorter", "01x456789", {{2, 2, "x", 0, LAST}}},
	{"longer", "01abc3456789", {{2, 1, "abc", 0, LAST}}},
	{"insert", "01ab23456789", {{2, 0, "ab", 0, LAST}}},
	{"delete", "06789", {{1, 5, "", 0, LAST}}},
	{"begin and end",
	 "A12345678Z",
	 {{0, 1, "A", 0, LAST}, {9, 1, "Z", 0, LAST}}},
	{"before begin, after end",
	 "A0123456789Z",
	 {{0, 0, "A", 0, LAST}, {10, 0, "Z", 0, LAST}}},
	{"all", "Z", {{0, 10, "Z", 0, LAST}}},
	{"touching",
	 "01ab456789",
	 {{2, 1, "a", 0, LAST}, {3, 1, "b", 0, LAST}}},
	{"two inserts at one place",
	 "01ab23456789",
	 {{2, 0, "a", 0, LAST}, {2, 0, "b", 0, LAST}}},
	{"overlap refused",
	 "01a56789",
	 {{2, 3, "a", 0, LAST}, {4, 1, "b", EINVAL, LAST}}},
	{"backwards refused",
	 "01234a6789",
	 {{5, 1, "a", 0, LAST}, {2, 1, "b", EINVAL, LAST}}},
	{"inside refused",
	 "01a56789",
	 {{2, 3, "a", 0, LAST}, {3, 0, "b", EINVAL, LAST}}},
	{"length wraps",
	 "01a3456789",
	 {{2, 1, "a", 0, LAST}, {3, SIZE_MAX - 2, "b", EINVAL, LAST}}},
	{"first", "A1234a6789", {{5, 1, "a", 0, LAST}, {0, 1, "A", 0, FIRST}}},
	{"first, more than one behind",
	 "0B234a67z9",
	 {{5, 1, "a", 0, LAST}, {8, 1, "z", 0, LAST}, {1, 1, "B", 0, FIRST}}},
	{"first of none", "0B23456789", {{1, 1, "B", 0, FIRST}}},
	{"first, touching",
	 "01234Ba6789",
	 {{5, 1, "a", 0, LAST}, {5, 0, "B", 0, FIRST}}},
	{"first, overlap refused",
	 "01234a6789",
	 {{5, 1, "a", 0, LAST}, {4, 2, "b", EINVAL, FIRST}}},
	{"first, behind refused",
	 "01234a6789",
	 {{5, 1, "a", 0, LAST}, {6, 1, "b", EINVAL, FIRST}}},
	{"first, length wraps",
	 "01234a6789",
	 {{5, 1, "a", 0, LAST}, {4, SIZE_MAX, "b", EINVAL, FIRST}}},
};

static int do_step(struct edits *ed, const struct step *s)
{
	const char *p = *s->p ? s->p : NULL;

	return (s->how == FIRST ? edits_replace_first : edits_replace)(
		ed, s->off, s->len, p, strlen(s->p));
}

static void check_result(const char *row, const struct edits *ed,
			 const char *want)
{
	size_t len = strlen(want), size, out;
	char buf[32];

	CHECK(row, edits_length(ed, sizeof(SRC) - 1) == len);
	for (size = 0; size <= len + 1; size++) {
		int err;

		memset(buf, '#', sizeof(buf));
		out = 77;
		err = edits_apply(buf, size, &out, SRC, sizeof(SRC) - 1, ed);
		if (size < len) {
			CHECK(row, err == ENOSPC && out == 77);
			CHECK(row, buf[0] == '#');
			continue;
		}
		CHECK(row, err == 0 && out == len);
		CHECK(row, !memcmp(buf, want, len) && buf[len] == '#');
	}
}

static void test_rows(void **state)
{
	struct edit v[4];
	struct edits ed;
	char buf[16], text[8];
	size_t i, k;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		edits_init(&ed, v, N(v), buf, sizeof(buf));
		for (k = 0; k < N(rows[i].step); k++) {
			struct step s = rows[i].step[k];

			if (!s.p)
				break;
			/* the new text must be the list's own afterwards */
			snprintf(text, sizeof(text), "%s", s.p);
			s.p = text;
			CHECK(rows[i].name, do_step(&ed, &s) == s.err);
			memset(text, '!', sizeof(text));
		}
		check_result(rows[i].name, &ed, rows[i].want);
	}
}

/* Three edits with storage from nothing upward: what does not fit is refused
 * and what fitted before stands */
static void sweep(enum how how, size_t max, size_t size)
{
	static const struct step in_order[] = {{1, 1, "aa", 0, LAST},
					       {4, 2, "", 0, LAST},
					       {8, 1, "bbb", 0, LAST}};
	static const struct step backwards[] = {{8, 1, "bbb", 0, FIRST},
						{4, 2, "", 0, FIRST},
						{1, 1, "aa", 0, FIRST}};
	const struct step *step = how == FIRST ? backwards : in_order;
	size_t k, used = 0, n = 0;
	struct edit *v = malloc(max ? max * sizeof(*v) : 1);
	char *buf = malloc(size ? size : 1);
	struct edits ed;

	edits_init(&ed, v, max, buf, size);
	for (k = 0; k < 3; k++) {
		size_t len = strlen(step[k].p);
		bool fits = n < max && used + len <= size;

		assert_int_equal(do_step(&ed, &step[k]), fits ? 0 : ENOSPC);
		n += fits;
		used += fits ? len : 0;
		assert_int_equal(ed.n, n);
		assert_int_equal(ed.used, used);
	}
	if (n == 3)
		check_result("sweep", &ed, "0aa2367bbb9");
	free(v);
	free(buf);
}

static void test_capacity(void **state)
{
	size_t max, size;

	(void)state;
	for (max = 0; max <= 4; max++) {
		for (size = 0; size <= 6; size++) {
			sweep(LAST, max, size);
			sweep(FIRST, max, size);
		}
	}
}

/* A list made for another text, or broken by hand, changes nothing */
static void test_outside(void **state)
{
	struct edit v[2] = {{2, 2, "x", 1}, {8, 2, "y", 1}};
	struct edits ed = {.v = v, .n = 2, .max = 2};
	char buf[16] = "#";
	size_t out = 77;

	(void)state;
	assert_int_equal(edits_apply(buf, 16, &out, SRC, 9, &ed), EINVAL);
	assert_int_equal(edits_apply(buf, 16, &out, SRC, 7, &ed), EINVAL);
	assert_int_equal(edits_apply(buf, 16, &out, SRC, 0, &ed), EINVAL);
	v[1].off = 3;
	assert_int_equal(edits_apply(buf, 16, &out, SRC, 10, &ed), EINVAL);
	v[1].off = 8;
	v[1].len = SIZE_MAX;
	assert_int_equal(edits_apply(buf, 16, &out, SRC, 10, &ed), EINVAL);
	assert_int_equal(out, 77);
	assert_int_equal(buf[0], '#');
	v[1].len = 2;
	assert_int_equal(edits_apply(buf, 16, &out, SRC, 10, &ed), 0);
}

static void test_empty_text(void **state)
{
	struct edits ed;
	struct edit v[1];
	char buf[4], dst[4];
	size_t out = 77;

	(void)state;
	edits_init(&ed, NULL, 0, NULL, 0);
	assert_int_equal(edits_length(&ed, 0), 0);
	assert_int_equal(edits_apply(NULL, 0, &out, NULL, 0, &ed), 0);
	assert_int_equal(out, 0);
	assert_int_equal(edits_replace(&ed, 0, 0, "a", 1), ENOSPC);
	edits_init(&ed, v, 1, buf, sizeof(buf));
	assert_int_equal(edits_replace(&ed, 0, 0, "ab", 2), 0);
	assert_int_equal(edits_apply(dst, 4, &out, NULL, 0, &ed), 0);
	assert_int_equal(out, 2);
	assert_memory_equal(dst, "ab", 2);
}

/* Names go to statistics: there, different, and of their characters */
static void test_reason_names(void **state)
{
	unsigned i, k;

	(void)state;
	for (i = 0; i < N64_REASONS; i++) {
		const char *name = n64_reason_name((enum n64_reason)i);

		assert_true(strlen(name) > 3);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"),
				 strlen(name));
		for (k = 0; k < i; k++)
			assert_string_not_equal(
				name, n64_reason_name((enum n64_reason)k));
	}
	assert_string_equal(n64_reason_name(N64_FAMILY_RIGHT), "family_right");
	assert_string_equal(n64_reason_name(N64_REASONS), "unknown");
	assert_string_equal(n64_reason_name((enum n64_reason) - 1), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_empty_text),
		cmocka_unit_test(test_reason_names),
	};

	return cmocka_run_group_tests_name("edits", tests, NULL, NULL);
}
