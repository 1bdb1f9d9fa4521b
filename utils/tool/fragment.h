/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * IP fragments put together again, a bounded number at a time.
 */
#ifndef N64_TOOL_FRAGMENT_H
#define N64_TOOL_FRAGMENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What fragments of one datagram have in common */
struct fragment_key {
	struct in6_addr src, dst;
	uint32_t id;
	uint32_t proto;
};

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *frags);

/**
 * Add a fragment; the oldest datagram gives way to a new one.
 *
 * @param data Payload; once all of the datagram is there, set to the whole
 * @param len  Its octets, set likewise
 *
 * @return true when the datagram is complete; *data is valid until the next
 *         call
 */
bool fragments_add(struct fragments *frags, const struct fragment_key *key,
		   size_t off, bool more, const uint8_t **data, size_t *len);

#endif
