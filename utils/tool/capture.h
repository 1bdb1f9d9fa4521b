/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Captures: each UDP datagram and TCP segment of a pcap or pcapng file.
 */
#ifndef N64_TOOL_CAPTURE_H
#define N64_TOOL_CAPTURE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PLACE_TEXT_MAX 64

/** Address and port; an IPv4 address is here as ::ffff:a.b.c.d */
struct place {
	struct in6_addr addr;
	uint16_t port;
};

/** A UDP datagram, put together from its fragments, or a TCP segment */
struct packet {
	int64_t time; /**< microseconds since 1970 */
	struct place src, dst;
	const char *data;
	size_t len;
	uint32_t seq; /**< TCP's */
	bool tcp, syn;
	bool cut; /**< the capture has only its beginning */
};

/** Take a packet; false to have no more of them */
typedef bool packet_h(const struct packet *pkt, void *arg);

/**
 * Read a capture from its beginning to its end: of Ethernet (VLANs too), of
 * Linux's "any" device (both versions), of bare IP and of BSD's loopback. What
 * is not IP, or is damaged, is passed over.
 *
 * @return 0, or -1 after a line to stderr that says why
 */
int capture_read(const char *path, packet_h *h, void *arg);

/** The same of what is open already, from where it is on; it is closed */
int capture_stream(FILE *f, const char *path, packet_h *h, void *arg);

bool place_is4(const struct place *place);

/** 0.0.0.0: every address of a socket, none of a message */
bool place_is_any4(const struct place *place);
bool place_same_addr(const struct place *a, const struct place *b);
bool place_same(const struct place *a, const struct place *b);

/** Is the IPv4 address of `place4` in the address of `place6` (RFC 6052)? */
bool place_embeds(const struct place *place6, const struct place *place4);

/** Read an address without port; false for what is none */
bool place_parse(struct place *dst, const char *text, size_t len);

/** Print the address, and the port where with_port; returns dst */
const char *place_print(char dst[PLACE_TEXT_MAX], const struct place *place,
			bool with_port);

#endif
