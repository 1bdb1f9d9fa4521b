/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What replies show of their flows, as n64_learn.c believes it.
 */
#include "explain_view.h"

#include "literal.h"
#include "text.h"

#include <string.h>

enum match { NO_MATCH, FORWARDED, OWN };

/* By the branch, and it came from where that one went */
static enum match match(struct ex_view *v)
{
	static const struct span none = {"", 0};
	const struct ex_msg *m = v->msg;
	const struct ex_branch *b = v->branch;

	if (!b || b->tp != m->tp || !place_same(&b->dst, &m->src))
		return NO_MATCH;
	if (b->tx)
		return FORWARDED;
	return b->call_id == ex_hash(m->sip.call_id, none) ? OWN : NO_MATCH;
}

static bool sent_by(struct in_addr *dst, const struct ex_view *v)
{
	const struct ex_via *via = &v->msg->sip.via[0];
	const struct ex_socket *s;
	const struct n64_own *own;

	if (n64_lit4_parse(dst, via->host.p, via->host.n) == 0)
		return true;
	s = ex_conf_find(v->conf, &v->msg->dst, v->msg->tp);
	own = s ? ex_conf_own(v->conf, s) : NULL;
	if (own)
		*dst = own->addr;
	return own != NULL;
}

static bool silence_counts(struct ex_view *v, const struct n64_flow_key *key,
			   uint32_t now)
{
	struct n64_fact fact;

	if (!ex_flow_find(&fact, v->state, key, now))
		return false;
	if (fact.hint)
		return !v->conf->rr_fqdn[0] && match(v) != NO_MATCH;
	return fact.nat64 && match(v) == OWN;
}

static void on_silence(struct ex_view *v, const struct n64_flow_key *key,
		       uint32_t now)
{
	if (ex_conf_pool(v->conf, &v->msg->src) ||
	    !silence_counts(v, key, now))
		return;
	ex_flow_tell(v->state, key, N64_FLOW_NOT_NAT64, NULL, now);
}

static bool speaks_for_itself(struct ex_view *v,
			      const struct n64_flow_key *key,
			      const struct pref64 *pref, uint32_t now)
{
	struct n64_fact fact;

	if (!ex_flow_find(&fact, v->state, key, now))
		return false;
	if (fact.hint)
		return !v->conf->probe;
	return fact.nat64 && pref64_equal(&fact.pref, pref);
}

static void on_received(struct ex_view *v, const struct n64_flow_key *key,
			const struct in6_addr *received, uint32_t now)
{
	enum match how = match(v);
	struct pref64 pref;
	struct in_addr own;

	if (!sent_by(&own, v) || pref64_infer(&pref, received, &own) ||
	    how == NO_MATCH)
		return;
	if (how == FORWARDED && !speaks_for_itself(v, key, &pref, now))
		return;
	ex_flow_tell(v->state, key, N64_FLOW_NAT64, &pref, now);
	v->shown = pref;
}

static void find_request(struct ex_view *v)
{
	const struct ex_tx *tx;

	v->branch = ex_branch_find(v->state, ex_branch_key(&v->msg->sip, 0));
	tx = v->branch ? ex_tx_find(v->state, v->branch->tx) : NULL;
	if (tx && tx->done && tx->done < v->msg->time) {
		v->branch = NULL;
		tx = NULL;
	}
	v->kept = tx && tx->kept.kept ? &tx->kept : NULL;
}

void ex_learn(struct ex_view *v)
{
	const struct ex_via *via = &v->msg->sip.via[0];
	uint32_t now = ex_seconds(v->msg);
	struct n64_flow_key key;
	struct in6_addr a6;
	struct in_addr a4;
	bool v6;

	find_request(v);
	if (v->conf->off || !ex_flow_key(&key, &v->msg->src, v->msg->tp))
		return;
	v6 = via->received.n > 2 &&
		n64_lit6_parse(&a6, via->received.p, via->received.n) == 0;
	if (v6)
		on_received(v, &key, &a6, now);
	else if (via->has_received &&
		 n64_lit4_parse(&a4, via->received.p, via->received.n))
		return;
	else if (ex_flow_asking(v->state, now))
		on_silence(v, &key, now);
}
