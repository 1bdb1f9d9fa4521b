/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "check.h"

#define UNKNOWN N64_NET_UNKNOWN
#define NAT64 N64_NET_NAT64
#define ALL (N64_DETECT_VIA | N64_DETECT_CONTACT | N64_DETECT_SDP)
#define PHONE "2001:db8:64::/96"
#define POOL "2001:db8:b0::/96"
#define CONF "2001:db8:c0::/96"

static struct pref64 pref_of(const char *text)
{
	struct pref64 pref;

	memset(&pref, 0, sizeof(pref));
	if (text)
		assert_int_equal(pref64_parse(&pref, text, strlen(text), NULL),
				 0);
	return pref;
}

/* All that a side's pointers may go to */
struct stock {
	struct n64_pair pairs[2];
	struct n64_notify_leg legs[4];
	struct n64_verdict befores[7];
	struct pref64 received[2], pool;
	struct n64_fact facts[3];
};

static void make_stock(struct stock *s)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	s->pairs[1].pref = pref_of(PHONE);
	s->received[1] = pref_of(PHONE);
	s->pool = pref_of(POOL);
	s->facts[1].nat64 = s->facts[2].nat64 = true;
	s->facts[2].pref = pref_of(PHONE);
	for (i = 0; i < 4; i++) {
		s->legs[i].net = (enum n64_net)i;
		s->legs[i].pref = pref_of(PHONE);
	}
	for (i = 0; i < 7; i++) {
		s->befores[i].net = (enum n64_net)(i > 3 ? i - 3 : i);
		s->befores[i].pref = pref_of(PHONE);
		s->befores[i].strength = i == 0 ? N64_UNDECIDED
			: i > 3                 ? N64_PROOF
						: N64_HINT;
		s->befores[i].rule = N64_RULE_VIA;
		s->befores[i].shown = true;
	}
}

#define KINDS ((size_t)3 * 2 * 5 * 2 * 2 * 3 * 5 * 8 * 3 * 4 * 4 * 2)

/* The k-th combination of all that a side can show */
static void make_side(struct n64_side *side, const struct stock *s, size_t k)
{
	static const int families[] = {0, AF_INET, AF_INET6};

	memset(side, 0, sizeof(*side));
	side->af = families[k % 3], k /= 3;
	side->direct = k % 2, k /= 2;
	side->via = (enum n64_host)(k % 5), k /= 5;
	side->contact = k % 2 ? N64_HOST_IP6 : N64_HOST_NAME, k /= 2;
	side->sdp = k % 2 ? N64_HOST_IP6 : N64_HOST_IP4, k /= 2;
	side->pair = k % 3 ? &s->pairs[k % 3 - 1] : NULL, k /= 3;
	side->notify = k % 5 ? &s->legs[k % 5 - 1] : NULL, k /= 5;
	side->before = k % 8 ? &s->befores[k % 8 - 1] : NULL, k /= 8;
	side->received = k % 3 ? &s->received[k % 3 - 1] : NULL, k /= 3;
	side->flow = k % 4 ? &s->facts[k % 4 - 1] : NULL, k /= 4;
	side->binding = k % 4 ? &s->facts[k % 4 - 1] : NULL, k /= 4;
	side->pool = k % 2 ? &s->pool : NULL;
}

static void check_always(const struct n64_verdict *v,
			 const struct n64_side *side,
			 const struct n64_policy *policy)
{
	const char *name = n64_rule_name(v->rule);

	CHECK(name, v->net == NAT64 || v->pref.len == 0);
	CHECK(name, v->net == NAT64 || !v->shown);
	CHECK(name, !(v->net == NAT64 && side->af == AF_INET6));
	CHECK(name, (v->net == UNKNOWN) == (v->rule == N64_RULE_NONE));
	CHECK(name, (v->net == UNKNOWN) == (v->strength == N64_UNDECIDED));
	CHECK(name, !v->shown || v->pref.len != 0);
	CHECK(name, !v->shown || !policy->believe_configured);
	if (v->net != NAT64)
		return;
	/* with a prefix configured, no NAT64 side is without one, and the
	 * phone's own address range counts more than the operator's default */
	CHECK(name, v->pref.len != 0);
	CHECK(name, !side->pool || !pref64_equal(&v->pref, &policy->pref));
}

static void check_same(const struct n64_verdict *a,
		       const struct n64_verdict *b)
{
	CHECK("same", a->net == b->net && a->rule == b->rule);
	CHECK("same", a->strength == b->strength && a->shown == b->shown);
	CHECK("same", pref64_equal(&a->pref, &b->pref));
}

/* What holds for each evidence that there can be */
static void test_always(void **state)
{
	static struct stock stock;
	struct n64_policy policy = {ALL, pref_of(CONF), false};
	struct n64_decision d;
	struct n64_evidence ev;
	size_t i;

	(void)state;
	make_stock(&stock);
	for (i = 0; i < 2 * KINDS; i++) {
		policy.believe_configured = i >= KINDS;
		make_side(&ev.source, &stock, i % KINDS);
		ev.target = ev.source;
		memset(&d, 0x5a, sizeof(d));
		n64_decide(&d, &ev, &policy);
		check_always(&d.source, &ev.source, &policy);
		check_same(&d.source, &d.target);
	}
}

/* Without a prefix of the operator's, a side keeps what was shown of it, or
 * stays without */
static void test_nothing_configured(void **state)
{
	static const struct pref64 none;
	static struct stock stock;
	struct n64_policy policy = {ALL, none, false};
	struct n64_decision d;
	struct n64_evidence ev;
	struct pref64 phone = pref_of(PHONE);
	size_t i;

	(void)state;
	make_stock(&stock);
	memset(&ev, 0, sizeof(ev));
	for (i = 0; i < KINDS / 2; i++) {
		make_side(&ev.source, &stock, i);
		n64_decide(&d, &ev, &policy);
		CHECK(n64_rule_name(d.source.rule),
		      d.source.pref.len == 0 ||
			      pref64_equal(&d.source.pref, &phone));
		CHECK(n64_rule_name(d.source.rule),
		      d.source.rule < N64_RULE_PACKET6 ||
			      d.source.pref.len == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_always),
		cmocka_unit_test(test_nothing_configured),
	};

	return cmocka_run_group_tests_name("decide_always", tests, NULL, NULL);
}
