/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_legs.h"

#include "n64_routes.h"
#include "n64_self.h"

#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_to.h"
#include "../../core/parser/parse_uri.h"

#include <string.h>

/** Which leg is the From side? The first own value knows the caller's tag */
static enum n64_leg from_leg_by_tag(struct n64_view *v)
{
	struct sip_msg *msg = v->msg;
	str tag;

	if(parse_from_header(msg) < 0)
		return N64_LEG_CALLER;
	tag = get_from(msg)->tag_value;
	if(v->first.ftag.len)
		return v->first.ftag.len == (size_t)tag.len
							   && !memcmp(v->first.ftag.p, tag.s, tag.len)
					   ? N64_LEG_CALLER
					   : N64_LEG_CALLEE;
	/* rr's append_fromtag=0: the first value faces who sent the request */
	return v->request && v->first.leg == N64_LEG_CALLEE ? N64_LEG_CALLEE
														: N64_LEG_CALLER;
}

static enum n64_leg find_from_leg(struct n64_view *v)
{
	if(!v->own_values)
		return N64_LEG_CALLER;
	/* a phone sends Routes back in any order, but copies the Record-Routes of
	 * a request as they stand: the first faces the one who replies */
	if(!v->request && v->first.leg == N64_LEG_CALLER)
		return N64_LEG_CALLEE;
	if(!v->request && v->first.leg == N64_LEG_CALLEE)
		return N64_LEG_CALLER;
	return from_leg_by_tag(v);
}

/** What a request says of another phone's leg counts in their dialog only: a
 *  preloaded Route is anybody's text */
static bool in_dialog(const struct n64_view *v)
{
	struct sip_msg *msg = v->msg;

	return !v->request
		   || (parse_to_header(msg) == 0 && get_to(msg)->tag_value.len > 0);
}

static void assign(struct n64_view *v, const struct n64_pair *pair, int pos)
{
	bool source = pair->leg == v->source_leg;
	bool target = pair->leg == n64_leg_other(v->source_leg);

	if(pair->leg == N64_LEG_BOTH)
		source = target = true;
	if(pair->leg == N64_LEG_NONE && v->request && v->direct) {
		/* an own address without our label: the first faces the sender */
		source = pos == 0;
		target = pos == 1;
	}
	if(source) {
		v->source_pair = *pair;
		v->has_source_pair = true;
	}
	if(target && in_dialog(v)) {
		v->target_pair = *pair;
		v->has_target_pair = true;
	}
}

/** Own values at the top of a request's route set: one, or two with r2 */
struct own_search
{
	struct n64_pair pair[2];
	unsigned n;
	unsigned pos; /**< values walked */
	bool above;	  /**< a foreign value stands above the own ones */
	str foreign;  /**< the first value after the own ones */
	bool request;
};

static bool search_value(void *arg, const rr_t *rr)
{
	struct own_search *s = arg;
	unsigned max = s->n && s->pair[0].r2 ? 2 : 1;

	++s->pos;
	if(s->n < max && n64_routes_read(&s->pair[s->n], rr) == 0) {
		++s->n;
		return true;
	}
	if(!s->request) {
		/* other proxies' values may stand on both sides of ours */
		s->above |= !s->n;
		return !s->n;
	}
	s->foreign = rr->nameaddr.uri;
	return false;
}

/**
 * A Request-URI that is our address in synthetic form: the phone used the
 * literal as its domain. The URI as it came counts, not as it is now.
 */
static void view_ruri(struct n64_view *v)
{
	const str *text = &v->msg->first_line.u.request.uri;
	struct n64_pair *pair = &v->source_pair;
	struct n64_route route;
	struct sip_uri uri;

	if(v->has_source_pair || !v->direct || !memchr(text->s, '[', text->len)
			|| parse_uri(text->s, text->len, &uri) < 0)
		return;
	n64_routes_of_uri(&route, &uri);
	v->has_source_pair = n64_pair_read(pair, &route, n64_self_owns()) == 0
						 && pair->pref.len;
}

int n64_legs(struct n64_view *v, str *foreign, bool *above)
{
	struct own_search s;
	unsigned i;

	memset(&s, 0, sizeof(s));
	v->direct = v->request && !v->msg->via1->next && !v->msg->via2;
	s.request = v->request;
	if(n64_routes_each(v->msg, v->request ? HDR_ROUTE_T : HDR_RECORDROUTE_T,
			   search_value, &s)
			< 0)
		return -1;
	v->own_values = s.n;
	if(s.n)
		v->first = s.pair[0];
	v->from_leg = find_from_leg(v);
	v->source_leg = v->request ? v->from_leg : n64_leg_other(v->from_leg);
	for(i = 0; i < s.n; i++)
		assign(v, &s.pair[i], i);
	if(v->request)
		view_ruri(v);
	*foreign = s.foreign;
	*above = s.above;
	return 0;
}
