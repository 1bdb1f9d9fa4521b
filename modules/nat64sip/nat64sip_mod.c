/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Module interface: what a script or KEMI sees. No logic here.
 */
#include "n64_alias.h"
#include "n64_beside.h"
#include "n64_body.h"
#include "n64_cache.h"
#include "n64_carry.h"
#include "n64_conf.h"
#include "n64_dialog.h"
#include "n64_held.h"
#include "n64_hold.h"
#include "n64_keepalive.h"
#include "n64_learn.h"
#include "n64_manage.h"
#include "n64_mode.h"
#include "n64_notify.h"
#include "n64_pool.h"
#include "n64_pv.h"
#include "n64_register.h"
#include "n64_rpc.h"
#include "n64_rr.h"
#include "n64_rtpengine.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_stats_flows.h"
#include "n64_tm.h"
#include "n64_ua.h"
#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/kemi.h"
#include "../../core/mod_fix.h"
#include "../../core/sr_module.h"

#include <string.h>
#include <strings.h>

MODULE_VERSION

static enum n64_leg leg_of(const str *name, const char *function)
{
	if(name->len == 6 && !strncasecmp(name->s, "caller", 6))
		return N64_LEG_CALLER;
	if(name->len == 6 && !strncasecmp(name->s, "callee", 6))
		return N64_LEG_CALLEE;
	LM_ERR("%s(\"%.*s\"): must be caller or callee\n", function, name->len,
			name->s);
	return N64_LEG_NONE;
}

static bool is_off(const sip_msg_t *msg)
{
	return n64_mode_of(msg) == N64_MODE_OFF;
}

static int ki_is_via_nat64(sip_msg_t *msg)
{
	const struct via_body *via = is_off(msg) ? NULL : n64_view_hop(msg);

	if(!via || n64_view_hop_af(msg, via) != AF_INET
			|| n64_host_kind(via->host.s, via->host.len) != N64_HOST_IP6)
		return -1;
	/* NAT64 moved the port; without rport the reply would go to the port in
	 * sent-by (RFC 3261 18.2.2, RFC 3581 4) */
	if(msg->first_line.type == SIP_REQUEST && n64_mode_of(msg) == N64_MODE_ON)
		msg->msg_flags |= FL_FORCE_RPORT;
	counter_inc(n64_stats.via_nat64);
	return 1;
}

static int ki_is_route_nat64(sip_msg_t *msg)
{
	struct n64_view v;

	if(msg->first_line.type != SIP_REQUEST || is_off(msg)
			|| n64_view(&v, msg) < 0)
		return -1;
	return v.d.target.net == N64_NET_NAT64 ? 1 : -1;
}

static int ki_add_dual_rr(sip_msg_t *msg)
{
	return n64_rr_add(msg, NULL);
}

static int ki_add_dual_rr_params(sip_msg_t *msg, str *params)
{
	return n64_rr_add(msg, params);
}

static int ki_set_notify_net(sip_msg_t *msg)
{
	struct n64_view v;

	if(is_off(msg) || n64_view(&v, msg) < 0)
		return -1;
	n64_tm_remember(&v);
	return n64_notify_set(&v);
}

static int ki_is_notify_nat64(sip_msg_t *msg, str *name)
{
	enum n64_leg leg = leg_of(name, "is_notify_nat64");
	struct n64_view v;

	if(leg == N64_LEG_NONE)
		return -2;
	if(is_off(msg) || n64_view(&v, msg) < 0 || !v.has_notify)
		return -1;
	n64_tm_remember(&v);
	if(leg == N64_LEG_CALLER)
		return v.notify.caller.net == N64_NET_NAT64 ? 1 : -1;
	return v.notify.callee.net == N64_NET_NAT64 ? 1 : -1;
}

static int fix_sdp(sip_msg_t *msg, enum n64_leg leg)
{
	struct n64_view v;

	if(is_off(msg) || n64_view(&v, msg) < 0)
		return -1;
	n64_tm_remember(&v);
	return n64_body_fix(
			&v, leg == N64_LEG_NONE ? &v.d.target : n64_view_leg(&v, leg));
}

static int ki_fix_nat64_sdp(sip_msg_t *msg)
{
	return fix_sdp(msg, N64_LEG_NONE);
}

static int ki_fix_nat64_sdp_leg(sip_msg_t *msg, str *name)
{
	enum n64_leg leg = leg_of(name, "fix_nat64_sdp");

	return leg == N64_LEG_NONE ? -2 : fix_sdp(msg, leg);
}

static int ki_fix_nat64_register(sip_msg_t *msg)
{
	str table = STR_NULL;

	return n64_register_fix(msg, &table);
}

static int ki_fix_nat64_register_table(sip_msg_t *msg, str *table)
{
	return n64_register_fix(msg, table);
}

static int ki_nat64_manage(sip_msg_t *msg)
{
	return n64_manage(msg, N64_PARTS);
}

static int ki_nat64_manage_flags(sip_msg_t *msg, str *flags)
{
	unsigned parts;
	char bad = n64_manage_parts(&parts, flags);

	if(bad) {
		LM_ERR("nat64_manage(\"%.*s\"): '%c' is none of the flags a, r, n, "
			   "s\n",
				flags->len, flags->s, bad);
		return -2;
	}
	return n64_manage(msg, parts);
}

/** A choice of parts as a pointer, its place in this: never NULL, as a call
 *  without flags has it */
static char parts_base[N64_PARTS + 1];

static int w_nat64_manage(sip_msg_t *msg, char *flags, char *p2)
{
	(void)p2;
	return n64_manage(msg, flags ? (unsigned)(flags - parts_base) : N64_PARTS);
}

/** Without flags, all parts */
static int fixup_manage_all(void **param, int param_no)
{
	(void)param;
	(void)param_no;
	n64_beside_wants_alias();
	return 0;
}

/** The flags are constant: they are read once */
static int fixup_manage(void **param, int param_no)
{
	str flags = {*param, strlen(*param)};
	unsigned parts;
	char bad = n64_manage_parts(&parts, &flags);

	(void)param_no;
	if(bad) {
		LM_ERR("nat64_manage(\"%s\"): '%c' is none of the flags a, r, n, s\n",
				flags.s, bad);
		return E_CFG;
	}
	if(parts & N64_PART_ALIAS)
		n64_beside_wants_alias();
	*param = &parts_base[parts];
	return 0;
}

static int w_is_via_nat64(sip_msg_t *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_is_via_nat64(msg);
}

static int w_is_route_nat64(sip_msg_t *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_is_route_nat64(msg);
}

static int w_set_notify_net(sip_msg_t *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_set_notify_net(msg);
}

/** Call f with a script parameter's value; in the script it has that name */
static int with_text(sip_msg_t *msg, char *param, int (*f)(sip_msg_t *, str *),
		const char *name)
{
	str text;

	if(fixup_get_svalue(msg, (gparam_t *)param, &text) < 0) {
		LM_ERR("%s(): the argument must be a text of no more octets than the"
			   " core's pv_buffer_size\n",
				name);
		return -2;
	}
	return f(msg, &text);
}

static int w_add_dual_rr(sip_msg_t *msg, char *params, char *p2)
{
	(void)p2;
	return params ? with_text(
				   msg, params, ki_add_dual_rr_params, "add_dual_rr")
				  : ki_add_dual_rr(msg);
}

static int w_fix_nat64_register(sip_msg_t *msg, char *table, char *p2)
{
	(void)p2;
	return table ? with_text(msg, table, ki_fix_nat64_register_table,
				   "fix_nat64_register")
				 : ki_fix_nat64_register(msg);
}

static int w_is_notify_nat64(sip_msg_t *msg, char *leg, char *p2)
{
	(void)p2;
	return with_text(msg, leg, ki_is_notify_nat64, "is_notify_nat64");
}

static int w_fix_nat64_sdp(sip_msg_t *msg, char *leg, char *p2)
{
	(void)p2;
	return leg ? with_text(msg, leg, ki_fix_nat64_sdp_leg, "fix_nat64_sdp")
			   : ki_fix_nat64_sdp(msg);
}

static int mod_init(void)
{
	if(n64_conf_init() < 0 || n64_mode_init(n64_conf.mode) < 0
			|| n64_pool_init() < 0 || n64_stats_init() < 0
			|| n64_self_init() < 0 || n64_carry_init() < 0
			|| n64_cache_init(n64_conf.flows, n64_conf.flow_expire) < 0
			|| n64_tm_init(&n64_manage_hooks) < 0 || n64_rr_init() < 0
			|| n64_notify_init() < 0 || n64_learn_init() < 0
			|| n64_hold_init() < 0 || n64_register_init() < 0
			|| n64_keepalive_init() < 0 || n64_stats_flows_init() < 0)
		return -1;
	n64_alias_init();
	n64_dialog_init();
	n64_rtpengine_init();
	return 0;
}

static int child_init(int rank)
{
	if(rank == PROC_INIT) {
		n64_beside_check();
		return n64_keepalive_check();
	}
	if(rank == PROC_MAIN)
		return n64_held_start() < 0 ? -1 : n64_keepalive_start();
	return 0;
}

/** Also when mod_init failed half-way */
static void mod_destroy(void)
{
	n64_held_destroy();
	n64_pool_destroy();
	n64_cache_destroy();
	n64_ua_destroy();
}

#define MSG_ROUTES                                                \
	(REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE | ONREPLY_ROUTE \
			| LOCAL_ROUTE)

static cmd_export_t cmds[] = {
		{"is_via_nat64", (cmd_function)w_is_via_nat64, 0, 0, 0, ANY_ROUTE},
		{"is_route_nat64", (cmd_function)w_is_route_nat64, 0, 0, 0, ANY_ROUTE},
		{"add_dual_rr", (cmd_function)w_add_dual_rr, 0, 0, 0,
				REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
		{"add_dual_rr", (cmd_function)w_add_dual_rr, 1, n64_rr_fixup, 0,
				REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
		{"fix_nat64_register", (cmd_function)w_fix_nat64_register, 0, 0, 0,
				REQUEST_ROUTE},
		{"fix_nat64_register", (cmd_function)w_fix_nat64_register, 1,
				fixup_spve_null, 0, REQUEST_ROUTE},
		{"set_notify_net", (cmd_function)w_set_notify_net, 0, 0, 0,
				MSG_ROUTES},
		{"is_notify_nat64", (cmd_function)w_is_notify_nat64, 1,
				fixup_spve_null, 0, ANY_ROUTE},
		{"fix_nat64_sdp", (cmd_function)w_fix_nat64_sdp, 0, 0, 0, MSG_ROUTES},
		{"fix_nat64_sdp", (cmd_function)w_fix_nat64_sdp, 1, fixup_spve_null, 0,
				MSG_ROUTES},
		{"nat64_manage", (cmd_function)w_nat64_manage, 0, fixup_manage_all, 0,
				MSG_ROUTES},
		{"nat64_manage", (cmd_function)w_nat64_manage, 1, fixup_manage, 0,
				MSG_ROUTES},
		{0, 0, 0, 0, 0, 0}};

/* clang-format off */
static sr_kemi_t kemi[] = {
	{ str_init("nat64sip"), str_init("is_via_nat64"),
		SR_KEMIP_INT, ki_is_via_nat64,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("is_route_nat64"),
		SR_KEMIP_INT, ki_is_route_nat64,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("add_dual_rr"),
		SR_KEMIP_INT, ki_add_dual_rr,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("add_dual_rr_params"),
		SR_KEMIP_INT, ki_add_dual_rr_params,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("set_notify_net"),
		SR_KEMIP_INT, ki_set_notify_net,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("is_notify_nat64"),
		SR_KEMIP_INT, ki_is_notify_nat64,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_register"),
		SR_KEMIP_INT, ki_fix_nat64_register,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_register_table"),
		SR_KEMIP_INT, ki_fix_nat64_register_table,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_sdp"),
		SR_KEMIP_INT, ki_fix_nat64_sdp,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_sdp_leg"),
		SR_KEMIP_INT, ki_fix_nat64_sdp_leg,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("nat64_manage"),
		SR_KEMIP_INT, ki_nat64_manage,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("nat64_manage_flags"),
		SR_KEMIP_INT, ki_nat64_manage_flags,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ {0, 0}, {0, 0}, 0, NULL, { 0, 0, 0, 0, 0, 0 } }
};
/* clang-format on */

/** Kamailio finds it by name; no header of its declares it */
int mod_register(char *path, int *dlflags, void *p1, void *p2);

int mod_register(char *path, int *dlflags, void *p1, void *p2)
{
	(void)path;
	(void)dlflags;
	(void)p1;
	(void)p2;
	return sr_kemi_modules_add(kemi);
}

struct module_exports exports = {
		"nat64sip",		 /* module name */
		DEFAULT_DLFLAGS, /* dlopen flags */
		cmds,			 /* exported functions */
		n64_conf_params, /* exported parameters */
		n64_rpc,		 /* RPC methods */
		n64_pvs,		 /* pseudo-variables */
		0,				 /* response handling function */
		mod_init,		 /* module init function */
		child_init,		 /* per-child init function */
		mod_destroy		 /* module destroy function */
};
