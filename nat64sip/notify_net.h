/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The value of the PortaSIP-Notify header:
 * caller=nat64;caller-pref64="2001:db8:64::/96";callee=ipv4
 */
#ifndef N64_NOTIFY_NET_H
#define N64_NOTIFY_NET_H

#include "pref64.h"

#include <stddef.h>

/** Longest text of n64_notify_print(), without NUL */
#define N64_NOTIFY_TEXT_MAX 180

/** The network that a side is in */
enum n64_net { N64_NET_UNKNOWN, N64_NET_IPV4, N64_NET_IPV6, N64_NET_NAT64 };

/** "unknown", "ipv4", "ipv6", "nat64" */
const char *n64_net_name(enum n64_net net);

/** One leg as the header tells it */
struct n64_notify_leg {
	enum n64_net net;
	struct pref64 pref; /**< none unless net is NAT64 */
};

struct n64_notify {
	struct n64_notify_leg caller, callee;
};

/**
 * Print the value. A PREF64 is written for a leg that is NAT64 and has one.
 *
 * @return Octets written without the NUL, 0 if size is too small;
 *         N64_NOTIFY_TEXT_MAX + 1 is always enough
 */
size_t n64_notify_print(char *dst, size_t size, const struct n64_notify *n);

/**
 * Read a value: parameters in any order and case, white space and folding
 * around ; and =, unknown parameters ignored, a repeated one is an error. A leg
 * that is not named is unknown.
 *
 * @return 0, or EINVAL (dst is left alone)
 */
int n64_notify_parse(struct n64_notify *dst, const char *text, size_t len);

#endif
