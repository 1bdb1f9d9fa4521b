/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Captures read with libpcap, down to UDP's and TCP's payload.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "fragment.h"
#include "tool.h"

enum {
	ETHER_HEAD = 14,
	SLL_HEAD = 16,
	SLL2_HEAD = 20,
	NULL_HEAD = 4,
	IP4_HEAD = 20,
	IP6_HEAD = 40,
	UDP_HEAD = 8,
	TCP_HEAD = 20,
	ETHER_IP4 = 0x0800,
	ETHER_IP6 = 0x86dd,
	ETHER_VLAN = 0x8100,
	ETHER_QINQ = 0x88a8,
	IP6_HOPS = 0,
	IP6_ROUTING = 43,
	IP6_FRAGMENT = 44,
	IP6_OPTIONS = 60,
	SYN = 2
};

/* From this size on, a terminal is told how far it got */
#define PROGRESS_FROM (50L << 20)

struct octets {
	const uint8_t *p;
	size_t n;
};

struct reader {
	struct fragments *frags;
	packet_h *h;
	void *arg;
	struct packet pkt;
	bool enough;
};

static unsigned be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static void skip(struct octets *in, size_t n)
{
	n = n < in->n ? n : in->n;
	in->p += n;
	in->n -= n;
}

static void transport(struct reader *rd, unsigned proto, struct octets in)
{
	struct packet *pkt = &rd->pkt;
	size_t head;

	pkt->tcp = proto == IPPROTO_TCP;
	if ((!pkt->tcp && proto != IPPROTO_UDP) ||
	    in.n < (pkt->tcp ? TCP_HEAD : UDP_HEAD))
		return;
	pkt->src.port = be16(in.p);
	pkt->dst.port = be16(in.p + 2);
	head = UDP_HEAD;
	if (pkt->tcp) {
		pkt->seq = be32(in.p + 4);
		pkt->syn = in.p[13] & SYN;
		head = (size_t)(in.p[12] >> 4) * 4;
	}
	skip(&in, head);
	pkt->data = (const char *)in.p;
	pkt->len = in.n;
	rd->enough = !rd->h(pkt, rd->arg);
}

/* A fragment or a whole datagram; `in` is its payload */
static void payload(struct reader *rd, uint32_t id, unsigned proto, size_t off,
		    bool more, struct octets in)
{
	struct fragment_key key = {rd->pkt.src.addr, rd->pkt.dst.addr, id,
				   proto};

	if ((off || more) &&
	    !fragments_add(rd->frags, &key, off, more, &in.p, &in.n))
		return;
	transport(rd, proto, in);
}

/* What the header says is there, without Ethernet's padding */
static void trim(struct reader *rd, struct octets *in, size_t total)
{
	if (in->n > total)
		in->n = total;
	else if (in->n < total)
		rd->pkt.cut = true;
}

static void ip4(struct reader *rd, struct octets in)
{
	size_t head = in.n ? (size_t)(in.p[0] & 15) * 4 : 0;
	unsigned flags, proto;
	uint32_t id;

	if (in.n < IP4_HEAD || head < IP4_HEAD)
		return;
	/* 0 where the sender's hardware fills it in */
	if (be16(in.p + 2))
		trim(rd, &in, be16(in.p + 2));
	memset(&rd->pkt.src, 0, sizeof(rd->pkt.src));
	memset(rd->pkt.src.addr.s6_addr + 10, 0xff, 2);
	rd->pkt.dst = rd->pkt.src;
	memcpy(rd->pkt.src.addr.s6_addr + 12, in.p + 12, 4);
	memcpy(rd->pkt.dst.addr.s6_addr + 12, in.p + 16, 4);
	id = be16(in.p + 4);
	flags = be16(in.p + 6);
	proto = in.p[9];
	skip(&in, head);
	payload(rd, id, proto, (flags & 0x1fff) * 8, flags & 0x2000, in);
}

static void ip6(struct reader *rd, struct octets in)
{
	unsigned proto, flags = 0;
	uint32_t id = 0;
	size_t size;

	if (in.n < IP6_HEAD)
		return;
	proto = in.p[6];
	memcpy(&rd->pkt.src.addr, in.p + 8, 16);
	memcpy(&rd->pkt.dst.addr, in.p + 24, 16);
	size = be16(in.p + 4);
	skip(&in, IP6_HEAD);
	trim(rd, &in, size);
	while (in.n >= 8 &&
	       (proto == IP6_HOPS || proto == IP6_ROUTING ||
		proto == IP6_OPTIONS || proto == IP6_FRAGMENT)) {
		size = ((size_t)in.p[1] + 1) * 8;
		if (proto == IP6_FRAGMENT) {
			flags = be16(in.p + 2);
			id = be32(in.p + 4);
			size = 8;
		}
		proto = in.p[0];
		skip(&in, size);
		if (flags & 0xfff8)
			break;
	}
	payload(rd, id, proto, flags & 0xfff8, flags & 1, in);
}

/* To the IP header; returns its Ethernet type, 0 if there is none */
static unsigned unlink_frame(int link, struct octets *in)
{
	size_t head = link == DLT_EN10MB               ? ETHER_HEAD
		: link == DLT_LINUX_SLL                ? SLL_HEAD
		: link == DLT_LINUX_SLL2               ? SLL2_HEAD
		: link == DLT_NULL || link == DLT_LOOP ? NULL_HEAD
						       : 0;
	size_t at = link == DLT_LINUX_SLL2 ? 0 : head - 2;
	unsigned type;

	if (in->n <= head)
		return 0;
	if (head <= NULL_HEAD) {
		skip(in, head);
		return in->p[0] >> 4 == 4    ? ETHER_IP4
			: in->p[0] >> 4 == 6 ? ETHER_IP6
					     : 0;
	}
	type = be16(in->p + at);
	skip(in, head);
	while ((type == ETHER_VLAN || type == ETHER_QINQ) && in->n >= 4) {
		type = be16(in->p + 2);
		skip(in, 4);
	}
	return type;
}

static bool link_known(int link)
{
	return link == DLT_EN10MB || link == DLT_LINUX_SLL ||
		link == DLT_LINUX_SLL2 || link == DLT_RAW ||
		link == DLT_NULL || link == DLT_LOOP || link == DLT_IPV4 ||
		link == DLT_IPV6;
}

static void frame(struct reader *rd, int link, const struct pcap_pkthdr *head,
		  const uint8_t *data)
{
	struct octets in = {data, head->caplen};
	unsigned type = unlink_frame(link, &in);

	memset(&rd->pkt, 0, sizeof(rd->pkt));
	rd->pkt.time = (int64_t)head->ts.tv_sec * 1000000 + head->ts.tv_usec;
	if (type == ETHER_IP4)
		ip4(rd, in);
	else if (type == ETHER_IP6)
		ip6(rd, in);
}

static void progress(pcap_t *pcap, const char *path, long size, long *said)
{
	long done = ftell(pcap_file(pcap)) * 100 / size;

	if (done == *said)
		return;
	*said = done;
	fprintf(stderr, "\r%s: %ld %%%s", path, done, done >= 100 ? "\n" : "");
}

static int frames(struct reader *rd, pcap_t *pcap, const char *path, long size)
{
	bool tell = size > PROGRESS_FROM && isatty(STDERR_FILENO);
	int link = pcap_datalink(pcap), rc = 0;
	struct pcap_pkthdr *head;
	const uint8_t *data;
	long said = -1;

	if (!link_known(link)) {
		tool_say("%s: link type %d is unknown", path, link);
		return -1;
	}
	while (!rd->enough && (rc = pcap_next_ex(pcap, &head, &data)) == 1) {
		frame(rd, link, head, data);
		if (tell)
			progress(pcap, path, size, &said);
	}
	/* A capture that still runs, or was killed, ends within a packet */
	if (rc == PCAP_ERROR)
		tool_say("%s: %s; read up to there", path, pcap_geterr(pcap));
	return 0;
}

static int read_pcap(pcap_t *pcap, const char *path, packet_h *h, void *arg)
{
	struct reader rd = {.h = h, .arg = arg, .frags = fragments_new()};
	struct stat st = {0};
	int rc;

	if (fstat(fileno(pcap_file(pcap)), &st) || !S_ISREG(st.st_mode))
		st.st_size = 0;
	rc = rd.frags ? frames(&rd, pcap, path, (long)st.st_size) : -1;
	fragments_free(rd.frags);
	pcap_close(pcap);
	return rc;
}

int capture_read(const char *path, packet_h *h, void *arg)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct stat st;
	pcap_t *pcap;

	if (stat(path, &st)) {
		tool_say("%s: %m", path);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		tool_say("%s: no file, and it is read more than once", path);
		return -1;
	}
	/* no capture yet: nothing is in it */
	if (!st.st_size)
		return 0;
	pcap = pcap_open_offline(path, why);
	if (!pcap) {
		tool_say("%s: %s", path, why);
		return -1;
	}
	return read_pcap(pcap, path, h, arg);
}

int capture_stream(FILE *f, const char *path, packet_h *h, void *arg)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_fopen_offline(f, why);

	if (!pcap) {
		tool_say("%s: %s", path, why);
		fclose(f);
		return -1;
	}
	return read_pcap(pcap, path, h, arg);
}
