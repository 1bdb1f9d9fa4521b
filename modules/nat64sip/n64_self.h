/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The proxy's own addresses, from Kamailio's sockets, and "myself" for their
 * synthetic forms.
 */
#ifndef N64_SELF_H
#define N64_SELF_H

#include "../../core/ip_addr.h"
#include "../../nat64sip/pair.h"

#include <stdbool.h>

/**
 * Read the sockets and register with the core's check for "myself". Call in
 * mod_init: the core keeps its list in private memory.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_self_init(void);

/** All own IPv4 addresses; read-only */
const struct n64_owns *n64_self_owns(void);

/** The own address of a socket, NULL if it has none (IPv6) */
const struct n64_own *n64_self_of_socket(const struct socket_info *si);

/**
 * The own address that the name rr_fqdn stands for.
 *
 * @param port Host order, 0 for the transport's default
 *
 * @return It, or NULL if host is not that name or no socket fits
 */
const struct n64_own *n64_self_of_name(
		struct n64_text host, uint16_t port, enum n64_transport tp);

/** Is there another own address of this one's transport? */
bool n64_self_has_rival(const struct n64_own *own);

/** Is there any transport with two of them? Without, the transport alone says from
 *  which socket to send. */
bool n64_self_has_rivals(void);

/** Kamailio's PROTO_* in the core's words */
enum n64_transport n64_transport_of(int proto);

#endif
