/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * IP addresses as text: reading (RFC 4291 2.2) and printing (RFC 5952).
 */
#ifndef N64_LITERAL_H
#define N64_LITERAL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/** Longest text of an IPv6 address, without brackets and without NUL */
#define N64_LIT6_MAX 45

/** What stands where SIP or SDP want a host */
enum n64_host {
	N64_HOST_NONE, /**< nothing, or nothing that can be understood */
	N64_HOST_NAME, /**< a host name */
	N64_HOST_IP4,
	N64_HOST_IP6, /**< an IPv6 literal that a phone could really have */
	N64_HOST_IP6_UNFIT /**< an IPv6 literal that is never evidence of NAT64:
	                        IPv4-mapped, link-local, multicast, 6to4 ... */
};

/**
 * Read an IPv6 literal: every text form of RFC 4291 2.2, any case, with or
 * without the brackets of a URI host (RFC 3986 3.2.2). A zone id, a prefix
 * length and anything else that inet_pton() refuses is an error.
 *
 * @param dst  Result, network order; left alone on error
 * @param text Text, need not end with NUL
 * @param len  Octets of text
 *
 * @return 0, or EINVAL for anything that is not an IPv6 literal
 */
int n64_lit6_parse(struct in6_addr *dst, const char *text, size_t len);

/**
 * Read a dotted quad as inet_pton() does (no leading zeros, four parts).
 *
 * @return 0, or EINVAL; dst is left alone on error
 */
int n64_lit4_parse(struct in_addr *dst, const char *text, size_t len);

/**
 * Print an IPv6 address as RFC 5952 4 wants it: lower case, the longest run
 * of two or more zero groups as "::", hexadecimal groups throughout (the mixed
 * notation breaks parsers in the field). No brackets.
 *
 * @param dst  Result, ends with NUL
 * @param size Octets at dst; N64_LIT6_MAX + 1 is always enough
 *
 * @return Octets written without the NUL, 0 when there was no room
 */
size_t n64_lit6_print(char *dst, size_t size, const struct in6_addr *addr);

/** As n64_lit6_print() for a dotted quad; 16 octets are always enough */
size_t n64_lit4_print(char *dst, size_t size, const struct in_addr *addr);

/**
 * May this be the own address of a phone in an IPv6-only network? Not so:
 * ::, ::1, IPv4-mapped and -compatible (RFC 5118 4.9), fe80::/10, ff00::/8,
 * 6to4 2002::/16, Teredo 2001::/32, 64:ff9b::/96 and 64:ff9b:1::/48 (the
 * NAT64's side of the world, RFC 6052 2.1, RFC 8215).
 */
bool n64_addr6_fits_phone(const struct in6_addr *addr);

/** Classify the host of a URI, a Via sent-by or an SDP line; len may be 0 */
enum n64_host n64_host_kind(const char *text, size_t len);

#endif
