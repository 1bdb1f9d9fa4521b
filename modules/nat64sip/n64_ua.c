/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_ua.h"

#include "n64_conf.h"
#include "n64_stats.h"
#include "n64_view.h"

#include "../../core/dprint.h"

#include <string.h>

/** Filled before Kamailio forks: each process has a copy of its own, with the
 *  memory for a match */
static struct n64_ua_policy lines;

/** The first line that says fqdn */
static const char *fqdn_line;

/** The message at hand: each of our functions asks again. The id alone is not
 *  the message's own: in a failure_route tm gives the request the id of the
 *  message before it, but another buffer. */
static struct
{
	msg_ctx_id_t id;
	const char *name;
	int len;
	enum n64_ua_action action;
	bool known;
} last;

int n64_ua_param(modparam_t type, void *val)
{
	struct n64_ua_fault fault;
	const char *text = val;

	(void)type;
	if(n64_ua_add(&lines, text, strlen(text), &fault) == 0) {
		if(!fqdn_line && lines.line[lines.n - 1].action == N64_UA_FQDN)
			fqdn_line = text;
		return 0;
	}
	if(fault.pattern)
		LM_ERR("parameter \"ua_policy\", value \"%s\": PCRE2 stopped at offset"
			   " %zu of the pattern: %s\n",
				text, fault.offset, fault.what);
	else
		LM_ERR("parameter \"ua_policy\", value \"%s\": %s\n", text,
				fault.what);
	return -1;
}

int n64_ua_check(void)
{
	if(!fqdn_line || n64_conf.rr_fqdn.len)
		return 0;
	LM_ERR("parameter \"ua_policy\", value \"%s\": needs the parameter"
		   " rr_fqdn\n",
			fqdn_line);
	return -1;
}

enum n64_treat n64_ua_treat(enum n64_ua_action action)
{
	switch(action) {
		case N64_UA_OFF:
			return N64_TREAT_NEVER;
		case N64_UA_FORCE:
			return N64_TREAT_ALWAYS;
		default:
			return N64_TREAT_AS_SHOWN;
	}
}

static enum n64_ua_action match(const struct hdr_field *name)
{
	enum n64_ua_action action;
	unsigned given_up = 0;

	action = n64_ua_match(&lines, name->body.s, name->body.len, &given_up);
	if(given_up) {
		counter_add(n64_stats.ua_policy_limit, given_up);
		LM_DBG("%u patterns of ua_policy took too many steps\n", given_up);
	}
	if(action != N64_UA_NONE)
		LM_DBG("ua_policy: %s\n", n64_ua_action_name(action));
	return action;
}

/** A reply's phone names itself in Server; some do in User-Agent */
static const struct hdr_field *name_of(const struct n64_view *v)
{
	const struct sip_msg *msg = v->msg;

	if(!v->request && msg->server)
		return msg->server;
	return msg->user_agent;
}

static bool is_last(const struct sip_msg *msg, const str *name)
{
	return last.known && msg_ctx_id_match(msg, &last.id) == 1
		   && last.name == name->s && last.len == name->len;
}

static enum n64_ua_action ordered(const struct n64_view *v)
{
	const struct hdr_field *name = name_of(v);

	if(!name)
		return N64_UA_NONE;
	if(!is_last(v->msg, &name->body)) {
		last.action = match(name);
		last.known = true;
		last.name = name->body.s;
		last.len = name->body.len;
		msg_ctx_id_set(v->msg, &last.id);
	}
	return last.action;
}

bool n64_ua_find(struct n64_view *v, bool direct)
{
	enum n64_ua_action action;

	if(!lines.n
			|| (!lines.force && v->d.source.net != N64_NET_NAT64
					&& v->d.target.net != N64_NET_NAT64))
		return false;
	action = ordered(v);
	if(!direct && action != N64_UA_OFF && action != N64_UA_NO_SDP)
		return false;
	v->source_ua = action;
	return n64_ua_treat(action) != N64_TREAT_AS_SHOWN;
}

void n64_ua_destroy(void)
{
	n64_ua_free(&lines);
}

bool n64_ua_forces(void)
{
	return lines.force;
}
