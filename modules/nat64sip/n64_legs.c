/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_legs.h"

#include "n64_bad.h"
#include "n64_path.h"
#include "n64_routes.h"
#include "n64_self.h"

#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_to.h"
#include "../../core/parser/parse_uri.h"
#include "../../nat64sip/tag.h"

#include <string.h>

static int from_tag(struct n64_text *tag, struct sip_msg *msg)
{
	const struct to_body *from;

	if(msg->from && !msg->from->parsed
			&& n64_tag_find(tag, msg->from->body.s, msg->from->body.len) == 0)
		return 0;
	if(parse_from_header(msg) < 0)
		return -1;
	from = get_from(msg);
	*tag = (struct n64_text){from->tag_value.s, from->tag_value.len};
	return 0;
}

/** Which leg is the From side? The first own value knows the caller's tag */
static enum n64_leg from_leg_by_tag(struct n64_view *v)
{
	struct n64_text tag;

	if(from_tag(&tag, v->msg) < 0)
		return N64_LEG_CALLER;
	if(v->first.ftag.len)
		return v->first.ftag.len == tag.len
							   && !memcmp(v->first.ftag.p, tag.p, tag.len)
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
static bool of_their_dialog(const struct n64_view *v)
{
	return !v->request || v->in_dialog;
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
	if(target && of_their_dialog(v)) {
		v->target_pair = *pair;
		v->has_target_pair = true;
	}
}

/** Own values at the top of a request's route set: one, or two with r2 */
struct own_search
{
	struct n64_view *v;
	struct n64_pair pair[2];
	unsigned n;
	unsigned pos; /**< values walked */
	bool above;	  /**< a foreign value stands above the own ones */
	str foreign;  /**< the first value after the own ones */
	bool request;
	bool strict; /**< who sent it is a strict router */
	bool after;	 /**< a value follows the foreign one */
	/** Of own values behind a foreign one: the request will pass here again */
	struct pref64 far[N64_LEG_BOTH + 1];
};

/** The last one of a leg faces the phone, the others face who is between */
static void search_far(struct own_search *s, const rr_t *rr)
{
	struct n64_pair pair;

	if(s->v->in_dialog && n64_routes_read(&pair, rr) == 0 && pair.labelled)
		s->far[pair.leg] = pair.pref;
}

static bool search_value(void *arg, const rr_t *rr)
{
	struct own_search *s = arg;
	unsigned max = s->n && s->pair[0].r2 ? 2 : 1;
	struct n64_route route;

	++s->pos;
	if(!s->foreign.len && s->n < max
			&& n64_routes_read_route(&s->pair[s->n], &route, rr) == 0) {
		++s->n;
		if(s->request)
			n64_path_read(s->v, route.params);
		return true;
	}
	if(!s->request) {
		/* other proxies' values may stand on both sides of ours */
		s->above |= !s->n;
		return !s->n;
	}
	s->after = s->foreign.len > 0;
	if(s->after)
		search_far(s, rr);
	else
		s->foreign = rr->nameaddr.uri;
	return true;
}

/**
 * A strict router (RFC 3261 16.4) has moved our value into the Request-URI and
 * the target behind the last Route, where no other proxy is.
 */
static void search_strict(struct own_search *s)
{
	const str *uri = &s->v->msg->first_line.u.request.uri;
	const char *params = memchr(uri->s, ';', uri->len);
	struct n64_text label, text = {params, 0};
	rr_t rr;

	if(!s->v->in_dialog || !params)
		return;
	text.len = uri->s + uri->len - params;
	memset(&rr, 0, sizeof(rr));
	rr.nameaddr.uri = *uri;
	if(!n64_param_find(&label, text, N64_PAIR_LABEL)
			|| n64_routes_read(&s->pair[0], &rr) < 0 || !s->pair[0].labelled)
		return;
	s->n = 1;
	s->strict = true;
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

/** The last message: loose_route() asks before our functions do. What is found
 *  hangs on its text alone. */
static struct
{
	msg_ctx_id_t id;
	const char *buf, *eoh;
	struct n64_view v;
	str foreign;
	bool above;
} last;

static int find_legs(struct n64_view *v, str *foreign, bool *above)
{
	struct own_search s;
	unsigned i;

	memset(&s, 0, sizeof(s));
	v->in_dialog = v->request && parse_to_header(v->msg) == 0
				   && get_to(v->msg)->tag_value.len > 0;
	v->direct = v->request && !v->msg->via1->next && !v->msg->via2;
	s.request = v->request;
	s.v = v;
	if(s.request)
		search_strict(&s);
	if(n64_routes_each(v->msg, v->request ? HDR_ROUTE_T : HDR_RECORDROUTE_T,
			   search_value, &s)
			< 0)
		return -1;
	v->own_values = s.n;
	if(s.n)
		v->first = s.pair[0];
	v->from_leg = find_from_leg(v);
	v->source_leg = v->request ? v->from_leg : n64_leg_other(v->from_leg);
	for(i = 0; i < s.n; i++) {
		if(s.pair[i].leg == N64_LEG_NONE && s.pair[i].labelled)
			n64_bad(v->msg, N64_BAD_LABEL);
		assign(v, &s.pair[i], i);
	}
	if(v->request) {
		v->far_pref = s.far[n64_leg_other(v->source_leg)];
		view_ruri(v);
	}
	if(s.strict && !s.after)
		s.foreign.len = 0;
	*foreign = s.foreign;
	*above = s.above;
	return 0;
}

int n64_legs(struct n64_view *v, str *foreign, bool *above)
{
	struct sip_msg *msg = v->msg;

	if(last.v.msg == msg && last.buf == msg->buf && last.eoh == msg->eoh
			&& msg_ctx_id_match(msg, &last.id) == 1) {
		*v = last.v;
		*foreign = last.foreign;
		*above = last.above;
		return 0;
	}
	last.v.msg = NULL;
	if(find_legs(v, foreign, above) < 0)
		return -1;
	msg_ctx_id_set(msg, &last.id);
	last.buf = msg->buf;
	last.eoh = msg->eoh;
	last.v = *v;
	last.foreign = *foreign;
	last.above = *above;
	return 0;
}
