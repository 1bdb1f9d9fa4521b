/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What rtpengine has to be told of a message of a phone behind NAT64, as text;
 * and the texts in which an operator says where his relay is.
 */
#ifndef N64_RELAY_H
#define N64_RELAY_H

#include "pref64.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/** Longest name of an interface of rtpengine */
#define N64_RELAY_NAME_MAX 32

/** Octets of n64_relay_print(), NUL included */
#define N64_RELAY_TEXT_MAX 256

/** The flags for one message */
struct n64_relay_tag {
	bool learn;       /**< the writer's media come from where NAT64 says */
	bool from_source; /**< look for them first where its packets come from */
	bool ip6; /**< the relay is reached by IPv6 on the outgoing side */
	bool has_media;
	struct in6_addr media; /**< the relay, as the reader reaches it */
	const char *from, *to; /**< interfaces of rtpengine, or NULL both */
};

/** Where a relay is: of one set of rtpengine's, or of all */
struct n64_relay_address {
	bool any;
	unsigned set; /**< unless any */
	struct in_addr addr;
};

/** An interface of rtpengine, for the phones of one PREF64 */
struct n64_relay_interface {
	struct pref64 pref; /**< none: for everybody else */
	char name[N64_RELAY_NAME_MAX + 1];
};

/**
 * Print the flags, in the order in which rtpengine reads them.
 *
 * @return Octets written without the NUL; 0 for no room, dst is "" then
 */
size_t n64_relay_print(char *dst, size_t size,
		       const struct n64_relay_tag *tag);

/**
 * Read "192.0.2.20", or "1=192.0.2.20" for set 1.
 *
 * @return 0, or EINVAL, also for an address that no packet goes to; dst is left
 *         alone then
 */
int n64_relay_address_parse(struct n64_relay_address *dst, const char *text,
			    size_t len);

/**
 * Read "2001:db8:64::/96=nat64a", or "public" for everybody else. A name has
 * letters, digits, '-', '_' and '.'.
 *
 * @return 0, or EINVAL; dst is left alone then
 */
int n64_relay_interface_parse(struct n64_relay_interface *dst,
			      const char *text, size_t len);

#endif
