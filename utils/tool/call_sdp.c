/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SDP (RFC 8866) as far as it says where a call's media go, and what they are.
 */
#include <stdio.h>
#include <string.h>

#include "call.h"

enum { WORDS = 8, PORT_MAX = 65535 };

static bool begins(struct span line, const char *text)
{
	size_t n = strlen(text);

	return line.n >= n && !memcmp(line.p, text, n);
}

static size_t words(struct span line, struct span word[WORDS])
{
	size_t n = 0, i = 0;

	while (i < line.n && n < WORDS) {
		while (i < line.n && line.p[i] == ' ')
			i++;
		word[n].p = line.p + i;
		word[n].n = 0;
		while (i < line.n && line.p[i] != ' ') {
			word[n].n++;
			i++;
		}
		n += word[n].n > 0;
	}
	return n;
}

static unsigned number(struct span s)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		n = n * 10 + (unsigned)(s.p[i] - '0');
		if (n > PORT_MAX)
			return 0;
	}
	return n;
}

static void announce(struct call *call, struct span addr, unsigned port)
{
	struct place place;
	size_t i;

	if (!port || !place_parse(&place, addr.p, addr.n))
		return;
	place.port = (uint16_t)port;
	for (i = 0; i < call->places; i++) {
		if (place_same(&call->announced[i], &place))
			return;
	}
	if (call->places < CALL_PLACES)
		call->announced[call->places++] = place;
}

/* a=rtpmap:96 opus/48000/2 */
static void rtpmap(struct call *call, struct span line)
{
	struct span word[WORDS];
	struct span type;
	unsigned pt;
	size_t n;

	if (words(line, word) < 2)
		return;
	type.p = word[0].p + strlen("a=rtpmap:");
	type.n = word[0].n - strlen("a=rtpmap:");
	pt = number(type);
	if (pt >= RTP_TYPES || call->codec[pt][0])
		return;
	for (n = 0; n < word[1].n && word[1].p[n] != '/';)
		n++;
	snprintf(call->codec[pt], CODEC_MAX, "%.*s", (int)n, word[1].p);
}

void call_sdp(struct call *call, const struct sipmsg *sip)
{
	struct span rest = sip->body, line, word[WORDS];
	struct span session = {"", 0}, here = {"", 0};
	unsigned port = 0;

	while (span_line(&rest, &line)) {
		size_t n = words(line, word);

		if (begins(line, "m=") && n > 1) {
			announce(call, here, port);
			port = number(word[1]);
			here = session;
		} else if (begins(line, "c=IN ") && n > 2) {
			here = word[2];
			if (!port)
				session = here;
		} else if (begins(line, "a=candidate:") && n > 5) {
			announce(call, word[4], number(word[5]));
		} else if (begins(line, "a=rtpmap:")) {
			rtpmap(call, line);
		}
	}
	announce(call, here, port);
}
