/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_body.h"

#include "n64_conf.h"
#include "n64_lumps.h"
#include "n64_mode.h"
#include "n64_stats.h"
#include "n64_tm.h"
#include "n64_view.h"

#include "../../core/data_lump.h"
#include "../../core/dprint.h"
#include "../../core/mem/mem.h"
#include "../../core/msg_translator.h"

#include <errno.h>
#include <string.h>

/** One message at a time in a worker; too large for its stack */
static struct body64_room room;

/** What UDP over IPv4 can carry; the core's buffers hold little more */
#define DATAGRAM_MAX 65507
/** What a proxy may still add to the headers: Via, Record-Route, aliases */
#define HEAD_ADDED 1024

/** The body as it will be sent: as received, with all lumps applied */
struct effective
{
	char *p;
	size_t len;
	char *copy; /**< to be freed, NULL if nothing changed the body so far */
};

static struct n64_mime_span value(const struct hdr_field *h)
{
	struct n64_mime_span text = {h->body.s, h->body.len};

	return text;
}

void n64_body_headers(struct body64 *body, const struct sip_msg *msg)
{
	const struct hdr_field *h;

	memset(body, 0, sizeof(*body));
	body->type = msg->content_type->body.s;
	body->typelen = msg->content_type->body.len;
	/* one that hides the body is enough, so the first such stays */
	for(h = msg->headers; h; h = h->next) {
		if(h->type == HDR_CONTENTDISPOSITION_T && !body->disposition.len)
			body->disposition = value(h);
		else if(h->type == HDR_CONTENTENCODING_T
				&& !n64_mime_is_encoded(body->encoding.p, body->encoding.len))
			body->encoding = value(h);
	}
}

static int get_effective(struct effective *e, struct sip_msg *msg)
{
	unsigned int len = 0;
	int err = 0;

	e->copy = NULL;
	e->p = get_body(msg);
	e->len = e->p ? n64_view_body_len(msg, e->p) : 0;
	if(!e->p || !msg->body_lumps)
		return 0;
	e->copy = build_body(msg, &len, &err, NULL);
	if(err)
		return -1;
	e->p = e->copy;
	e->len = len;
	return 0;
}

/** A leg that showed IP4 in its own SDP reads IP4 (RFC 6157 4.1) */
static void all_ip4(struct sdp64_families *fam)
{
	memset(fam, 0, sizeof(*fam));
	fam->ip4 = ~UINT64_C(0);
	fam->n = SDP64_SECTIONS;
	fam->any = N64_FAMILY_IP4;
}

/** An SDP in it answers what a reply offered, if that offered (RFC 3264 4,
 *  RFC 3262 5) */
static bool answers_reply(const struct n64_view *v)
{
	return v->request && v->in_dialog
		   && (v->msg->REQ_METHOD & (METHOD_ACK | METHOD_PRACK));
}

bool n64_body_offer(struct sdp64_families *fam, const struct n64_view *v)
{
	const struct n64_tctx *t = v->request ? NULL : n64_tm_find(v->msg);
	enum n64_family family = N64_FAMILY_NONE;

	if(t && t->has_offer) {
		*fam = t->offer;
		return true;
	}
	/* the label was written before that offer was made */
	if(answers_reply(v) && n64_tm_late_offer(fam, v->msg))
		return true;
	if(t)
		family = t->family;
	else if(v->has_target_pair)
		family = v->target_pair.family;
	if(family != N64_FAMILY_IP4)
		return false;
	all_ip4(fam);
	return true;
}

/**
 * Which way to rewrite.
 *
 * @return 0, or -1 if there is nothing to rewrite
 */
static int make_rule(struct sdp64_rule *rule, struct sdp64_families *offer,
		const struct n64_view *v, const struct n64_verdict *to)
{
	memset(rule, 0, sizeof(*rule));
	if(to->net == N64_NET_NAT64) {
		if(!to->pref.len) {
			counter_inc(n64_stats.no_pref64);
			LM_DBG("SDP left alone, no PREF64 known for its reader\n");
			return -1;
		}
		rule->way = SDP64_TO_IP6;
		rule->pref = to->pref;
		rule->wkp_strict = n64_conf.wkp_strict && !to->shown;
		rule->offer = n64_body_offer(offer, v) ? offer : NULL;
		return 0;
	}
	if(to->net == N64_NET_IPV6 || v->d.source.net != N64_NET_NAT64)
		return -1;
	rule->way = SDP64_TO_IP4;
	rule->pref = v->d.source.pref;
	if(n64_view_from_phone(v))
		memcpy(&rule->source, v->msg->rcv.src_ip.u.addr, sizeof(rule->source));
	return 0;
}

/** One deletion over the whole body, one text in its place */
static int replace_body(struct sip_msg *msg, char *text, size_t len)
{
	char *body = get_body(msg);
	struct lump *l, *before = msg->body_lumps;

	msg->body_lumps = NULL;
	l = del_lump(msg, body - msg->buf, msg->buf + msg->len - body, 0);
	if(!l || !insert_new_lump_after(l, text, len, 0)) {
		if(msg->body_lumps)
			free_lump_list(msg->body_lumps);
		msg->body_lumps = before;
		return -1;
	}
	if(before)
		free_duped_lump_list(before);
	return 0;
}

static int apply(
		struct sip_msg *msg, const struct effective *e, const struct edits *ed)
{
	size_t len = edits_length(ed, e->len), out;
	size_t head = get_body(msg) - msg->buf;
	char *text;

	/* as it came it can still be sent */
	if(head + HEAD_ADDED + len > DATAGRAM_MAX)
		return -1;
	text = pkg_malloc(len);
	if(!text) {
		PKG_MEM_ERROR;
		return -1;
	}
	if(edits_apply(text, len, &out, e->p, e->len, ed)
			|| replace_body(msg, text, out) < 0) {
		pkg_free(text);
		return -1;
	}
	return 0;
}

/** Why a whole body was left alone */
static void say_left(const struct sdp64_report *rep)
{
	if(rep->left[N64_ENCODED])
		LM_DBG("SDP left alone: the body is encoded\n");
	else if(rep->left[N64_DISPOSITION])
		LM_DBG("SDP left alone: it is not the session's\n");
	else if(rep->left[N64_SIGNED])
		LM_DBG("SDP left alone: the body is signed or encrypted\n");
	else if(rep->left[N64_BAD_PARTS])
		LM_DBG("SDP left alone: the body's parts cannot be told apart\n");
}

static int rewrite(struct sip_msg *msg, const struct effective *e,
		const struct sdp64_rule *rule)
{
	struct sdp64_report rep;
	struct body64 body;
	struct edits ed;
	bool dry = n64_mode_of(msg) == N64_MODE_DRYRUN;
	int err;

	n64_body_headers(&body, msg);
	body.p = e->p;
	body.len = e->len;
	err = body64_rewrite(&ed, &room, &body, rule, &rep);
	if(err == ENOENT) {
		n64_stats_sdp(&rep);
		say_left(&rep);
		return -1;
	}
	if(err || (ed.n && !dry && apply(msg, e, &ed) < 0)) {
		if(err == ENOSPC)
			n64_stats_sdp(&rep);
		counter_inc(n64_stats.failed);
		LM_DBG("SDP left as it came: no room or no memory\n");
		return -2;
	}
	n64_stats_sdp(&rep);
	if(!ed.n)
		return -1;
	counter_inc(n64_stats.sdp_rewritten);
	LM_DBG("%u SDP lines %s, %u of them repaired\n", rep.changed,
			dry ? "to be changed" : "changed", rep.repaired);
	return 1;
}

int n64_body_fix(const struct n64_view *v, const struct n64_verdict *to)
{
	struct sip_msg *msg = v->msg;
	struct sdp64_families offer;
	struct sdp64_rule rule;
	struct effective e;
	int rc;

	if(v->source_ua == N64_UA_NO_SDP || v->target_ua == N64_UA_NO_SDP)
		return -1;
	if(!msg->content_type || make_rule(&rule, &offer, v, to) < 0)
		return -1;
	if(n64_lumps_shared(msg->body_lumps)) {
		LM_DBG("the body cannot be changed in a failure_route, only in the"
			   " branch_route\n");
		return -1;
	}
	if(get_effective(&e, msg) < 0) {
		counter_inc(n64_stats.failed);
		return -2;
	}
	rc = e.len ? rewrite(msg, &e, &rule) : -1;
	if(e.copy)
		pkg_free(e.copy);
	return rc;
}
