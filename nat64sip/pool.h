/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Pools: which PREF64 do the phones use whose packets come from this IPv4
 * network? A sorted array in storage of the caller, longest match. It is not
 * written after n64_pool_build(), so that readers need no lock.
 */
#ifndef N64_POOL_H
#define N64_POOL_H

#include "options.h"
#include "pref64.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/** Longest text of n64_pool_entry_print(), without NUL */
#define N64_POOL_TEXT_MAX (18 + 1 + PREF64_TEXT_MAX)

/** Phones behind a NAT64 that sends from net use pref */
struct n64_pool_entry {
	struct n64_net4 net;
	struct pref64 pref;
	uint32_t row;    /**< the caller's own, such as the line of a file */
	uint32_t parent; /**< set by n64_pool_build(): 1 + index of the
	                      narrowest network around this one, 0 for none */
};

/** A built pool; all zero is an empty one. v belongs to the caller. */
struct n64_pool {
	const struct n64_pool_entry *v;
	size_t n;
};

/**
 * n64_net4_parse() with a reason, for one column of a table.
 *
 * @param why  If not NULL, gets on error a constant text for the operator,
 *             such as "a bit is set after the network"
 *
 * @return 0, or EINVAL; dst is left alone then
 */
int n64_pool_net_parse(struct n64_net4 *dst, const char *text, size_t len,
		       const char **why);

/**
 * Read "203.0.113.0/24=2001:db8:64::/96"; blanks and tabs may stand at both
 * ends and around "=". The network is n64_net4_parse()'s, the prefix
 * pref64_parse()'s.
 *
 * @param dst  Result, row and parent 0; left alone on error
 * @param why  As for n64_pool_net_parse(); a prefix's is pref64_parse()'s
 *
 * @return 0, or EINVAL
 */
int n64_pool_entry_parse(struct n64_pool_entry *dst, const char *text,
			 size_t len, const char **why);

/**
 * Read one line of a pool file: an entry, a comment from "#" to the end, both,
 * or nothing. The line end, LF or CRLF, may be there or not.
 *
 * @return 0 for an entry, ENOENT for a line without one, EINVAL as
 *         n64_pool_entry_parse(); dst is left alone unless there is an entry
 */
int n64_pool_line_parse(struct n64_pool_entry *dst, const char *text,
			size_t len, const char **why);

/**
 * Print as "203.0.113.0/24=2001:db8:64::/96".
 *
 * @return Octets written without the NUL, 0 when size is too small or there is
 *         no prefix; N64_POOL_TEXT_MAX + 1 octets are always enough
 */
size_t n64_pool_entry_print(char *dst, size_t size,
			    const struct n64_pool_entry *entry);

/**
 * Sort the entries in place and make a pool of them. Of entries that say the
 * same, the one with the lowest row stays.
 *
 * @param dst  Result, over v; left alone on error
 * @param v    Entries in any order
 * @param n    How many
 * @param bad  Gets on EEXIST the index in v, as it is sorted by then, of the
 *             entry whose network v[*bad - 1] has with another prefix; of
 *             several the one with the lowest row, and v[*bad - 1] has a
 *             lower one, or the same. May be NULL.
 *
 * @return 0; EEXIST for one network with two prefixes; E2BIG for more entries
 *         than an index of 32 bits can tell (v is left alone then)
 */
int n64_pool_build(struct n64_pool *dst, struct n64_pool_entry *v, size_t n,
		   size_t *bad);

/**
 * The narrowest network that the address is in: a binary search, then at most
 * 32 steps outwards.
 *
 * @return The entry, or NULL
 */
const struct n64_pool_entry *n64_pool_find(const struct n64_pool *pool,
					   const struct in_addr *addr);

#endif
