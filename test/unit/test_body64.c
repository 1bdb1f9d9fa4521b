/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/body64.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#define V4 "v=0\r\nc=IN IP4 192.0.2.20\r\nm=audio 4000 RTP/AVP 0\r\n"
#define V6                                          \
	"v=0\r\nc=IN IP6 2001:db8:64::c000:214\r\n" \
	"m=audio 4000 RTP/AVP 0\r\n"
#define MIXED "multipart/mixed;boundary=abc"
#define PART(head, text) "--abc\r\n" head "\r\n" text "\r\n"
#define SDP "Content-Type: application/sdp\r\n"

static struct body64_room room;

static const struct {
	const char *name, *type, *body;
	enum n64_mime kind;
	const char *want; /**< NULL: nothing changes */
} rows[] = {
	{"plain", "application/sdp", V4, N64_MIME_SDP, V6},
	{"case and parameter", "Application/SDP ; charset=utf-8", V4,
	 N64_MIME_SDP, V6},
	{"folded type", "\r\n application/sdp", V4, N64_MIME_SDP, V6},
	{"nothing to do", "application/sdp", V6, N64_MIME_SDP, NULL},
	{"other type", "application/sdpx", V4, N64_MIME_NO_SDP, NULL},
	{"text", "text/plain", V4, N64_MIME_NO_SDP, NULL},
	{"no type", "", V4, N64_MIME_NO_SDP, NULL},
	{"multipart", MIXED, PART(SDP, V4) "--abc--\r\n", N64_MIME_SDP,
	 PART(SDP, V6) "--abc--\r\n"},
	{"second part", MIXED,
	 PART("Content-Type: text/plain\r\n", V4) PART(SDP, V4) "--abc--",
	 N64_MIME_SDP,
	 PART("Content-Type: text/plain\r\n", V4) PART(SDP, V6) "--abc--"},
	{"compact name, folded", MIXED,
	 PART("c:\r\n application/sdp\r\n", V4) "--abc--", N64_MIME_SDP,
	 PART("c:\r\n application/sdp\r\n", V6) "--abc--"},
	{"length of the part", MIXED,
	 PART(SDP "Content-Length: 50\r\n", V4) "--abc--", N64_MIME_SDP,
	 PART(SDP "Content-Length: 61\r\n", V6) "--abc--"},
	{"length grows a digit", MIXED, PART("l:9\r\n" SDP, V4) "--abc--",
	 N64_MIME_SDP, PART("l:61\r\n" SDP, V6) "--abc--"},
	{"length that is no number stays", MIXED,
	 PART(SDP "Content-Length: many\r\n", V4) "--abc--", N64_MIME_SDP,
	 PART(SDP "Content-Length: many\r\n", V6) "--abc--"},
	{"preamble and epilogue", MIXED,
	 "c=IN IP4 192.0.2.20\r\n" PART(
		 SDP, V4) "--abc--\r\nc=IN IP4 192.0.2.20\r\n",
	 N64_MIME_SDP,
	 "c=IN IP4 192.0.2.20\r\n" PART(
		 SDP, V6) "--abc--\r\nc=IN IP4 192.0.2.20\r\n"},
	{"quoted boundary",
	 "multipart/related; type=\"a;b\"; Boundary=\"abc\"",
	 PART(SDP, V4) "--abc--", N64_MIME_SDP, PART(SDP, V6) "--abc--"},
	{"boundary that begins another", MIXED,
	 "--abcd\r\n" SDP "\r\n" V4 "\r\n" PART(SDP, V4) "--abc--",
	 N64_MIME_SDP,
	 "--abcd\r\n" SDP "\r\n" V4 "\r\n" PART(SDP, V6) "--abc--"},
	{"no closing delimiter", MIXED, PART(SDP, V4), N64_MIME_SDP,
	 PART(SDP, V6)},
	{"nested", MIXED,
	 PART("Content-Type: multipart/alternative;boundary=x\r\n",
	      "--x\r\n" SDP "\r\n" V4 "\r\n--x--") "--abc--",
	 N64_MIME_SDP,
	 PART("Content-Type: multipart/alternative;boundary=x\r\n",
	      "--x\r\n" SDP "\r\n" V6 "\r\n--x--") "--abc--"},
	{"two alternatives", "multipart/alternative;boundary=abc",
	 PART(SDP, V4) PART(SDP, V4) "--abc--", N64_MIME_SDP,
	 PART(SDP, V6) PART(SDP, V6) "--abc--"},
	{"alternatives that say their lengths",
	 "multipart/alternative;boundary=abc",
	 PART(SDP "l:50\r\n", V4) PART("c:text/plain\r\nl:50\r\n", V4)
		 PART(SDP, V4) PART("l: 50\r\n" SDP, V4) "--abc--",
	 N64_MIME_SDP,
	 PART(SDP "l:61\r\n", V6) PART("c:text/plain\r\nl:50\r\n", V4)
		 PART(SDP, V6) PART("l: 61\r\n" SDP, V6) "--abc--"},
	{"only the second needs it", "multipart/alternative;boundary=abc",
	 PART(SDP "l:61\r\n", V6) PART(SDP "l:50\r\n", V4) "--abc--",
	 N64_MIME_SDP,
	 PART(SDP "l:61\r\n", V6) PART(SDP "l:61\r\n", V6) "--abc--"},
	{"one beside a nested one", MIXED,
	 PART("Content-Type: multipart/alternative;boundary=x\r\n",
	      "--x\r\n" SDP "\r\n" V4 "\r\n--x--") PART(SDP, V4) "--abc--",
	 N64_MIME_SDP,
	 PART("Content-Type: multipart/alternative;boundary=x\r\n",
	      "--x\r\n" SDP "\r\n" V6 "\r\n--x--") PART(SDP, V6) "--abc--"},
	{"signed", "multipart/signed;boundary=abc", PART(SDP, V4) "--abc--",
	 N64_MIME_SIGNED, NULL},
	{"signed inside", MIXED,
	 PART("Content-Type: multipart/signed;boundary=x\r\n",
	      "--x\r\n" SDP "\r\n" V4 "\r\n--x--") PART(SDP, V4) "--abc--",
	 N64_MIME_SIGNED, NULL},
	{"encrypted", "application/pkcs7-mime", V4, N64_MIME_SIGNED, NULL},
	{"encoded", MIXED,
	 PART(SDP "Content-Transfer-Encoding: base64\r\n", V4) "--abc--",
	 N64_MIME_NO_SDP, NULL},
	{"compressed", MIXED, PART(SDP "e: gzip\r\n", V4) "--abc--",
	 N64_MIME_NO_SDP, NULL},
	{"identity encoding", MIXED,
	 PART(SDP "Content-Transfer-Encoding: Binary\r\n", V4) "--abc--",
	 N64_MIME_SDP,
	 PART(SDP "Content-Transfer-Encoding: Binary\r\n", V6) "--abc--"},
	{"early-session", MIXED,
	 PART(SDP "Content-Disposition: early-session\r\n", V4) "--abc--",
	 N64_MIME_NO_SDP, NULL},
	{"session, parameter", MIXED,
	 PART(SDP "Content-Disposition: session;handling=required\r\n",
	      V4) "--abc--",
	 N64_MIME_SDP,
	 PART(SDP "Content-Disposition: session;handling=required\r\n",
	      V6) "--abc--"},
	{"no boundary", "multipart/mixed", PART(SDP, V4) "--abc--",
	 N64_MIME_BAD, NULL},
	{"empty boundary", "multipart/mixed;boundary=", PART(SDP, V4),
	 N64_MIME_BAD, NULL},
	{"boundary not in the body", "multipart/mixed;boundary=q",
	 PART(SDP, V4), N64_MIME_NO_SDP, NULL},
	{"closed before it opens", MIXED, "--abc--\r\n" PART(SDP, V4),
	 N64_MIME_NO_SDP, NULL},
	{"part without headers", MIXED, "--abc\r\n\r\n" V4 "--abc--",
	 N64_MIME_NO_SDP, NULL},
	{"part cut in its header", MIXED, "--abc\r\n" SDP, N64_MIME_SDP, NULL},
	{"LF only", MIXED,
	 "--abc\nContent-Type: application/sdp\n\n"
	 "c=IN IP4 192.0.2.20\n--abc--\n",
	 N64_MIME_SDP,
	 "--abc\nContent-Type: application/sdp\n\n"
	 "c=IN IP6 2001:db8:64::c000:214\n--abc--\n"},
	{"empty body", MIXED, "", N64_MIME_NO_SDP, NULL},
};

static struct sdp64_rule rule_ip6(void)
{
	struct sdp64_rule rule;

	memset(&rule, 0, sizeof(rule));
	rule.way = SDP64_TO_IP6;
	assert_int_equal(
		pref64_parse(&rule.pref, "2001:db8:64::/96", 16, NULL), 0);
	return rule;
}

/** The input in a block of its very size, so that ASan sees a read outside */
static char *exact(const char *text)
{
	char *p = malloc(strlen(text) + !strlen(text));

	assert_non_null(p);
	memcpy(p, text, strlen(text));
	return p;
}

static void check_row(size_t i)
{
	const char *row = rows[i].name;
	char *type = exact(rows[i].type), *text = exact(rows[i].body);
	struct body64 body = {.type = type,
			      .typelen = strlen(rows[i].type),
			      .p = text,
			      .len = strlen(rows[i].body)};
	struct sdp64_rule rule = rule_ip6();
	struct sdp64_families fam;
	struct edits ed;
	char out[1024];
	size_t n;
	int err = body64_rewrite(&ed, &room, &body, &rule, NULL);

	CHECK(row, body64_scan(&fam, &body) == rows[i].kind);
	CHECK(row, err == (rows[i].kind == N64_MIME_SDP ? 0 : ENOENT));
	CHECK(row, (ed.n > 0) == (rows[i].want != NULL));
	CHECK(row, !edits_apply(out, sizeof(out), &n, text, body.len, &ed));
	if (rows[i].want) {
		CHECK(row, n == strlen(rows[i].want));
		CHECK(row, !memcmp(out, rows[i].want, n));
		body.p = out;
		body.len = n;
		CHECK(row, !body64_rewrite(&ed, &room, &body, &rule, NULL));
		CHECK(row, ed.n == 0);
	}
	free(type);
	free(text);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check_row(i);
}

#define ONE PART(SDP, V4) "--abc--"

/* Headers of the message; body and type are those of a part that changes */
static const struct {
	const char *name, *type, *body, *encoding, *disposition;
	enum n64_reason reason; /**< N64_DONE: it changes */
} closed[] = {
	{"none", "application/sdp", V4, "", "", N64_DONE},
	{"identity", "application/sdp", V4, " Identity ", "", N64_DONE},
	{"gzip", "application/sdp", V4, "gzip", "", N64_ENCODED},
	{"gzip and identity", "application/sdp", V4, "identity, gzip", "",
	 N64_ENCODED},
	{"gzip multipart", MIXED, ONE, "gzip", "", N64_ENCODED},
	{"session", "application/sdp", V4, "", "Session", N64_DONE},
	{"session;", "application/sdp", V4, "", " session ; handling=optional",
	 N64_DONE},
	{"early-session", "application/sdp", V4, "",
	 "early-session;handling=optional", N64_DISPOSITION},
	{"render", "application/sdp", V4, "", "render", N64_DISPOSITION},
	{"sessions", "application/sdp", V4, "", "sessions", N64_DISPOSITION},
	{"multipart session", MIXED, ONE, "", "session", N64_DONE},
	{"multipart render", MIXED, ONE, "", "render", N64_DONE},
	{"multipart icon", MIXED, ONE, "", "icon", N64_DISPOSITION},
	{"both", "application/sdp", V4, "gzip", "icon", N64_ENCODED},
	{"signed", "multipart/signed;boundary=abc", ONE, "", "", N64_SIGNED},
	{"encrypted", "multipart/encrypted;boundary=abc", ONE, "", "",
	 N64_SIGNED},
	{"S/MIME", "application/pkcs7-mime", V4, "", "", N64_SIGNED},
	{"signed part", MIXED,
	 PART("Content-Type: multipart/signed;boundary=x\r\n", V4) "--abc--",
	 "", "", N64_SIGNED},
	{"no boundary", "multipart/mixed", ONE, "", "", N64_BAD_PARTS},
};

/** A whole body that is left alone says why, once */
static void test_headers_of_the_message(void **state)
{
	struct sdp64_rule rule = rule_ip6();

	(void)state;
	for (size_t i = 0; i < N(closed); i++) {
		const char *row = closed[i].name;
		bool open = closed[i].reason == N64_DONE;
		struct body64 body = {
			closed[i].type,
			strlen(closed[i].type),
			closed[i].body,
			strlen(closed[i].body),
			{closed[i].encoding, strlen(closed[i].encoding)},
			{closed[i].disposition,
			 strlen(closed[i].disposition)}};
		struct sdp64_families fam;
		struct sdp64_report rep;
		struct edits ed;

		CHECK(row, (body64_scan(&fam, &body) == N64_MIME_SDP) == open);
		CHECK(row, (fam.any == N64_FAMILY_IP4) == open);
		CHECK(row,
		      body64_rewrite(&ed, &room, &body, &rule, &rep) ==
			      (open ? 0 : ENOENT));
		CHECK(row, (ed.n > 0) == open);
		CHECK(row, rep.changed == open);
		CHECK(row, open || rep.left[closed[i].reason] == 1);
	}
}

/** What is no SDP anyhow was not left alone for its encoding */
static void test_other_type_is_not_counted(void **state)
{
	struct body64 body = {"text/plain", 10,          V4,
			      strlen(V4),   {"gzip", 4}, {NULL, 0}};
	struct sdp64_rule rule = rule_ip6();
	struct sdp64_report rep;
	struct edits ed;

	(void)state;
	assert_int_equal(body64_rewrite(&ed, &room, &body, &rule, &rep),
			 ENOENT);
	assert_int_equal(rep.left[N64_ENCODED], 0);
}

/** The report is the sum of all parts */
static void test_report(void **state)
{
	static const char text[] = PART(SDP, V4 "c=IN IP4 224.0.0.1\r\n")
		PART(SDP, V4 "c=IN IP4 224.0.0.1\r\n") "--abc--";
	struct body64 body = {.type = MIXED,
			      .typelen = strlen(MIXED),
			      .p = text,
			      .len = strlen(text)};
	struct sdp64_rule rule = rule_ip6();
	struct sdp64_report rep;
	struct edits ed;

	(void)state;
	assert_int_equal(body64_rewrite(&ed, &room, &body, &rule, &rep), 0);
	assert_int_equal(rep.changed, 2);
	assert_int_equal(rep.left[N64_MULTICAST], 2);
}

/** More lines than the storage holds: nothing at all changes */
static void test_no_room(void **state)
{
	static const char line[] = "c=IN IP4 192.0.2.20\r\n";
	size_t len = sizeof(line) - 1, count = BODY64_EDITS + 1;
	char *text = malloc(len * count);
	struct body64 body = {.type = "application/sdp",
			      .typelen = 15,
			      .p = text,
			      .len = len * count};
	struct sdp64_rule rule = rule_ip6();
	struct edits ed;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * len, line, len);
	assert_int_equal(body64_rewrite(&ed, &room, &body, &rule, NULL),
			 ENOSPC);
	assert_int_equal(ed.n, 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_headers_of_the_message),
		cmocka_unit_test(test_other_type_is_not_counted),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("body64", tests, NULL, NULL);
}
