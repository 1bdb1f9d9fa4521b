/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rr.h"

#include "n64_ask.h"
#include "n64_conf.h"
#include "n64_lumps.h"
#include "n64_mode.h"
#include "n64_plain.h"
#include "n64_rr_plan.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_tm.h"
#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/mod_fix.h"
#include "../../core/sr_module.h"
#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_to.h"
#include "../../core/route.h"
#include "../../nat64sip/pair_params.h"
#include "../rr/api.h"

#include <string.h>

static struct rr_binds rrb;

/** The caller's own parameters start the list; returns the list's length */
static int set_params(str *all, const str *params)
{
	if(params) {
		struct n64_text text = {params->s, params->len};

		all->len = n64_pair_add_params(all->s, N64_RR_PARAMS_MAX, 0, text);
	}
	return all->len;
}

/** rr's mark belongs to the message, a branch's lumps to the branch only */
static void mark_added(struct sip_msg *msg)
{
	if(!is_route_type(BRANCH_ROUTE))
		msg->msg_flags |= FL_RR_ADDED;
}

/**
 * record_route() forgets the parameters that other modules left with rr for
 * this message (dialog's did). The next branch needs them too, so they are left
 * with rr again; it takes them in only while the message has no Record-Route.
 */
static void leave_params(struct sip_msg *msg, str *params)
{
	struct lump *lumps = msg->add_rm;

	if(!params->len || !is_route_type(BRANCH_ROUTE))
		return;
	msg->add_rm = NULL;
	if(rrb.add_rr_param(msg, params) < 0)
		LM_ERR("the next branch will lack Record-Route parameters\n");
	msg->add_rm = lumps;
}

/** In a failure_route; for a branch it can be replaced */
static int first_stays(void)
{
	LM_DBG("Record-Route of the first try stays in a failure_route\n");
	return -1;
}

/** record_route(), or nothing: without memory, rr leaves a part of a value, and
 *  the next header would go on behind it */
static int record_route(struct sip_msg *msg, str *params)
{
	if(rrb.record_route(msg, params) >= 0)
		return 0;
	n64_lumps_drop_rr(msg);
	return -1;
}

static int add_plain(struct sip_msg *msg, str *params)
{
	struct n64_rr_lumps found;
	char buf[N64_RR_PARAMS_MAX];
	str all = {buf, 0};
	int own;

	n64_lumps_find_rr(&found, msg);
	if(found.n && !found.labelled)
		return 1;
	if(found.shared)
		return first_stays();
	/* an earlier call of ours was for another target */
	n64_lumps_drop_rr(msg);
	if(record_route(msg, params) < 0)
		return -2;
	mark_added(msg);
	if(!is_route_type(BRANCH_ROUTE))
		return 1;
	own = set_params(&all, params);
	n64_lumps_rr_params(&all, N64_RR_PARAMS_MAX, msg);
	leave_params(msg, &(str){all.s + own, all.len - own});
	return 1;
}

int n64_rr_plain(struct sip_msg *msg)
{
	int rc = add_plain(msg, NULL);

	if(rc == -2)
		counter_inc(n64_stats.failed);
	return rc;
}

/**
 * Take away what was added before, but keep what others hung on it. rr holds
 * parameters back for the next Record-Route; a throw-away one brings them out.
 */
static int replace(str *params, struct sip_msg *msg)
{
	n64_lumps_rr_params(params, N64_RR_PARAMS_MAX, msg);
	n64_lumps_drop_rr(msg);
	if(record_route(msg, NULL) < 0)
		return -1;
	n64_lumps_rr_params(params, N64_RR_PARAMS_MAX, msg);
	n64_lumps_drop_rr(msg);
	return 0;
}

/**
 * rr's preset form, but with the caller's tag as ftag, as record_route() has
 * it: in a request that goes upstream that is To's, and preset takes From's.
 */
static int preset(struct sip_msg *msg, enum n64_leg from_leg, str *text)
{
	str *tag, own;
	int rc;

	if(from_leg != N64_LEG_CALLEE || parse_from_header(msg) < 0
			|| parse_to_header(msg) < 0)
		return rrb.record_route_preset(msg, text);
	tag = &get_from(msg)->tag_value;
	own = *tag;
	*tag = get_to(msg)->tag_value;
	rc = rrb.record_route_preset(msg, text);
	*tag = own;
	return rc;
}

/** The first preset becomes the topmost header, the one that faces the target */
static int write_values(const struct n64_view *v, struct n64_rr_value *target,
		struct n64_rr_value *source, bool single)
{
	struct sip_msg *msg = v->msg;

	if((!single && preset(msg, v->from_leg, &target->text) < 0)
			|| preset(msg, v->from_leg, &source->text) < 0) {
		n64_lumps_drop_rr(msg);
		return -2;
	}
	mark_added(msg);
	counter_inc(n64_stats.pairs);
	return 1;
}

static int add_pair(const struct n64_view *v, const str *params)
{
	struct sip_msg *msg = v->msg;
	struct n64_rr_lumps found;
	struct n64_rr_value source, target;
	char buf[N64_RR_PARAMS_MAX];
	str all = {buf, 0};
	struct n64_rr_plan plan;
	int own = set_params(&all, params), rc;

	if(n64_rr_make_plan(&plan, v) < 0)
		return -2;
	n64_lumps_find_rr(&found, msg);
	if(n64_rr_print(&source, &plan.source, &all) < 0
			|| n64_rr_print(&target, &plan.target, &all) < 0)
		return -2;
	if(found.labelled && n64_lumps_have_rr(msg, &source.text)
			&& (plan.single || n64_lumps_have_rr(msg, &target.text)))
		return 1;
	if(found.n) {
		if(found.shared)
			return first_stays();
		if(replace(&all, msg) < 0
				|| n64_rr_print(&source, &plan.source, &all) < 0
				|| n64_rr_print(&target, &plan.target, &all) < 0)
			return -2;
	}
	rc = write_values(v, &target, &source, plan.single);
	if(rc == 1 && plan.force)
		set_force_socket(msg, plan.force);
	if(found.n)
		leave_params(msg, &(str){all.s + own, all.len - own});
	return rc;
}

/** Dry run: count the pair that is not written */
static int add_plain_for_pair(const struct n64_view *v, str *params)
{
	struct n64_rr_lumps found;
	struct n64_rr_plan plan;

	n64_lumps_find_rr(&found, v->msg);
	if(!found.n && n64_rr_make_plan(&plan, v) == 0) {
		counter_inc(n64_stats.pairs);
		LM_DBG("dry run: no pair of Record-Routes written\n");
	}
	return add_plain(v->msg, params);
}

static bool params_fit(const str *params)
{
	struct n64_text text = {params->s, params->len};

	return n64_pair_params_fit(text);
}

int n64_rr_fixup(void **param, int param_no)
{
	int rc = fixup_spve_null(param, param_no);
	const fparam_t *p = *param;

	if(rc < 0 || p->type != FPARAM_STR || params_fit(&p->v.str))
		return rc;
	LM_ERR("function \"add_dual_rr\", value \"%.*s\": must be URI parameters"
		   " with a \";\" before each, such as \";svc=a\"\n",
			p->v.str.len, p->v.str.s);
	return E_CFG;
}

int n64_rr_add(struct sip_msg *msg, str *params)
{
	struct n64_view v;
	int rc;

	if(msg->first_line.type != SIP_REQUEST)
		return -1;
	if(params && !params_fit(params)) {
		counter_inc(n64_stats.bad_params);
		LM_DBG("\"%.*s\" left out of the Record-Route: no URI parameters\n",
				params->len, params->s);
		params = NULL;
	}
	if(n64_mode_of(msg) == N64_MODE_OFF || n64_view(&v, msg) < 0)
		return add_plain(msg, params);
	n64_ask(&v);
	n64_tm_remember(&v);
	if(!n64_rr_wants_pair(&v))
		rc = add_plain(msg, params);
	else if(n64_mode_of(msg) == N64_MODE_DRYRUN)
		rc = add_plain_for_pair(&v, params);
	else
		rc = add_pair(&v, params);
	if(rc == -2)
		counter_inc(n64_stats.failed);
	return rc;
}

/**
 * rr has consumed our Routes and run its own search for a send socket, which
 * knows no synthetic address and trusts the order of the values. The value that
 * faces the target names the socket.
 */
static void after_loose_route(struct sip_msg *msg, str *params, void *arg)
{
	const struct n64_pair *p;
	struct n64_view v;

	(void)params;
	(void)arg;
	/* no choice; no label, no literal: no value that names a socket */
	if(!n64_self_has_rivals() || n64_plain_routes(msg)
			|| n64_view_routes(&v, msg) < 0 || !v.own_values)
		return;
	if(v.has_target_pair)
		p = &v.target_pair;
	else if(v.own_values == 1 && v.first.pref.len)
		p = &v.first;
	else
		return;
	if(p->own->socket && (p->pref.len || p->leg != N64_LEG_NONE))
		set_force_socket(msg, (struct socket_info *)p->own->socket);
}

/** rr warns of each synthetic second value; it is our callback that knows */
static int silence_rr(void)
{
	struct sr_module *rr = find_module_by_name("rr");
	modparam_t type;
	int *p;

	p = rr ? find_param_export(rr, "enable_double_rr", PARAM_INT, &type)
		   : NULL;
	if(p && *p == 0) {
		LM_ERR("parameter \"enable_double_rr\" of rr, value \"0\": must be 1,"
			   " nat64sip writes two Record-Routes\n");
		return -1;
	}
	p = rr ? find_param_export(
				rr, "enable_socket_mismatch_warning", PARAM_INT, &type)
		   : NULL;
	if(p)
		*p = 0;
	return 0;
}

int n64_rr_init(void)
{
	/* load_rr_api() itself says less */
	if(!find_module_by_name("rr") || load_rr_api(&rrb) < 0) {
		LM_ERR("nat64sip needs the module rr: load rr.so before it\n");
		return -1;
	}
	if(silence_rr() < 0)
		return -1;
	return rrb.register_rrcb(after_loose_route, NULL) < 0 ? -1 : 0;
}
