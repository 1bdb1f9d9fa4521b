/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octets 0 and 1: the policy; 24 octets for each side: all that can be shown. */

#include "../../nat64sip/decide.h"
#include "fuzz.h"

#include <sys/socket.h>

#define POLICY_SIZE 2
#define SIDE_SIZE 24

struct shown {
	struct n64_pair pair;
	struct n64_notify_leg notify;
	struct n64_verdict before;
	struct pref64 received, pool;
	struct n64_fact flow, binding;
};

static void make_pref(struct pref64 *pref, uint8_t c)
{
	static const uint8_t lengths[] = {0, 32, 40, 48, 56, 64, 96, 0};

	memset(pref, 0, sizeof(*pref));
	pref->len = lengths[c % sizeof(lengths)];
	if (pref->len) {
		pref->addr.s6_addr[0] = 0x20;
		pref->addr.s6_addr[3] = c;
	}
}

static void make_fact(struct n64_fact *fact, uint8_t kind, uint8_t pref)
{
	memset(fact, 0, sizeof(*fact));
	fact->nat64 = kind & 1;
	if (fact->nat64)
		make_pref(&fact->pref, pref);
}

static void make_side(struct n64_side *side, struct shown *s,
		      const uint8_t *data)
{
	static const int families[] = {0, AF_INET, AF_INET6, AF_UNIX};

	memset(s, 0, sizeof(*s));
	memset(side, 0, sizeof(*side));
	side->af = families[data[0] % 4];
	side->direct = data[0] & 0x80;
	side->via = (enum n64_host)(data[1] % (N64_HOST_IP6_UNFIT + 1));
	side->contact = (enum n64_host)(data[2] % (N64_HOST_IP6_UNFIT + 1));
	side->sdp = (enum n64_host)(data[3] % (N64_HOST_IP6_UNFIT + 1));
	make_pref(&s->pair.pref, data[4]);
	s->notify.net = (enum n64_net)(data[5] % (N64_NET_NAT64 + 1));
	make_pref(&s->notify.pref, data[6]);
	s->before.net = (enum n64_net)(data[7] % (N64_NET_NAT64 + 1));
	make_pref(&s->before.pref, data[8]);
	s->before.strength = (enum n64_strength)(data[9] % 3);
	s->before.rule = (enum n64_rule)(data[10] % N64_RULES);
	s->before.shown = data[11] & 1;
	side->pair = data[12] & 1 ? &s->pair : NULL;
	side->notify = data[12] & 2 ? &s->notify : NULL;
	side->before = data[12] & 4 ? &s->before : NULL;
	make_pref(&s->received, data[13]);
	make_pref(&s->pool, data[14]);
	make_fact(&s->flow, data[15], data[16]);
	make_fact(&s->binding, data[17], data[18]);
	side->received = data[12] & 8 ? &s->received : NULL;
	side->pool = data[12] & 16 ? &s->pool : NULL;
	side->flow = data[12] & 32 ? &s->flow : NULL;
	side->binding = data[12] & 64 ? &s->binding : NULL;
	side->treat = (enum n64_treat)(data[19] % (N64_TREAT_ALWAYS + 1));
}

/* Which PREF64s a phone itself showed */
static bool shown_pref(const struct pref64 *pref, const struct n64_side *side)
{
	return (side->pair && pref64_equal(pref, &side->pair->pref)) ||
		(side->received && pref64_equal(pref, side->received)) ||
		(side->flow && pref64_equal(pref, &side->flow->pref)) ||
		(side->binding && pref64_equal(pref, &side->binding->pref)) ||
		(side->before && side->before->shown &&
		 pref64_equal(pref, &side->before->pref));
}

static bool known_pref(const struct pref64 *pref, const struct n64_side *side,
		       const struct n64_policy *policy)
{
	/* the pool's stands in the place of the configured one */
	return pref64_equal(pref, side->pool ? side->pool : &policy->pref) ||
		(side->notify && pref64_equal(pref, &side->notify->pref)) ||
		(side->before && pref64_equal(pref, &side->before->pref)) ||
		shown_pref(pref, side);
}

static void check(const struct n64_verdict *v, const struct n64_side *side,
		  const struct n64_policy *policy)
{
	REQUIRE((unsigned)v->net <= N64_NET_NAT64);
	REQUIRE((unsigned)v->rule < N64_RULES);
	REQUIRE(*n64_rule_name(v->rule) != '\0');
	REQUIRE((v->rule == N64_RULE_NONE) == (v->net == N64_NET_UNKNOWN));
	REQUIRE(!v->shown || v->pref.len != 0);
	REQUIRE(!v->shown || shown_pref(&v->pref, side));
	REQUIRE(!v->shown || !policy->believe_configured);
	REQUIRE(side->treat != N64_TREAT_NEVER || v->net != N64_NET_NAT64);
	REQUIRE(side->treat != N64_TREAT_ALWAYS || side->af != AF_INET ||
		v->net == N64_NET_NAT64);
	if (v->net != N64_NET_NAT64) {
		REQUIRE(v->pref.len == 0);
		return;
	}
	REQUIRE(side->af != AF_INET6);
	REQUIRE(known_pref(&v->pref, side, policy));
	REQUIRE(v->pref.len != 0 || side->pool || policy->pref.len == 0);
}

static void check_same(const struct n64_verdict *a,
		       const struct n64_verdict *b)
{
	REQUIRE(a->net == b->net && a->rule == b->rule);
	REQUIRE(a->strength == b->strength && a->shown == b->shown);
	REQUIRE(pref64_equal(&a->pref, &b->pref));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct n64_evidence ev, swapped;
	struct n64_decision d, again;
	struct n64_policy policy;
	struct shown source, target;

	if (size < POLICY_SIZE + 2 * SIDE_SIZE)
		return 0;
	policy.detect = data[0] % 8;
	policy.believe_configured = data[0] & 8;
	make_pref(&policy.pref, data[1]);
	make_side(&ev.source, &source, data + POLICY_SIZE);
	make_side(&ev.target, &target, data + POLICY_SIZE + SIDE_SIZE);
	memset(&d, 0x5a, sizeof(d));
	n64_decide(&d, &ev, &policy);
	check(&d.source, &ev.source, &policy);
	check(&d.target, &ev.target, &policy);
	/* each side is decided by what it shows, and by that alone */
	swapped.source = ev.target;
	swapped.target = ev.source;
	memset(&again, 0xa5, sizeof(again));
	n64_decide(&again, &swapped, &policy);
	check_same(&d.source, &again.target);
	check_same(&d.target, &again.source);
	return 0;
}
