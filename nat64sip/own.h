/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The proxy's own addresses, and whether a host is one of them in synthetic
 * form.
 */
#ifndef N64_OWN_H
#define N64_OWN_H

#include "pref64.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum n64_transport {
	N64_TP_NONE, /**< unknown; compares equal to every transport */
	N64_TP_UDP,
	N64_TP_TCP,
	N64_TP_TLS,
	N64_TP_SCTP,
	N64_TP_WS,
	N64_TP_WSS
};

/** "udp", "tcp", ... as in a transport parameter; "" for NONE */
const char *n64_transport_name(enum n64_transport tp);

/** The transport of that name, any case; N64_TP_NONE for any other text */
enum n64_transport n64_transport_parse(const char *text, size_t len);

/** The port of a URI that names none (RFC 3261 19.1.2; RFC 7118 5.1), host order */
uint16_t n64_transport_port(enum n64_transport tp);

/** One own address as phones reach it: advertised where it is advertised */
struct n64_own {
	struct in_addr addr; /**< network order */
	uint16_t port;       /**< host order, never 0 */
	enum n64_transport tp;
	const void
		*socket; /**< the caller's own, the core never looks at it */
};

/** All of them; v belongs to the caller */
struct n64_owns {
	const struct n64_own *v;
	size_t n;
};

/**
 * Find an own address. A WebSocket (WS, WSS) finds the TCP or TLS socket that
 * it comes over.
 *
 * @param port Host order; 0 stands for the transport's default, 5060 or 5061
 *             (RFC 3261 19.1.2), 80 or 443 for WebSockets (RFC 7118 5.1)
 *
 * @return The entry, or NULL
 */
const struct n64_own *n64_own_find(const struct n64_owns *owns,
				   const struct in_addr *addr, uint16_t port,
				   enum n64_transport tp);

/**
 * Is this IPv6 address an own address in synthetic form? Each own address is
 * tried with each of the six prefix lengths; a foreign embedded address is
 * never found. Where several fit, the longest prefix is taken.
 *
 * @param pref If not NULL, gets the PREF64; left alone if nothing is found
 *
 * @return The entry, or NULL
 */
const struct n64_own *n64_own_find_synthetic(const struct n64_owns *owns,
					     const struct in6_addr *addr,
					     uint16_t port,
					     enum n64_transport tp,
					     struct pref64 *pref);

#endif
