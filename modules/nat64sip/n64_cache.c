/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_cache.h"

#include "n64_self.h"
#include "n64_stats.h"

#include "../../core/atomic_ops.h"
#include "../../core/dprint.h"
#include "../../core/locking.h"
#include "../../core/mem/shm_mem.h"
#include "../../core/timer.h"

#include <string.h>
#include <sys/random.h>

/** Buckets share locks; a power of two */
#define LOCKS 256
/** Seconds that a hint waits for its proof: a transaction's life */
#define HINT_LIFE 64
/** Seconds between two probes of a flow that answers none; between two
 *  keepalives it is what tm gives one */
#define PROBE_AGAIN 32
#define KEEPALIVE_AGAIN 8
/** Probes of all workers that may be out at once, keepalives apart: each is a
 *  transaction, and anybody can make us send one. More than the rate lets out in
 *  a probe's life. */
#define PROBES_OUT 512
/** Probes of all workers in a second, keepalives apart */
#define PROBES_A_SECOND 50
/** One host, or all phones behind one address of a NAT64, shall not take all */
#define PROBES_TO_ADDRESS (PROBES_A_SECOND / 2)
#define ADDRESSES 1024

struct shared
{
	atomic_t asked; /**< when the last probe was sent, 0 for never */
	atomic_t out;	/**< probes in tm's hands */
	uint32_t rate;	/**< this second and its probes; read and written
						 atomically */
	uint32_t address_rate[ADDRESSES]; /**< the same, by the address's hash */
	gen_lock_set_t *locks;
	struct n64_flows *flows;
};

static struct shared *shared;
static unsigned life;
static unsigned room;

int n64_cache_init(unsigned flows, unsigned expire)
{
	uint8_t seed[N64_FLOWS_SEED];
	size_t bytes = n64_flows_bytes(flows);
	void *mem;

	/* the kernel's: kamailio's own generators hang on 32 bits */
	if(getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
		LM_ERR("no random numbers from the kernel\n");
		return -1;
	}
	life = expire;
	room = flows;
	shared = bytes ? shm_malloc(sizeof(*shared)) : NULL;
	if(shared)
		memset(shared, 0, sizeof(*shared));
	mem = shared ? shm_malloc(bytes) : NULL;
	if(!mem) {
		LM_ERR("parameter \"flows\", value \"%u\": no shared memory for %zu"
			   " octets, start kamailio with a larger -m\n",
				flows, bytes);
		return -1;
	}
	shared->flows = n64_flows_init(mem, bytes, seed);
	shared->locks = lock_set_alloc(LOCKS);
	if(!shared->flows || !shared->locks || !lock_set_init(shared->locks)) {
		LM_ERR("cannot set up the flow cache\n");
		return -1;
	}
	return 0;
}

void n64_cache_destroy(void)
{
	if(!shared)
		return;
	if(shared->locks) {
		lock_set_destroy(shared->locks);
		lock_set_dealloc(shared->locks);
	}
	if(shared->flows)
		shm_free(shared->flows);
	shm_free(shared);
	shared = NULL;
}

void n64_cache_key(struct n64_flow_key *dst, const struct ip_addr *ip,
		int port, int proto)
{
	memset(dst, 0, sizeof(*dst));
	memcpy(&dst->addr, ip->u.addr, sizeof(dst->addr));
	dst->port = port;
	dst->tp = n64_transport_of(proto);
}

/** @return The bucket, for unlock() */
static uint32_t lock(const struct n64_flow_key *key)
{
	uint32_t bucket = n64_flows_bucket(shared->flows, key);

	lock_set_get(shared->locks, bucket % LOCKS);
	return bucket;
}

static void unlock(uint32_t bucket)
{
	lock_set_release(shared->locks, bucket % LOCKS);
}

bool n64_cache_find(struct n64_fact *dst, const struct n64_flow_key *key)
{
	const struct n64_flow *f;
	uint32_t i = lock(key);

	f = n64_flows_find_in(shared->flows, i, key, get_ticks());
	if(f) {
		dst->nat64 = f->state == N64_FLOW_NAT64;
		dst->hint = f->state == N64_FLOW_HINT;
		dst->pref = f->pref;
	}
	unlock(i);
	return f != NULL;
}

bool n64_cache_fact(struct n64_fact *dst, const struct n64_flow_key *key)
{
	return n64_cache_find(dst, key) && !dst->hint;
}

bool n64_cache_asking(void)
{
	uint32_t asked = atomic_get(&shared->asked);

	return asked && n64_flow_since(asked, get_ticks()) < HINT_LIFE;
}

bool n64_cache_probes_out(void)
{
	return atomic_get(&shared->out) > 0;
}

bool n64_cache_asked(const struct n64_flow_key *key, uint32_t seconds)
{
	uint32_t now = get_ticks(), i = lock(key);
	const struct n64_flow *f = n64_flows_find_in(shared->flows, i, key, now);
	bool asked = f && f->state == N64_FLOW_HINT && f->probing
				 && n64_flow_since(f->probe_sent, now) < seconds;

	unlock(i);
	return asked;
}

bool n64_cache_probe_begin(void)
{
	if(atomic_add(&shared->out, 1) > PROBES_OUT) {
		n64_cache_probe_end();
		return false;
	}
	return true;
}

void n64_cache_ask(void)
{
	atomic_set(&shared->asked, get_ticks());
}

/** The lowest bits of a second, and how many probes it has had: one word, so
 *  that workers never wait for each other */
static uint32_t rate_now(uint32_t rate, unsigned *sent)
{
	uint32_t second = get_ticks() << 8;

	*sent = (rate ^ second) >> 8 ? 0 : rate & 0xff;
	return second;
}

static bool take(uint32_t *word, unsigned limit)
{
	uint32_t rate = __atomic_load_n(word, __ATOMIC_RELAXED), second;
	unsigned sent;

	do {
		second = rate_now(rate, &sent);
		if(sent >= limit)
			return false;
	} while(!__atomic_compare_exchange_n(word, &rate, second | (sent + 1),
			false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

static void give_back(uint32_t *word)
{
	uint32_t rate = __atomic_load_n(word, __ATOMIC_RELAXED), second;
	unsigned sent;

	do {
		second = rate_now(rate, &sent);
		if(!sent)
			return;
	} while(!__atomic_compare_exchange_n(word, &rate, second | (sent - 1),
			false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

static uint32_t *address_rate(const struct n64_flow_key *key)
{
	struct n64_flow_key address;

	memset(&address, 0, sizeof(address));
	address.addr = key->addr;
	return &shared->address_rate[n64_flows_bucket(shared->flows, &address)
								 % ADDRESSES];
}

bool n64_cache_rate_take(const struct n64_flow_key *key)
{
	if(!take(&shared->rate, PROBES_A_SECOND))
		return false;
	if(take(address_rate(key), PROBES_TO_ADDRESS))
		return true;
	give_back(&shared->rate);
	return false;
}

void n64_cache_rate_give_back(const struct n64_flow_key *key)
{
	give_back(&shared->rate);
	give_back(address_rate(key));
}

void n64_cache_probe_end(void)
{
	atomic_dec(&shared->out);
}

static void tell(const struct n64_flow_key *key, enum n64_flow_state state,
		const struct pref64 *pref)
{
	uint32_t now = get_ticks();
	enum n64_flows_put how;
	struct n64_flow *f;
	uint32_t i = lock(key);

	f = n64_flows_put(shared->flows, key, now, life, &how);
	n64_flow_tell(f, state, pref, now, life);
	unlock(i);
	if(how == N64_FLOWS_EVICTED_PROOF)
		counter_inc(n64_stats.flows_evicted);
}

void n64_cache_prove(const struct n64_flow_key *key, const struct pref64 *pref)
{
	tell(key, N64_FLOW_NAT64, pref);
}

void n64_cache_disprove(const struct n64_flow_key *key)
{
	tell(key, N64_FLOW_NOT_NAT64, NULL);
}

void n64_cache_hint(const struct n64_flow_key *key)
{
	tell(key, N64_FLOW_HINT, NULL);
}

/** One is out until its answer comes, or until tm has given it up */
static bool is_out(const struct n64_flow *f, uint32_t now, uint32_t again)
{
	return f->probing && n64_flow_since(f->probe_sent, now) < again;
}

/** Seconds since what is known of a flow was told */
static uint32_t age_of(const struct n64_flow *f, uint32_t now)
{
	uint32_t left = f->expires - now;

	return left < life ? life - left : 0;
}

static bool claim(
		const struct n64_flow_key *key, uint32_t stale, uint32_t again)
{
	uint32_t now = get_ticks();
	enum n64_flows_put how;
	bool claimed = false;
	struct n64_flow *f;
	uint32_t i = lock(key);

	f = n64_flows_put(shared->flows, key, now, HINT_LIFE, &how);
	if((f->state == N64_FLOW_HINT || age_of(f, now) >= stale)
			&& !is_out(f, now, again)) {
		f->probing = true;
		f->probe_sent = now;
		if(f->state == N64_FLOW_HINT)
			f->expires = now + HINT_LIFE;
		if(f->probes < UINT16_MAX)
			++f->probes;
		claimed = true;
	}
	unlock(i);
	if(how == N64_FLOWS_EVICTED_PROOF)
		counter_inc(n64_stats.flows_evicted);
	return claimed;
}

bool n64_cache_claim_probe(const struct n64_flow_key *key, uint32_t stale)
{
	return claim(key, stale, PROBE_AGAIN);
}

bool n64_cache_claim_keepalive(const struct n64_flow_key *key)
{
	return claim(key, 0, KEEPALIVE_AGAIN);
}

void n64_cache_unclaim(const struct n64_flow_key *key)
{
	struct n64_flow *f;
	uint32_t i = lock(key);

	f = n64_flows_find_in(shared->flows, i, key, get_ticks());
	if(f && f->probing) {
		f->probing = false;
		if(f->probes)
			--f->probes;
	}
	unlock(i);
}

unsigned n64_cache_room(void)
{
	return room;
}

uint32_t n64_cache_parts(void)
{
	return n64_flows_buckets(shared->flows);
}

unsigned n64_cache_part(struct n64_flow dst[N64_FLOWS_WAYS], uint32_t part)
{
	const struct n64_flow *f = NULL;
	uint32_t now = get_ticks();
	unsigned n = 0;

	lock_set_get(shared->locks, part % LOCKS);
	while((f = n64_flows_next(shared->flows, part, f, now)))
		dst[n++] = *f;
	unlock(part % LOCKS);
	return n;
}

bool n64_cache_peek(struct n64_flow *dst, const struct n64_flow_key *key)
{
	struct n64_flow copy[N64_FLOWS_WAYS];
	unsigned i, n;

	n = n64_cache_part(copy, n64_flows_bucket(shared->flows, key));
	for(i = 0; i < n; i++) {
		if(copy[i].addr.s_addr != key->addr.s_addr || copy[i].port != key->port
				|| copy[i].tp != key->tp)
			continue;
		*dst = copy[i];
		return true;
	}
	return false;
}

unsigned n64_cache_count(uint32_t count[N64_FLOW_STATES], uint32_t part)
{
	const struct n64_flow *f = NULL;
	uint32_t now = get_ticks();
	unsigned waiting = 0;

	lock_set_get(shared->locks, part % LOCKS);
	n64_flows_count(shared->flows, part, now, count);
	while((f = n64_flows_next(shared->flows, part, f, now)))
		waiting += f->state == N64_FLOW_HINT && f->probing;
	unlock(part % LOCKS);
	return waiting;
}

void n64_cache_forget(const struct n64_flow_key *key)
{
	uint32_t i = lock(key);

	n64_flows_remove(shared->flows, key);
	unlock(i);
}
