/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "decide.h"

#include <string.h>
#include <sys/socket.h>

const char *n64_rule_name(enum n64_rule rule)
{
	static const char *const names[N64_RULES] = {
		[N64_RULE_NONE] = "none",
		[N64_RULE_PAIR] = "pair",
		[N64_RULE_NOTIFY] = "notify",
		[N64_RULE_TRANSACTION] = "transaction",
		[N64_RULE_PACKET6] = "packet6",
		[N64_RULE_VIA] = "via",
		[N64_RULE_CONTACT] = "contact",
		[N64_RULE_SDP] = "sdp",
		[N64_RULE_PACKET4] = "packet4",
	};

	return (unsigned)rule < N64_RULES ? names[rule] : "none";
}

static void set(struct n64_verdict *dst, enum n64_net net,
		enum n64_strength strength, enum n64_rule rule)
{
	dst->net = net;
	dst->strength = strength;
	dst->rule = rule;
}

/* Packets that are IPv6 on our side of the NAT64 did not pass it: whatever
 * says NAT64 of such a side is wrong. */
static bool possible(const struct n64_side *side, enum n64_net net)
{
	return net != N64_NET_UNKNOWN &&
		!(net == N64_NET_NAT64 && side->af == AF_INET6);
}

/* An own value in the synthetic form reached the phone and came back: only a
 * phone behind that NAT64 could make use of it. The IPv4 form proves nothing,
 * every phone is shown it. */
static bool by_pair(struct n64_verdict *dst, const struct n64_side *side)
{
	if (!side->pair || side->pair->pref.len == 0 ||
	    !possible(side, N64_NET_NAT64))
		return false;
	set(dst, N64_NET_NAT64, N64_PROOF, N64_RULE_PAIR);
	dst->pref = side->pair->pref;
	dst->shown = true;
	return true;
}

static bool by_notify(struct n64_verdict *dst, const struct n64_side *side)
{
	if (!side->notify || !possible(side, side->notify->net))
		return false;
	set(dst, side->notify->net, N64_PROOF, N64_RULE_NOTIFY);
	dst->pref = side->notify->pref;
	return true;
}

static bool by_transaction(struct n64_verdict *dst,
			   const struct n64_side *side)
{
	if (!side->before || !possible(side, side->before->net))
		return false;
	*dst = *side->before;
	dst->rule = N64_RULE_TRANSACTION;
	return true;
}

/* Which hint says that this side, whose packets are IPv4, has an IPv6 address?
 * Contact and SDP of a message that passed another proxy are not the
 * neighbour's own. */
static enum n64_rule hint(const struct n64_side *side, unsigned detect)
{
	if ((detect & N64_DETECT_VIA) && side->via == N64_HOST_IP6)
		return N64_RULE_VIA;
	if (!side->direct)
		return N64_RULE_NONE;
	if ((detect & N64_DETECT_CONTACT) && side->contact == N64_HOST_IP6)
		return N64_RULE_CONTACT;
	if ((detect & N64_DETECT_SDP) && side->sdp == N64_HOST_IP6)
		return N64_RULE_SDP;
	return N64_RULE_NONE;
}

static void by_packet(struct n64_verdict *dst, const struct n64_side *side,
		      unsigned detect)
{
	enum n64_rule rule;

	if (side->af == AF_INET6) {
		set(dst, N64_NET_IPV6, N64_PROOF, N64_RULE_PACKET6);
		return;
	}
	if (side->af != AF_INET)
		return;
	rule = hint(side, detect);
	if (rule != N64_RULE_NONE)
		set(dst, N64_NET_NAT64, N64_HINT, rule);
	else
		set(dst, N64_NET_IPV4, N64_HINT, N64_RULE_PACKET4);
}

/* A PREF64 belongs to NAT64 and to nothing else. Where the evidence names none,
 * the operator's stands in; the phone did not show that one. */
static void settle_pref(struct n64_verdict *dst,
			const struct n64_policy *policy)
{
	if (dst->net != N64_NET_NAT64) {
		memset(&dst->pref, 0, sizeof(dst->pref));
		dst->shown = false;
	} else if (dst->pref.len == 0) {
		dst->pref = policy->pref;
		dst->shown = false;
	}
}

static void decide_side(struct n64_verdict *dst, const struct n64_side *side,
			const struct n64_policy *policy)
{
	struct n64_verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	if (!by_pair(&verdict, side) && !by_notify(&verdict, side) &&
	    !by_transaction(&verdict, side))
		by_packet(&verdict, side, policy->detect);
	settle_pref(&verdict, policy);
	*dst = verdict;
}

void n64_decide(struct n64_decision *dst, const struct n64_evidence *ev,
		const struct n64_policy *policy)
{
	decide_side(&dst->source, &ev->source, policy);
	decide_side(&dst->target, &ev->target, policy);
}
