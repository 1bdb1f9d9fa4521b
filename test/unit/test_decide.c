/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "check.h"
#include "pref_of.h"

#define UNKNOWN N64_NET_UNKNOWN
#define IPV4 N64_NET_IPV4
#define IPV6 N64_NET_IPV6
#define NAT64 N64_NET_NAT64
#define NONE N64_HOST_NONE
#define NAME N64_HOST_NAME
#define IP4 N64_HOST_IP4
#define IP6 N64_HOST_IP6
#define UNFIT N64_HOST_IP6_UNFIT
#define ALL (N64_DETECT_VIA | N64_DETECT_CONTACT | N64_DETECT_SDP)
#define PHONE "2001:db8:64::/96"
#define CONF "2001:db8:c0::/96"

static bool pref_is(const struct pref64 *pref, const char *text)
{
	struct pref64 want = pref_of(text);

	return pref64_equal(pref, &want);
}

static const char *const rule_names[N64_RULES] = {
	"none", "pair",    "received",  "notify", "transaction",
	"flow", "binding", "packet6",   "via",    "contact",
	"sdp",  "packet4", "ua_policy", "pool",
};

static void test_rule_name(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N64_RULES; i++)
		CHECK(rule_names[i],
		      !strcmp(rule_names[i], n64_rule_name((enum n64_rule)i)));
	CHECK("no rule", !strcmp("none", n64_rule_name(N64_RULES)));
	CHECK("no rule", !strcmp("none", n64_rule_name((enum n64_rule)99)));
}

/* One side: what it shows, what is decided. Each row runs as the source and
 * as the target, the other side showing nothing. */
struct row {
	const char *name;
	int af;
	bool direct;
	enum n64_host via, contact, sdp;
	const char *pair;        /* PREF64, "" for the IPv4 form, or NULL */
	const char *notify_pref; /* with notify */
	const char *conf;        /* configured PREF64 or NULL */
	enum n64_net notify;     /* 0: no header */
	struct {
		enum n64_net net;
		const char *pref;
		enum n64_strength strength;
		bool shown;
	} before;         /* strength 0: nothing */
	enum n64_net net; /* wanted */
	const char *pref;
	enum n64_strength strength;
	enum n64_rule rule;
	bool shown;
};

#define PACKET(af) af, true, NONE, NONE, NONE
#define HOSTS(via, contact, sdp) AF_INET, true, via, contact, sdp
#define BEHIND_PROXY(via, contact, sdp) AF_INET, false, via, contact, sdp
#define NO_PAIR NULL, NULL
#define NOTHING_BEFORE                              \
	{                                           \
		UNKNOWN, NULL, N64_UNDECIDED, false \
	}
#define IS_NOTHING UNKNOWN, NULL, N64_UNDECIDED, N64_RULE_NONE, false
#define IS_IPV4 IPV4, NULL, N64_HINT, N64_RULE_PACKET4, false
#define IS_IPV6 IPV6, NULL, N64_PROOF, N64_RULE_PACKET6, false

static const struct row rows[] = {
	{"nothing is known", PACKET(0), NO_PAIR, CONF, UNKNOWN, NOTHING_BEFORE,
	 IS_NOTHING},
	{"hints without packets", 0, true, IP6, IP6, IP6, NO_PAIR, CONF,
	 UNKNOWN, NOTHING_BEFORE, IS_NOTHING},
	{"strange family", AF_UNIX, true, IP6, IP6, IP6, NO_PAIR, CONF,
	 UNKNOWN, NOTHING_BEFORE, IS_NOTHING},
	{"IPv4 phone", HOSTS(IP4, IP4, IP4), NO_PAIR, CONF, UNKNOWN,
	 NOTHING_BEFORE, IS_IPV4},
	{"IPv4, names", HOSTS(NAME, NAME, NAME), NO_PAIR, CONF, UNKNOWN,
	 NOTHING_BEFORE, IS_IPV4},
	{"IPv4, shows nothing", PACKET(AF_INET), NO_PAIR, CONF, UNKNOWN,
	 NOTHING_BEFORE, IS_IPV4},
	{"unfit literals are no evidence", HOSTS(UNFIT, UNFIT, UNFIT), NO_PAIR,
	 CONF, UNKNOWN, NOTHING_BEFORE, IS_IPV4},
	{"native IPv6", AF_INET6, true, IP6, IP6, IP6, NO_PAIR, CONF, UNKNOWN,
	 NOTHING_BEFORE, IS_IPV6},
	{"Via", HOSTS(IP6, IP4, IP4), NO_PAIR, CONF, UNKNOWN, NOTHING_BEFORE,
	 NAT64, CONF, N64_HINT, N64_RULE_VIA, false},
	{"Contact", HOSTS(IP4, IP6, IP4), NO_PAIR, CONF, UNKNOWN,
	 NOTHING_BEFORE, NAT64, CONF, N64_HINT, N64_RULE_CONTACT, false},
	{"SDP", HOSTS(IP4, IP4, IP6), NO_PAIR, CONF, UNKNOWN, NOTHING_BEFORE,
	 NAT64, CONF, N64_HINT, N64_RULE_SDP, false},
	{"Via behind a proxy", BEHIND_PROXY(IP6, IP4, IP4), NO_PAIR, CONF,
	 UNKNOWN, NOTHING_BEFORE, NAT64, CONF, N64_HINT, N64_RULE_VIA, false},
	{"Contact behind a proxy", BEHIND_PROXY(IP4, IP6, IP4), NO_PAIR, CONF,
	 UNKNOWN, NOTHING_BEFORE, IS_IPV4},
	{"SDP behind a proxy", BEHIND_PROXY(IP4, IP4, IP6), NO_PAIR, CONF,
	 UNKNOWN, NOTHING_BEFORE, IS_IPV4},
	{"Via, no PREF64 known", HOSTS(IP6, IP6, IP6), NO_PAIR, NULL, UNKNOWN,
	 NOTHING_BEFORE, NAT64, NULL, N64_HINT, N64_RULE_VIA, false},
	{"pair", PACKET(AF_INET), PHONE, NULL, CONF, UNKNOWN, NOTHING_BEFORE,
	 NAT64, PHONE, N64_PROOF, N64_RULE_PAIR, true},
	{"pair, packets unknown", PACKET(0), PHONE, NULL, NULL, UNKNOWN,
	 NOTHING_BEFORE, NAT64, PHONE, N64_PROOF, N64_RULE_PAIR, true},
	{"pair, IPv4 form proves nothing", PACKET(AF_INET), "", NULL, CONF,
	 UNKNOWN, NOTHING_BEFORE, IS_IPV4},
	{"pair, IPv4 form leaves the hint", HOSTS(IP6, IP6, IP6), "", NULL,
	 CONF, UNKNOWN, NOTHING_BEFORE, NAT64, CONF, N64_HINT, N64_RULE_VIA,
	 false},
	{"pair, IPv4 form, packets unknown", PACKET(0), "", NULL, CONF,
	 UNKNOWN, NOTHING_BEFORE, IS_NOTHING},
	{"pair cannot be from native IPv6", PACKET(AF_INET6), PHONE, NULL,
	 CONF, UNKNOWN, NOTHING_BEFORE, IS_IPV6},
	{"notify nat64", PACKET(AF_INET), NULL, PHONE, CONF, NAT64,
	 NOTHING_BEFORE, NAT64, PHONE, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify nat64 without PREF64", PACKET(AF_INET), NO_PAIR, CONF, NAT64,
	 NOTHING_BEFORE, NAT64, CONF, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify nat64, no PREF64 at all", PACKET(0), NO_PAIR, NULL, NAT64,
	 NOTHING_BEFORE, NAT64, NULL, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify ipv4 against the hints", HOSTS(IP6, IP6, IP6), NO_PAIR, CONF,
	 IPV4, NOTHING_BEFORE, IPV4, NULL, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify ipv4 with a PREF64", PACKET(AF_INET), NULL, PHONE, CONF, IPV4,
	 NOTHING_BEFORE, IPV4, NULL, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify ipv6", PACKET(AF_INET), NO_PAIR, CONF, IPV6, NOTHING_BEFORE,
	 IPV6, NULL, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify ipv4, packets IPv6", PACKET(AF_INET6), NO_PAIR, CONF, IPV4,
	 NOTHING_BEFORE, IPV4, NULL, N64_PROOF, N64_RULE_NOTIFY, false},
	{"notify unknown", PACKET(AF_INET), NULL, PHONE, CONF, UNKNOWN,
	 NOTHING_BEFORE, IS_IPV4},
	{"notify nat64, native IPv6", PACKET(AF_INET6), NULL, PHONE, CONF,
	 NAT64, NOTHING_BEFORE, IS_IPV6},
	{"before, hint kept",
	 PACKET(AF_INET),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {NAT64, PHONE, N64_HINT, false},
	 NAT64,
	 PHONE,
	 N64_HINT,
	 N64_RULE_TRANSACTION,
	 false},
	{"before, proof and shown kept",
	 PACKET(AF_INET),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {NAT64, PHONE, N64_PROOF, true},
	 NAT64,
	 PHONE,
	 N64_PROOF,
	 N64_RULE_TRANSACTION,
	 true},
	{"before, no PREF64",
	 PACKET(AF_INET),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {NAT64, NULL, N64_HINT, false},
	 NAT64,
	 CONF,
	 N64_HINT,
	 N64_RULE_TRANSACTION,
	 false},
	{"before, the phone did not show the configured one",
	 PACKET(AF_INET),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {NAT64, NULL, N64_HINT, true},
	 NAT64,
	 CONF,
	 N64_HINT,
	 N64_RULE_TRANSACTION,
	 false},
	{"before ipv4 against the hints",
	 HOSTS(IP6, IP6, IP6),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {IPV4, NULL, N64_HINT, false},
	 IPV4,
	 NULL,
	 N64_HINT,
	 N64_RULE_TRANSACTION,
	 false},
	{"before ipv4 with a PREF64",
	 PACKET(AF_INET),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {IPV4, PHONE, N64_PROOF, false},
	 IPV4,
	 NULL,
	 N64_PROOF,
	 N64_RULE_TRANSACTION,
	 false},
	{"before ipv6",
	 PACKET(AF_INET6),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {IPV6, NULL, N64_PROOF, false},
	 IPV6,
	 NULL,
	 N64_PROOF,
	 N64_RULE_TRANSACTION,
	 false},
	{"before unknown",
	 PACKET(AF_INET),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {UNKNOWN, PHONE, N64_PROOF, true},
	 IS_IPV4},
	{"before nat64, native IPv6",
	 PACKET(AF_INET6),
	 NO_PAIR,
	 CONF,
	 UNKNOWN,
	 {NAT64, PHONE, N64_PROOF, true},
	 IS_IPV6},
	{"notify unknown leaves what was before",
	 PACKET(AF_INET),
	 NULL,
	 PHONE,
	 CONF,
	 UNKNOWN,
	 {NAT64, CONF, N64_HINT, false},
	 NAT64,
	 CONF,
	 N64_HINT,
	 N64_RULE_TRANSACTION,
	 false},
};

/* Storage that one side's pointers go to */
struct shown {
	struct n64_side side;
	struct n64_pair pair;
	struct n64_notify_leg notify;
	struct n64_verdict before;
};

static void show_row(struct shown *s, const struct row *row)
{
	memset(s, 0, sizeof(*s));
	s->side.af = row->af;
	s->side.direct = row->direct;
	s->side.via = row->via;
	s->side.contact = row->contact;
	s->side.sdp = row->sdp;
	if (row->pair) {
		s->pair.leg = N64_LEG_CALLER;
		s->pair.pref = pref_of(*row->pair ? row->pair : NULL);
		s->side.pair = &s->pair;
	}
	if (row->notify != UNKNOWN || row->notify_pref) {
		s->notify.net = row->notify;
		s->notify.pref = pref_of(row->notify_pref);
		s->side.notify = &s->notify;
	}
	if (row->before.strength != N64_UNDECIDED) {
		s->before.net = row->before.net;
		s->before.pref = pref_of(row->before.pref);
		s->before.strength = row->before.strength;
		s->before.shown = row->before.shown;
		s->before.rule = N64_RULE_SDP;
		s->side.before = &s->before;
	}
}

static void check_verdict(const char *name, const struct n64_verdict *v,
			  const struct row *row)
{
	CHECK(name, v->net == row->net);
	CHECK(name, pref_is(&v->pref, row->pref));
	CHECK(name, v->strength == row->strength);
	CHECK(name, v->rule == row->rule);
	CHECK(name, v->shown == row->shown);
}

static void test_rules(void **state)
{
	static const struct n64_side silent;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct n64_policy policy = {ALL, pref_of(rows[i].conf), false};
		struct n64_evidence ev;
		struct n64_decision d;
		struct shown s;

		show_row(&s, &rows[i]);
		ev.source = s.side;
		ev.target = silent;
		memset(&d, 0x5a, sizeof(d));
		n64_decide(&d, &ev, &policy);
		check_verdict(rows[i].name, &d.source, &rows[i]);
		check_verdict(rows[i].name, &d.target, &rows[0]);
		ev.target = s.side;
		ev.source = silent;
		memset(&d, 0x5a, sizeof(d));
		n64_decide(&d, &ev, &policy);
		check_verdict(rows[i].name, &d.target, &rows[i]);
		check_verdict(rows[i].name, &d.source, &rows[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_name),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
