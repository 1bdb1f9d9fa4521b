/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Any text as a body, by each of some rules. A hit can be made a case file as
 * it is. */

#include "../../nat64sip/sdp64.h"
#include "../../nat64sip/text.h"

#include "fuzz.h"

#include <arpa/inet.h>
#include <errno.h>

#define MAX_EDITS 4096
#define MAX_TEXT 262144

static const struct {
	enum sdp64_way way;
	const char *pref, *source;
	/* families of the offer's first sections, "": none known */
	const char *offer;
	bool strict;
} rules[] = {
	{SDP64_TO_IP6, "2001:db8:64::/96", "0.0.0.0", "", true},
	{SDP64_TO_IP6, "64:ff9b::/96", "0.0.0.0", "", true},
	{SDP64_TO_IP6, "2001:db8:100::/40", "0.0.0.0", "6464", true},
	{SDP64_TO_IP6, "64:ff9b::/96", "203.0.113.7", "46-4", true},
	{SDP64_TO_IP6, "2001:db8:64::/96", "0.0.0.0", "4", false},
	{SDP64_TO_IP4, "2001:db8:64::/96", "203.0.113.7", "", true},
	{SDP64_TO_IP4, "64:ff9b::/96", "0.0.0.0", "", true},
	{SDP64_TO_IP4, "", "203.0.113.7", "", true},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

static struct edit edit_v[MAX_EDITS];
static char edit_text[MAX_TEXT], result[2 * MAX_TEXT];

static void make_rule(struct sdp64_rule *rule, struct sdp64_families *offer,
		      size_t i)
{
	const char *pref = rules[i].pref, *p;

	memset(rule, 0, sizeof(*rule));
	memset(offer, 0, sizeof(*offer));
	rule->way = rules[i].way;
	rule->wkp_strict = rules[i].strict;
	REQUIRE(!*pref ||
		!pref64_parse(&rule->pref, pref, strlen(pref), NULL));
	REQUIRE(inet_pton(AF_INET, rules[i].source, &rule->source) == 1);
	for (p = rules[i].offer; *p; p++, offer->n++) {
		offer->ip4 |= (uint64_t)(*p == '4') << offer->n;
		offer->ip6 |= (uint64_t)(*p == '6') << offer->n;
		rule->offer = offer;
	}
	offer->any = offer->ip6 ? N64_FAMILY_IP6 : N64_FAMILY_IP4;
}

/* Ascending, in bounds, and of characters that an address or a line may have:
 * what is written is never longer than what it came from but by an address */
static void check_edits(const struct edits *ed, size_t len)
{
	size_t i, k, pos = 0;

	for (i = 0; i < ed->n; i++) {
		const struct edit *e = &ed->v[i];

		REQUIRE(e->off >= pos && e->off <= len);
		REQUIRE(e->len <= len - e->off);
		REQUIRE(e->n <= 300);
		for (k = 0; k < e->n; k++)
			REQUIRE(strchr("0123456789abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       ".:-_ =\r\n",
				       e->p[k]) &&
				e->p[k]);
		pos = e->off + e->len;
	}
}

static void check_again(const struct sdp64_rule *rule, size_t len)
{
	char *copy = fuzz_copy((const uint8_t *)result, len);
	struct sdp64_report rep;
	struct edits ed;

	edits_init(&ed, edit_v, MAX_EDITS, edit_text, MAX_TEXT);
	REQUIRE(!sdp64_rewrite(&ed, copy, len, rule, &rep));
	REQUIRE(ed.n == 0 && rep.changed == 0);
	free(copy);
}

/* One edit, one octet less than needed: nothing at all */
static void check_room(const struct sdp64_rule *rule, const char *sdp,
		       size_t len, const struct edits *done)
{
	size_t n = done->n, used = done->used;
	struct edits ed;

	if (!n)
		return;
	edits_init(&ed, edit_v, n - 1, edit_text, used);
	REQUIRE(sdp64_rewrite(&ed, sdp, len, rule, NULL) == ENOSPC);
	REQUIRE(!ed.n && !ed.used);
	if (!used)
		return;
	edits_init(&ed, edit_v, n, edit_text, used - 1);
	REQUIRE(sdp64_rewrite(&ed, sdp, len, rule, NULL) == ENOSPC);
	REQUIRE(!ed.n && !ed.used);
}

/* Without "IP6" there is none, but for an address of IPv6 in an IP4 line */
static void check_quick(const struct sdp64_families *fam, const char *sdp,
			size_t len)
{
	if (!len || sdp64_has_ip6(sdp, len))
		return;
	REQUIRE((fam->any != N64_FAMILY_IP6 && !fam->ip6) ||
		n64_text_has_at(sdp, len, "ip4", 2));
}

static void check_rule(const struct sdp64_rule *rule, const char *sdp,
		       size_t len)
{
	struct sdp64_report rep;
	struct edits ed;
	size_t out;

	edits_init(&ed, edit_v, MAX_EDITS, edit_text, MAX_TEXT);
	REQUIRE(!sdp64_rewrite(&ed, sdp, len, rule, &rep));
	REQUIRE(!ed.n == !rep.changed && rep.repaired <= rep.changed);
	check_edits(&ed, len);
	REQUIRE(!edits_apply(result, sizeof(result), &out, sdp, len, &ed));
	REQUIRE(out == edits_length(&ed, len));
	check_room(rule, sdp, len, &ed);
	check_again(rule, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sdp64_families offer, fam;
	struct sdp64_rule rule;
	char *sdp;
	size_t i;

	if (size > 8192)
		return 0;
	sdp = fuzz_copy(data, size);
	sdp64_scan(&fam, sdp, size);
	REQUIRE(!(fam.ip4 & fam.ip6));
	REQUIRE(fam.n >= SDP64_SECTIONS || !((fam.ip4 | fam.ip6) >> fam.n));
	check_quick(&fam, sdp, size);
	for (i = 0; i < N_RULES; i++) {
		make_rule(&rule, &offer, i);
		check_rule(&rule, sdp, size);
	}
	/* as the answer to itself */
	make_rule(&rule, &offer, 0);
	rule.offer = &fam;
	check_rule(&rule, sdp, size);
	free(sdp);
	return 0;
}
