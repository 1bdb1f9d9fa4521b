/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Own values in Route, Record-Route and Request-URI, as n64_legs.c reads them.
 */
#include "explain_view.h"

#include "binding.h"
#include "literal.h"
#include "text.h"

#include <string.h>

/* Values looked at, as n64_routes.c */
enum { VALUES_MAX = 64 };

/* The FQDN form: the core knows addresses only */
static bool by_name(const struct ex_conf *c, struct n64_route *route,
		    char text[16])
{
	const struct n64_own *own;
	size_t i;

	if (!c->rr_fqdn[0] ||
	    !n64_text_is(route->host.p, route->host.len, c->rr_fqdn))
		return false;
	for (i = 0; i < c->owns.n; i++) {
		own = n64_own_find(&c->owns, &c->own[i].addr, route->port,
				   route->tp);
		if (!own)
			continue;
		route->host.p = text;
		route->host.len = n64_lit4_print(text, 16, &own->addr);
		return true;
	}
	return false;
}

static bool read_own(struct n64_pair *dst, struct n64_text *params,
		     const struct ex_conf *c, struct span uri)
{
	struct n64_route route;
	char text[16];

	if (!ex_uri_route(&route, uri))
		return false;
	*params = route.params;
	by_name(c, &route, text);
	return n64_pair_read(dst, &route, &c->owns) == 0;
}

struct search {
	struct ex_view *v;
	struct n64_pair pair[2];
	unsigned n;
	bool strict, after;
	struct pref64 far[N64_LEG_BOTH + 1];
};

static bool from_peer(const struct ex_view *v)
{
	return ex_place_is_in(&v->conf->path_peers, &v->msg->src);
}

/* The mark in an own Path value that a registrar gave back (n64_path.c) */
static void read_path(struct ex_view *v, struct n64_text params)
{
	if (!n64_binding_named(params))
		return;
	v->path_named = true;
	if (!v->path.len && from_peer(v))
		n64_binding_read(&v->path, params);
}

static void read_far(struct search *s, struct span uri)
{
	struct n64_text params;
	struct n64_pair pair;

	if (s->v->in_dialog && read_own(&pair, &params, s->v->conf, uri) &&
	    pair.labelled)
		s->far[pair.leg] = pair.pref;
}

/* false: no more values are wanted */
static bool value(struct search *s, struct span uri)
{
	unsigned max = s->n && s->pair[0].r2 ? 2 : 1;
	struct ex_view *v = s->v;
	struct n64_text params;

	if (!v->foreign.n && s->n < max &&
	    read_own(&s->pair[s->n], &params, v->conf, uri)) {
		++s->n;
		if (v->msg->sip.request)
			read_path(v, params);
		return true;
	}
	if (!v->msg->sip.request) {
		v->above |= !s->n;
		return !s->n;
	}
	s->after = v->foreign.n > 0;
	if (s->after)
		read_far(s, uri);
	else
		v->foreign = uri;
	return true;
}

static void search_values(struct search *s)
{
	const struct ex_sip *sip = &s->v->msg->sip;
	const char *name = sip->request ? "Route" : "Record-Route";
	struct span list, one;
	size_t at = 0, n = 0;

	while (ex_header(sip, name, 0, &list, &at)) {
		while (ex_list_next(&list, &one)) {
			if (++n > VALUES_MAX || !value(s, ex_address_uri(one)))
				return;
		}
	}
}

/* A strict router has moved our value into the Request-URI (RFC 3261 16.4) */
static void search_strict(struct search *s)
{
	struct span uri = s->v->msg->sip.uri;
	struct n64_text params;

	if (!s->v->in_dialog ||
	    !read_own(&s->pair[0], &params, s->v->conf, uri) ||
	    !s->pair[0].labelled)
		return;
	s->n = 1;
	s->strict = true;
}

static enum n64_leg leg_by_tag(const struct ex_view *v)
{
	struct span tag;

	if (!ex_address_param(v->msg->sip.from, "tag", &tag))
		tag = (struct span){"", 0};
	if (v->first.ftag.len)
		return v->first.ftag.len == tag.n &&
				!memcmp(v->first.ftag.p, tag.p, tag.n)
			? N64_LEG_CALLER
			: N64_LEG_CALLEE;
	return v->msg->sip.request && v->first.leg == N64_LEG_CALLEE
		? N64_LEG_CALLEE
		: N64_LEG_CALLER;
}

static enum n64_leg find_from_leg(const struct ex_view *v)
{
	if (!v->own_values)
		return N64_LEG_CALLER;
	if (!v->msg->sip.request && v->first.leg == N64_LEG_CALLER)
		return N64_LEG_CALLEE;
	if (!v->msg->sip.request && v->first.leg == N64_LEG_CALLEE)
		return N64_LEG_CALLER;
	return leg_by_tag(v);
}

static void assign(struct ex_view *v, const struct n64_pair *pair,
		   unsigned pos)
{
	bool request = v->msg->sip.request;
	bool source = pair->leg == v->source_leg;
	bool target = pair->leg == ex_leg_other(v->source_leg);

	if (pair->leg == N64_LEG_BOTH)
		source = target = true;
	if (pair->leg == N64_LEG_NONE && request && v->direct) {
		source = pos == 0;
		target = pos == 1;
	}
	if (source) {
		v->source_pair = *pair;
		v->has_source_pair = true;
	}
	if (target && (!request || v->in_dialog)) {
		v->target_pair = *pair;
		v->has_target_pair = true;
	}
}

/* The phone used the literal as its domain */
static void view_ruri(struct ex_view *v)
{
	struct n64_pair *pair = &v->source_pair;
	struct n64_route route;

	if (v->has_source_pair || !v->direct ||
	    !memchr(v->msg->sip.uri.p, '[', v->msg->sip.uri.n) ||
	    !ex_uri_route(&route, v->msg->sip.uri))
		return;
	v->has_source_pair =
		n64_pair_read(pair, &route, &v->conf->owns) == 0 &&
		pair->pref.len;
}

bool ex_legs(struct ex_view *v)
{
	const struct ex_sip *sip = &v->msg->sip;
	struct search s = {.v = v};
	struct span tag;
	unsigned i;

	v->in_dialog = sip->request &&
		ex_address_param(sip->to, "tag", &tag) && tag.n;
	v->direct = sip->request && sip->vias == 1;
	if (sip->request)
		search_strict(&s);
	search_values(&s);
	v->own_values = s.n;
	if (s.n)
		v->first = s.pair[0];
	v->from_leg = find_from_leg(v);
	v->source_leg = sip->request ? v->from_leg : ex_leg_other(v->from_leg);
	for (i = 0; i < s.n; i++)
		assign(v, &s.pair[i], i);
	if (sip->request) {
		v->far_pref = s.far[ex_leg_other(v->source_leg)];
		view_ruri(v);
	}
	if (s.strict && !s.after)
		v->foreign.n = 0;
	return true;
}
