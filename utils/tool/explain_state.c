/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Tables of sets: an entry has one of eight places, by its key.
 */
#include "explain_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, SETS = 16384, HINT_LIFE = 64 };

struct ex_state {
	uint64_t used;
	bool asked_once;
	uint32_t asked;
	unsigned life;
	void *mem;
	struct n64_flows *flows;
	struct ex_tx tx[SETS * WAYS];
	struct ex_branch branch[SETS * WAYS];
	struct ex_mark mark[SETS * WAYS];
};

/* How each of these entries begins */
struct head {
	uint64_t key, used;
};

static const uint8_t seed[N64_FLOWS_SEED];

struct ex_state *ex_state_new(const struct ex_conf *conf)
{
	struct ex_state *s = calloc(1, sizeof(*s));
	size_t bytes = n64_flows_bytes(conf->flows ? conf->flows : 1);

	if (!s)
		return NULL;
	s->life = conf->flow_expire;
	s->mem = bytes ? calloc(1, bytes) : NULL;
	s->flows = s->mem ? n64_flows_init(s->mem, bytes, seed) : NULL;
	if (s->flows)
		return s;
	ex_state_free(s);
	return NULL;
}

void ex_state_free(struct ex_state *s)
{
	if (!s)
		return;
	free(s->mem);
	free(s);
}

static uint64_t mix(uint64_t h, struct span s)
{
	size_t i;

	/* FNV-1a, and a divider */
	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return (h ^ 0x100) * 0x100000001b3u;
}

uint64_t ex_hash(struct span a, struct span b)
{
	uint64_t h = mix(mix(0xcbf29ce484222325u, a), b);

	return h ? h : 1;
}

/* The CSeq's method of an ACK is another one, as is a CANCEL's: they have a
 * branch of their own here */
uint64_t ex_branch_key(const struct ex_sip *sip, size_t i)
{
	return ex_hash(sip->via[i].branch, sip->cseq);
}

uint64_t ex_tx_key(const struct ex_sip *sip, size_t i)
{
	uint64_t a = ex_branch_key(sip, i), h = mix(a, sip->call_id);

	return h ? h : 1;
}

uint64_t ex_invite_key(const struct ex_sip *ack)
{
	struct ex_sip invite = *ack;
	char cseq[32];
	size_t n = 0;

	while (n < ack->cseq.n && n < 11 && ack->cseq.p[n] >= '0' &&
	       ack->cseq.p[n] <= '9')
		n++;
	n = (size_t)snprintf(cseq, sizeof(cseq), "%.*s INVITE", (int)n,
			     ack->cseq.p);
	invite.cseq = (struct span){cseq, n};
	return ex_tx_key(&invite, 0);
}

static struct head *at(void *table, size_t size, uint64_t key, size_t way)
{
	uint64_t set = (key ^ key >> 32) % SETS;

	return (struct head *)((char *)table + (set * WAYS + way) * size);
}

static void *find(struct ex_state *s, void *table, size_t size, uint64_t key)
{
	size_t way;

	for (way = 0; key && way < WAYS; way++) {
		struct head *h = at(table, size, key, way);

		if (h->key == key) {
			h->used = ++s->used;
			return h;
		}
	}
	return NULL;
}

static void *put(struct ex_state *s, void *table, size_t size, uint64_t key)
{
	struct head *h = find(s, table, size, key), *other;
	size_t way;

	if (h)
		return h;
	h = at(table, size, key, 0);
	for (way = 1; way < WAYS; way++) {
		other = at(table, size, key, way);
		if (other->used < h->used)
			h = other;
	}
	memset(h, 0, size);
	h->key = key;
	h->used = ++s->used;
	return h;
}

struct ex_tx *ex_tx_find(struct ex_state *s, uint64_t key)
{
	return find(s, s->tx, sizeof(s->tx[0]), key);
}

struct ex_branch *ex_branch_find(struct ex_state *s, uint64_t key)
{
	return find(s, s->branch, sizeof(s->branch[0]), key);
}

struct ex_mark *ex_mark_find(struct ex_state *s, uint64_t key)
{
	return find(s, s->mark, sizeof(s->mark[0]), key);
}

struct ex_tx *ex_tx_put(struct ex_state *s, uint64_t key)
{
	return put(s, s->tx, sizeof(s->tx[0]), key);
}

struct ex_branch *ex_branch_put(struct ex_state *s, uint64_t key)
{
	return put(s, s->branch, sizeof(s->branch[0]), key);
}

struct ex_mark *ex_mark_put(struct ex_state *s, uint64_t key)
{
	return put(s, s->mark, sizeof(s->mark[0]), key);
}

bool ex_flow_key(struct n64_flow_key *dst, const struct place *place,
		 enum n64_transport tp)
{
	memset(dst, 0, sizeof(*dst));
	if (!place_is4(place))
		return false;
	memcpy(&dst->addr, place->addr.s6_addr + 12, sizeof(dst->addr));
	dst->port = place->port;
	dst->tp = tp;
	return true;
}

bool ex_flow_find(struct n64_fact *dst, struct ex_state *s,
		  const struct n64_flow_key *key, uint32_t now)
{
	const struct n64_flow *f = n64_flows_find(s->flows, key, now);

	if (!f)
		return false;
	dst->nat64 = f->state == N64_FLOW_NAT64;
	dst->hint = f->state == N64_FLOW_HINT;
	dst->pref = f->pref;
	return true;
}

void ex_flow_tell(struct ex_state *s, const struct n64_flow_key *key,
		  enum n64_flow_state what, const struct pref64 *pref,
		  uint32_t now)
{
	struct n64_flow *f = n64_flows_put(s->flows, key, now, s->life, NULL);

	n64_flow_tell(f, what, pref, now, s->life);
}

void ex_flow_asked(struct ex_state *s, const struct n64_flow_key *key,
		   uint32_t now)
{
	struct n64_flow *f =
		n64_flows_put(s->flows, key, now, HINT_LIFE, NULL);

	f->probing = true;
	f->probe_sent = now;
	if (f->state == N64_FLOW_HINT)
		f->expires = now + HINT_LIFE;
	s->asked_once = true;
	s->asked = now;
}

bool ex_flow_asking(const struct ex_state *s, uint32_t now)
{
	return s->asked_once && n64_flow_since(s->asked, now) < HINT_LIFE;
}
