/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_decided.h"

#include "n64_stats.h"

#include "../../core/dprint.h"

#include <stdbool.h>
#include <stdio.h>

#define SIDE_MAX 128

const char *n64_strength_name(enum n64_strength strength)
{
	switch(strength) {
		case N64_HINT:
			return "hint";
		case N64_PROOF:
			return "proof";
		default:
			return "none";
	}
}

static bool same(const struct n64_verdict *a, const struct n64_verdict *b)
{
	return a->net == b->net && a->strength == b->strength && a->rule == b->rule
		   && pref64_equal(&a->pref, &b->pref);
}

/** The answer to a request of this proxy's own, a ping say, is of no call */
static bool counts(const struct sip_msg *msg)
{
	return msg->first_line.type == SIP_REQUEST || msg->via2;
}

static void count(const struct n64_verdict *verdict)
{
	if(verdict->net == N64_NET_NAT64)
		counter_inc(n64_stats.rule[verdict->rule]);
}

/** "nat64 2001:db8:64::/96 by flow (proof)" */
static const char *print_side(char *buf, const struct n64_verdict *verdict)
{
	char pref[PREF64_TEXT_MAX + 2] = "";

	if(verdict->net == N64_NET_NAT64
			&& pref64_print(pref + 1, sizeof(pref) - 1, &verdict->pref))
		pref[0] = ' ';
	snprintf(buf, SIDE_MAX, "%s%s%s by %s (%s)", n64_net_name(verdict->net),
			pref,
			verdict->net == N64_NET_NAT64 && !verdict->pref.len
					? " without PREF64"
					: "",
			n64_rule_name(verdict->rule),
			n64_strength_name(verdict->strength));
	return buf;
}

void n64_decided_print(char dst[N64_DECIDED_MAX], const struct n64_decision *d)
{
	char source[SIDE_MAX], target[SIDE_MAX];

	snprintf(dst, N64_DECIDED_MAX, "source %s, target %s",
			print_side(source, &d->source), print_side(target, &d->target));
}

static void write_line(const struct n64_view *v)
{
	const struct hdr_field *callid = v->msg->callid;
	char text[N64_DECIDED_MAX];

	n64_decided_print(text, &v->d);
	LM_DBG("decision %.*s %s\n", callid ? callid->body.len : 1,
			callid ? callid->body.s : "-", text);
}

void n64_decided(const struct n64_view *v)
{
	static msg_ctx_id_t id;
	static struct n64_decision last;
	bool known = msg_ctx_id_match(v->msg, &id) == 1;
	bool source = known && same(&v->d.source, &last.source);
	bool target = known && same(&v->d.target, &last.target);

	if(source && target)
		return;
	if(!source && counts(v->msg))
		count(&v->d.source);
	if(!target && counts(v->msg))
		count(&v->d.target);
	msg_ctx_id_set(v->msg, &id);
	last = v->d;
	if(is_printable(L_DBG))
		write_line(v);
}
