/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_pv.h"

#include "n64_decided.h"
#include "n64_mode.h"
#include "n64_rtpengine.h"
#include "n64_tm.h"
#include "n64_view.h"

#include "../../core/dprint.h"

#include <string.h>

enum name
{
	SOURCE,
	TARGET,
	SOURCE_PREF64,
	TARGET_PREF64,
	WHY,
	SDP,
	RTPENGINE,
	NAMES
};

static const char *const names[NAMES] = {
		[SOURCE] = "source",
		[TARGET] = "target",
		[SOURCE_PREF64] = "source_pref64",
		[TARGET_PREF64] = "target_pref64",
		[WHY] = "why",
		[SDP] = "sdp",
		[RTPENGINE] = "rtpengine",
};

static int parse_name(pv_spec_t *sp, str *in)
{
	int i;

	for(i = 0; i < NAMES; i++) {
		if(in->len == (int)strlen(names[i])
				&& !memcmp(in->s, names[i], in->len)) {
			sp->pvp.pvn.type = PV_NAME_INTSTR;
			sp->pvp.pvn.u.isname.type = 0;
			sp->pvp.pvn.u.isname.name.n = i;
			return 0;
		}
	}
	LM_ERR("$nat64(%.*s): must be source, target, source_pref64,"
		   " target_pref64, why, sdp or rtpengine\n",
			in->len, in->s);
	return -1;
}

static int get_text(
		struct sip_msg *msg, pv_param_t *param, pv_value_t *res, char *text)
{
	str value = {text, strlen(text)};

	return pv_get_strval(msg, param, res, &value);
}

static int get_net(struct sip_msg *msg, pv_param_t *param, pv_value_t *res,
		const struct n64_verdict *of)
{
	if(of->net == N64_NET_UNKNOWN)
		return pv_get_null(msg, param, res);
	return get_text(msg, param, res, (char *)n64_net_name(of->net));
}

static int get_pref(struct sip_msg *msg, pv_param_t *param, pv_value_t *res,
		const struct n64_verdict *of)
{
	static char text[PREF64_TEXT_MAX + 1];

	if(of->net != N64_NET_NAT64
			|| !pref64_print(text, sizeof(text), &of->pref))
		return pv_get_null(msg, param, res);
	return get_text(msg, param, res, text);
}

/** Text in each mode: appended to flags, null would be one of them */
static int get_tag(struct sip_msg *msg, pv_param_t *param, pv_value_t *res)
{
	static char text[N64_RELAY_TEXT_MAX];

	n64_rtpengine_tag(text, msg);
	return get_text(msg, param, res, text);
}

/** Is it too late to refuse this SDP? */
static bool is_late_answer(struct sip_msg *msg)
{
	return msg->first_line.type == SIP_REQUEST
		   && msg->REQ_METHOD == METHOD_PRACK && n64_tm_answers_late(msg);
}

/** As it came: of a relay's work nothing can be said but by the relay */
static int get_sdp(struct sip_msg *msg, pv_param_t *param, pv_value_t *res)
{
	struct sdp64_families fam;
	struct body64 body;
	bool bad;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || !n64_view_body(&body, msg)
			|| body64_scan(&fam, &body) != N64_MIME_SDP)
		return pv_get_null(msg, param, res);
	bad = fam.unserved && !is_late_answer(msg);
	return get_text(msg, param, res, bad ? "bad" : "ok");
}

static int get(struct sip_msg *msg, pv_param_t *param, pv_value_t *res)
{
	static char why[N64_DECIDED_MAX];
	enum name name = param->pvn.u.isname.name.n;
	struct n64_view v;

	if(msg && name == RTPENGINE)
		return get_tag(msg, param, res);
	if(!msg || n64_mode_of(msg) == N64_MODE_OFF)
		return pv_get_null(msg, param, res);
	if(name == SDP)
		return get_sdp(msg, param, res);
	if(n64_view(&v, msg) < 0)
		return pv_get_null(msg, param, res);
	switch(name) {
		case SOURCE:
			return get_net(msg, param, res, &v.d.source);
		case TARGET:
			return get_net(msg, param, res, &v.d.target);
		case SOURCE_PREF64:
			return get_pref(msg, param, res, &v.d.source);
		case TARGET_PREF64:
			return get_pref(msg, param, res, &v.d.target);
		case WHY:
			n64_decided_print(why, &v.d);
			return get_text(msg, param, res, why);
		default:
			return pv_get_null(msg, param, res);
	}
}

pv_export_t n64_pvs[] = {{{"nat64", sizeof("nat64") - 1}, PVT_OTHER, get, NULL,
								 parse_name, 0, 0, 0},
		{{0, 0}, 0, 0, 0, 0, 0, 0, 0}};
