/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp_case.h"

#include <dirent.h>
#include <errno.h>

#define MAX_EDITS 256
#define MAX_TEXT 8192
#define MAX_BODY 65536
#define MAX_CASES 256
#define LEAST_CASES 45

static struct edit edit_v[MAX_EDITS];
static char edit_text[MAX_TEXT], result[MAX_BODY];

static char *paths[MAX_CASES];
static size_t n_paths;

static size_t rewrite(const char *name, const struct sdp64_rule *rule,
		      const char *sdp, size_t len, struct sdp64_report *rep)
{
	struct edits ed;
	size_t out;

	edits_init(&ed, edit_v, N(edit_v), edit_text, sizeof(edit_text));
	CHECK(name, sdp64_rewrite(&ed, sdp, len, rule, rep) == 0);
	CHECK(name,
	      edits_apply(result, sizeof(result), &out, sdp, len, &ed) == 0);
	return out;
}

static void check_same(const char *name, const char *want, size_t wantlen,
		       size_t len)
{
	if (len == wantlen && (!len || !memcmp(want, result, len)))
		return;
	fail_msg("%s: wanted:\n%.*s\ngot:\n%.*s", name, (int)wantlen,
		 want ? want : "", (int)len, result);
}

static void check_report(const char *name, const struct sdp64_report *want,
			 const struct sdp64_report *got)
{
	unsigned i;

	if (want->changed != got->changed)
		fail_msg("%s: changed=%u", name, got->changed);
	if (want->repaired != got->repaired)
		fail_msg("%s: repaired=%u", name, got->repaired);
	for (i = 0; i < N64_REASONS; i++) {
		if (want->left[i] != got->left[i])
			fail_msg("%s: left.%s=%u", name,
				 n64_reason_name((enum n64_reason)i),
				 got->left[i]);
	}
}

/* Its own result, in a block of its size, must give no edits */
static void check_again(const char *name, const struct sdp64_rule *rule,
			size_t len)
{
	struct sdp64_report rep;
	struct edits ed;
	char *copy;

	if (!len)
		return;
	copy = malloc(len);
	assert_non_null(copy);
	memcpy(copy, result, len);
	edits_init(&ed, edit_v, N(edit_v), edit_text, sizeof(edit_text));
	CHECK(name, sdp64_rewrite(&ed, copy, len, rule, &rep) == 0);
	if (ed.n)
		fail_msg("%s: second run: %zu edits, first at %zu", name, ed.n,
			 ed.v[0].off);
	CHECK(name, rep.changed == 0);
	free(copy);
}

/* Any storage that is too small gives nothing at all; enough is enough */
static void check_room(const struct sdp_case *c)
{
	struct sdp64_report rep;
	size_t max, size, need, used;
	struct edits ed;

	edits_init(&ed, edit_v, N(edit_v), edit_text, sizeof(edit_text));
	sdp64_rewrite(&ed, c->in, c->inlen, &c->rule, NULL);
	need = ed.n;
	used = ed.used;
	for (max = 0; max <= need; max++) {
		for (size = max == need ? 0 : used; size <= used; size++) {
			bool fits = max == need && size == used;

			edits_init(&ed, edit_v, max, edit_text, size);
			CHECK(c->name,
			      sdp64_rewrite(&ed, c->in, c->inlen, &c->rule,
					    &rep) == (fits ? 0 : ENOSPC));
			CHECK(c->name,
			      fits ||
				      (!ed.n && !ed.used && !rep.changed &&
				       rep.left[N64_NO_ROOM] == 1));
		}
	}
}

/* A body cut anywhere is read no further than that, and stays stable */
static void check_cuts(const struct sdp_case *c)
{
	struct sdp64_families fam;
	size_t len;

	for (len = 1; len < c->inlen; len++) {
		char *cut = malloc(len);

		assert_non_null(cut);
		memcpy(cut, c->in, len);
		sdp64_scan(&fam, cut, len);
		check_again(c->name, &c->rule,
			    rewrite(c->name, &c->rule, cut, len, NULL));
		free(cut);
	}
}

static void check_scan(const struct sdp_case *c)
{
	struct sdp64_families fam;
	unsigned i;

	sdp64_scan(&fam, c->in, c->inlen);
	if (c->scan_any)
		CHECK(c->name, fam.any == case_family(c->name, *c->scan_any));
	if (!c->scan)
		return;
	CHECK(c->name, fam.n == strlen(c->scan));
	for (i = 0; i < fam.n; i++) {
		CHECK(c->name, (fam.ip4 >> i & 1) == (c->scan[i] == '4'));
		CHECK(c->name, (fam.ip6 >> i & 1) == (c->scan[i] == '6'));
	}
}

static void test_case(void **state)
{
	struct sdp64_report rep;
	struct sdp_case c;
	char *text = case_read(&c, *state);
	size_t len = rewrite(c.name, &c.rule, c.in, c.inlen, &rep);

	check_same(c.name, c.out, c.outlen, len);
	check_report(c.name, &c.want, &rep);
	check_again(c.name, &c.rule, len);
	check_scan(&c);
	check_room(&c);
	check_cuts(&c);
	free(c.in);
	free(c.out);
	free(text);
}

static void test_enough_cases(void **state)
{
	(void)state;
	assert_in_range(n_paths, LEAST_CASES, MAX_CASES - 1);
}

static const struct {
	const char *name, *sdp, *sections;
	char any;
} scan_rows[] = {
	{"empty", "", "", '-'},
	{"not SDP", "<presence>\nc\nm\no\n=\n", "", '-'},
	{"o= only", "o=- 1 1 IN IP6 2001:db8::1\n", "", '6'},
	{"c= before o=", "o=- 1 1 IN IP6 ::1\nc=IN IP4 192.0.2.1\n", "", '4'},
	{"session's", "c=IN IP6 2001:db8::1\nm=a 1 b 0\nm=a 1 b 0\n", "66",
	 '6'},
	{"own",
	 "c=IN IP4 192.0.2.1\nm=a 1 b 0\nm=a 1 b 0\n"
	 "c=IN IP6 2001:db8::1\nm=a 1 b 0\n",
	 "464", '6'},
	{"own that can't be read", "c=IN IP4 192.0.2.1\nm=a 1 b 0\nc=IN\n",
	 "-", '4'},
	{"c= after its m=", "m=a 1 b 0\nc=IN IP4 192.0.2.1", "4", '4'},
	{"none", "m=a 1 b 0\n", "-", '-'},
	{"lower case", "m=a 1 b 0\nc=in ip6 2001:db8::1\n", "6", '6'},
	{"type and address", "m=a 1 b 0\nc=IN IP4 2001:db8::1\n", "6", '6'},
	{"the other way", "m=a 1 b 0\nc=IN IP6 192.0.2.1\n", "4", '4'},
	{"name", "m=a 1 b 0\nc=IN IP6 media.example.test\n", "6", '6'},
	{"group", "m=a 1 b 0\nc=IN IP4 233.252.0.1/127\n", "4", '4'},
	{"hold", "m=a 1 b 0\nc=IN IP4 0.0.0.0\nm=a 1 b 0\nc=IN IP6 ::\n", "46",
	 '6'},
	{"refused section", "c=IN IP6 2001:db8::1\nm=a 0 b 0\n", "6", '6'},
	{"not IN", "m=a 1 b 0\nc=ATM NSAP 47.0091\n", "-", '-'},
	{"bad c=, good o=", "o=- 1 1 IN IP4 192.0.2.1\nc=IN IP4\n", "", '4'},
};

static void test_scan(void **state)
{
	struct sdp_case c;
	size_t i;

	(void)state;
	for (i = 0; i < N(scan_rows); i++) {
		memset(&c, 0, sizeof(c));
		c.name = scan_rows[i].name;
		c.scan = scan_rows[i].sections;
		c.scan_any = &scan_rows[i].any;
		c.in = exact_copy(scan_rows[i].sdp, &c.inlen);
		check_scan(&c);
		free(c.in);
	}
}

/* More sections than a word has bits: counted, and the last known one counts
 * for them */
static void test_many_sections(void **state)
{
	static const char odd[] = "m=audio 9 RTP/AVP 0\nc=IN IP4 192.0.2.1\n";
	static const char even[] =
		"m=audio 9 RTP/AVP 0\nc=IN IP6 2001:db8::1\n";
	static char sdp[80 * sizeof(even)];
	struct sdp64_families fam;
	struct sdp64_rule rule = {.offer = &fam, .wkp_strict = true};
	struct sdp64_report rep;
	size_t n = 0;
	int i;

	(void)state;
	for (i = 0; i < 80; i++)
		n += (size_t)sprintf(sdp + n, "%s", i % 2 ? odd : even);
	sdp64_scan(&fam, sdp, n);
	assert_int_equal(fam.n, 80);
	assert_true(fam.ip6 == 0x5555555555555555 && fam.ip4 == ~fam.ip6);
	assert_int_equal(fam.any, N64_FAMILY_IP6);

	/* as its own answer: odd ones stay, so do those after the 64th,
	 * since that is IP4 */
	assert_int_equal(pref64_parse(&rule.pref, "64:ff9b::/96", 12, NULL),
			 0);
	rewrite("many", &rule, sdp, n, &rep);
	assert_int_equal(rep.changed, 0);
	assert_int_equal(rep.left[N64_OFFER_FAMILY], 40);
	assert_int_equal(rep.left[N64_FAMILY_RIGHT], 32);
	assert_int_equal(rep.left[N64_NOT_IN_PREF], 8);
}

static void test_bad_rule(void **state)
{
	static const char sdp[] = "c=IN IP4 192.0.2.1\r\n";
	struct sdp64_rule rule = {.way = SDP64_TO_IP6};
	struct sdp64_report rep = {.changed = 7};
	struct edit v[4];
	struct edits ed;
	char buf[64];

	(void)state;
	edits_init(&ed, v, N(v), buf, sizeof(buf));
	assert_int_equal(sdp64_rewrite(&ed, sdp, sizeof(sdp) - 1, &rule, &rep),
			 EINVAL);
	rule.pref.len = 95;
	assert_int_equal(sdp64_rewrite(&ed, sdp, sizeof(sdp) - 1, &rule, &rep),
			 EINVAL);
	assert_int_equal(ed.n, 0);
	assert_int_equal(rep.changed, 0);
	/* the other way needs no prefix, and takes a wrong one for none */
	rule.way = SDP64_TO_IP4;
	assert_int_equal(sdp64_rewrite(&ed, sdp, sizeof(sdp) - 1, &rule, &rep),
			 0);
	assert_int_equal(rep.left[N64_FAMILY_RIGHT], 1);
}

static void test_nul_inside(void **state)
{
	static const char sdp[] =
		"c=IN IP4 192.0.2.1\0\r\nc=IN IP4 192.0.2.1\n";
	struct sdp64_rule rule = {.way = SDP64_TO_IP6};
	struct sdp64_report rep;

	(void)state;
	assert_int_equal(pref64_parse(&rule.pref, "64:ff9b::/96", 12, NULL),
			 0);
	rewrite("NUL", &rule, sdp, sizeof(sdp) - 1, &rep);
	assert_int_equal(rep.changed, 1);
	assert_int_equal(rep.left[N64_BAD_LINE], 1);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_cases(void)
{
	const char *root = getenv("N64_CASES");
	char path[512];
	struct dirent *entry;
	DIR *dir;

	if (!root || !*root)
		root = "test/cases";
	snprintf(path, sizeof(path), "%s/sdp", root);
	dir = opendir(path);
	while (dir && n_paths < MAX_CASES && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (len < 5 || strcmp(entry->d_name + len - 4, ".txt") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/sdp/%s", root, entry->d_name);
		paths[n_paths++] = strdup(path);
	}
	if (dir)
		closedir(dir);
	qsort(paths, n_paths, sizeof(paths[0]), by_name);
}

/* A test for each file, so that each is counted and named */
int main(void)
{
	static struct CMUnitTest tests[MAX_CASES + 8] = {
		cmocka_unit_test(test_enough_cases),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_many_sections),
		cmocka_unit_test(test_bad_rule),
		cmocka_unit_test(test_nul_inside),
	};
	size_t i, n = 5;
	int failed;

	find_cases();
	for (i = 0; i < n_paths; i++) {
		tests[n].name = strrchr(paths[i], '/') + 1;
		tests[n].test_func = test_case;
		tests[n++].initial_state = paths[i];
	}
	failed = _cmocka_run_group_tests("sdp64", tests, n, NULL, NULL);
	for (i = 0; i < n_paths; i++)
		free(paths[i]);
	return failed;
}
