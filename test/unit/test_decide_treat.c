/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* What the operator orders for a phone, against all that it can show */

#include "../../nat64sip/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "check.h"

#define IPV4 N64_NET_IPV4
#define IPV6 N64_NET_IPV6
#define NAT64 N64_NET_NAT64
#define UNKNOWN N64_NET_UNKNOWN
#define NEVER N64_TREAT_NEVER
#define ALWAYS N64_TREAT_ALWAYS
#define ORDERED N64_RULE_UA_POLICY
#define PHONE 0x64
#define CONF 0xc0
#define POOL 0xb0

static struct pref64 pref_of(uint8_t octet)
{
	struct pref64 pref;

	memset(&pref, 0, sizeof(pref));
	if (octet) {
		pref.addr.s6_addr[0] = 0x20;
		pref.addr.s6_addr[5] = octet;
		pref.len = 96;
	}
	return pref;
}

enum shown {
	NOTHING,
	VIA,
	PAIR,
	RECEIVED,
	NOTIFY,
	BEFORE,
	FLOW,
	BINDING,
	DISPROOF,
	NOTIFY4
};

static const struct row {
	const char *name;
	enum n64_treat treat;
	int af;
	enum shown shown;
	enum n64_net net;
	uint8_t pref;
	enum n64_rule rule;
	enum n64_strength strength;
} rows[] = {
	{"never, hint", NEVER, AF_INET, VIA, IPV4, 0, ORDERED, N64_PROOF},
	{"never, pair", NEVER, AF_INET, PAIR, IPV4, 0, ORDERED, N64_PROOF},
	{"never, received", NEVER, AF_INET, RECEIVED, IPV4, 0, ORDERED,
	 N64_PROOF},
	{"never, notify", NEVER, AF_INET, NOTIFY, IPV4, 0, ORDERED, N64_PROOF},
	{"never, before", NEVER, AF_INET, BEFORE, IPV4, 0, ORDERED, N64_PROOF},
	{"never, flow", NEVER, AF_INET, FLOW, IPV4, 0, ORDERED, N64_PROOF},
	{"never, binding", NEVER, AF_INET, BINDING, IPV4, 0, ORDERED,
	 N64_PROOF},
	{"never, packets unknown", NEVER, 0, BINDING, IPV4, 0, ORDERED,
	 N64_PROOF},
	{"never, nothing", NEVER, AF_INET, NOTHING, IPV4, 0, N64_RULE_PACKET4,
	 N64_HINT},
	{"never, disproof", NEVER, AF_INET, DISPROOF, IPV4, 0, N64_RULE_FLOW,
	 N64_PROOF},
	{"never, packets IPv6", NEVER, AF_INET6, VIA, IPV6, 0,
	 N64_RULE_PACKET6, N64_PROOF},
	{"never, nothing known", NEVER, 0, NOTHING, UNKNOWN, 0, N64_RULE_NONE,
	 N64_UNDECIDED},
	{"always, nothing", ALWAYS, AF_INET, NOTHING, NAT64, CONF, ORDERED,
	 N64_HINT},
	{"always, disproof", ALWAYS, AF_INET, DISPROOF, NAT64, CONF, ORDERED,
	 N64_HINT},
	{"always, notify says IPv4", ALWAYS, AF_INET, NOTIFY4, NAT64, CONF,
	 ORDERED, N64_HINT},
	/* what shows the PREF64 keeps its word */
	{"always, hint", ALWAYS, AF_INET, VIA, NAT64, CONF, N64_RULE_VIA,
	 N64_HINT},
	{"always, pair", ALWAYS, AF_INET, PAIR, NAT64, PHONE, N64_RULE_PAIR,
	 N64_PROOF},
	{"always, flow", ALWAYS, AF_INET, FLOW, NAT64, PHONE, N64_RULE_FLOW,
	 N64_PROOF},
	{"always, packets IPv6", ALWAYS, AF_INET6, VIA, IPV6, 0,
	 N64_RULE_PACKET6, N64_PROOF},
	{"always, packets unknown", ALWAYS, 0, NOTHING, UNKNOWN, 0,
	 N64_RULE_NONE, N64_UNDECIDED},
	{"as shown", N64_TREAT_AS_SHOWN, AF_INET, VIA, NAT64, CONF,
	 N64_RULE_VIA, N64_HINT},
	{"as shown, nothing", N64_TREAT_AS_SHOWN, AF_INET, NOTHING, IPV4, 0,
	 N64_RULE_PACKET4, N64_HINT},
};

static void decide(struct n64_decision *d, const struct row *r, bool pool)
{
	struct n64_policy policy = {N64_DETECT_VIA, pref_of(CONF), false};
	struct pref64 phone = pref_of(PHONE), other = pref_of(POOL);
	struct n64_verdict before = {NAT64, phone, N64_PROOF, N64_RULE_FLOW,
				     true};
	struct n64_fact fact = {r->shown != DISPROOF, phone, false};
	struct n64_notify_leg notify = {NAT64, phone};
	struct n64_evidence ev;
	struct n64_pair pair;

	memset(&ev, 0, sizeof(ev));
	memset(&pair, 0, sizeof(pair));
	pair.pref = phone;
	if (r->shown == NOTIFY4) {
		notify.net = IPV4;
		notify.pref = pref_of(0);
	}
	ev.source.af = r->af;
	ev.source.direct = true;
	ev.source.treat = r->treat;
	ev.source.via = r->shown == VIA ? N64_HOST_IP6 : N64_HOST_IP4;
	ev.source.pair = r->shown == PAIR ? &pair : NULL;
	ev.source.received = r->shown == RECEIVED ? &phone : NULL;
	ev.source.notify =
		r->shown == NOTIFY || r->shown == NOTIFY4 ? &notify : NULL;
	ev.source.before = r->shown == BEFORE ? &before : NULL;
	ev.source.flow =
		r->shown == FLOW || r->shown == DISPROOF ? &fact : NULL;
	ev.source.binding = r->shown == BINDING ? &fact : NULL;
	ev.source.pool = pool ? &other : NULL;
	ev.target = ev.source;
	memset(d, 0x5a, sizeof(*d));
	n64_decide(d, &ev, &policy);
}

static void check(const struct row *r, const struct n64_verdict *v,
		  uint8_t pref)
{
	struct pref64 want = pref_of(pref);

	CHECK(r->name, v->net == r->net);
	CHECK(r->name, v->rule == r->rule);
	CHECK(r->name, v->strength == r->strength);
	CHECK(r->name, pref64_equal(&v->pref, &want));
	CHECK(r->name, v->shown == (pref == PHONE));
}

static void test_treat(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct n64_decision d;

		decide(&d, &rows[i], false);
		check(&rows[i], &d.source, rows[i].pref);
		check(&rows[i], &d.target, rows[i].pref);
		/* a pool is believed over silence: test_decide_learned.c */
		if (rows[i].shown == DISPROOF)
			continue;
		/* a pool stands before what is configured */
		decide(&d, &rows[i], true);
		check(&rows[i], &d.source,
		      rows[i].pref == CONF ? POOL : rows[i].pref);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_treat),
	};

	return cmocka_run_group_tests_name("decide_treat", tests, NULL, NULL);
}
