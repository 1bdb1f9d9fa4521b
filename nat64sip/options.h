/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Texts that an operator writes in a configuration: hints, networks, own
 * addresses. (A PREF64 is pref64_parse()'s.)
 */
#ifndef N64_OPTIONS_H
#define N64_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/** An IPv4 network */
struct n64_net4 {
	struct in_addr addr; /**< network order, host bits zero */
	struct in_addr mask; /**< network order */
};

/**
 * Read "via,contact,sdp" (in any order, blanks allowed, "" for none).
 *
 * @param mask Result, N64_DETECT_* or-ed; left alone on error
 *
 * @return 0, or EINVAL for any other word
 */
int n64_detect_parse(unsigned *mask, const char *text, size_t len);

/**
 * Read "192.0.2.0/24" or "192.0.2.1", which is a /32.
 *
 * @return 0, or EINVAL, also for host bits that are not zero; dst is left
 *         alone then
 */
int n64_net4_parse(struct n64_net4 *dst, const char *text, size_t len);

bool n64_net4_contains(const struct n64_net4 *net, const struct in_addr *addr);

/**
 * Read "198.51.100.10" (how phones reach every socket that is not advertised)
 * or "10.0.0.5=198.51.100.10" (how they reach the socket on 10.0.0.5).
 *
 * @param local  Gets INADDR_ANY for the first form
 * @param own    Gets the address as phones reach it
 *
 * @return 0, or EINVAL, also for 0.0.0.0 as own address
 */
int n64_own_address_parse(struct in_addr *local, struct in_addr *own,
			  const char *text, size_t len);

#endif
