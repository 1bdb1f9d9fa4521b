/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octet 0: how many buckets; 1 to 4: the time at the beginning. Then four
 * octets are one operation: which, which flow, how far the clock goes, life. A
 * slow model knows what of each flow must be there. */

#include "../../nat64sip/flows.h"

#include "fuzz.h"

#include <arpa/inet.h>

#define FLOWS 64
#define HEAD 5

struct known {
	bool there;
	enum n64_flow_state state;
	uint64_t added, used, expires; /* of a clock that does not wrap */
	bool probing;
	uint8_t pref;
};

struct world {
	struct n64_flows *table;
	struct known known[FLOWS];
	uint32_t bucket[FLOWS]; /* of each flow */
	uint64_t now;
	bool leapt;
};

static struct n64_flow_key key_of(unsigned n)
{
	struct n64_flow_key key = {
		.port = (uint16_t)(5060 + n % 16),
		.tp = n & 16 ? N64_TP_TCP : N64_TP_UDP,
	};

	key.addr.s_addr = htonl(0xcb007100u + n / 32);
	return key;
}

static unsigned number_of(const struct n64_flow *flow)
{
	struct n64_flow_key key;

	n64_flow_key(&key, flow);
	return (ntohl(key.addr.s_addr) - 0xcb007100u) * 32 +
		(key.tp == N64_TP_TCP) * 16 + key.port - 5060;
}

static struct pref64 pref_of(uint8_t n)
{
	struct pref64 pref = {.len = n ? 96 : 0};

	if (n)
		pref.addr.s6_addr[4] = n;
	return pref;
}

static bool is_live(const struct world *w, unsigned n)
{
	return w->known[n].there && w->now < w->known[n].expires;
}

/* The order in which they go, see n64_flows_put() */
static unsigned rank(const struct world *w, unsigned n)
{
	const struct known *k = &w->known[n];

	if (!is_live(w, n))
		return 0;
	if (k->state == N64_FLOW_HINT)
		return k->probing ? 2 : 1;
	return k->state == N64_FLOW_NOT_NAT64 ? 3 : 4;
}

/* What is in a bucket is what the model has there */
static unsigned check_bucket(const struct world *w, uint32_t bucket)
{
	uint32_t now = (uint32_t)w->now, count[N64_FLOW_STATES] = {0};
	const struct n64_flow *flow = NULL;
	bool seen[FLOWS] = {false};
	struct pref64 pref;
	unsigned n, total = 0, live = 0;

	while ((flow = n64_flows_next(w->table, bucket, flow, now))) {
		n = number_of(flow);
		REQUIRE(n < FLOWS && w->bucket[n] == bucket);
		REQUIRE(!seen[n] && is_live(w, n));
		REQUIRE(flow->state == w->known[n].state);
		pref = pref_of(w->known[n].pref);
		REQUIRE(pref64_equal(&flow->pref, &pref));
		seen[n] = true;
		total++;
	}
	for (n = 0; n < FLOWS; n++) {
		if (w->bucket[n] != bucket)
			continue;
		live += is_live(w, n);
		REQUIRE(seen[n] == is_live(w, n));
	}
	n64_flows_count(w->table, bucket, now, count);
	REQUIRE(total == live && total <= N64_FLOWS_WAYS);
	REQUIRE(count[N64_FLOW_FREE] == N64_FLOWS_WAYS - total);
	REQUIRE(count[N64_FLOW_HINT] + count[N64_FLOW_NAT64] +
			count[N64_FLOW_NOT_NAT64] ==
		total);
	return total;
}

/* Which of the model's live flows of this bucket is not there any more? */
static unsigned gone(const struct world *w, uint32_t bucket, unsigned but)
{
	unsigned n, found = FLOWS;

	for (n = 0; n < FLOWS; n++) {
		const struct n64_flow *flow = NULL;
		bool there = false;

		if (n == but || !is_live(w, n) || w->bucket[n] != bucket)
			continue;
		while ((flow = n64_flows_next(w->table, bucket, flow,
					      (uint32_t)w->now)))
			there |= number_of(flow) == n;
		REQUIRE(there || found == FLOWS);
		if (!there)
			found = n;
	}
	return found;
}

static void check_victim(struct world *w, unsigned victim, uint32_t bucket,
			 enum n64_flows_put how)
{
	unsigned n, r = rank(w, victim);

	REQUIRE(how == (r == 4 ? N64_FLOWS_EVICTED_PROOF : N64_FLOWS_EVICTED));
	for (n = 0; n < FLOWS; n++) {
		if (!is_live(w, n) || w->bucket[n] != bucket)
			continue;
		REQUIRE(rank(w, n) >= r);
		/* of hints the oldest, of others the longest not in use */
		REQUIRE(rank(w, n) > r ||
			(r > 2 ? w->known[n].used >= w->known[victim].used
			       : w->known[n].added >= w->known[victim].added));
	}
	w->known[victim].there = false;
}

static void do_put(struct world *w, unsigned n, uint32_t life)
{
	struct n64_flow_key key = key_of(n);
	uint32_t bucket = w->bucket[n];
	unsigned total = check_bucket(w, bucket), victim;
	bool was = is_live(w, n);
	enum n64_flows_put how;
	struct n64_flow *flow;

	flow = n64_flows_put(w->table, &key, (uint32_t)w->now, life, &how);
	REQUIRE(flow && number_of(flow) == n);
	REQUIRE(was == (how == N64_FLOWS_FOUND));
	victim = gone(w, bucket, n);
	REQUIRE((victim < FLOWS) == (how >= N64_FLOWS_EVICTED));
	REQUIRE((victim < FLOWS) == (!was && total == N64_FLOWS_WAYS));
	if (victim < FLOWS)
		check_victim(w, victim, bucket, how);
	if (was) {
		w->known[n].used = w->now;
		return;
	}
	w->known[n] = (struct known){
		.there = true,
		.state = N64_FLOW_HINT,
		.added = w->now,
		.used = w->now,
		.expires = w->now + life,
	};
	REQUIRE(flow->state == N64_FLOW_HINT && !flow->probing &&
		!flow->probes && !flow->pref.len);
}

static void do_tell(struct world *w, unsigned n, uint8_t what, uint32_t life)
{
	enum n64_flow_state state =
		(enum n64_flow_state)(N64_FLOW_HINT + what % 3);
	struct n64_flow_key key = key_of(n);
	struct pref64 pref = pref_of(what / 3 % 4);
	struct n64_flow *flow;
	struct known *k = &w->known[n];

	flow = n64_flows_find(w->table, &key, (uint32_t)w->now);
	REQUIRE(!flow == !is_live(w, n));
	if (!flow)
		return;
	w->known[n].used = w->now;
	n64_flow_tell(flow, state, pref.len ? &pref : NULL, (uint32_t)w->now,
		      life);
	if (state == N64_FLOW_HINT && k->state != N64_FLOW_HINT)
		return;
	k->expires = w->now + life;
	k->probing = k->probing && state == N64_FLOW_HINT;
	if (state != N64_FLOW_NAT64)
		k->pref = 0;
	else if (pref.len)
		k->pref = what / 3 % 4;
	k->state = state;
}

static void do_probe(struct world *w, unsigned n)
{
	struct n64_flow_key key = key_of(n);
	struct n64_flow *flow =
		n64_flows_find(w->table, &key, (uint32_t)w->now);

	REQUIRE(!flow == !is_live(w, n));
	REQUIRE(flow ==
		n64_flows_find_in(w->table, w->bucket[n], &key,
				  (uint32_t)w->now));
	if (!flow)
		return;
	/* no leap is as long as half the clock's range */
	REQUIRE(n64_flow_since(flow->added, (uint32_t)w->now) ==
		w->now - w->known[n].added);
	REQUIRE(n64_flow_since((uint32_t)w->now + 1, (uint32_t)w->now) == 0);
	w->known[n].used = w->now;
	REQUIRE(flow->probing == w->known[n].probing);
	flow->probing = w->known[n].probing = true;
	flow->probes++;
}

static void do_remove(struct world *w, unsigned n)
{
	struct n64_flow_key key = key_of(n);
	bool was = is_live(w, n);

	REQUIRE(n64_flows_remove(w->table, &key) || !was);
	REQUIRE(!n64_flows_find(w->table, &key, (uint32_t)w->now));
	w->known[n].there = false;
}

static void step(struct world *w, const uint8_t *op)
{
	uint32_t life = op[3] == 0xff ? N64_FLOW_LIFE_MAX : op[3];
	unsigned n = op[1] % FLOWS;

	/* once: what expired 68 years ago would seem to be still to come */
	if (op[2] == 0xff && !w->leapt) {
		w->now += N64_FLOW_LIFE_MAX - 1;
		w->leapt = true;
	}
	w->now += op[2] / 16;
	switch (op[0] % 8) {
	case 0:
		do_remove(w, n);
		break;
	case 1:
	case 2:
		do_tell(w, n, op[0] / 8, life);
		break;
	case 3:
		do_probe(w, n);
		break;
	default:
		do_put(w, n, life);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[N64_FLOWS_SEED] = "a seed, 16 octet";
	struct world w = {.now = (uint64_t)1 << 32};
	size_t bytes;
	uint32_t b;
	void *mem;

	if (size < HEAD)
		return 0;
	bytes = n64_flows_bytes(1 + data[0] % 8 * 4);
	mem = malloc(bytes);
	REQUIRE(mem != NULL);
	w.table = n64_flows_init(mem, bytes, seed);
	REQUIRE(w.table && n64_flows_buckets(w.table) == 1u + data[0] % 8);
	for (b = 0; b < FLOWS; b++) {
		struct n64_flow_key key = key_of(b);

		w.bucket[b] = n64_flows_bucket(w.table, &key);
	}
	for (b = 1; b < HEAD; b++)
		w.now += (uint64_t)data[b] << 8 * (b - 1);
	for (data += HEAD, size -= HEAD; size >= 4; data += 4, size -= 4)
		step(&w, data);
	for (b = 0; b < n64_flows_buckets(w.table); b++)
		check_bucket(&w, b);
	free(mem);
	return 0;
}
