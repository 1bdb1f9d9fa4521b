/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* A section that no c= line serves (RFC 8866 5.7) */

#include "../../nat64sip/sdp64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.30\r\ns=-\r\n"
#define TIME "t=0 0\r\n"
#define CONN "c=IN IP4 192.0.2.30\r\n"
#define AUDIO "m=audio 30064 RTP/AVP 0\r\n"
#define VIDEO "m=video 30066 RTP/AVP 96\r\n"
#define REFUSED "m=video 0 RTP/AVP 96\r\n"

static const struct {
	const char *name, *sdp;
	bool unserved;
} rows[] = {
	{"empty", "", false},
	{"no SDP", "hello\r\n", false},
	{"no section", HEAD TIME, false},
	{"session", HEAD CONN TIME AUDIO VIDEO, false},
	{"each its own", HEAD TIME AUDIO CONN VIDEO CONN, false},
	{"session, one its own", HEAD CONN TIME AUDIO VIDEO CONN, false},
	{"none", HEAD TIME AUDIO, true},
	{"none in the first", HEAD TIME AUDIO VIDEO CONN, true},
	{"none in the second", HEAD TIME AUDIO CONN VIDEO, true},
	{"none in one between", HEAD TIME AUDIO CONN AUDIO VIDEO CONN, true},
	{"refused", HEAD TIME REFUSED, false},
	{"refused and none", HEAD TIME REFUSED AUDIO, true},
	{"refused between", HEAD TIME AUDIO CONN REFUSED VIDEO CONN, false},
	{"another network", HEAD "c=ATM NSAP 47.0091\r\n" TIME AUDIO, false},
	{"unparsable", HEAD "c=\r\n" TIME AUDIO, false},
	{"upper case", HEAD "C=IN IP4 192.0.2.30\r\n" TIME AUDIO, true},
	{"line ends LF", "v=0\nc=IN IP4 192.0.2.30\nm=audio 9 RTP/AVP 0\n",
	 false},
	{"line ends LF, none", "v=0\nm=audio 9 RTP/AVP 0\n", true},
	{"line ends CR", "v=0\rm=audio 9 RTP/AVP 0\r", false},
	{"no final line end", HEAD TIME "m=audio 9 RTP/AVP 0", true},
};

static void test_unserved(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct sdp64_families fam;

		sdp64_scan(&fam, rows[i].sdp, strlen(rows[i].sdp));
		CHECK(rows[i].name, fam.unserved == rows[i].unserved);
	}
}

/** Also behind the sections that have a bit each */
static void test_many_sections(void **state)
{
	static char sdp[200 * sizeof(AUDIO CONN)];
	struct sdp64_families fam;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 150; i++) {
		memcpy(sdp + n, AUDIO CONN, strlen(AUDIO CONN));
		n += strlen(AUDIO CONN);
	}
	sdp64_scan(&fam, sdp, n);
	assert_false(fam.unserved);
	memcpy(sdp + n, AUDIO, strlen(AUDIO));
	sdp64_scan(&fam, sdp, n + strlen(AUDIO));
	assert_true(fam.unserved);
	assert_int_equal(fam.n, 151);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unserved),
		cmocka_unit_test(test_many_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
