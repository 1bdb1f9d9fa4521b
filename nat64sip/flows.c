/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "flows.h"

#include "siphash.h"

#include <string.h>

struct bucket {
	struct n64_flow way[N64_FLOWS_WAYS];
};

/* Only what is in the buckets is written after n64_flows_init() */
struct n64_flows {
	uint64_t seed[2];
	uint32_t buckets, unused;
	struct bucket v[];
};

#define HEAD sizeof(struct n64_flows)

_Static_assert(sizeof(struct n64_flow) == 48, "a bucket is six cache lines");

/* In the order in which they go */
enum rank { FREE, EXPIRED, HINT, PROBED_HINT, DISPROOF, PROOF };

const char *n64_flow_state_name(enum n64_flow_state state)
{
	static const char *const names[N64_FLOW_STATES] = {
		[N64_FLOW_FREE] = "free",
		[N64_FLOW_HINT] = "hint",
		[N64_FLOW_NAT64] = "nat64",
		[N64_FLOW_NOT_NAT64] = "not_nat64",
	};

	return (unsigned)state < N64_FLOW_STATES ? names[state] : "";
}

size_t n64_flows_bytes(uint32_t flows)
{
	uint64_t places = (uint64_t)flows * 2;
	uint64_t buckets = (places + N64_FLOWS_WAYS - 1) / N64_FLOWS_WAYS;
	uint64_t bytes = HEAD + buckets * sizeof(struct bucket);

	/* not so where size_t has 32 bits */
	if (!flows || (size_t)bytes != bytes)
		return 0;
	return (size_t)bytes;
}

static uint64_t load_le(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

struct n64_flows *n64_flows_init(void *mem, size_t bytes,
				 const uint8_t seed[N64_FLOWS_SEED])
{
	struct n64_flows *flows = mem;
	size_t buckets;

	if (!mem || (uintptr_t)mem % _Alignof(struct n64_flows) ||
	    bytes < HEAD + sizeof(struct bucket))
		return NULL;
	buckets = (bytes - HEAD) / sizeof(struct bucket);
	if (buckets > UINT32_MAX)
		buckets = UINT32_MAX;
	flows->seed[0] = load_le(seed);
	flows->seed[1] = load_le(seed + 8);
	flows->buckets = (uint32_t)buckets;
	flows->unused = 0;
	memset(flows->v, 0, buckets * sizeof(struct bucket));
	return flows;
}

uint32_t n64_flows_buckets(const struct n64_flows *flows)
{
	return flows->buckets;
}

static uint64_t hash_of(const struct n64_flows *flows,
			const struct n64_flow_key *key)
{
	return n64_siphash(flows->seed,
			   (uint64_t)key->addr.s_addr << 32 |
				   (uint32_t)key->port << 8 |
				   (uint8_t)key->tp);
}

/* The high half, scaled: any number of buckets, no division */
static uint32_t bucket_of(const struct n64_flows *flows, uint64_t hash)
{
	return (uint32_t)((hash >> 32) * flows->buckets >> 32);
}

uint32_t n64_flows_bucket(const struct n64_flows *flows,
			  const struct n64_flow_key *key)
{
	return bucket_of(flows, hash_of(flows, key));
}

static bool is_live(const struct n64_flow *flow, uint32_t now)
{
	uint32_t left = flow->expires - now;

	return flow->state != N64_FLOW_FREE && left && left <= INT32_MAX;
}

static uint32_t expiry(uint32_t now, uint32_t life)
{
	return now + (life < N64_FLOW_LIFE_MAX ? life : N64_FLOW_LIFE_MAX);
}

/* A worker whose clock lags must not make the entry look older */
static void touch(struct n64_flow *flow, uint32_t now)
{
	flow->used += n64_flow_since(flow->used, now);
}

/* The entry of this flow in its bucket, live or not, or NULL */
static struct n64_flow *entry_of(struct bucket *b,
				 const struct n64_flow_key *key)
{
	struct n64_flow *flow;

	for (flow = b->way; flow < b->way + N64_FLOWS_WAYS; flow++) {
		if (flow->state != N64_FLOW_FREE &&
		    flow->addr.s_addr == key->addr.s_addr &&
		    flow->port == key->port && flow->tp == (uint8_t)key->tp)
			return flow;
	}
	return NULL;
}

struct n64_flow *n64_flows_find(struct n64_flows *flows,
				const struct n64_flow_key *key, uint32_t now)
{
	return n64_flows_find_in(flows, n64_flows_bucket(flows, key), key,
				 now);
}

struct n64_flow *n64_flows_find_in(struct n64_flows *flows, uint32_t bucket,
				   const struct n64_flow_key *key,
				   uint32_t now)
{
	struct n64_flow *flow = entry_of(&flows->v[bucket], key);

	if (!flow || !is_live(flow, now))
		return NULL;
	touch(flow, now);
	return flow;
}

/* Evidence that a transaction of ours matched outlives what anybody can claim
 * (a source address of UDP can be forged), so a flood of hints meets hints. */
static enum rank rank_of(const struct n64_flow *flow, uint32_t now)
{
	if (flow->state == N64_FLOW_FREE)
		return FREE;
	if (!is_live(flow, now))
		return EXPIRED;
	if (flow->state == N64_FLOW_NAT64)
		return PROOF;
	if (flow->state == N64_FLOW_NOT_NAT64)
		return DISPROOF;
	return flow->probing ? PROBED_HINT : HINT;
}

/* Hints by age, for using them costs a flood nothing; others by last use */
static uint32_t idle(const struct n64_flow *flow, enum rank rank, uint32_t now)
{
	if (rank == HINT || rank == PROBED_HINT)
		return n64_flow_since(flow->added, now);
	return n64_flow_since(flow->used, now);
}

/* Of equal ones the first from start, which the hash of the new flow gives: a
 * flood within one second would else always hit the one that came just now. */
static struct n64_flow *victim(struct bucket *b, unsigned start, uint32_t now,
			       enum rank *victim_rank)
{
	struct n64_flow *flow, *found = &b->way[start % N64_FLOWS_WAYS];
	enum rank rank, lowest = rank_of(found, now);

	for (unsigned i = 1; i < N64_FLOWS_WAYS; i++) {
		flow = &b->way[(start + i) % N64_FLOWS_WAYS];
		rank = rank_of(flow, now);
		if (rank > lowest ||
		    (rank == lowest &&
		     idle(flow, rank, now) <= idle(found, rank, now)))
			continue;
		found = flow;
		lowest = rank;
	}
	*victim_rank = lowest;
	return found;
}

static enum n64_flows_put put_result(enum rank rank)
{
	if (rank == PROOF)
		return N64_FLOWS_EVICTED_PROOF;
	return rank > EXPIRED ? N64_FLOWS_EVICTED : N64_FLOWS_ADDED;
}

struct n64_flow *n64_flows_put(struct n64_flows *flows,
			       const struct n64_flow_key *key, uint32_t now,
			       uint32_t life, enum n64_flows_put *how)
{
	uint64_t hash = hash_of(flows, key);
	struct bucket *b = &flows->v[bucket_of(flows, hash)];
	struct n64_flow *flow = entry_of(b, key);
	enum rank rank = EXPIRED;

	if (flow && is_live(flow, now)) {
		touch(flow, now);
		if (how)
			*how = N64_FLOWS_FOUND;
		return flow;
	}
	if (!flow)
		flow = victim(b, hash & 0xffff, now, &rank);
	memset(flow, 0, sizeof(*flow));
	flow->addr = key->addr;
	flow->port = key->port;
	flow->tp = (uint8_t)key->tp;
	flow->state = N64_FLOW_HINT;
	flow->added = flow->used = now;
	flow->expires = expiry(now, life);
	if (how)
		*how = put_result(rank);
	return flow;
}

bool n64_flows_remove(struct n64_flows *flows, const struct n64_flow_key *key)
{
	struct bucket *b = &flows->v[n64_flows_bucket(flows, key)];
	struct n64_flow *flow = entry_of(b, key);

	if (!flow)
		return false;
	memset(flow, 0, sizeof(*flow));
	return true;
}

const struct n64_flow *n64_flows_next(const struct n64_flows *flows,
				      uint32_t bucket,
				      const struct n64_flow *prev,
				      uint32_t now)
{
	const struct n64_flow *flow, *end;

	if (bucket >= flows->buckets)
		return NULL;
	flow = prev ? prev + 1 : flows->v[bucket].way;
	end = flows->v[bucket].way + N64_FLOWS_WAYS;
	for (; flow < end; flow++) {
		if (is_live(flow, now))
			return flow;
	}
	return NULL;
}

void n64_flows_count(const struct n64_flows *flows, uint32_t bucket,
		     uint32_t now, uint32_t count[N64_FLOW_STATES])
{
	const struct n64_flow *flow;

	if (bucket >= flows->buckets)
		return;
	flow = flows->v[bucket].way;
	for (unsigned i = 0; i < N64_FLOWS_WAYS; i++, flow++) {
		if (is_live(flow, now))
			count[flow->state]++;
		else
			count[N64_FLOW_FREE]++;
	}
}

void n64_flow_key(struct n64_flow_key *dst, const struct n64_flow *flow)
{
	dst->addr = flow->addr;
	dst->port = flow->port;
	dst->tp = (enum n64_transport)flow->tp;
}

bool n64_flow_tell(struct n64_flow *flow, enum n64_flow_state state,
		   const struct pref64 *pref, uint32_t now, uint32_t life)
{
	struct pref64 shown = {.len = 0};
	bool news;

	if (state == N64_FLOW_FREE || (unsigned)state >= N64_FLOW_STATES)
		return false;
	if (state == N64_FLOW_HINT && flow->state != N64_FLOW_HINT)
		return false;
	if (state == N64_FLOW_NAT64)
		shown = pref ? *pref : flow->pref;
	news = flow->state != state || !pref64_equal(&flow->pref, &shown);
	flow->state = (uint8_t)state;
	flow->pref = shown;
	flow->expires = expiry(now, life);
	if (state != N64_FLOW_HINT)
		flow->probing = false;
	return news;
}
