/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Private to the core: addresses as SDP lines hold them, and what becomes of
 * one.
 */
#ifndef N64_SDP_ADDR_H
#define N64_SDP_ADDR_H

#include "literal.h"
#include "sdp64.h"
#include "sdp_line.h"

enum sdp_addr_kind {
	SDP_ADDR_BAD,
	SDP_ADDR_NAME,
	SDP_ADDR_MULTICAST, /**< of either family, "/ttl" or not */
	SDP_ADDR_IP4,
	SDP_ADDR_IP6
};

struct sdp_addr {
	enum sdp_addr_kind kind;
	struct in_addr v4;  /**< set for IP4 */
	struct in6_addr v6; /**< set for IP6 */
};

/** Read an address field; no brackets, no zone */
void sdp_addr_read(struct sdp_addr *dst, struct sdp_text text);

/** "IN IP4 192.0.2.20" */
struct sdp_conn {
	struct sdp_text net, type, addr;
};

/** Read exactly these three fields */
bool sdp_conn_read(struct sdp_conn *dst, struct sdp_text value);

/** Read the three fields at the end of an o= line's six (RFC 8866 5.2) */
bool sdp_conn_read_origin(struct sdp_conn *dst, struct sdp_text value);

/** The family that a type field names; NONE for anything else */
enum n64_family sdp_type_family(struct sdp_text type);

/**
 * The family of a connection address: that of the literal, since an "IN IP4"
 * with an IPv6 address means the address; for a host name that of the type.
 * NONE if it cannot be understood.
 */
enum n64_family sdp_conn_family(const struct sdp_conn *conn);

/** The same, for who wants the address too: addr is always set */
enum n64_family sdp_conn_address(struct sdp_addr *addr,
				 const struct sdp_conn *conn);

/** The family that rule wants of section i of a body */
enum n64_family sdp64_want(const struct sdp64_rule *rule, unsigned i);

/** A new address, ends with NUL */
struct sdp64_new {
	char text[N64_LIT6_MAX + 1];
	size_t len;
};

/**
 * What becomes of an address where this family is wanted?
 *
 * @param dst Gets the new text if the answer is N64_DONE
 * @param own Is it one that the writer of the body says of itself? Only such a
 *            one may be replaced by rule->source.
 *
 * @return N64_DONE: it changes; N64_FAMILY_RIGHT, N64_NAME: it may stand with
 *         the wanted type as it is; any other: it cannot be had in that family
 */
enum n64_reason sdp64_map(struct sdp64_new *dst, const struct sdp64_rule *rule,
			  enum n64_family want, const struct sdp_addr *addr,
			  bool own);

/** One replacement for one connection line */
struct sdp64_plan {
	enum n64_reason reason; /**< N64_DONE: there is something to replace */
	enum n64_family
		family; /**< that the line has afterwards, NONE: none */
	bool repaired;
	struct sdp_text old;
	char text[N64_LIT6_MAX + 8];
	size_t len;
};

/** Plan what becomes of type and address together (RFC 8866 5.7) */
void sdp64_plan(struct sdp64_plan *dst, const struct sdp64_rule *rule,
		enum n64_family want, const struct sdp_conn *conn);

/** Why a line that has the wanted family is left */
static inline enum n64_reason sdp64_right(const struct sdp64_rule *rule,
					  enum n64_family want)
{
	if (rule->way == SDP64_TO_IP6 && want == N64_FAMILY_IP4)
		return N64_OFFER_FAMILY;
	return N64_FAMILY_RIGHT;
}

#endif
