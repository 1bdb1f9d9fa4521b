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
		[N64_RULE_RECEIVED] = "received",
		[N64_RULE_NOTIFY] = "notify",
		[N64_RULE_TRANSACTION] = "transaction",
		[N64_RULE_FLOW] = "flow",
		[N64_RULE_BINDING] = "binding",
		[N64_RULE_PACKET6] = "packet6",
		[N64_RULE_VIA] = "via",
		[N64_RULE_CONTACT] = "contact",
		[N64_RULE_SDP] = "sdp",
		[N64_RULE_PACKET4] = "packet4",
		[N64_RULE_UA_POLICY] = "ua_policy",
		[N64_RULE_POOL] = "pool",
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

static bool shown(struct n64_verdict *dst, const struct n64_side *side,
		  const struct pref64 *pref, enum n64_rule rule)
{
	if (pref->len == 0 || !possible(side, N64_NET_NAT64))
		return false;
	set(dst, N64_NET_NAT64, N64_PROOF, rule);
	dst->pref = *pref;
	dst->shown = true;
	return true;
}

/* An own value in the synthetic form reached the phone and came back: only a
 * phone behind that NAT64 could make use of it. The IPv4 form proves nothing,
 * every phone is shown it. */
static bool by_pair(struct n64_verdict *dst, const struct n64_side *side)
{
	return side->pair &&
		shown(dst, side, &side->pair->pref, N64_RULE_PAIR);
}

/* The phone saw our packet come from [PREF64::our address] and said so
 * (RFC 3261 18.2.1) */
static bool by_received(struct n64_verdict *dst, const struct n64_side *side)
{
	return side->received &&
		shown(dst, side, side->received, N64_RULE_RECEIVED);
}

/* A disproof is the silence of a phone, and the pool may have been loaded since:
 * it says that behind this address silence means nothing, some phones break
 * RFC 3261 18.2.1. */
static bool by_fact(struct n64_verdict *dst, const struct n64_side *side,
		    const struct n64_fact *fact, enum n64_rule rule)
{
	if (!fact || fact->hint || side->af == AF_INET6)
		return false;
	if (fact->nat64)
		return shown(dst, side, &fact->pref, rule);
	if (side->pool)
		return false;
	set(dst, N64_NET_IPV4, N64_PROOF, rule);
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
			   const struct n64_side *side,
			   enum n64_strength strength)
{
	if (!side->before || side->before->strength < strength ||
	    !possible(side, side->before->net))
		return false;
	*dst = *side->before;
	dst->rule = N64_RULE_TRANSACTION;
	return true;
}

/* What was proven when the request passed stands; where that was a hint, what
 * the flow has shown since then counts more. */
static bool by_memory(struct n64_verdict *dst, const struct n64_side *side)
{
	return by_transaction(dst, side, N64_PROOF) ||
		by_fact(dst, side, side->flow, N64_RULE_FLOW) ||
		by_transaction(dst, side, N64_UNDECIDED) ||
		by_fact(dst, side, side->binding, N64_RULE_BINDING);
}

/* Which hint says that this side, whose packets are IPv4, has an IPv6 address?
 * Contact and SDP of a message that passed another proxy are not the
 * neighbour's own. */
static enum n64_rule hint(const struct n64_side *side, unsigned detect)
{
	if ((detect & N64_DETECT_VIA) && side->via == N64_HOST_IP6)
		return N64_RULE_VIA;
	if (side->flow && side->flow->hint)
		return N64_RULE_FLOW;
	if (!side->direct)
		return N64_RULE_NONE;
	if ((detect & N64_DETECT_CONTACT) && side->contact == N64_HOST_IP6)
		return N64_RULE_CONTACT;
	if ((detect & N64_DETECT_SDP) && side->sdp == N64_HOST_IP6)
		return N64_RULE_SDP;
	/* It can show nothing else. One behind 464XLAT, whose network the pool
	 * is as well, reads synthetic addresses too. */
	if (side->websocket && side->pool)
		return N64_RULE_POOL;
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

/* The operator knows better than what the phone shows. A forced phone is asked
 * for its PREF64 like one that hinted. */
static void by_order(struct n64_verdict *dst, const struct n64_side *side)
{
	if (side->treat == N64_TREAT_NEVER && dst->net == N64_NET_NAT64)
		set(dst, N64_NET_IPV4, N64_PROOF, N64_RULE_UA_POLICY);
	else if (side->treat == N64_TREAT_ALWAYS && side->af == AF_INET &&
		 dst->net != N64_NET_NAT64)
		set(dst, N64_NET_NAT64, N64_HINT, N64_RULE_UA_POLICY);
}

/* A PREF64 belongs to NAT64 and to nothing else. Where the evidence names none,
 * the pool's and then the operator's stands in; the phone did not show that
 * one. */
static void settle_pref(struct n64_verdict *dst, const struct n64_side *side,
			const struct n64_policy *policy)
{
	if (dst->net != N64_NET_NAT64) {
		memset(&dst->pref, 0, sizeof(dst->pref));
		dst->shown = false;
	} else if (dst->pref.len == 0 ||
		   (dst->shown && policy->believe_configured)) {
		dst->pref = side->pool ? *side->pool : policy->pref;
		dst->shown = false;
	}
}

static void decide_side(struct n64_verdict *dst, const struct n64_side *side,
			const struct n64_policy *policy)
{
	struct n64_verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	if (!by_pair(&verdict, side) && !by_received(&verdict, side) &&
	    !by_notify(&verdict, side) && !by_memory(&verdict, side))
		by_packet(&verdict, side, policy->detect);
	by_order(&verdict, side);
	settle_pref(&verdict, side, policy);
	*dst = verdict;
}

void n64_decide(struct n64_decision *dst, const struct n64_evidence *ev,
		const struct n64_policy *policy)
{
	decide_side(&dst->source, &ev->source, policy);
	decide_side(&dst->target, &ev->target, policy);
}
