/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The module's changes without the module (n64_rr_plan.c, n64_notify.c).
 */
#include "explain_predict.h"

#include "explain_sdp.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

struct out {
	char *p;
	size_t n, max;
};

static void put(struct out *out, const char *p, size_t n)
{
	n = n < out->max - out->n ? n : out->max - out->n;
	memcpy(out->p + out->n, p, n);
	out->n += n;
}

static void put_text(struct out *out, const char *text)
{
	put(out, text, strlen(text));
}

static bool is_routed(const struct ex_view *v)
{
	static const char *const routed[] = {
		"INVITE", "SUBSCRIBE", "REFER", "NOTIFY", "UPDATE",
	};
	size_t i;

	if (!v->msg->sip.request || !v->conf->manages)
		return false;
	for (i = 0; i < sizeof(routed) / sizeof(routed[0]); i++) {
		if (span_is(v->msg->sip.method, routed[i]))
			return v->near.source.net == N64_NET_NAT64 ||
				v->near.target.net == N64_NET_NAT64;
	}
	return false;
}

/* The socket that it leaves by: the one it came to, or the first of the
 * transport */
static const struct n64_own *leaves_by(const struct ex_view *v)
{
	const struct ex_conf *c = v->conf;
	const struct ex_socket *s = ex_conf_find(c, &v->msg->dst, v->hop.tp);
	size_t i;

	if (s)
		return ex_conf_own(c, s);
	for (i = 0; i < c->owns.n; i++) {
		if (c->own[i].tp == v->hop.tp)
			return &c->own[i];
	}
	return &c->own[0];
}

static const struct n64_own *came_to(const struct ex_view *v)
{
	const struct ex_socket *s =
		ex_conf_find(v->conf, &v->msg->dst, v->msg->tp);
	const struct n64_own *own = s ? ex_conf_own(v->conf, s) : NULL;

	return own ? own : &v->conf->own[0];
}

static void fill(struct n64_pair *pair, const struct ex_view *v,
		 const struct n64_verdict *verdict)
{
	const char *name = v->conf->rr_fqdn;

	pair->r2 = true;
	if (verdict->net != N64_NET_NAT64)
		return;
	if (pref64_may_carry(&verdict->pref, &pair->own->addr,
			     v->conf->wkp_strict && !verdict->shown))
		pair->pref = verdict->pref;
	if (!pair->pref.len)
		pair->host = (struct n64_text){name, strlen(name)};
}

static void put_value(struct out *out, const struct n64_pair *pair,
		      struct span ftag)
{
	char text[N64_PAIR_TEXT_MAX + 1];
	size_t n = n64_pair_print(text, sizeof(text), pair);

	if (!n)
		return;
	put_text(out, "Record-Route: <sip:");
	put(out, text, n);
	put_text(out, ";ftag=");
	put(out, ftag.p, ftag.n);
	put_text(out, ";lr>\r\n");
}

static void put_routes(struct out *out, const struct ex_view *v)
{
	struct n64_pair source = {.own = came_to(v), .leg = v->source_leg};
	struct n64_pair target = {.own = leaves_by(v),
				  .leg = ex_leg_other(v->source_leg)};
	struct span ftag = {"", 0};

	ex_address_param(v->msg->sip.from, "tag", &ftag);
	source.family = v->has_sdp   ? v->sdp.any
		: v->has_source_pair ? v->source_pair.family
				     : N64_FAMILY_NONE;
	target.family =
		v->has_target_pair ? v->target_pair.family : N64_FAMILY_NONE;
	fill(&source, v, &v->near.source);
	fill(&target, v, &v->near.target);
	put_value(out, &target, ftag);
	put_value(out, &source, ftag);
}

static void put_notify(struct out *out, const struct ex_view *v)
{
	const struct n64_verdict *s = &v->d.source, *t = &v->d.target;
	bool caller = v->source_leg == N64_LEG_CALLER;
	struct n64_notify n = {
		.caller = {caller ? s->net : t->net,
			   caller ? s->pref : t->pref},
		.callee = {caller ? t->net : s->net,
			   caller ? t->pref : s->pref},
	};
	char text[N64_NOTIFY_TEXT_MAX + 1];
	size_t len = n64_notify_print(text, sizeof(text), &n);

	put_text(out, v->conf->notify_header);
	put_text(out, ": ");
	put(out, text, len);
	put_text(out, "\r\n");
}

static bool wants_notify(const struct ex_view *v)
{
	const struct ex_sip *sip = &v->msg->sip;

	return sip->request && v->conf->manages && v->hop.has_address &&
		ex_place_is_in(&v->conf->peers, &v->hop.to) &&
		(v->has_sdp || span_is(sip->method, "INVITE") ||
		 span_is(sip->method, "UPDATE"));
}

/* Does nat64_manage() tell nathelper to? (n64_manage.c, needs_alias()) */
static bool wants_alias(const struct ex_view *v)
{
	static const char *const not_of[] = {"REGISTER", "ACK", "BYE"};
	const struct ex_conf *c = v->conf;
	const struct ex_sip *sip = &v->msg->sip;
	size_t i, n = sip->request ? sizeof(not_of) / sizeof(not_of[0]) : 1;

	for (i = 0; i < n; i++) {
		if (span_is(sip->method, not_of[i]))
			return false;
	}
	return c->manages && (!c->file || cfg_module(&c->cfg, "nathelper")) &&
		(sip->request || sip->status < 300) && sip->contact.n &&
		sip->contact.p[0] != '*' && v->direct &&
		place_is4(&v->msg->src) &&
		(v->near.source.net == N64_NET_NAT64 ||
		 ex_contact_host(v) == N64_HOST_IP6);
}

/* Headers with the new Content-Length */
static void put_head(struct out *out, struct span head, bool resized,
		     size_t body)
{
	struct span line;
	char text[40];

	while (span_line(&head, &line) && line.n) {
		if (resized && line.n > 14 &&
		    n64_text_is(line.p, 14, "Content-Length")) {
			snprintf(text, sizeof(text), "Content-Length: %zu",
				 body);
			put_text(out, text);
		} else {
			put(out, line.p, line.n);
		}
		put_text(out, "\r\n");
	}
}

void ex_predict(struct ex_predicted *dst, const struct ex_view *v)
{
	const struct ex_sip *sip = &v->msg->sip;
	struct out out = {dst->buf, 0, sizeof(dst->buf)};
	size_t len = ex_sdp_write(dst->body, sizeof(dst->body), v, &dst->room);
	bool routed = is_routed(v), notify = wants_notify(v);
	struct span head = sip->head;

	dst->changed = len || routed || notify;
	dst->alias = wants_alias(v);
	put(&out, sip->start.p, sip->start.n);
	put_text(&out, "\r\n");
	if (routed)
		put_routes(&out, v);
	put_head(&out, head, len > 0, len);
	if (notify)
		put_notify(&out, v);
	put_text(&out, "\r\n");
	if (len)
		put(&out, dst->body, len);
	else
		put(&out, sip->body.p, sip->body.n);
	dst->text = (struct span){dst->buf, out.n};
}
