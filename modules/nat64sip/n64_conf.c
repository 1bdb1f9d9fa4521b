/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_conf.h"

#include "n64_pool.h"
#include "n64_rtpengine.h"
#include "n64_ua.h"

#include "../../core/dprint.h"
#include "../../nat64sip/pref64.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static str p_pref64 = STR_NULL;
static str p_detect = str_init("via,contact,sdp");
static str p_notify_header = str_init("PortaSIP-Notify");
static str p_believe = str_init("shown");
static str p_received_avp = STR_NULL;
static str p_rr_fqdn = STR_NULL;
static str p_mode = str_init("on");
static int p_wkp_strict = 1;
static int p_probe = 1;
static int p_flows = 16384;
static int p_flow_expire = 3600;
static int p_probe_interval;

struct n64_conf n64_conf;

static int refuse(
		const char *name, const char *value, int len, const char *right)
{
	LM_ERR("parameter \"%s\", value \"%.*s\": %s\n", name, len, value, right);
	return -1;
}

static int add_net(
		const char *name, const char *text, struct n64_net4 *list, unsigned *n)
{
	struct n64_net4 net;

	if(n64_net4_parse(&net, text, strlen(text)))
		return refuse(name, text, strlen(text),
				"must be an IPv4 network such as 192.0.2.0/24");
	if(*n == N64_MAX_PEERS)
		return refuse(name, text, strlen(text), "is one too many");
	list[(*n)++] = net;
	return 0;
}

/** modparam callbacks get the value as a NUL-terminated text */
static int add_peer(modparam_t type, void *val)
{
	(void)type;
	return add_net("notify_peer", val, n64_conf.peers, &n64_conf.peers_n);
}

static int add_path_peer(modparam_t type, void *val)
{
	(void)type;
	return add_net(
			"path_peer", val, n64_conf.path_peers, &n64_conf.path_peers_n);
}

static int add_own_address(modparam_t type, void *val)
{
	char *text = val;
	struct n64_own_address a;

	(void)type;
	if(n64_own_address_parse(&a.local, &a.own, text, strlen(text)))
		return refuse("own_address", text, strlen(text),
				"must be an IPv4 address such as 198.51.100.10, or "
				"LISTEN=OWN such as 10.0.0.5=198.51.100.10");
	if(n64_conf.own_n == N64_MAX_OWN_ADDRESSES)
		return refuse("own_address", text, strlen(text), "is one too many");
	n64_conf.own[n64_conf.own_n++] = a;
	return 0;
}

param_export_t n64_conf_params[] = {{"pref64", PARAM_STR, &p_pref64},
		{"pool", PARAM_STRING | PARAM_USE_FUNC, (void *)n64_pool_add},
		{"pool_file", PARAM_STRING, &n64_pool_conf.file},
		{"db_url", PARAM_STR, &n64_pool_conf.db_url},
		{"db_table", PARAM_STR, &n64_pool_conf.db_table},
		{"detect", PARAM_STR, &p_detect},
		{"wkp_strict", PARAM_INT, &p_wkp_strict},
		{"believe", PARAM_STR, &p_believe}, {"mode", PARAM_STR, &p_mode},
		{"probe", PARAM_INT, &p_probe}, {"flows", PARAM_INT, &p_flows},
		{"flow_expire", PARAM_INT, &p_flow_expire},
		{"probe_interval", PARAM_INT, &p_probe_interval},
		{"received_avp", PARAM_STR, &p_received_avp},
		{"rr_fqdn", PARAM_STR, &p_rr_fqdn},
		{"own_address", PARAM_STRING | PARAM_USE_FUNC,
				(void *)add_own_address},
		{"notify_header", PARAM_STR, &p_notify_header},
		{"ua_policy", PARAM_STRING | PARAM_USE_FUNC, (void *)n64_ua_param},
		{"rtpengine_address", PARAM_STRING | PARAM_USE_FUNC,
				(void *)n64_rtpengine_address},
		{"rtpengine_interface", PARAM_STRING | PARAM_USE_FUNC,
				(void *)n64_rtpengine_interface},
		{"notify_peer", PARAM_STRING | PARAM_USE_FUNC, (void *)add_peer},
		{"path_peer", PARAM_STRING | PARAM_USE_FUNC, (void *)add_path_peer},
		{0, 0, 0}};

/** RFC 3261 25.1: token */
static bool is_token(const str *s)
{
	static const char marks[] = "-.!%*_+`'~";
	int i;

	for(i = 0; i < s->len; i++) {
		unsigned char c = s->s[i];

		if((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
				|| (c >= 'A' && c <= 'Z'))
			continue;
		if(!c || !strchr(marks, c))
			return false;
	}
	return s->len > 0;
}

static bool str_is(const str *s, const char *word)
{
	return s->len == (int)strlen(word) && !strncasecmp(s->s, word, s->len);
}

static int check_number(const char *name, int value, int min, int max)
{
	char text[12], right[48];
	int len;

	if(value >= min && value <= max)
		return 0;
	len = snprintf(text, sizeof(text), "%d", value);
	if(min == 0 && max == 1)
		return refuse(name, text, len, "must be 0 or 1");
	snprintf(right, sizeof(right), "must be %d to %d", min, max);
	return refuse(name, text, len, right);
}

int n64_conf_init(void)
{
	const char *why;

	if(p_pref64.len
			&& pref64_parse(
					&n64_conf.policy.pref, p_pref64.s, p_pref64.len, &why))
		return refuse("pref64", p_pref64.s, p_pref64.len, why);
	if(n64_detect_parse(&n64_conf.policy.detect, p_detect.s, p_detect.len))
		return refuse("detect", p_detect.s, p_detect.len,
				"must be a list of via, contact and sdp");
	if(!is_token(&p_notify_header))
		return refuse("notify_header", p_notify_header.s, p_notify_header.len,
				"must be the name of a header field");
	if(str_is(&p_believe, "configured"))
		n64_conf.policy.believe_configured = true;
	else if(!str_is(&p_believe, "shown"))
		return refuse("believe", p_believe.s, p_believe.len,
				"must be shown or configured");
	if(n64_mode_parse(&n64_conf.mode, &p_mode) < 0)
		return refuse(
				"mode", p_mode.s, p_mode.len, "must be on, dryrun or off");
	if(check_number("wkp_strict", p_wkp_strict, 0, 1) < 0
			|| check_number("probe", p_probe, 0, 1) < 0
			|| check_number("flows", p_flows, 1, 1 << 24) < 0
			|| check_number("flow_expire", p_flow_expire, 1, 1 << 24) < 0
			|| check_number("probe_interval", p_probe_interval, 0, 86400) < 0)
		return -1;
	if(p_rr_fqdn.len
			&& n64_host_kind(p_rr_fqdn.s, p_rr_fqdn.len) != N64_HOST_NAME)
		return refuse("rr_fqdn", p_rr_fqdn.s, p_rr_fqdn.len,
				"must be a host name, which resolves to this proxy");
	n64_conf.rr_fqdn = p_rr_fqdn;
	if(n64_ua_check() < 0)
		return -1;
	n64_conf.received_avp = p_received_avp;
	n64_conf.probe = p_probe == 1;
	n64_conf.flows = p_flows;
	n64_conf.flow_expire = p_flow_expire;
	n64_conf.probe_interval = p_probe_interval;
	n64_conf.notify_header = p_notify_header;
	n64_conf.wkp_strict = p_wkp_strict == 1;
	return 0;
}

static bool is_in(
		const struct n64_net4 *list, unsigned n, const struct in_addr *addr)
{
	unsigned i;

	for(i = 0; i < n; i++)
		if(n64_net4_contains(&list[i], addr))
			return true;
	return false;
}

bool n64_conf_is_peer(const struct in_addr *addr)
{
	return is_in(n64_conf.peers, n64_conf.peers_n, addr);
}

bool n64_conf_is_path_peer(const struct in_addr *addr)
{
	return is_in(n64_conf.path_peers, n64_conf.path_peers_n, addr);
}
