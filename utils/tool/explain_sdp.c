/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SDP towards the side that will read it, by the core's own rewriting.
 */
#include "explain_sdp.h"

#include "edits.h"

#include <errno.h>
#include <string.h>

static void all_ip4(struct sdp64_families *fam)
{
	memset(fam, 0, sizeof(*fam));
	fam->ip4 = ~UINT64_C(0);
	fam->n = SDP64_SECTIONS;
	fam->any = N64_FAMILY_IP4;
}

/* The offer that this answers, as far as it is known */
static bool find_offer(struct sdp64_families *fam, const struct ex_view *v)
{
	enum n64_family family = N64_FAMILY_NONE;

	if (v->kept && v->kept->has_offer) {
		*fam = v->kept->offer;
		return true;
	}
	if (v->kept)
		family = v->kept->family;
	else if (v->has_target_pair)
		family = v->target_pair.family;
	if (family != N64_FAMILY_IP4)
		return false;
	all_ip4(fam);
	return true;
}

/* @return why there is nothing to rewrite, or NULL */
static const char *make_rule(struct sdp64_rule *rule,
			     struct sdp64_families *offer,
			     const struct ex_view *v)
{
	const struct n64_verdict *to = &v->d.target;

	memset(rule, 0, sizeof(*rule));
	if (to->net == N64_NET_NAT64) {
		if (!to->pref.len)
			return "SDP left: no PREF64 is known for its reader";
		rule->way = SDP64_TO_IP6;
		rule->pref = to->pref;
		rule->wkp_strict = v->conf->wkp_strict && !to->shown;
		rule->offer = find_offer(offer, v) ? offer : NULL;
		return NULL;
	}
	if (to->net == N64_NET_IPV6)
		return "SDP left: its reader is on IPv6";
	if (v->d.source.net != N64_NET_NAT64)
		return "SDP left: no side is behind NAT64";
	rule->way = SDP64_TO_IP4;
	rule->pref = v->d.source.pref;
	if (v->near.source.net == N64_NET_NAT64 && v->direct &&
	    place_is4(&v->msg->src))
		memcpy(&rule->source, v->msg->src.addr.s6_addr + 12,
		       sizeof(rule->source));
	return NULL;
}

static const char *whole_left(const struct sdp64_report *rep)
{
	if (rep->left[N64_ENCODED])
		return "SDP left: the body is encoded";
	if (rep->left[N64_DISPOSITION])
		return "SDP left: it is not the session's";
	if (rep->left[N64_SIGNED])
		return "SDP left: the body is signed or encrypted";
	if (rep->left[N64_BAD_PARTS])
		return "SDP left: the body's parts cannot be told apart";
	return NULL;
}

static const char *lines_left(const struct sdp64_rule *rule,
			      const struct sdp64_report *rep)
{
	static const struct {
		enum n64_reason reason;
		const char *text;
	} why[] = {
		{N64_OFFER_FAMILY, "SDP left: it answers an offer of IP4"},
		{N64_NOT_CARRIED,
		 "SDP left: the PREF64 must not carry its "
		 "address (RFC 6052 3.1)"},
		{N64_NO_PREF,
		 "SDP left: no IPv4 address is known for its "
		 "IPv6 one"},
		{N64_NOT_IN_PREF,
		 "SDP left: its IPv6 address is not in the "
		 "PREF64"},
		{N64_MULTICAST, "SDP left: its address is multicast"},
		{N64_BAD_LINE, "SDP left: its lines cannot be understood"},
	};
	size_t i;

	for (i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		if (rep->left[why[i].reason])
			return why[i].text;
	}
	return rule->way == SDP64_TO_IP6 ? "SDP left: already IP6"
					 : "SDP left: already IP4";
}

struct work {
	struct sdp64_rule rule;
	struct sdp64_families offer;
	struct sdp64_report rep;
	struct body64 body;
	struct edits ed;
	const char *why;
};

/* @return Is anything to be changed? Otherwise w->why says why not */
static bool find_edits(struct work *w, const struct ex_view *v,
		       struct body64_room *room)
{
	int err;

	memset(w, 0, sizeof(*w));
	if (!ex_body(&w->body, &v->msg->sip))
		return false;
	w->why = make_rule(&w->rule, &w->offer, v);
	if (w->why) {
		w->why = v->has_sdp ? w->why : NULL;
		return false;
	}
	err = body64_rewrite(&w->ed, room, &w->body, &w->rule, &w->rep);
	if (err == ENOENT)
		w->why = whole_left(&w->rep);
	else if (err)
		w->why = "SDP left: too many lines to change";
	else if (!w->ed.n)
		w->why = lines_left(&w->rule, &w->rep);
	return !err && w->ed.n;
}

size_t ex_sdp_write(char *dst, size_t size, const struct ex_view *v,
		    struct body64_room *room)
{
	struct work w;
	size_t len = 0;

	if (!find_edits(&w, v, room) ||
	    edits_apply(dst, size, &len, w.body.p, w.body.len, &w.ed))
		return 0;
	return len;
}

const char *ex_sdp_left(const struct ex_view *v, struct body64_room *room)
{
	struct work w;

	return find_edits(&w, v, room) ? NULL : w.why;
}
