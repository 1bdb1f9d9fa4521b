/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SDP bodies against memchr() over the same octets: once for each line's end,
 * which no reader of lines can do without, once for an octet that is not there.
 */
#include "../../../nat64sip/sdp64.h"
#include "micro.h"

#define ROOM 4096

static struct edit edit[ROOM];
static char text[256 * 1024];
static struct pref64 pref;

static const char head[] =
	"v=0\r\no=- 2946583446 1678455881 IN %1$s\r\ns=-\r\nc=IN %1$s\r\n"
	"t=0 0\r\na=tool:baresip 1.0.0\r\nm=audio 30064 RTP/AVP 0 101\r\n"
	"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
	"a=fmtp:101 0-15\r\na=sendrecv\r\na=label:1\r\na=minptime:20\r\n"
	"a=ssrc:4065620654 cname:sip:alice@sip.example.test\r\n"
	"a=ptime:20\r\n";
static const char candidate[] = "a=candidate:%u 1 UDP 1694498815 %s %u typ "
				"srflx raddr %s rport %u\r\n";

/** Up to len octets of SDP; ice: filled up with candidates, else with formats */
static size_t body(char *dst, size_t len, int ice, int ip6)
{
	const char *addr = ip6 ? "2001:db8:64::c633:6401" : "198.51.100.1";
	char name[64], line[256];
	unsigned i = 0;
	size_t used, n;

	snprintf(name, sizeof(name), "IP%d %s", ip6 ? 6 : 4, addr);
	used = (size_t)snprintf(dst, len, head, name);
	/* each ten lines the same: only the size may make the difference */
	for (;; i = (i + 1) % 10) {
		if (ice)
			n = (size_t)snprintf(line, sizeof(line), candidate, i,
					     addr, 1024 + i, addr, 1024 + i);
		else
			n = (size_t)snprintf(line, sizeof(line),
					     "a=rtpmap:%u L16/44100\r\n", i);
		if (used + n > len)
			return used;
		memcpy(dst + used, line, n);
		used += n;
	}
}

static size_t each_line(const char *p, size_t len)
{
	const char *end = p + len;
	size_t lines = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		++p;
		++lines;
	}
	return lines;
}

static void reference(const char *what, const char *p, size_t len)
{
	char label[64];

	snprintf(label, sizeof(label), "%s: memchr, each line", what);
	micro_begin();
	micro_sink = each_line(p, len);
	micro_end(label, len, 1);
	snprintf(label, sizeof(label), "%s: memchr, not there", what);
	micro_begin();
	micro_sink = (uintptr_t)memchr(p, '\001', len);
	micro_end(label, len, 1);
}

/** All that is done to a body where no phone behind NAT64 takes part */
static void ask(const char *what, size_t len)
{
	char label[64];
	bool found;

	snprintf(label, sizeof(label), "%s: is there IP6?", what);
	micro_begin();
	found = sdp64_has_ip6(text, len);
	micro_end(label, len, 1);
	micro_must(!found, label);
}

/** changed: are there lines to change, or must there be none? */
static void rewrite(const char *what, const char *how, size_t len, int changed)
{
	struct sdp64_rule rule = {.way = SDP64_TO_IP6, .pref = pref};
	struct sdp64_report rep;
	static char room[64 * ROOM];
	struct edits ed;
	char label[64];
	int rc;

	snprintf(label, sizeof(label), "%s: rewrite, %s", what, how);
	edits_init(&ed, edit, ROOM, room, sizeof(room));
	micro_begin();
	rc = sdp64_rewrite(&ed, text, len, &rule, &rep);
	micro_end(label, len, 1);
	micro_must(rc == 0 && (ed.n > 0) == changed, label);
}

static void measure(const char *what, size_t len, int ice)
{
	struct sdp64_families fam;
	char label[64];
	size_t used = body(text, len, ice, 1);

	reference(what, text, used);
	snprintf(label, sizeof(label), "%s: scan", what);
	micro_begin();
	sdp64_scan(&fam, text, used);
	micro_end(label, used, 1);
	micro_must(fam.any == N64_FAMILY_IP6, label);
	rewrite(what, "nothing to do", used, 0);
	used = body(text, len, ice, 0);
	ask(what, used);
	rewrite(what, "all to IP6", used, 1);
}

int main(void)
{
	micro_must(!pref64_parse(&pref, "2001:db8:64::/96", 16, NULL),
		   "no prefix");
	measure("sdp64 300", 340, 0);
	measure("sdp64 4K ICE", 4096, 1);
	measure("sdp64 4K formats", 4096, 0);
	measure("sdp64 64K ICE", 65536, 1);
	measure("sdp64 64K formats", 65536, 0);
	return 0;
}
