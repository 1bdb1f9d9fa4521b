/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The negative control: a module with the name, functions and parameters of
 * nat64sip that does nothing. Every scenario must fail with it; one that
 * passes proves nothing about nat64sip.
 */
#include "../../core/sr_module.h"
#include "../../core/kemi.h"
#include "../../core/mod_fix.h"
#include "../../core/pvar.h"

MODULE_VERSION

static int ki_yes(sip_msg_t *msg)
{
	(void)msg;
	return 1;
}

static int ki_no(sip_msg_t *msg)
{
	(void)msg;
	return -1;
}

static int ki_yes_str(sip_msg_t *msg, str *arg)
{
	(void)msg;
	(void)arg;
	return 1;
}

static int ki_no_str(sip_msg_t *msg, str *arg)
{
	(void)msg;
	(void)arg;
	return -1;
}

static int w_yes(sip_msg_t *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_yes(msg);
}

static int w_no(sip_msg_t *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_no(msg);
}

static int ignore(modparam_t type, void *val)
{
	(void)type;
	(void)val;
	return 0;
}

/* clang-format off */
static cmd_export_t cmds[] = {
	{"is_via_nat64", (cmd_function)w_no, 0, 0, 0, ANY_ROUTE},
	{"is_route_nat64", (cmd_function)w_no, 0, 0, 0, ANY_ROUTE},
	{"is_notify_nat64", (cmd_function)w_no, 1, fixup_spve_null,
		fixup_free_spve_null, ANY_ROUTE},
	{"add_dual_rr", (cmd_function)w_yes, 0, 0, 0, ANY_ROUTE},
	{"add_dual_rr", (cmd_function)w_yes, 1, fixup_spve_null,
		fixup_free_spve_null, ANY_ROUTE},
	{"fix_nat64_register", (cmd_function)w_yes, 0, 0, 0, ANY_ROUTE},
	{"fix_nat64_register", (cmd_function)w_yes, 1, fixup_spve_null,
		fixup_free_spve_null, ANY_ROUTE},
	{"set_notify_net", (cmd_function)w_yes, 0, 0, 0, ANY_ROUTE},
	{"fix_nat64_sdp", (cmd_function)w_yes, 0, 0, 0, ANY_ROUTE},
	{"fix_nat64_sdp", (cmd_function)w_yes, 1, fixup_spve_null,
		fixup_free_spve_null, ANY_ROUTE},
	{"nat64_manage", (cmd_function)w_yes, 0, 0, 0, ANY_ROUTE},
	{"nat64_manage", (cmd_function)w_yes, 1, 0, 0, ANY_ROUTE},
	{0, 0, 0, 0, 0, 0}
};

static param_export_t params[] = {
	{"pref64", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"detect", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"wkp_strict", PARAM_INT | PARAM_USE_FUNC, (void *)ignore},
	{"own_address", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"notify_header", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"notify_peer", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"path_peer", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"believe", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"mode", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"probe", PARAM_INT | PARAM_USE_FUNC, (void *)ignore},
	{"flows", PARAM_INT | PARAM_USE_FUNC, (void *)ignore},
	{"flow_expire", PARAM_INT | PARAM_USE_FUNC, (void *)ignore},
	{"probe_interval", PARAM_INT | PARAM_USE_FUNC, (void *)ignore},
	{"received_avp", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"rr_fqdn", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"pool", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"pool_file", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"db_url", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"db_table", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"rtpengine_address", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"rtpengine_interface", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{"ua_policy", PARAM_STRING | PARAM_USE_FUNC, (void *)ignore},
	{0, 0, 0}
};

static sr_kemi_t kemi[] = {
	{ str_init("nat64sip"), str_init("is_via_nat64"),
		SR_KEMIP_INT, ki_no,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("is_route_nat64"),
		SR_KEMIP_INT, ki_no,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("is_notify_nat64"),
		SR_KEMIP_INT, ki_no_str,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("add_dual_rr"),
		SR_KEMIP_INT, ki_yes,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("add_dual_rr_params"),
		SR_KEMIP_INT, ki_yes_str,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_register"),
		SR_KEMIP_INT, ki_yes,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_register_table"),
		SR_KEMIP_INT, ki_yes_str,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("set_notify_net"),
		SR_KEMIP_INT, ki_yes,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_sdp"),
		SR_KEMIP_INT, ki_yes,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("fix_nat64_sdp_leg"),
		SR_KEMIP_INT, ki_yes_str,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("nat64_manage"),
		SR_KEMIP_INT, ki_yes,
		{ SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ str_init("nat64sip"), str_init("nat64_manage_flags"),
		SR_KEMIP_INT, ki_yes_str,
		{ SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE }
	},
	{ {0, 0}, {0, 0}, 0, NULL, { 0, 0, 0, 0, 0, 0 } }
};

static int pv_null(struct sip_msg *msg, pv_param_t *param, pv_value_t *res)
{
	return pv_get_null(msg, param, res);
}

static int pv_any_name(pv_spec_t *sp, str *in)
{
	(void)sp;
	(void)in;
	return 0;
}

static pv_export_t pvs[] = {
	{ {"nat64", 5}, PVT_OTHER, pv_null, 0, pv_any_name, 0, 0, 0 },
	{ {0, 0}, 0, 0, 0, 0, 0, 0, 0 }
};

struct module_exports exports = {
	"nat64sip", DEFAULT_DLFLAGS, cmds, params, 0, pvs, 0, 0, 0, 0
};
/* clang-format on */

int mod_register(char *path, int *dlflags, void *p1, void *p2)
{
	(void)path;
	(void)dlflags;
	(void)p1;
	(void)p2;
	sr_kemi_modules_add(kemi);
	return 0;
}
