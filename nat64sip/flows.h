/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The flow cache: what flows (protocol, source address, source port) have
 * shown. A table of fixed size in memory of the caller, without pointers; a
 * flood of flows evicts and never blocks. Losing an entry costs a probe.
 *
 * A flow belongs to one bucket, and each operation on it reads and writes that
 * bucket only. Where several threads or processes use the table, the caller
 * holds a lock that belongs to the bucket, for writing, during the operation
 * and as long as it uses the entry; many buckets may share one lock.
 *
 * Times are seconds of any clock that all users share. They may wrap: of two
 * the later one is ahead by less than half the range (68 years). A user whose
 * clock lags a little does no harm.
 */
#ifndef N64_FLOWS_H
#define N64_FLOWS_H

#include "own.h"
#include "pref64.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Entries in a bucket */
#define N64_FLOWS_WAYS 8

/** Octets of a seed */
#define N64_FLOWS_SEED 16

/** Longest life of an entry, in seconds; a longer one is cut to it */
#define N64_FLOW_LIFE_MAX 0x3fffffffu

/** What is known of a flow */
enum n64_flow_state {
	N64_FLOW_FREE,      /**< no flow, the place is free */
	N64_FLOW_HINT,      /**< it may be one of a phone behind NAT64 */
	N64_FLOW_NAT64,     /**< proof: it is */
	N64_FLOW_NOT_NAT64, /**< disproof: it is not, whatever it hints */
	N64_FLOW_STATES
};

/** "free", "hint", "nat64", "not_nat64"; "" for any other */
const char *n64_flow_state_name(enum n64_flow_state state);

struct n64_flow_key {
	struct in_addr addr;   /**< network order */
	uint16_t port;         /**< host order */
	enum n64_transport tp; /**< NONE equals nothing but itself here */
};

/** An entry. The first three members and added are the table's own. */
struct n64_flow {
	struct in_addr addr;
	uint16_t port;
	uint8_t tp;          /**< enum n64_transport */
	uint8_t state;       /**< enum n64_flow_state, see n64_flow_tell() */
	struct pref64 pref;  /**< what the phone showed; none unless NAT64 */
	uint32_t added;      /**< when it came into the table */
	uint32_t used;       /**< last found or put */
	uint32_t expires;    /**< from then on it is not there any more */
	uint32_t probe_sent; /**< the last one, if probes is not 0 */
	uint16_t probes;     /**< sent so far */
	bool probing;        /**< one is out */
};

/** The table; lies at the beginning of the caller's memory */
struct n64_flows;

/** What n64_flows_put() did, for statistics */
enum n64_flows_put {
	N64_FLOWS_FOUND,        /**< it was there */
	N64_FLOWS_ADDED,        /**< new, in a free or expired place */
	N64_FLOWS_EVICTED,      /**< new, in place of one without proof */
	N64_FLOWS_EVICTED_PROOF /**< new, in place of a proof: the bucket has
	                             nothing else, the table is too small */
};

/**
 * Memory for a table: two places for each flow, for at that number fewer than
 * one in a hundred then meets a full bucket.
 *
 * @param flows How many flows it is for; rounded up to whole buckets
 *
 * @return Octets; 0 if flows is 0 or too many for this machine
 */
size_t n64_flows_bytes(uint32_t flows);

/**
 * Make an empty table. Not more than one user may see the memory until then.
 *
 * @param mem   Aligned for uint64_t, stays the caller's
 * @param bytes Octets at mem; as many buckets are made as fit in
 * @param seed  Random; who knows it can fill one bucket on purpose
 *
 * @return The table, at mem; NULL if mem is NULL, not aligned, or too small for
 *         one bucket
 */
struct n64_flows *n64_flows_init(void *mem, size_t bytes,
				 const uint8_t seed[N64_FLOWS_SEED]);

/** How many buckets there are, at least one. Needs no lock. */
uint32_t n64_flows_buckets(const struct n64_flows *flows);

/** The bucket of a flow, 0 to n64_flows_buckets() - 1. Needs no lock. */
uint32_t n64_flows_bucket(const struct n64_flows *flows,
			  const struct n64_flow_key *key);

/**
 * Find a flow, and note that it is in use.
 *
 * @return The entry, NULL if there is none or if it has expired
 */
struct n64_flow *n64_flows_find(struct n64_flows *flows,
				const struct n64_flow_key *key, uint32_t now);

/** As n64_flows_find(), where n64_flows_bucket() has been asked already */
struct n64_flow *n64_flows_find_in(struct n64_flows *flows, uint32_t bucket,
				   const struct n64_flow_key *key,
				   uint32_t now);

/**
 * Find a flow or add it, as a hint without PREF64 that expires after life
 * seconds. An entry that has expired is a new one; one that is there keeps its
 * expiry. Where the bucket is full there goes: an expired entry, the oldest
 * hint without a probe out, the oldest hint, the disproof that was used least
 * recently, such a proof.
 *
 * @param life Seconds, for a new one
 * @param how  If not NULL, gets what was done
 *
 * @return The entry, never NULL
 */
struct n64_flow *n64_flows_put(struct n64_flows *flows,
			       const struct n64_flow_key *key, uint32_t now,
			       uint32_t life, enum n64_flows_put *how);

/** Forget a flow. @return Was it there? */
bool n64_flows_remove(struct n64_flows *flows, const struct n64_flow_key *key);

/**
 * Go through a bucket.
 *
 * @param prev What the last call returned, NULL for the first
 *
 * @return The next entry that has not expired; NULL if there is no other, or
 *         no such bucket
 */
const struct n64_flow *n64_flows_next(const struct n64_flows *flows,
				      uint32_t bucket,
				      const struct n64_flow *prev,
				      uint32_t now);

/** Add the entries of a bucket, by state, to count. Expired ones are free. */
void n64_flows_count(const struct n64_flows *flows, uint32_t bucket,
		     uint32_t now, uint32_t count[N64_FLOW_STATES]);

/** The key of an entry, for a look-up of its own */
void n64_flow_key(struct n64_flow_key *dst, const struct n64_flow *flow);

/**
 * What a flow showed just now. A hint never replaces a proof or disproof, nor
 * does it prolong one; the latest of these stands, and ends its probe.
 *
 * @param flow  An entry that has not expired
 * @param state HINT, NAT64 or NOT_NAT64; nothing happens for any other
 * @param pref  With NAT64, the PREF64, or NULL for none: one that was shown
 *              before stays. Not looked at otherwise.
 * @param life  Seconds until it expires
 *
 * @return Is something else known than before?
 */
bool n64_flow_tell(struct n64_flow *flow, enum n64_flow_state state,
		   const struct pref64 *pref, uint32_t now, uint32_t life);

/** Seconds since then; 0 if that is still to come */
static inline uint32_t n64_flow_since(uint32_t then, uint32_t now)
{
	uint32_t age = now - then;

	return age > INT32_MAX ? 0 : age;
}

#endif
