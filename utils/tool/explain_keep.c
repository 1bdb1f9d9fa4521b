/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What requests leave behind: transactions (n64_tm.c), registrations
 * (n64_register.c).
 */
#include "explain_replay.h"

#include "text.h"

#include <ctype.h>
#include <string.h>

enum { AOR_MAX = 320 };

static const struct span none = {"", 0};

static bool is_one_of(struct span method, const char *const *words)
{
	for (; *words; words++) {
		if (span_is(method, *words))
			return true;
	}
	return false;
}

/* The transactions that nat64_manage() looks after (n64_manage.c) */
static bool is_managed(const struct ex_view *v)
{
	static const char *const answered[] = {
		"INVITE", "SUBSCRIBE", "REFER",   "NOTIFY",
		"UPDATE", "PRACK",     "OPTIONS", NULL,
	};

	return v->has_sdp || is_one_of(v->msg->sip.method, answered);
}

static bool is_worth_keeping(const struct ex_view *v)
{
	static const char *const never[] = {"ACK", "CANCEL", NULL};

	if (is_one_of(v->msg->sip.method, never))
		return false;
	if (v->conf->manages && !span_is(v->msg->sip.method, "REGISTER"))
		return is_managed(v);
	return v->has_notify || v->d.source.net == N64_NET_NAT64 ||
		v->source_ua != N64_UA_NONE;
}

void ex_keep_request(struct ex_view *v)
{
	struct ex_tx *tx = ex_tx_put(v->state, ex_tx_key(&v->msg->sip, 0));
	struct ex_kept *k = &tx->kept;

	if (k->kept || !is_worth_keeping(v))
		return;
	k->kept = true;
	k->source = v->d.source;
	k->source_leg = v->source_leg;
	k->ua = v->source_ua;
	k->has_offer = v->has_sdp;
	k->offer = v->sdp;
	k->family =
		v->has_source_pair ? v->source_pair.family : N64_FAMILY_NONE;
	k->notify = v->notify;
	k->has_notify = v->has_notify;
	k->has_flow = ex_flow_key(&k->flow, &v->msg->src, v->msg->tp);
}

void ex_keep_branch(struct ex_view *v, const struct ex_msg *left)
{
	uint64_t key = ex_tx_key(&v->msg->sip, 0);
	struct ex_branch *b =
		ex_branch_put(v->state, ex_branch_key(&left->sip, 0));
	struct ex_tx *tx = ex_tx_find(v->state, key);

	b->tx = key;
	b->dst = left->dst;
	b->tp = left->tp;
	if (!tx)
		return;
	tx->dst = left->dst;
	tx->tp = left->tp;
	if (!v->conf->manages)
		return;
	tx->kept.to_nat64 |= v->near.target.net == N64_NET_NAT64;
	tx->kept.behind_proxy |= !v->hop.direct ||
		ex_place_is_in(&v->conf->peers, &v->hop.to) ||
		ex_place_is_in(&v->conf->path_peers, &v->hop.to);
}

static bool is_probe(const struct ex_sip *sip)
{
	return span_is(sip->method, "OPTIONS") && sip->call_id.n > 6 &&
		!memcmp(sip->call_id.p, "probe-", 6);
}

void ex_keep_own(struct ex_state *state, const struct ex_msg *left)
{
	uint64_t branch = ex_branch_key(&left->sip, 0);
	struct n64_flow_key key;
	struct ex_branch *b;

	/* sent again, by a timer */
	if (ex_branch_find(state, branch) && !is_probe(&left->sip))
		return;
	b = ex_branch_put(state, branch);
	/* a CANCEL belongs to a transaction that passed; what has a second Via
	 * passed, too, though it came before the input began */
	b->tx = span_is(left->sip.method, "CANCEL");
	if (left->sip.vias > 1)
		b->tx = ex_tx_key(&left->sip, 1);
	b->call_id = ex_hash(left->sip.call_id, none);
	b->dst = left->dst;
	b->tp = left->tp;
	if (is_probe(&left->sip) && ex_flow_key(&key, &left->dst, left->tp))
		ex_flow_asked(state, &key, ex_seconds(left));
}

static uint64_t aor_key(const struct ex_conf *conf, const struct ex_sip *sip)
{
	static const struct span aor = {"aor", 3};

	struct ex_uri uri;
	struct span text = ex_address_uri(sip->to);
	char buf[AOR_MAX];
	size_t i, n;

	if (!ex_uri_read(&uri, text))
		return ex_hash(text, aor);
	/* as the registrar: of user, or user@host, in lower case */
	n = text.n < AOR_MAX ? text.n : AOR_MAX;
	for (i = 0; i < n; i++)
		buf[i] = (char)(conf->case_sensitive && text.p + i < uri.host.p
					? text.p[i]
					: tolower((unsigned char)text.p[i]));
	text = (struct span){buf, n};
	n = uri.params.n ? (size_t)(uri.params.p - ex_address_uri(sip->to).p)
			 : n;
	text.n = n < text.n ? n : text.n;
	if (!conf->use_domain && memchr(buf, '@', text.n))
		text.n = (size_t)((char *)memchr(buf, '@', text.n) - buf);
	return ex_hash(text, aor);
}

/* Does any binding stay (RFC 3261 10.2.1.1)? */
static bool registers(const struct ex_sip *sip)
{
	struct span list, one, value;
	bool header = true;
	size_t at = 0;

	if (ex_header_first(sip, "Expires", 0, &value))
		header = !span_is(value, "0");
	while (ex_header(sip, "Contact", 'm', &list, &at)) {
		while (ex_list_next(&list, &one)) {
			if (ex_address_param(one, "expires", &value)
				    ? !span_is(value, "0")
				    : header && !span_is(one, "*"))
				return true;
		}
	}
	return false;
}

static bool told(const struct n64_verdict *d)
{
	return d->net == N64_NET_NAT64 && d->strength == N64_PROOF &&
		d->rule != N64_RULE_NOTIFY && d->pref.len;
}

/* Where nobody is asked, the hint has to do */
static void settle(struct ex_view *v)
{
	const struct n64_verdict *d = &v->d.source;
	struct n64_flow_key key;

	if (v->conf->probe || v->conf->dryrun ||
	    !(d->rule == N64_RULE_BINDING ||
	      (d->net == N64_NET_NAT64 && d->strength == N64_HINT)) ||
	    !ex_flow_key(&key, &v->msg->src, v->msg->tp))
		return;
	ex_flow_tell(v->state, &key, N64_FLOW_HINT, NULL, ex_seconds(v->msg));
}

bool ex_view_register(struct ex_view *v)
{
	const struct ex_mark *m;

	if (!ex_view_request(v, NULL))
		return false;
	if (!v->conf->registers || !registers(&v->msg->sip))
		return true;
	m = ex_mark_find(v->state, aor_key(v->conf, &v->msg->sip));
	if (v->d.source.strength != N64_PROOF && m && m->pref.len &&
	    m->until > v->msg->time &&
	    place_same_addr(&m->addr, &v->msg->src)) {
		v->has_registered = true;
		v->registered.nat64 = true;
		v->registered.pref = m->pref;
		ex_view_request(v, NULL);
	}
	settle(v);
	return true;
}

static void mark(struct ex_view *v, uint64_t key, unsigned seconds)
{
	struct ex_mark *m = ex_mark_put(v->state, key);

	m->addr = v->msg->src;
	m->until = v->msg->time + (int64_t)seconds * 1000000;
	memset(&m->pref, 0, sizeof(m->pref));
	if (told(&v->d.source) && seconds)
		m->pref = v->d.source.pref;
}

static unsigned seconds(struct span s, unsigned otherwise)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s.n && i < 8 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = n * 10 + (unsigned)(s.p[i] - '0');
	return i ? n : otherwise;
}

void ex_keep_registered(struct ex_view *v, const struct ex_sip *answer)
{
	const struct ex_sip *sip = &v->msg->sip;
	struct span list, one, value;
	unsigned header = 3600, longest = 0, n;
	size_t at = 0;

	if (!v->conf->registers)
		return;
	if (ex_header_first(sip, "Expires", 0, &value))
		header = seconds(value, header);
	while (ex_header(sip, "Contact", 'm', &list, &at)) {
		while (ex_list_next(&list, &one)) {
			n = ex_address_param(one, "expires", &value)
				? seconds(value, header)
				: header;
			/* the registrar may have cut it */
			if (n &&
			    ex_address_param(answer->contact, "expires",
					     &value))
				n = seconds(value, n);
			mark(v, ex_hash(ex_address_uri(one), none), n);
			longest = n > longest ? n : longest;
		}
	}
	mark(v, aor_key(v->conf, sip), longest);
}
