/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define CHECK(row, cond)                                        \
	do {                                                    \
		if (!(cond))                                    \
			fail_msg("%s: not so: %s", row, #cond); \
	} while (0)

#define UNKNOWN N64_NET_UNKNOWN
#define IPV4 N64_NET_IPV4
#define NAT64 N64_NET_NAT64
#define IP4 N64_HOST_IP4
#define IP6 N64_HOST_IP6
#define ALL (N64_DETECT_VIA | N64_DETECT_CONTACT | N64_DETECT_SDP)
#define PHONE "2001:db8:64::/96"
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

/* Storage that one side's pointers go to */
struct shown {
	struct n64_side side;
	struct n64_pair pair;
	struct n64_notify_leg notify;
	struct n64_verdict before;
};

/* Each pair of rules: the evidence for both is there. The letter is the rule
 * that decides; on the diagonal the rule is alone. Packets are IPv4 but for
 * rule 6. pair, notify and transaction say NAT64, which packets of IPv6 make
 * impossible. */
static const char precedence[8][9] = {
	/*         P    N    T    6    V    C    S    4 */
	/* P */ "PPP6PPPP",
	/* N */ "PNN6NNNN",
	/* T */ "PNT6TTTT",
	/* 6 */ "66666666",
	/* V */ "PNT6VVVV",
	/* C */ "PNT6VCCC",
	/* S */ "PNT6VCSS",
	/* 4 */ "PNT6VCS4",
};

static const char rule_letters[] = "-PNT6VCS4";

static void show_rule(struct shown *s, enum n64_rule rule)
{
	switch (rule) {
	case N64_RULE_PAIR:
		s->pair.pref = pref_of(PHONE);
		s->side.pair = &s->pair;
		break;
	case N64_RULE_NOTIFY:
		s->notify.net = NAT64;
		s->side.notify = &s->notify;
		break;
	case N64_RULE_TRANSACTION:
		s->before.net = NAT64;
		s->side.before = &s->before;
		break;
	case N64_RULE_PACKET6:
		s->side.af = AF_INET6;
		break;
	case N64_RULE_VIA:
		s->side.via = IP6;
		break;
	case N64_RULE_CONTACT:
		s->side.contact = IP6;
		break;
	case N64_RULE_SDP:
		s->side.sdp = IP6;
		break;
	default:
		break;
	}
}

static void test_precedence(void **state)
{
	struct n64_policy policy = {ALL, pref_of(CONF)};
	size_t i;

	(void)state;
	for (i = 0; i < 64; i++) {
		enum n64_rule one = (enum n64_rule)(1 + i / 8);
		enum n64_rule two = (enum n64_rule)(1 + i % 8);
		struct n64_evidence ev;
		struct n64_decision d;
		struct shown s;
		char name[] = "1+2";

		memset(&s, 0, sizeof(s));
		s.side.af = AF_INET;
		s.side.direct = true;
		show_rule(&s, one);
		show_rule(&s, two);
		ev.source = ev.target = s.side;
		n64_decide(&d, &ev, &policy);
		name[0] = rule_letters[one];
		name[2] = rule_letters[two];
		CHECK(name,
		      rule_letters[d.source.rule] == precedence[i / 8][i % 8]);
		CHECK(name, d.target.rule == d.source.rule);
	}
}

/* Where the stronger evidence does not say NAT64, it wins over IPv6 packets. */
static void test_precedence_ipv4(void **state)
{
	static const enum n64_rule want[3][3] = {
		/* alone, with notify, with transaction */
		{N64_RULE_PACKET6, N64_RULE_NOTIFY, N64_RULE_TRANSACTION},
		{N64_RULE_NOTIFY, N64_RULE_NOTIFY, N64_RULE_NOTIFY},
		{N64_RULE_TRANSACTION, N64_RULE_NOTIFY, N64_RULE_TRANSACTION},
	};
	struct n64_policy policy = {ALL, pref_of(CONF)};
	struct n64_notify_leg notify = {IPV4, pref_of(NULL)};
	struct n64_verdict before = {IPV4, pref_of(NULL), N64_HINT,
				     N64_RULE_PACKET4, false};
	size_t i;

	(void)state;
	for (i = 0; i < 9; i++) {
		size_t one = i / 3, two = i % 3;
		struct n64_evidence ev;
		struct n64_decision d;

		memset(&ev, 0, sizeof(ev));
		ev.source.af = AF_INET6;
		if (one == 1 || two == 1)
			ev.source.notify = &notify;
		if (one == 2 || two == 2)
			ev.source.before = &before;
		n64_decide(&d, &ev, &policy);
		CHECK(n64_rule_name(want[one][two]),
		      d.source.rule == want[one][two]);
	}
}

/* Which hint decides under each mask: shown alone, all shown, all shown behind
 * another proxy. 4: no hint counts. */
static const struct {
	const char *name;
	unsigned detect;
	const char *want; /* Via, Contact, SDP, all, all behind a proxy */
} masks[] = {
	{"none", 0, "44444"},
	{"via", N64_DETECT_VIA, "V44VV"},
	{"contact", N64_DETECT_CONTACT, "4C4C4"},
	{"via,contact", N64_DETECT_VIA | N64_DETECT_CONTACT, "VC4VV"},
	{"sdp", N64_DETECT_SDP, "44SS4"},
	{"via,sdp", N64_DETECT_VIA | N64_DETECT_SDP, "V4SVV"},
	{"contact,sdp", N64_DETECT_CONTACT | N64_DETECT_SDP, "4CSC4"},
	{"all", ALL, "VCSVV"},
};

static void test_detect(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < N(masks); i++) {
		struct n64_policy policy = {masks[i].detect, pref_of(CONF)};

		for (j = 0; j < 5; j++) {
			struct n64_evidence ev;
			struct n64_decision d;

			memset(&ev, 0, sizeof(ev));
			ev.source.af = AF_INET;
			ev.source.direct = j != 4;
			ev.source.via = j == 0 || j > 2 ? IP6 : IP4;
			ev.source.contact = j == 1 || j > 2 ? IP6 : IP4;
			ev.source.sdp = j == 2 || j > 2 ? IP6 : IP4;
			n64_decide(&d, &ev, &policy);
			CHECK(masks[i].name,
			      rule_letters[d.source.rule] == masks[i].want[j]);
			CHECK(masks[i].name,
			      d.source.net ==
				      (masks[i].want[j] == '4' ? IPV4
							       : NAT64));
		}
	}
}

static void check_always(const char *name, const struct n64_verdict *v,
			 const struct n64_side *side)
{
	CHECK(name, v->net == NAT64 || v->pref.len == 0);
	CHECK(name, v->net == NAT64 || !v->shown);
	CHECK(name, !(v->net == NAT64 && side->af == AF_INET6));
	CHECK(name, (v->net == UNKNOWN) == (v->rule == N64_RULE_NONE));
	CHECK(name, (v->net == UNKNOWN) == (v->strength == N64_UNDECIDED));
	CHECK(name, !v->shown || v->pref.len != 0);
}

/* What holds for each evidence that there can be */
static void test_always(void **state)
{
	static const int families[] = {0, AF_INET, AF_INET6};
	const size_t sides = 3 * 2 * 5 * 5 * 5 * 3 * 5 * 5;
	struct n64_policy policy = {ALL, pref_of(CONF)};
	struct n64_pair pairs[2];
	struct n64_notify_leg legs[4];
	struct n64_verdict befores[4];
	size_t i, k;

	(void)state;
	memset(pairs, 0, sizeof(pairs));
	pairs[1].pref = pref_of(PHONE);
	for (i = 0; i < 4; i++) {
		legs[i].net = (enum n64_net)i;
		legs[i].pref = pref_of(PHONE);
		befores[i].net = (enum n64_net)i;
		befores[i].pref = pref_of(PHONE);
		befores[i].strength = i ? N64_HINT : N64_UNDECIDED;
		befores[i].rule = N64_RULE_VIA;
		befores[i].shown = true;
	}
	for (i = 0; i < sides; i++) {
		struct n64_decision d, again;
		struct n64_evidence ev;

		k = i;
		memset(&ev, 0, sizeof(ev));
		ev.source.af = families[k % 3], k /= 3;
		ev.source.direct = k % 2, k /= 2;
		ev.source.via = (enum n64_host)(k % 5), k /= 5;
		ev.source.contact = (enum n64_host)(k % 5), k /= 5;
		ev.source.sdp = (enum n64_host)(k % 5), k /= 5;
		ev.source.pair = k % 3 ? &pairs[k % 3 - 1] : NULL, k /= 3;
		ev.source.notify = k % 5 ? &legs[k % 5 - 1] : NULL, k /= 5;
		ev.source.before = k % 5 ? &befores[k % 5 - 1] : NULL;
		ev.target = ev.source;
		memset(&d, 0x5a, sizeof(d));
		memset(&again, 0xa5, sizeof(again));
		n64_decide(&d, &ev, &policy);
		n64_decide(&again, &ev, &policy);
		check_always("source", &d.source, &ev.source);
		check_always("target", &d.target, &ev.target);
		CHECK("same twice",
		      d.source.rule == again.source.rule &&
			      d.source.net == again.source.net &&
			      d.source.shown == again.source.shown);
		CHECK("same on both sides",
		      d.source.rule == d.target.rule &&
			      d.source.net == d.target.net &&
			      pref64_equal(&d.source.pref, &d.target.pref));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_precedence_ipv4),
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_always),
	};

	return cmocka_run_group_tests_name("decide_order", tests, NULL, NULL);
}
