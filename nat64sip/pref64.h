/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * NAT64 prefixes and IPv4-embedded IPv6 addresses (RFC 6052).
 * Arithmetic only; whether a prefix may carry an address is a question of its
 * own, pref64_may_carry().
 */
#ifndef N64_PREF64_H
#define N64_PREF64_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest text of a prefix, "2001:db8:122:344::/64", without NUL */
#define PREF64_TEXT_MAX 48

/** A PREF64. len is in bits; 0 says that there is none. */
struct pref64 {
	struct in6_addr addr; /**< network order, zero after len bits */
	uint8_t len;          /**< 32, 40, 48, 56, 64, 96, or 0 for none */
};

/**
 * Read "64:ff9b::/96". Strict: nothing before or after, length one of
 * 32, 40, 48, 56, 64 and 96 (RFC 6052 2.2), no bit set after the prefix, bits
 * 64 to 71 of a /96 zero, 64:ff9b::/96 as /96 only, not IPv4-mapped, not
 * link-local, not multicast.
 *
 * @param dst  Result; left alone on error
 * @param text Text, need not end with NUL
 * @param len  Octets of text
 * @param why  If not NULL, gets on error a constant text for the operator,
 *             such as "the length must be 32, 40, 48, 56, 64 or 96"
 *
 * @return 0, or EINVAL
 */
int pref64_parse(struct pref64 *dst, const char *text, size_t len,
		 const char **why);

/**
 * Print as "64:ff9b::/96" (RFC 5952).
 *
 * @return Octets written without the NUL, 0 when size is too small or there is
 *         no prefix; PREF64_TEXT_MAX + 1 octets are always enough
 */
size_t pref64_print(char *dst, size_t size, const struct pref64 *pref);

/** Same prefix? Two "none" are equal. */
bool pref64_equal(const struct pref64 *a, const struct pref64 *b);

/** Is this 64:ff9b::/96, the Well-Known Prefix (RFC 6052 2.1)? */
bool pref64_is_wkp(const struct pref64 *pref);

/**
 * Build the IPv6 address that stands for an IPv4 one (RFC 6052 2.3).
 *
 * @param dst  Result; left alone on error
 *
 * @return 0, or EINVAL if pref->len is not one of the six
 */
int pref64_synthesize(struct in6_addr *dst, const struct pref64 *pref,
		      const struct in_addr *v4);

/**
 * Take the IPv4 address out of an IPv6 one (RFC 6052 2.3). A suffix that is
 * not zero is ignored (2.2: SHOULD), a u-octet that is not zero is no match.
 *
 * @return 0, EINVAL if pref->len is not one of the six, ENOENT if addr is not
 *         in this prefix; dst is left alone on error
 */
int pref64_extract(struct in_addr *dst, const struct pref64 *pref,
		   const struct in6_addr *addr);

/**
 * Which PREF64 makes this IPv6 address embed that IPv4 one? All six lengths
 * are tried, /96 first; u-octet and suffix must be zero, the prefix must be
 * one that pref64_parse() would take. 0.0.0.0 is never found.
 *
 * @return 0, or ENOENT if there is none; dst is left alone then
 */
int pref64_infer(struct pref64 *dst, const struct in6_addr *addr,
		 const struct in_addr *v4);

/**
 * May this prefix carry this IPv4 address (RFC 6052 3.1)? The Well-Known
 * Prefix must not represent non-global addresses; no prefix carries
 * 0.0.0.0/8, multicast or the limited broadcast.
 *
 * @param strict false: the Well-Known Prefix may carry what any other may
 */
bool pref64_may_carry(const struct pref64 *pref, const struct in_addr *v4,
		      bool strict);

#endif
