/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What came waits in a ring for what leaves.
 */
#include "explain_replay.h"

#include "explain_input.h"

#include <stdlib.h>
#include <string.h>

enum { RING = 256, WAIT = 2000000 /* microseconds */ };

struct pending {
	bool used, told;
	bool reply;
	uint64_t key; /**< of what it leaves as, of what answers it */
	enum ex_judged judged;
	struct ex_msg msg;
	struct ex_view v;
	char *buf;
};

struct ex_replay {
	const struct ex_conf *conf;
	struct ex_state *state;
	ex_report_h *h;
	void *arg;
	struct ex_counts counts;
	size_t at;   /**< the oldest, which is the next to be used */
	size_t look; /**< no older one waits to be told */
	struct pending ring[RING];
};

struct ex_replay *ex_replay_new(const struct ex_conf *conf, ex_report_h *h,
				void *arg)
{
	struct ex_replay *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->conf = conf;
	r->h = h;
	r->arg = arg;
	r->state = ex_state_new(conf);
	if (r->state)
		return r;
	free(r);
	return NULL;
}

void ex_replay_free(struct ex_replay *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < RING; i++)
		free(r->ring[i].buf);
	ex_state_free(r->state);
	free(r);
}

struct ex_counts ex_replay_counts(const struct ex_replay *r)
{
	return r->counts;
}

static void tell(struct ex_replay *r, struct pending *p,
		 const struct ex_msg *left, const struct ex_msg *answer)
{
	struct ex_report report = {&p->msg, left, answer, &p->v, p->judged};

	p->told = true;
	r->h(&report, r->arg);
}

static void tell_untold(struct ex_replay *r, struct pending *p)
{
	if (p->used && !p->told)
		tell(r, p, NULL, NULL);
}

/* Those that have waited for long, the oldest first */
static void flush(struct ex_replay *r, int64_t before)
{
	size_t i;

	for (i = 0; i < RING; i++, r->look = (r->look + 1) % RING) {
		struct pending *p = &r->ring[r->look];

		if (p->used && p->msg.time >= before)
			return;
		tell_untold(r, p);
		if ((r->look + 1) % RING == r->at)
			return;
	}
}

static struct pending *wait_for(struct ex_replay *r, const struct ex_msg *msg)
{
	struct pending *p = &r->ring[r->at];
	char *buf;

	tell_untold(r, p);
	if (r->look == r->at)
		r->look = (r->at + 1) % RING;
	r->at = (r->at + 1) % RING;
	p->used = p->told = p->reply = false;
	buf = realloc(p->buf, msg->text.n);
	if (!buf)
		return NULL;
	p->buf = buf;
	memcpy(buf, msg->text.p, msg->text.n);
	p->msg = *msg;
	p->msg.text.p = buf;
	ex_sip_read(&p->msg.sip, p->msg.text);
	p->used = true;
	p->judged = EX_JUDGED;
	ex_view_begin(&p->v, &p->msg, r->conf, r->state);
	return p;
}

/* The latest of that key */
static struct pending *find(struct ex_replay *r, uint64_t key, bool reply)
{
	size_t i;

	for (i = 0; i < RING; i++) {
		struct pending *p = &r->ring[(r->at + RING - 1 - i) % RING];

		if (p->used && p->reply == reply && p->key == key)
			return p;
	}
	return NULL;
}

/* The first that still waits: what comes one after the other leaves so */
static struct pending *find_reply(struct ex_replay *r, uint64_t key)
{
	size_t i;

	for (i = 0; i < RING; i++) {
		struct pending *p = &r->ring[(r->at + i) % RING];

		if (p->used && p->reply && !p->told && p->key == key)
			return p;
	}
	return find(r, key, true);
}

/* Of a reply, with its status and who sent it: several phones may ring */
static uint64_t reply_key(const struct ex_sip *sip, size_t via)
{
	return (ex_tx_key(sip, via) ^ ex_hash(sip->start, sip->to)) | 1;
}

static void came_request(struct pending *p)
{
	const struct ex_sip *sip = &p->msg.sip;
	bool ok;

	p->key = ex_tx_key(sip, 0);
	if (span_is(sip->method, "CANCEL")) {
		p->judged = EX_CANCEL;
		return;
	}
	ok = span_is(sip->method, "REGISTER") ? ex_view_register(&p->v)
					      : ex_view_request(&p->v, NULL);
	if (ok)
		ex_keep_request(&p->v);
	else
		p->judged = EX_BAD;
	if (ok && p->v.conf->off)
		p->judged = EX_OFF;
}

static void came_reply(struct pending *p)
{
	const struct ex_sip *sip = &p->msg.sip;

	p->reply = true;
	p->key = sip->vias > 1 ? reply_key(sip, 1) : 0;
	ex_learn(&p->v);
	if (span_is(sip->method, "CANCEL"))
		p->judged = EX_CANCEL;
	else if (!ex_view_reply(&p->v))
		p->judged = EX_BAD;
	else if (p->v.conf->off)
		p->judged = EX_OFF;
}

static void came(struct ex_replay *r, const struct ex_msg *msg)
{
	struct pending *p = wait_for(r, msg);

	if (!p)
		return;
	if (msg->sip.request)
		came_request(p);
	else
		came_reply(p);
	/* nothing of the proxy's own waits for it */
	if (p->reply && !p->key)
		tell(r, p, NULL, NULL);
}

static void left_request(struct ex_replay *r, const struct ex_msg *msg)
{
	struct pending *p = NULL;

	if (msg->sip.vias > 1)
		p = find(r, ex_tx_key(&msg->sip, 1), false);
	if (!p) {
		ex_keep_own(r->state, msg);
		return;
	}
	if (p->judged == EX_JUDGED || p->judged == EX_OFF) {
		struct ex_view before = p->v;

		ex_view_begin(&p->v, &p->msg, r->conf, r->state);
		p->v.has_registered = before.has_registered;
		p->v.registered = before.registered;
		if (!ex_view_request(&p->v, msg))
			p->v = before;
	}
	ex_keep_branch(&p->v, msg);
	tell(r, p, msg, NULL);
}

/* tm keeps a transaction that is answered for a while */
static void answered(struct ex_replay *r, const struct ex_msg *msg)
{
	struct ex_tx *tx = ex_tx_find(r->state, ex_tx_key(&msg->sip, 0));

	if (tx && !tx->done && msg->sip.status >= 200)
		tx->done = msg->time + r->conf->wait;
}

static void left_reply(struct ex_replay *r, const struct ex_msg *msg)
{
	const struct ex_sip *sip = &msg->sip;
	struct pending *p = find_reply(r, reply_key(sip, 0));

	answered(r, msg);
	if (p) {
		if (!p->told)
			tell(r, p, msg, NULL);
		return;
	}
	p = find(r, ex_tx_key(sip, 0), false);
	if (!p || sip->status < 200)
		return;
	if (sip->status < 300 && span_is(sip->method, "REGISTER") &&
	    p->judged == EX_JUDGED)
		ex_keep_registered(&p->v, sip);
	if (!p->told)
		tell(r, p, NULL, msg);
}

/* The proxy's Via is on top of the requests that it sends, and of the replies
 * that it gets */
static bool has_own_via(const struct ex_conf *c, const struct ex_via *via)
{
	return ex_conf_is_self(c, ex_text(via->host),
			       via->port ? via->port : 5060);
}

/* Is the address known that this socket's Via has? */
static bool is_known(const struct ex_conf *c, const struct ex_socket *socket)
{
	const struct n64_own *own = socket ? ex_conf_own(c, socket) : NULL;

	return own && own->addr.s_addr != INADDR_ANY;
}

/* A message that goes from one of its sockets to another is both. 0.0.0.0 is
 * everybody's address: one that is named counts first. */
static void find_way(bool *in, bool *out, const struct ex_conf *c,
		     const struct ex_msg *msg)
{
	bool from = ex_conf_is_named(c, &msg->src, msg->tp);
	bool to = ex_conf_is_named(c, &msg->dst, msg->tp), own;

	*out = from || (!to && ex_conf_find(c, &msg->src, msg->tp));
	*in = to ||
		(!ex_conf_is_own_host(c, &msg->src) &&
		 ex_conf_find(c, &msg->dst, msg->tp));
	if (from || to || !*in || !*out)
		return;
	own = has_own_via(c, &msg->sip.via[0]);
	if (!own && !is_known(c, ex_conf_find(c, &msg->src, msg->tp)))
		return;
	*out = own == msg->sip.request;
	*in = !*out;
}

static void take(struct ex_replay *r, const struct ex_msg *msg)
{
	bool in = msg->way == EX_IN, out = msg->way == EX_OUT;

	if (msg->way == EX_BY_ADDRESS)
		find_way(&in, &out, r->conf, msg);
	r->counts.proxy += in || out;
	if (out && msg->sip.request)
		left_request(r, msg);
	else if (out)
		left_reply(r, msg);
	if (in)
		came(r, msg);
}

void ex_replay_take(struct ex_msg *msg, void *arg)
{
	struct ex_replay *r = arg;

	msg->n = ++r->counts.read;
	/* empty lines in front (RFC 3261 7.5) */
	while (msg->text.n && (*msg->text.p == '\r' || *msg->text.p == '\n')) {
		msg->text.p++;
		msg->text.n--;
	}
	if (!ex_sip_read(&msg->sip, msg->text)) {
		r->counts.unreadable++;
		return;
	}
	flush(r, msg->time - WAIT);
	take(r, msg);
}

void ex_replay_end(struct ex_replay *r)
{
	size_t i;

	for (i = 0; i < RING; i++)
		tell_untold(r, &r->ring[(r->at + i) % RING]);
}
