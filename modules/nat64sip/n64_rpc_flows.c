/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rpc_flows.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_decided.h"
#include "n64_pool.h"
#include "n64_rpc_args.h"

#include "../../core/timer.h"
#include "../../core/ut.h"
#include "../../nat64sip/literal.h"

#include <stdio.h>
#include <string.h>

#define LIMIT 50
/** binrpc's answer has 32 kB, a flow takes some 150 octets of it */
#define LIMIT_MAX 200
/** "255.255.255.255:65535" */
#define FLOW_MAX 24

const char *n64_rpc_lookup_doc[] = {"Which rule answers for a phone at "
									"ADDRESS[:PORT] [TRANSPORT], and why",
		0};
const char *n64_rpc_flows_doc[] = {
		"List flows, at most LIMIT, from CURSOR on, which is the last answer's"
		" next",
		0};

static void print_pref(char *dst, size_t size, const struct pref64 *pref)
{
	if(!pref64_print(dst, size, pref))
		*dst = '\0';
}

static void print_flow(char *dst, const struct n64_flow_key *key)
{
	size_t n = n64_lit4_print(dst, FLOW_MAX, &key->addr);

	if(key->port)
		snprintf(dst + n, FLOW_MAX - n, ":%u", key->port);
}

/** "192.0.2.1:39859", or without the port, which is 0 then */
static int parse_flow(struct n64_flow_key *key, str *text)
{
	char *colon = memchr(text->s, ':', text->len);
	unsigned value;
	str port;

	memset(key, 0, sizeof(*key));
	key->tp = N64_TP_UDP;
	if(colon) {
		port.s = colon + 1;
		port.len = text->len - (port.s - text->s);
		if(port.len <= 0 || str2int(&port, &value) < 0 || !value
				|| value > UINT16_MAX)
			return -1;
		key->port = value;
	}
	return n64_lit4_parse(
				   &key->addr, text->s, colon ? colon - text->s : text->len)
				   ? -1
				   : 0;
}

static int read_flow(rpc_t *rpc, void *ctx, struct n64_flow_key *key)
{
	int n;
	str text;

	n = n64_rpc_text(rpc, ctx, &text, "address");
	if(n < 0)
		return -1;
	if(n == 0 || parse_flow(key, &text) < 0) {
		rpc->fault(ctx, N64_RPC_BAD,
				"address \"%.*s\": must be an IPv4 address, and :PORT or not",
				text.len, text.s);
		return -1;
	}
	n = n64_rpc_text(rpc, ctx, &text, "transport");
	if(n > 0) {
		key->tp = n64_transport_parse(text.s, text.len);
		if(key->tp == N64_TP_NONE) {
			rpc->fault(ctx, N64_RPC_BAD,
					"transport \"%.*s\": must be udp, tcp, tls, sctp, ws or"
					" wss",
					text.len, text.s);
			return -1;
		}
	}
	return n < 0 ? -1 : n64_rpc_end(rpc, ctx);
}

/** What a look-up finds, and what follows from it */
struct answer
{
	struct n64_flow flow; /**< state FREE if there is none */
	struct pref64 pool;	  /**< of its address, or none */
	struct n64_verdict d;
	const char *why;
};

static const char *why(const struct answer *a, const struct n64_flow_key *key)
{
	if(!key->port)
		return "no port was given: the address alone tells no more than its"
			   " pool";
	switch(a->flow.state) {
		case N64_FLOW_NAT64:
			return a->d.shown ? "a reply of this flow showed its PREF64"
							  : "a reply of this flow showed NAT64; believe:"
								" configured prefixes only";
		case N64_FLOW_NOT_NAT64:
			return "a reply of this flow showed that it passed no NAT64";
		case N64_FLOW_HINT:
			return "a request of this flow hinted at NAT64; its next reply"
				   " proves or disproves it";
		default:
			return "nothing is known of this flow: what its next request shows"
				   " decides; the PREF64 is for one that hints at NAT64";
	}
}

/** Decide as for a request of this flow that gives every hint */
static void look_up(struct answer *a, const struct n64_flow_key *key)
{
	struct n64_evidence ev;
	struct n64_decision d;
	struct n64_fact fact = {.hint = false};
	struct ip_addr ip = {.af = AF_INET, .len = sizeof(key->addr)};
	const struct pref64 *pool;

	memset(a, 0, sizeof(*a));
	memset(&ev, 0, sizeof(ev));
	memcpy(ip.u.addr, &key->addr, sizeof(key->addr));
	pool = n64_pool_pref(&ip);
	if(pool)
		a->pool = *pool;
	ev.source.af = AF_INET;
	ev.source.direct = true;
	ev.source.via = ev.source.contact = ev.source.sdp = N64_HOST_IP6;
	ev.source.pool = a->pool.len ? &a->pool : NULL;
	if(key->port && n64_cache_peek(&a->flow, key)
			&& a->flow.state != N64_FLOW_HINT) {
		fact.nat64 = a->flow.state == N64_FLOW_NAT64;
		fact.pref = a->flow.pref;
		ev.source.flow = &fact;
	}
	n64_decide(&d, &ev, &n64_conf.policy);
	a->d = d.source;
	a->why = why(a, key);
}

static const char *origin(const struct answer *a)
{
	if(a->d.shown)
		return "phone";
	if(!a->d.pref.len)
		return "none";
	return a->pool.len ? "pool" : "configured";
}

/** A hint may be one of three, and of an unknown flow it is not yet there */
static const char *rule_of(const struct answer *a)
{
	if(a->flow.state == N64_FLOW_FREE)
		return n64_rule_name(N64_RULE_NONE);
	return a->flow.state == N64_FLOW_HINT ? "hint" : n64_rule_name(a->d.rule);
}

void n64_rpc_lookup(rpc_t *rpc, void *ctx)
{
	char flow[FLOW_MAX], used[PREF64_TEXT_MAX + 1], pool[PREF64_TEXT_MAX + 1];
	char configured[PREF64_TEXT_MAX + 1];
	struct n64_flow_key key;
	struct answer a;
	bool known;
	void *node;

	if(read_flow(rpc, ctx, &key) < 0)
		return;
	look_up(&a, &key);
	known = a.flow.state != N64_FLOW_FREE;
	print_flow(flow, &key);
	print_pref(used, sizeof(used), &a.d.pref);
	print_pref(pool, sizeof(pool), &a.pool);
	print_pref(configured, sizeof(configured), &n64_conf.policy.pref);
	if(rpc->add(ctx, "{", &node) < 0)
		return;
	rpc->struct_add(node, "sssssssssss", "flow", flow, "transport",
			n64_transport_name(key.tp), "state",
			known ? n64_flow_state_name(a.flow.state) : "unknown", "network",
			n64_net_name(known ? a.d.net : N64_NET_UNKNOWN), "rule",
			rule_of(&a), "strength",
			n64_strength_name(known ? a.d.strength : N64_UNDECIDED), "pref64",
			used, "pref64_of", origin(&a), "pool", pool, "configured",
			configured, "why", a.why);
}

static int add_flow(rpc_t *rpc, void *list, const struct n64_flow *f)
{
	char text[FLOW_MAX], pref[PREF64_TEXT_MAX + 1];
	struct n64_flow_key key;
	uint32_t now = get_ticks();
	void *node;

	n64_flow_key(&key, f);
	print_flow(text, &key);
	print_pref(pref, sizeof(pref), &f->pref);
	if(rpc->array_add(list, "{", &node) < 0)
		return -1;
	return rpc->struct_add(node, "ssssuuuu", "flow", text, "transport",
			n64_transport_name(key.tp), "state", n64_flow_state_name(f->state),
			"pref64", pref, "age", n64_flow_since(f->added, now), "idle",
			n64_flow_since(f->used, now), "expires",
			n64_flow_since(now, f->expires), "probes", (unsigned)f->probes);
}

/**
 * Each part of the cache is copied under its lock and told without it.
 *
 * @param cursor Part times ways, plus flows of it that were told before
 *
 * @return The next cursor, 0 at the end
 */
static unsigned list_flows(
		rpc_t *rpc, void *list, unsigned limit, unsigned cursor)
{
	struct n64_flow copy[N64_FLOWS_WAYS];
	uint32_t part = cursor / N64_FLOWS_WAYS;
	unsigned i = cursor % N64_FLOWS_WAYS, n, told = 0;

	for(; part < n64_cache_parts(); part++, i = 0) {
		n = n64_cache_part(copy, part);
		for(; i < n; i++) {
			if(told++ == limit)
				return part * N64_FLOWS_WAYS + i;
			if(add_flow(rpc, list, &copy[i]) < 0)
				return 0;
		}
	}
	return 0;
}

void n64_rpc_flows(rpc_t *rpc, void *ctx)
{
	unsigned limit = LIMIT, cursor = 0, next;
	void *node, *list;

	if(n64_rpc_number(rpc, ctx, &limit, "limit", 1, LIMIT_MAX) < 0
			|| n64_rpc_number(rpc, ctx, &cursor, "cursor", 0,
					   n64_cache_parts() * N64_FLOWS_WAYS - 1)
					   < 0
			|| n64_rpc_end(rpc, ctx) < 0)
		return;
	if(rpc->add(ctx, "{", &node) < 0
			|| rpc->struct_add(node, "[", "flows", &list) < 0)
		return;
	next = list_flows(rpc, list, limit, cursor);
	rpc->struct_add(node, "u", "next", next);
}
