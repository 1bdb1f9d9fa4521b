/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* What phones have shown before, and whose PREF64 counts */

#include "../../nat64sip/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "check.h"
#include "pref_of.h"

#define IPV4 N64_NET_IPV4
#define IPV6 N64_NET_IPV6
#define NAT64 N64_NET_NAT64
#define IP6 N64_HOST_IP6
#define ALL (N64_DETECT_VIA | N64_DETECT_CONTACT | N64_DETECT_SDP)
#define PHONE "2001:db8:64::/96"
#define OTHER "2001:db8:a0::/96"
#define POOL "2001:db8:b0::/96"
#define CONF "2001:db8:c0::/96"
#define NOT "-" /* a fact that disproves */
#define OLD "?" /* a fact that is but a hint, from an earlier message */
#define BARE "" /* a PREF64 of length 0 */

/* One side; texts are PREF64s, NULL for what is not there */
struct row {
	const char *name;
	int af; /* AF_INET unless set */
	enum n64_host via;
	const char *pair, *received, *notify, *flow, *binding, *pool, *conf;
	bool believe_configured, websocket, behind;
	struct n64_verdict before; /* without its PREF64; strength 0: none */
	const char *before_pref;
	struct {
		enum n64_net net;
		const char *pref;
		enum n64_strength strength;
		enum n64_rule rule;
		bool shown;
	} want;
};

#define WANT_SHOWN(rule)                            \
	{                                           \
		NAT64, PHONE, N64_PROOF, rule, true \
	}
#define WANT_IPV4(rule)                            \
	{                                          \
		IPV4, NULL, N64_PROOF, rule, false \
	}
#define WANT_IPV6                                              \
	{                                                      \
		IPV6, NULL, N64_PROOF, N64_RULE_PACKET6, false \
	}
#define WANT_PLAIN                                            \
	{                                                     \
		IPV4, NULL, N64_HINT, N64_RULE_PACKET4, false \
	}

#define WANT_POOL                                           \
	{                                                   \
		NAT64, POOL, N64_HINT, N64_RULE_POOL, false \
	}

static const struct row rows[] = {
	{.name = "WebSocket from a pool",
	 .websocket = true,
	 .pool = POOL,
	 .conf = CONF,
	 .want = WANT_POOL},
	{.name = "WebSocket from a pool, silent when asked",
	 .websocket = true,
	 .pool = POOL,
	 .flow = NOT,
	 .want = WANT_POOL},
	{.name = "WebSocket from no pool",
	 .websocket = true,
	 .conf = CONF,
	 .want = WANT_PLAIN},
	{.name = "WebSocket from a pool, of another proxy",
	 .websocket = true,
	 .behind = true,
	 .pool = POOL,
	 .want = WANT_PLAIN},
	{.name = "received",
	 .received = PHONE,
	 .conf = CONF,
	 .want = WANT_SHOWN(N64_RULE_RECEIVED)},
	{.name = "received, packets unknown",
	 .af = -1,
	 .received = PHONE,
	 .want = WANT_SHOWN(N64_RULE_RECEIVED)},
	{.name = "received without PREF64 says nothing",
	 .received = BARE,
	 .want = WANT_PLAIN},
	{.name = "received without PREF64 leaves the hint",
	 .via = IP6,
	 .received = BARE,
	 .conf = CONF,
	 .want = {NAT64, CONF, N64_HINT, N64_RULE_VIA, false}},
	{.name = "received, packets IPv6",
	 .af = AF_INET6,
	 .received = PHONE,
	 .conf = CONF,
	 .want = WANT_IPV6},
	{.name = "received against a disproof",
	 .received = PHONE,
	 .flow = NOT,
	 .binding = NOT,
	 .want = WANT_SHOWN(N64_RULE_RECEIVED)},
	{.name = "received against another flow",
	 .received = PHONE,
	 .flow = OTHER,
	 .want = WANT_SHOWN(N64_RULE_RECEIVED)},
	{.name = "received against what was before",
	 .received = PHONE,
	 .before = {.net = NAT64, .strength = N64_PROOF, .shown = true},
	 .before_pref = OTHER,
	 .want = WANT_SHOWN(N64_RULE_RECEIVED)},
	{.name = "pair against received",
	 .pair = PHONE,
	 .received = OTHER,
	 .want = WANT_SHOWN(N64_RULE_PAIR)},
	{.name = "flow",
	 .flow = PHONE,
	 .conf = CONF,
	 .want = WANT_SHOWN(N64_RULE_FLOW)},
	{.name = "flow, packets IPv6",
	 .af = AF_INET6,
	 .flow = PHONE,
	 .want = WANT_IPV6},
	{.name = "flow without PREF64 says nothing",
	 .flow = BARE,
	 .want = WANT_PLAIN},
	{.name = "disproof against the hint",
	 .via = IP6,
	 .flow = NOT,
	 .conf = CONF,
	 .want = WANT_IPV4(N64_RULE_FLOW)},
	{.name = "disproof before its pool was loaded",
	 .via = IP6,
	 .flow = NOT,
	 .binding = NOT,
	 .conf = CONF,
	 .pool = POOL,
	 .want = {NAT64, POOL, N64_HINT, N64_RULE_VIA, false}},
	{.name = "disproof, a pool and no hint",
	 .flow = NOT,
	 .pool = POOL,
	 .want = WANT_PLAIN},
	{.name = "disproof, packets IPv6",
	 .af = AF_INET6,
	 .flow = NOT,
	 .binding = NOT,
	 .want = WANT_IPV6},
	{.name = "proof against the transaction's hint",
	 .flow = PHONE,
	 .before = {.net = NAT64, .strength = N64_HINT},
	 .before_pref = OTHER,
	 .want = WANT_SHOWN(N64_RULE_FLOW)},
	{.name = "disproof against the transaction's hint",
	 .flow = NOT,
	 .before = {.net = NAT64, .strength = N64_HINT},
	 .want = WANT_IPV4(N64_RULE_FLOW)},
	{.name = "proof against the transaction's IPv4 by its packets",
	 .flow = PHONE,
	 .before = {.net = IPV4, .strength = N64_HINT},
	 .want = WANT_SHOWN(N64_RULE_FLOW)},
	{.name = "the transaction's proof against another flow",
	 .flow = OTHER,
	 .before = {.net = NAT64, .strength = N64_PROOF, .shown = true},
	 .before_pref = PHONE,
	 .want = WANT_SHOWN(N64_RULE_TRANSACTION)},
	{.name = "the transaction's proof against a disproof",
	 .flow = NOT,
	 .before = {.net = NAT64, .strength = N64_PROOF, .shown = true},
	 .before_pref = PHONE,
	 .want = WANT_SHOWN(N64_RULE_TRANSACTION)},
	{.name = "the transaction's disproof against a flow",
	 .flow = PHONE,
	 .before = {.net = IPV4, .strength = N64_PROOF},
	 .want = WANT_IPV4(N64_RULE_TRANSACTION)},
	{.name = "the transaction's hint against a registration",
	 .binding = PHONE,
	 .before = {.net = IPV4, .strength = N64_HINT},
	 .want = {IPV4, NULL, N64_HINT, N64_RULE_TRANSACTION, false}},
	{.name = "binding",
	 .binding = PHONE,
	 .conf = CONF,
	 .want = WANT_SHOWN(N64_RULE_BINDING)},
	{.name = "binding against the hint",
	 .via = IP6,
	 .binding = PHONE,
	 .pool = POOL,
	 .want = WANT_SHOWN(N64_RULE_BINDING)},
	{.name = "binding, packets unknown",
	 .af = -1,
	 .binding = PHONE,
	 .want = WANT_SHOWN(N64_RULE_BINDING)},
	{.name = "binding, packets IPv6",
	 .af = AF_INET6,
	 .binding = PHONE,
	 .want = WANT_IPV6},
	{.name = "flow against binding",
	 .flow = PHONE,
	 .binding = OTHER,
	 .want = WANT_SHOWN(N64_RULE_FLOW)},
	{.name = "disproof against binding",
	 .flow = NOT,
	 .binding = PHONE,
	 .want = WANT_IPV4(N64_RULE_FLOW)},
	{.name = "flow without PREF64 leaves the binding",
	 .flow = BARE,
	 .binding = PHONE,
	 .want = WANT_SHOWN(N64_RULE_BINDING)},
	{.name = "pool before the configured one",
	 .via = IP6,
	 .pool = POOL,
	 .conf = CONF,
	 .want = {NAT64, POOL, N64_HINT, N64_RULE_VIA, false}},
	{.name = "pool alone",
	 .via = IP6,
	 .pool = POOL,
	 .want = {NAT64, POOL, N64_HINT, N64_RULE_VIA, false}},
	{.name = "pool is no evidence",
	 .pool = POOL,
	 .conf = CONF,
	 .want = WANT_PLAIN},
	{.name = "pool, packets IPv6",
	 .af = AF_INET6,
	 .via = IP6,
	 .pool = POOL,
	 .want = WANT_IPV6},
	{.name = "pool against what the phone showed",
	 .flow = PHONE,
	 .pool = POOL,
	 .conf = CONF,
	 .want = WANT_SHOWN(N64_RULE_FLOW)},
	{.name = "pool for a notify that names none",
	 .notify = BARE,
	 .pool = POOL,
	 .conf = CONF,
	 .want = {NAT64, POOL, N64_PROOF, N64_RULE_NOTIFY, false}},
	{.name = "notify before the pool",
	 .notify = PHONE,
	 .pool = POOL,
	 .want = {NAT64, PHONE, N64_PROOF, N64_RULE_NOTIFY, false}},
	{.name = "pool for a transaction that knew none",
	 .pool = POOL,
	 .before = {.net = NAT64, .strength = N64_HINT},
	 .want = {NAT64, POOL, N64_HINT, N64_RULE_TRANSACTION, false}},
	{.name = "configured only, pair",
	 .pair = PHONE,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = {NAT64, CONF, N64_PROOF, N64_RULE_PAIR, false}},
	{.name = "configured only, received",
	 .received = PHONE,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = {NAT64, CONF, N64_PROOF, N64_RULE_RECEIVED, false}},
	{.name = "configured only, flow and pool",
	 .flow = PHONE,
	 .pool = POOL,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = {NAT64, POOL, N64_PROOF, N64_RULE_FLOW, false}},
	{.name = "configured only, binding",
	 .binding = PHONE,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = {NAT64, CONF, N64_PROOF, N64_RULE_BINDING, false}},
	{.name = "configured only, transaction",
	 .conf = CONF,
	 .believe_configured = true,
	 .before = {.net = NAT64, .strength = N64_PROOF, .shown = true},
	 .before_pref = PHONE,
	 .want = {NAT64, CONF, N64_PROOF, N64_RULE_TRANSACTION, false}},
	{.name = "configured only, none configured",
	 .flow = PHONE,
	 .believe_configured = true,
	 .want = {NAT64, NULL, N64_PROOF, N64_RULE_FLOW, false}},
	{.name = "configured only: a peer is no phone",
	 .notify = PHONE,
	 .pool = POOL,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = {NAT64, PHONE, N64_PROOF, N64_RULE_NOTIFY, false}},
	{.name = "configured only, disproof",
	 .via = IP6,
	 .flow = NOT,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = WANT_IPV4(N64_RULE_FLOW)},
	{.name = "configured only, hint",
	 .via = IP6,
	 .pool = POOL,
	 .conf = CONF,
	 .believe_configured = true,
	 .want = {NAT64, POOL, N64_HINT, N64_RULE_VIA, false}},
	{.name = "an earlier hint of the flow",
	 .flow = OLD,
	 .conf = CONF,
	 .want = {NAT64, CONF, N64_HINT, N64_RULE_FLOW, false}},
	{.name = "an earlier hint names no PREF64",
	 .flow = OLD,
	 .want = {NAT64, NULL, N64_HINT, N64_RULE_FLOW, false}},
	{.name = "an earlier hint, and the pool",
	 .flow = OLD,
	 .pool = POOL,
	 .conf = CONF,
	 .want = {NAT64, POOL, N64_HINT, N64_RULE_FLOW, false}},
	{.name = "a mark is more than an earlier hint",
	 .flow = OLD,
	 .binding = PHONE,
	 .want = WANT_SHOWN(N64_RULE_BINDING)},
	{.name = "a pair is more than an earlier hint",
	 .flow = OLD,
	 .pair = PHONE,
	 .want = WANT_SHOWN(N64_RULE_PAIR)},
	{.name = "the message's own hint is named first",
	 .via = IP6,
	 .flow = OLD,
	 .conf = CONF,
	 .want = {NAT64, CONF, N64_HINT, N64_RULE_VIA, false}},
	{.name = "an earlier hint of a flow of IPv6 packets",
	 .af = AF_INET6,
	 .flow = OLD,
	 .conf = CONF,
	 .want = WANT_IPV6},
};

/* Storage that one side's pointers go to */
struct store {
	struct n64_pair pair;
	struct pref64 received, pool;
	struct n64_notify_leg notify;
	struct n64_fact flow, binding;
	struct n64_verdict before;
};

static void set_fact(const struct n64_fact **side, struct n64_fact *fact,
		     const char *text)
{
	if (!text)
		return;
	fact->hint = strcmp(text, OLD) == 0;
	fact->nat64 = !fact->hint && strcmp(text, NOT) != 0;
	fact->pref = pref_of(fact->nat64 ? text : NULL);
	*side = fact;
}

static void show_row(struct n64_side *side, struct store *s,
		     const struct row *row)
{
	memset(side, 0, sizeof(*side));
	memset(s, 0, sizeof(*s));
	side->af = row->af == 0 ? AF_INET : row->af == -1 ? 0 : row->af;
	side->direct = !row->behind;
	side->websocket = row->websocket;
	side->via = row->via;
	s->pair.pref = pref_of(row->pair);
	side->pair = row->pair ? &s->pair : NULL;
	s->received = pref_of(row->received);
	side->received = row->received ? &s->received : NULL;
	s->notify.net = NAT64;
	s->notify.pref = pref_of(row->notify);
	side->notify = row->notify ? &s->notify : NULL;
	set_fact(&side->flow, &s->flow, row->flow);
	set_fact(&side->binding, &s->binding, row->binding);
	s->pool = pref_of(row->pool);
	side->pool = row->pool ? &s->pool : NULL;
	s->before = row->before;
	s->before.pref = pref_of(row->before_pref);
	side->before = row->before.strength ? &s->before : NULL;
}

static void check_row(const struct n64_verdict *v, const struct row *row)
{
	struct pref64 pref = pref_of(row->want.pref);

	CHECK(row->name, v->rule == row->want.rule);
	CHECK(row->name, v->net == row->want.net);
	CHECK(row->name, v->strength == row->want.strength);
	CHECK(row->name, v->shown == row->want.shown);
	CHECK(row->name, pref64_equal(&v->pref, &pref));
}

/* Each row runs as the source and as the target */
static void test_learned(void **state)
{
	static const struct n64_side silent;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		const struct row *row = &rows[i];
		struct n64_policy policy = {ALL, pref_of(row->conf),
					    row->believe_configured};
		struct n64_evidence ev;
		struct n64_decision d;
		struct store s;

		show_row(&ev.source, &s, row);
		ev.target = silent;
		n64_decide(&d, &ev, &policy);
		check_row(&d.source, row);
		CHECK(row->name, d.target.rule == N64_RULE_NONE);
		ev.target = ev.source;
		ev.source = silent;
		n64_decide(&d, &ev, &policy);
		check_row(&d.target, row);
		CHECK(row->name, d.source.rule == N64_RULE_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learned),
	};

	return cmocka_run_group_tests_name("decide_learned", tests, NULL,
					   NULL);
}
