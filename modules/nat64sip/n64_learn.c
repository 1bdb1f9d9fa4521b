/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_learn.h"

#include "n64_bad.h"
#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mode.h"
#include "n64_pool.h"
#include "n64_probe.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_tm.h"

#include "../../core/dprint.h"
#include "../../core/script_cb.h"
#include "../../nat64sip/literal.h"

#include <string.h>

/** Seconds until a reply that speaks against what is proven makes us ask */
#define ASK_AGAIN 60

/** The reply at hand: one message at a time in a worker */
static struct
{
	msg_ctx_id_t id;
	struct pref64 pref;
} shown;

const struct pref64 *n64_learn_shown(const struct sip_msg *msg)
{
	if(!shown.pref.len || msg_ctx_id_match(msg, &shown.id) != 1)
		return NULL;
	return &shown.pref;
}

/** The IPv4 address that the Via of ours names, or that its socket has */
static int sent_by(struct in_addr *dst, const struct sip_msg *msg)
{
	const str *host = &msg->via1->host;
	const struct n64_own *own;

	if(n64_lit4_parse(dst, host->s, host->len) == 0)
		return 0;
	own = n64_self_of_socket(msg->rcv.bind_address);
	if(!own)
		return -1;
	*dst = own->addr;
	return 0;
}

/** Does this flow's silence say anything? A hint ends with any reply, unless
 *  there is a name to write for it, which is right in both cases; a proof ends
 *  with the answer to a probe: the NAT64 may have given the port to another. */
static bool silence_counts(struct sip_msg *msg, const struct n64_flow_key *key)
{
	struct n64_fact fact;

	if(!n64_cache_find(&fact, key))
		return false;
	if(fact.hint)
		return !n64_conf.rr_fqdn.len && n64_tm_match(msg) != N64_TM_NONE;
	return fact.nat64 && n64_tm_match(msg) == N64_TM_OWN;
}

/** Not where a pool says that phones are behind NAT64: there are some that break
 *  RFC 3261 18.2.1 */
static void on_silence(struct sip_msg *msg, const struct n64_flow_key *key)
{
	if(n64_pool_pref(&msg->rcv.src_ip) || !silence_counts(msg, key))
		return;
	n64_cache_disprove(key);
	counter_inc(n64_stats.disproofs);
	LM_DBG("a reply without received: not behind NAT64\n");
}

/** A proxy hands on what phones behind it wrote into our Via. So only the answer
 *  to a probe proves. Where nobody may be asked, any reply does of a flow that
 *  hinted by its REGISTER; and what a flow has proven, it may repeat. */
static bool speaks_for_itself(
		const struct n64_flow_key *key, const struct pref64 *pref)
{
	struct n64_fact fact;

	if(!n64_cache_find(&fact, key))
		return false;
	if(fact.hint)
		return !n64_conf.probe;
	return fact.nat64 && pref64_equal(&fact.pref, pref);
}

static void on_received(struct sip_msg *msg, const struct n64_flow_key *key,
		const struct in6_addr *received)
{
	enum n64_tm_match match;
	struct in_addr own;
	struct pref64 pref;

	if(sent_by(&own, msg) < 0 || pref64_infer(&pref, received, &own)) {
		counter_inc(n64_stats.received_foreign);
		LM_DBG("received does not embed the sent-by of that Via, ignored\n");
		return;
	}
	match = n64_tm_match(msg);
	if(match == N64_TM_NONE) {
		counter_inc(n64_stats.received_unmatched);
		return;
	}
	if(match == N64_TM_FORWARDED && !speaks_for_itself(key, &pref)) {
		n64_probe(msg, ASK_AGAIN);
		return;
	}
	n64_cache_prove(key, &pref);
	counter_inc(n64_stats.proofs);
	msg_ctx_id_set(msg, &shown.id);
	shown.pref = pref;
}

/** Neither IPv6, which it was not, nor IPv4, which is as good as none */
static bool is_malformed(const struct via_param *received)
{
	struct in_addr a4;

	return received
		   && n64_lit4_parse(&a4, received->value.s, received->value.len);
}

/** Kamailio calls this for each reply, before the script and before tm */
static int on_reply(struct sip_msg *msg, unsigned int flags, void *param)
{
	const struct via_body *via = msg->via1;
	struct n64_flow_key key;
	struct in6_addr a6;
	bool v6;

	(void)flags;
	(void)param;
	if(!via || msg->rcv.src_ip.af != AF_INET)
		return 1;
	v6 = via->received && via->received->value.len > 2
		 && n64_lit6_parse(
					&a6, via->received->value.s, via->received->value.len)
					== 0;
	if((!v6 && !via->received && !n64_cache_asking())
			|| n64_mode_of(msg) == N64_MODE_OFF)
		return 1;
	n64_cache_key(&key, &msg->rcv.src_ip, msg->rcv.src_port, msg->rcv.proto);
	if(v6)
		on_received(msg, &key, &a6);
	else if(is_malformed(via->received))
		n64_bad(msg, N64_BAD_RECEIVED);
	else if(n64_cache_asking())
		on_silence(msg, &key);
	return 1;
}

int n64_learn_init(void)
{
	return register_script_cb(on_reply, PRE_SCRIPT_CB | ONREPLY_CB, 0);
}
