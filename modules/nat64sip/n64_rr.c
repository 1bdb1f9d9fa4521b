/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rr.h"

#include "n64_conf.h"
#include "n64_lumps.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_tm.h"
#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/forward.h"
#include "../../core/sr_module.h"
#include "../../nat64sip/literal.h"
#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_to.h"
#include "../../core/route.h"
#include "../../core/socket_info.h"
#include "../../nat64sip/pair_params.h"
#include "../rr/api.h"

#include <stdio.h>
#include <string.h>

/** Parameters that others put on our values: did, vst and the like */
#define PARAMS_MAX 512

static struct rr_binds rrb;

/** One value as it will be written */
struct value
{
	char buf[N64_PAIR_TEXT_MAX + 1 + PARAMS_MAX];
	str text;
};

/** A side's own end: which socket, and how it is spelled */
struct end
{
	const struct socket_info *si;
	struct n64_own own;
	char host[N64_LIT6_MAX + 20]; /**< of a native IPv6 socket, or a name */
	size_t hostlen;				  /**< 0 for an IPv4 socket */
};

/** A socket that is not IPv4 is written as rr would write it */
static int set_native(struct end *e, const struct socket_info *si)
{
	bool adv = si->useinfo.name.len > 0;
	const str *name = adv ? &si->useinfo.name : &si->address_str;
	bool bare = name->s[0] != '[' && memchr(name->s, ':', name->len);

	if(name->len + 2 > (int)sizeof(e->host))
		return -1;
	e->own.port = si->useinfo.port_no > 0 ? si->useinfo.port_no : si->port_no;
	e->hostlen = snprintf(e->host, sizeof(e->host), bare ? "[%.*s]" : "%.*s",
			name->len, name->s);
	return 0;
}

static int set_end(struct end *e, const struct socket_info *si, int proto)
{
	const struct n64_own *own;

	memset(e, 0, sizeof(*e));
	if(!si)
		return -1;
	e->si = si;
	own = n64_self_of_socket(si);
	if(own)
		e->own = *own;
	else if(set_native(e, si) < 0)
		return -1;
	/* a WebSocket comes over a TCP or TLS socket */
	e->own.tp = n64_transport_of(
			proto == PROTO_WS || proto == PROTO_WSS ? proto : si->proto);
	return 0;
}

/**
 * The socket that the request will leave by. Where it was only predicted and
 * another one could be taken, it is forced, so that the prediction holds.
 */
static int target_end(struct end *e, const struct n64_view *v)
{
	struct sip_msg *msg = v->msg;
	struct socket_info *si = msg->force_send_socket;
	struct socket_info *in = msg->rcv.bind_address, **list;
	union sockaddr_union to = v->hop.to;
	bool forced = si != NULL;

	if(!si && v->hop.af)
		si = get_send_socket2(NULL, &to, v->hop.proto, NULL);
	if(!si && in && in->proto == v->hop.proto)
		si = in;
	list = si ? NULL : get_sock_info_list(v->hop.proto);
	if(list)
		si = *list;
	if(!si)
		si = in;
	if(set_end(e, si, v->hop.proto) < 0)
		return -1;
	if(!forced && n64_self_of_socket(si)
			&& n64_self_has_rival(n64_self_of_socket(si)))
		set_force_socket(msg, si);
	return 0;
}

/** The PREF64 to write a side's value with, none for the IPv4 form */
static struct pref64 usable(
		const struct n64_verdict *verdict, const struct end *e)
{
	static const struct pref64 none;

	if(verdict->net != N64_NET_NAT64 || e->hostlen)
		return none;
	if(!verdict->pref.len) {
		counter_inc(n64_stats.no_pref64);
		return none;
	}
	if(!pref64_may_carry(&verdict->pref, &e->own.addr,
			   n64_conf.wkp_strict && !verdict->shown)) {
		counter_inc(n64_stats.not_carried);
		LM_DBG("this PREF64 may not carry the own address (RFC 6052 3.1)\n");
		return none;
	}
	return verdict->pref;
}

static int print_value(
		struct value *val, const struct n64_pair *pair, const str *params)
{
	size_t n = n64_pair_print(val->buf, N64_PAIR_TEXT_MAX + 1, pair);

	if(!n)
		return -1;
	if(params->len > PARAMS_MAX)
		return -1;
	memcpy(val->buf + n, params->s, params->len);
	val->text.s = val->buf;
	val->text.len = n + params->len;
	return 0;
}

/** Both values, as the decision wants them */
struct plan
{
	struct n64_pair source, target;
	struct end source_end, target_end;
	bool single; /**< one value serves both sides */
};

static enum n64_family last_family(const struct n64_pair *pair, bool has)
{
	return has ? pair->family : N64_FAMILY_NONE;
}

/** dialog puts its did on both values of a pair and complains of a single */
static bool may_be_single(void)
{
	return find_module_by_name("dialog") == NULL;
}

static struct n64_text host_of(const struct end *e)
{
	return (struct n64_text){e->host, e->hostlen};
}

static int make_plan(struct plan *p, const struct n64_view *v)
{
	struct sip_msg *msg = v->msg;

	memset(p, 0, sizeof(*p));
	if(set_end(&p->source_end, msg->rcv.bind_address, msg->rcv.proto) < 0
			|| target_end(&p->target_end, v) < 0)
		return -1;
	p->source.own = &p->source_end.own;
	p->source.host = host_of(&p->source_end);
	p->source.leg = v->source_leg;
	p->source.pref = usable(&v->d.source, &p->source_end);
	p->source.family =
			v->has_sdp ? v->sdp.any
					   : last_family(&v->source_pair, v->has_source_pair);
	p->target.own = &p->target_end.own;
	p->target.host = host_of(&p->target_end);
	p->target.leg =
			v->source_leg == N64_LEG_CALLER ? N64_LEG_CALLEE : N64_LEG_CALLER;
	p->target.pref = usable(&v->d.target, &p->target_end);
	p->target.family = last_family(&v->target_pair, v->has_target_pair);
	p->single = p->source_end.si == p->target_end.si
				&& p->source_end.own.tp == p->target_end.own.tp
				&& p->source.pref.len
				&& pref64_equal(&p->source.pref, &p->target.pref)
				&& may_be_single();
	p->source.r2 = p->target.r2 = !p->single;
	if(p->single)
		p->source.leg = N64_LEG_BOTH;
	return 0;
}

static bool is_nat64(const struct n64_view *v)
{
	return v->d.source.net == N64_NET_NAT64
		   || v->d.target.net == N64_NET_NAT64;
}

/** The caller's own parameters start the list; returns the list's length */
static int set_params(str *all, const str *params)
{
	if(params) {
		struct n64_text text = {params->s, params->len};

		all->len = n64_pair_add_params(all->s, PARAMS_MAX, 0, text);
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

static int add_plain(struct sip_msg *msg, str *params)
{
	struct n64_rr_lumps found;
	char buf[PARAMS_MAX];
	str all = {buf, 0};
	int own;

	n64_lumps_find_rr(&found, msg);
	if(found.n && (!found.labelled || found.shared))
		return 1;
	/* an earlier call of ours was for another target */
	n64_lumps_drop_rr(msg);
	if(rrb.record_route(msg, params) < 0)
		return -2;
	mark_added(msg);
	own = set_params(&all, params);
	n64_lumps_rr_params(&all, PARAMS_MAX, msg);
	leave_params(msg, &(str){all.s + own, all.len - own});
	return 1;
}

/**
 * Take away what was added before, but keep what others hung on it. rr holds
 * parameters back for the next Record-Route; a throw-away one brings them out.
 */
static int replace(str *params, struct sip_msg *msg)
{
	n64_lumps_rr_params(params, PARAMS_MAX, msg);
	n64_lumps_drop_rr(msg);
	if(rrb.record_route(msg, NULL) < 0)
		return -1;
	n64_lumps_rr_params(params, PARAMS_MAX, msg);
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
static int write_values(const struct n64_view *v, struct value *target,
		struct value *source, bool single)
{
	struct sip_msg *msg = v->msg;

	if(!single && preset(msg, v->from_leg, &target->text) < 0)
		return -2;
	if(preset(msg, v->from_leg, &source->text) < 0) {
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
	struct value source, target;
	char buf[PARAMS_MAX];
	str all = {buf, 0};
	struct plan plan;
	int own = set_params(&all, params), rc;

	if(make_plan(&plan, v) < 0)
		return -2;
	n64_lumps_find_rr(&found, msg);
	if(print_value(&source, &plan.source, &all) < 0
			|| print_value(&target, &plan.target, &all) < 0)
		return -2;
	if(found.labelled && n64_lumps_have_rr(msg, &source.text)
			&& (plan.single || n64_lumps_have_rr(msg, &target.text)))
		return 1;
	if(found.n) {
		if(found.shared) {
			LM_DBG("Record-Route of the first try stays in a failure_route\n");
			return -1;
		}
		if(replace(&all, msg) < 0
				|| print_value(&source, &plan.source, &all) < 0
				|| print_value(&target, &plan.target, &all) < 0)
			return -2;
	}
	rc = write_values(v, &target, &source, plan.single);
	if(found.n)
		leave_params(msg, &(str){all.s + own, all.len - own});
	return rc;
}

int n64_rr_add(struct sip_msg *msg, str *params)
{
	struct n64_view v;
	int rc;

	if(msg->first_line.type != SIP_REQUEST)
		return -1;
	if(n64_view(&v, msg) < 0)
		return add_plain(msg, params);
	n64_tm_remember(&v);
	rc = is_nat64(&v) ? add_pair(&v, params) : add_plain(msg, params);
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
	if(n64_view_routes(&v, msg) < 0 || !v.own_values)
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
	if(load_rr_api(&rrb) < 0) {
		LM_ERR("nat64sip needs the module rr: load rr.so before it\n");
		return -1;
	}
	if(silence_rr() < 0)
		return -1;
	return rrb.register_rrcb(after_loose_route, NULL) < 0 ? -1 : 0;
}
