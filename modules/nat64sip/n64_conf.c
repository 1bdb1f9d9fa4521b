/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_conf.h"

#include "../../core/dprint.h"
#include "../../nat64sip/pref64.h"

#include <stdio.h>
#include <string.h>

static str p_pref64 = STR_NULL;
static str p_detect = str_init("via,contact,sdp");
static str p_notify_header = str_init("PortaSIP-Notify");
static int p_wkp_strict = 1;

struct n64_conf n64_conf;

static int refuse(
		const char *name, const char *value, int len, const char *right)
{
	LM_ERR("parameter \"%s\", value \"%.*s\": %s\n", name, len, value, right);
	return -1;
}

/** modparam callbacks get the value as a NUL-terminated text */
static int add_peer(modparam_t type, void *val)
{
	char *text = val;
	struct n64_net4 net;

	(void)type;
	if(n64_net4_parse(&net, text, strlen(text)))
		return refuse("notify_peer", text, strlen(text),
				"must be an IPv4 network such as 192.0.2.0/24");
	if(n64_conf.peers_n == N64_MAX_PEERS)
		return refuse("notify_peer", text, strlen(text), "is one too many");
	n64_conf.peers[n64_conf.peers_n++] = net;
	return 0;
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
		{"detect", PARAM_STR, &p_detect},
		{"wkp_strict", PARAM_INT, &p_wkp_strict},
		{"own_address", PARAM_STRING | PARAM_USE_FUNC,
				(void *)add_own_address},
		{"notify_header", PARAM_STR, &p_notify_header},
		{"notify_peer", PARAM_STRING | PARAM_USE_FUNC, (void *)add_peer},
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

int n64_conf_init(void)
{
	const char *why;
	char number[12];

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
	if(p_wkp_strict != 0 && p_wkp_strict != 1)
		return refuse("wkp_strict", number,
				snprintf(number, sizeof(number), "%d", p_wkp_strict),
				"must be 0 or 1");
	n64_conf.notify_header = p_notify_header;
	n64_conf.wkp_strict = p_wkp_strict == 1;
	return 0;
}

bool n64_conf_is_peer(const struct in_addr *addr)
{
	unsigned i;

	for(i = 0; i < n64_conf.peers_n; i++)
		if(n64_net4_contains(&n64_conf.peers[i], addr))
			return true;
	return false;
}
