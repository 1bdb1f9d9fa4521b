/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Which calls there are, and their order on the way of a message */

#include "check.h"
#include "cfg_walk.h"

#include <string.h>

enum {
	MANAGED = 1,  /* nat64_manage() */
	RECORDED = 2, /* record_route() */
	ROUTED = 4,   /* nat64_manage() that writes Record-Route */
	RELAYED = 8,
	SAVED = 16,
	REGISTERED = 32, /* fix_nat64_register() */
	SERVED = 64, /* any function of nat64sip's that changes a message */
	REWRITTEN = 128, /* fix_nat64_sdp() */
	AIMED = 256      /* says where a request goes */
};

static const struct {
	const char *name;
	unsigned is;
} calls[] = {
	{"nat64_manage", MANAGED | ROUTED | SERVED},
	{"add_dual_rr", SERVED},
	{"fix_nat64_sdp", REWRITTEN | SERVED},
	{"set_notify_net", SERVED},
	{"fix_nat64_register", REGISTERED | SERVED},
	{"record_route", RECORDED},
	{"t_relay", RELAYED},
	{"save", SAVED},
	{"lookup", AIMED},
	{"loose_route", AIMED},
};

/** Of one walk */
struct order {
	struct check *c;
	bool request; /**< request_route: an ACK comes this way */
	unsigned all; /**< what was called on any way */
};

/* Each place is told of once, though two ways may lead there */
static void say(struct order *o, enum severity severity, size_t i,
		const char *text)
{
	const struct cfg_tok *at = &o->c->cfg.v[i];
	size_t k;

	for (k = 0; k < o->c->n; k++) {
		if (o->c->v[k].order == i + 1 &&
		    !strcmp(o->c->v[k].text, text))
			return;
	}
	check_say(o->c, severity, at, "%s", text);
}

static unsigned kind_of(const struct cfg *cfg, size_t i)
{
	unsigned is = 0;
	size_t k;

	for (k = 0; k < sizeof(calls) / sizeof(calls[0]); k++) {
		if (cfg_is(cfg, i, calls[k].name))
			is = calls[k].is;
	}
	/* a flag leaves Record-Route to the script */
	if ((is & ROUTED) && cfg->v[i + 2].kind == CFG_TEXT &&
	    strchr(cfg->v[i + 2].text, 'r'))
		is &= ~(unsigned)ROUTED;
	return is;
}

static bool writes_media(const struct cfg *cfg, size_t i)
{
	return cfg_is(cfg, i, "rtpengine_manage") ||
		cfg_is(cfg, i, "rtpengine_offer") ||
		cfg_is(cfg, i, "rtpengine_answer");
}

static void record_routes(struct order *o, size_t i, unsigned is,
			  unsigned called)
{
	if ((is & ROUTED) && (called & RECORDED))
		say(o, CHECK_WARNING, i,
		    "nat64_manage() behind record_route(), whose Record-Route "
		    "it replaces: call it in place of record_route()");
	if ((is & RECORDED) && (called & ROUTED))
		say(o, CHECK_ERROR, i,
		    "record_route() behind nat64_manage(), which has written "
		    "Record-Route for both sides: leave record_route() out");
}

static void target(struct order *o, size_t i, unsigned is, unsigned called)
{
	if ((is & MANAGED) && (called & RELAYED))
		say(o, CHECK_ERROR, i,
		    "nat64_manage() behind t_relay(): the request is gone by "
		    "then; call it before");
	if ((is & AIMED) && (called & MANAGED))
		say(o, CHECK_ERROR, i,
		    "behind nat64_manage(), which must know where the request "
		    "goes: call nat64_manage() right before t_relay()");
}

static void media(struct order *o, size_t i, unsigned called)
{
	if (!writes_media(&o->c->cfg, i))
		return;
	if (o->request && (called & MANAGED))
		say(o, CHECK_WARNING, i,
		    "rtpengine behind nat64_manage(): an ACK with SDP is "
		    "managed at once, so for an ACK rtpengine must come "
		    "before "
		    "it");
	if (called & REWRITTEN)
		say(o, CHECK_ERROR, i,
		    "rtpengine behind fix_nat64_sdp(), which works on what "
		    "rtpengine has left: call fix_nat64_sdp() behind it");
}

static void registers(struct order *o, size_t i, unsigned is, unsigned called)
{
	if ((is & REGISTERED) && (called & SAVED))
		say(o, CHECK_ERROR, i,
		    "fix_nat64_register() behind save(): the binding is "
		    "stored "
		    "by then; call it before");
	if ((is & SAVED) && !(called & REGISTERED))
		say(o, CHECK_WARNING, i,
		    "save() without fix_nat64_register() before it: the phone "
		    "is not asked for its PREF64, and the binding is not "
		    "marked");
	if (o->request && cfg_is(&o->c->cfg, i, "fix_nated_register"))
		say(o, CHECK_WARNING, i,
		    "fix_nated_register(): call fix_nat64_register() in its "
		    "place, which does its work too");
}

static unsigned call(struct walk *w, size_t i, unsigned called)
{
	struct order *o = w->arg;
	unsigned is = kind_of(w->cfg, i);

	o->all |= is;
	record_routes(o, i, is, called);
	target(o, i, is, called);
	media(o, i, called);
	registers(o, i, is, called);
	return is;
}

static unsigned ways(struct check *c, const char *kind, bool any_name)
{
	struct order o = {.c = c, .request = !strcmp(kind, "request_route")};
	struct walk w = {.cfg = &c->cfg, .call = call, .arg = &o};
	const struct cfg_block *b;
	size_t i;

	for (i = 0; i < c->cfg.blocks_n; i++) {
		b = &c->cfg.blocks[i];
		if (!strcmp(b->kind, kind) && (any_name || !*b->name))
			walk(&w, b);
	}
	return o.all;
}

/* A 200 that comes again when tm has let go of the call meets nothing else */
static void replies(struct check *c)
{
	const struct cfg_block *b = cfg_route(&c->cfg, "reply_route", "");
	unsigned all = ways(c, "reply_route", false) |
		ways(c, "onreply_route", false);
	size_t i = 0;

	if (all & MANAGED)
		return;
	if (!b)
		b = cfg_route(&c->cfg, "onreply_route", "");
	if (b)
		i = b->from - 1;
	else
		cfg_call(&c->cfg, &i, "nat64_manage");
	check_say(c, CHECK_WARNING, &c->cfg.v[i],
		  "no nat64_manage() in a reply_route: a 200 that comes again "
		  "when tm has let go of the call goes out as it came; "
		  "reply_route { if (!t_check_trans()) { nat64_manage(); } }");
}

void check_order(struct check *c)
{
	unsigned requests =
		ways(c, "request_route", true) | ways(c, "route", false);
	unsigned others = ways(c, "branch_route", true) |
		ways(c, "failure_route", true) |
		ways(c, "onreply_route", true);

	if (!((requests | others) & SERVED))
		check_say(c, CHECK_ERROR, c->module,
			  "nat64sip is loaded, and no route that a message "
			  "takes calls it: nat64_manage() before t_relay()");
	if (requests & MANAGED)
		replies(c);
}
