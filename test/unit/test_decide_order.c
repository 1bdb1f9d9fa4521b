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
#define NAT64 N64_NET_NAT64
#define IP4 N64_HOST_IP4
#define IP6 N64_HOST_IP6
#define ALL (N64_DETECT_VIA | N64_DETECT_CONTACT | N64_DETECT_SDP)
#define CONF "2001:db8:c0::/96"

/* Storage that one side's pointers go to */
struct shown {
	struct n64_side side;
	struct n64_pair pair;
	struct n64_notify_leg notify;
	struct n64_verdict before;
	struct pref64 received, pool;
	struct n64_fact flow, binding;
};

/* What there can be evidence of, each with a PREF64 of its own. The letter is
 * that of the rule; a transaction that was decided by a hint is t. */
static const struct {
	char letter;
	const char *pref;
} kinds[] = {
	{'P', "2001:db8:a::/96"},
	{'R', "2001:db8:b::/96"},
	{'N', "2001:db8:c::/96"},
	{'T', "2001:db8:d::/96"},
	{'F', "2001:db8:e::/96"},
	{'t', "2001:db8:f::/96"},
	{'B', "2001:db8:10::/96"},
	{'6', NULL},
	{'V', CONF},
	{'C', CONF},
	{'S', CONF},
	{'4', NULL},
};

/* Each pair of kinds: the evidence for both is there. The letter is the kind
 * that decides; on the diagonal it is alone. Packets are IPv4 but for 6. All
 * but 4 say NAT64, which packets of IPv6 make impossible. */
static const char precedence[12][13] = {
	/*         P    R    N    T    F    t    B    6    V    C    S    4 */
	/* P */ "PPPPPPP6PPPP",
	/* R */ "PRRRRRR6RRRR",
	/* N */ "PRNNNNN6NNNN",
	/* T */ "PRNTTTT6TTTT",
	/* F */ "PRNTFFF6FFFF",
	/* t */ "PRNTFtt6tttt",
	/* B */ "PRNTFtB6BBBB",
	/* 6 */ "666666666666",
	/* V */ "PRNTFtB6VVVV",
	/* C */ "PRNTFtB6VCCC",
	/* S */ "PRNTFtB6VCSS",
	/* 4 */ "PRNTFtB6VCS4",
};

static const char rule_letters[] = "-PRNTFB6VCS4";

static void show_before(struct shown *s, enum n64_strength strength,
			const char *pref)
{
	if (s->side.before && s->before.strength == N64_PROOF)
		return;
	s->before.net = NAT64;
	s->before.pref = pref_of(pref);
	s->before.strength = strength;
	s->side.before = &s->before;
}

static void show_proof(struct shown *s, char letter, const char *pref)
{
	switch (letter) {
	case 'P':
		s->pair.pref = pref_of(pref);
		s->side.pair = &s->pair;
		break;
	case 'R':
		s->received = pref_of(pref);
		s->side.received = &s->received;
		break;
	case 'N':
		s->notify.net = NAT64;
		s->notify.pref = pref_of(pref);
		s->side.notify = &s->notify;
		break;
	case 'F':
		s->flow.nat64 = true;
		s->flow.pref = pref_of(pref);
		s->side.flow = &s->flow;
		break;
	case 'B':
		s->binding.nat64 = true;
		s->binding.pref = pref_of(pref);
		s->side.binding = &s->binding;
		break;
	default:
		break;
	}
}

static void show_kind(struct shown *s, size_t kind)
{
	switch (kinds[kind].letter) {
	case 'T':
		show_before(s, N64_PROOF, kinds[kind].pref);
		break;
	case 't':
		show_before(s, N64_HINT, kinds[kind].pref);
		break;
	case '6':
		s->side.af = AF_INET6;
		break;
	case 'V':
		s->side.via = IP6;
		break;
	case 'C':
		s->side.contact = IP6;
		break;
	case 'S':
		s->side.sdp = IP6;
		break;
	default:
		show_proof(s, kinds[kind].letter, kinds[kind].pref);
		break;
	}
}

static const char *pref_of_kind(char letter)
{
	size_t i;

	for (i = 0; kinds[i].letter != letter; i++)
		;
	return kinds[i].pref;
}

/* The rule that decides names the PREF64 too: the others' play no part */
static void test_precedence(void **state)
{
	struct n64_policy policy = {ALL, pref_of(CONF), false};
	size_t i;

	(void)state;
	assert_int_equal(N(kinds), N(precedence));
	for (i = 0; i < N(kinds) * N(kinds); i++) {
		size_t one = i / N(kinds), two = i % N(kinds);
		char want = precedence[one][two];
		struct pref64 pref = pref_of(pref_of_kind(want));
		struct n64_evidence ev;
		struct n64_decision d;
		struct shown s;
		char name[] = "1+2";

		memset(&s, 0, sizeof(s));
		s.side.af = AF_INET;
		s.side.direct = true;
		show_kind(&s, one);
		show_kind(&s, two);
		ev.source = ev.target = s.side;
		n64_decide(&d, &ev, &policy);
		name[0] = kinds[one].letter;
		name[2] = kinds[two].letter;
		CHECK(name,
		      rule_letters[d.source.rule] ==
			      (want == 't' ? 'T' : want));
		CHECK(name, pref64_equal(&d.source.pref, &pref));
		CHECK(name, d.target.rule == d.source.rule);
		CHECK(name, pref64_equal(&d.target.pref, &pref));
	}
}

/* Evidence that does not say NAT64. What another element or an earlier decision
 * says wins over packets of IPv6; a flow or a registration that is known for
 * IPv4 has nothing to say of them. Where packets are IPv4, each wins over the
 * hints. */
static const char precedence_ipv4[2][6][7] = {
	{
		/*         -    N    T    F    t    B */
		/* - */ "VNTFTB",
		/* N */ "NNNNNN",
		/* T */ "TNTTTT",
		/* F */ "FNTFFF",
		/* t */ "TNTFTT",
		/* B */ "BNTFTB",
	},
	{
		/*         -    N    T    F    t    B */
		/* - */ "6NT6T6",
		/* N */ "NNNNNN",
		/* T */ "TNTTTT",
		/* F */ "6NT6T6",
		/* t */ "TNTTTT",
		/* B */ "6NT6T6",
	},
};

static void show_ipv4(struct n64_side *side, size_t kind)
{
	static const struct n64_notify_leg notify = {.net = IPV4};
	static const struct n64_verdict proof = {.net = IPV4,
						 .strength = N64_PROOF};
	static const struct n64_verdict guess = {.net = IPV4,
						 .strength = N64_HINT};
	static const struct n64_fact fact = {.nat64 = false};

	if (kind == 1)
		side->notify = &notify;
	else if (kind == 2 || (kind == 4 && !side->before))
		side->before = kind == 2 ? &proof : &guess;
	else if (kind == 3)
		side->flow = &fact;
	else if (kind == 5)
		side->binding = &fact;
}

static void test_precedence_ipv4(void **state)
{
	struct n64_policy policy = {ALL, pref_of(CONF), false};
	size_t i;

	(void)state;
	for (i = 0; i < 72; i++) {
		size_t six = i / 36, one = i / 6 % 6, two = i % 6;
		struct n64_evidence ev;
		struct n64_decision d;
		char name[] = "-+-, IPv4";
		char want = precedence_ipv4[six][one][two];

		memset(&ev, 0, sizeof(ev));
		ev.source.af = six ? AF_INET6 : AF_INET;
		ev.source.via = IP6;
		show_ipv4(&ev.source, one);
		show_ipv4(&ev.source, two);
		n64_decide(&d, &ev, &policy);
		name[0] = "-NTFtB"[one];
		name[2] = "-NTFtB"[two];
		name[8] = six ? '6' : '4';
		CHECK(name, rule_letters[d.source.rule] == want);
		CHECK(name,
		      d.source.net ==
			      (want == 'V'           ? NAT64
				       : want == '6' ? N64_NET_IPV6
						     : IPV4));
		CHECK(name, want == 'V' || d.source.pref.len == 0);
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
		struct n64_policy policy = {masks[i].detect, pref_of(CONF),
					    false};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_precedence_ipv4),
		cmocka_unit_test(test_detect),
	};

	return cmocka_run_group_tests_name("decide_order", tests, NULL, NULL);
}
