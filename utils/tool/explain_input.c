/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A capture or text? And captures.
 */
#include "explain_input.h"

#include "stream.h"
#include "tool.h"

#include <stdio.h>
#include <string.h>

struct capture {
	ex_msg_h *h;
	void *arg;
};

static void give(const struct packet *pkt, const struct sipmsg *sip, void *arg)
{
	const struct capture *c = arg;
	struct ex_msg msg = {
		.time = pkt->time,
		.src = pkt->src,
		.dst = pkt->dst,
		.tp = pkt->tcp ? N64_TP_TCP : N64_TP_UDP,
		.addressed = true,
		.text = sip->all,
	};

	c->h(&msg, c->arg);
}

static int read_capture(FILE *f, const char *path, ex_msg_h *h, void *arg)
{
	struct capture c = {h, arg};
	struct streams *streams = streams_new(give, &c);
	int rc = streams ? capture_stream(f, path, streams_packet, streams)
			 : -1;

	if (!streams)
		fclose(f);
	streams_free(streams);
	return rc;
}

/* pcap of both orders and both clocks, and pcapng */
static bool is_capture(FILE *f)
{
	static const char magic[][5] = {
		"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1",
		"\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a",
	};
	char first[4];
	size_t n, i, k;

	n = fread(first, 1, sizeof(first), f);
	for (i = n; i-- > 0;)
		ungetc((unsigned char)first[i], f);
	for (k = 0; n == 4 && k < sizeof(magic) / sizeof(magic[0]); k++) {
		if (!memcmp(first, magic[k], 4))
			return true;
	}
	return false;
}

int ex_input(const char *path, ex_msg_h *h, void *arg)
{
	bool std = !strcmp(path, "-");
	FILE *f = std ? stdin : fopen(path, "rb");
	int rc;

	if (!f) {
		tool_say("%s: %m", path);
		return -1;
	}
	if (is_capture(f))
		return read_capture(f, path, h, arg);
	rc = ex_input_text(f, path, h, arg);
	if (!std)
		fclose(f);
	return rc;
}
