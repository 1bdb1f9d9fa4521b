/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_register.h"

#include "n64_ask.h"
#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mode.h"
#include "n64_probe.h"
#include "n64_stats.h"
#include "n64_usrloc.h"
#include "n64_view.h"

#include "../../core/data_lump.h"
#include "../../core/dprint.h"
#include "../../core/parser/contact/parse_contact.h"
#include "../../core/parser/parse_expires.h"
#include "../../core/pvar.h"
#include "../../core/sr_module.h"
#include "../../core/usr_avp.h"
#include "../../core/ut.h"
#include "../../nat64sip/binding.h"

#include <string.h>

/** The registrar takes no longer one */
#define RECEIVED_MAX 255

static cmd_function fix_nated_register;
static avp_name_t avp_name;
static avp_flags_t avp_flags;
static bool has_avp;

/** The registrar's own parameter, unless the operator named another */
static const char *avp_text(void)
{
	struct sr_module *reg = find_module_by_name("registrar");
	modparam_t type;
	char **p;

	if(n64_conf.received_avp.len)
		return n64_conf.received_avp.s;
	p = reg ? find_param_export(reg, "received_avp", PARAM_STRING, &type)
			: NULL;
	return p ? *p : NULL;
}

int n64_register_init(void)
{
	const char *text = avp_text();
	pv_spec_t spec;
	str s;

	fix_nated_register = find_export("fix_nated_register", 0, 0);
	if(!text || !*text)
		return 0;
	s.s = (char *)text;
	s.len = strlen(text);
	if(!pv_parse_spec(&s, &spec) || spec.type != PVT_AVP
			|| spec.pvp.pvn.type != PV_NAME_INTSTR) {
		LM_ERR("parameter \"received_avp\", value \"%s\": must be an AVP such"
			   " as $avp(received)\n",
				text);
		return -1;
	}
	/* not by pv_get_avp_name(): its last argument is of another type in 6.0 */
	avp_name = spec.pvp.pvn.u.isname.name;
	avp_flags = spec.pvp.pvn.u.isname.type;
	has_avp = true;
	return 0;
}

/** Seconds that the Expires header gives, -1 if there is none */
static int header_expires(struct sip_msg *msg)
{
	if(!msg->expires || parse_expires(msg->expires) < 0
			|| !((exp_body_t *)msg->expires->parsed)->valid)
		return -1;
	return ((exp_body_t *)msg->expires->parsed)->val;
}

/** RFC 3261 10.2.1.1: the Contact's parameter, else the header */
static bool stays(const contact_t *c, int header)
{
	unsigned int own;

	if(c->expires && str2int(&c->expires->body, &own) == 0)
		return own > 0;
	return header != 0;
}

/**
 * Take each "received" out of a Contact: for the registrar, which reads what
 * was parsed, and out of the text, which msg_apply_changes() parses again.
 */
static void drop_received(struct sip_msg *msg, contact_t *c)
{
	const param_t *p;
	char *start;

	if(!c->received)
		return;
	c->received = NULL;
	for(p = c->params; p; p = p->next) {
		if(p->type != P_RECEIVED)
			continue;
		for(start = p->name.s; start > msg->buf && *start != ';'; start--)
			;
		if(!del_lump(msg, start - msg->buf, p->name.s + p->len - start,
				   HDR_CONTACT_T))
			counter_inc(n64_stats.failed);
	}
}

/**
 * Walk all Contacts. A phone that names its own received could pose as marked,
 * and the registrar would believe it before the AVP: it is dropped. It may be
 * just the echo of our 200.
 *
 * @return 1 if any binding stays after this request, 0 if none does, -1 if there
 *         was no memory for the list, or it is none
 */
static int clean_contacts(struct sip_msg *msg)
{
	struct hdr_field *h;
	bool any = false, dry = n64_mode_of(msg) == N64_MODE_DRYRUN;
	contact_t *c;
	int expires;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return 0;
	expires = header_expires(msg);
	for(h = msg->contact; h; h = h->next) {
		if(h->type != HDR_CONTACT_T)
			continue;
		if(parse_contact(h) < 0)
			return -1;
		c = ((contact_body_t *)h->parsed)->contacts;
		for(; c; c = c->next) {
			if(!dry)
				drop_received(msg, c);
			any |= stays(c, expires);
		}
	}
	return any;
}

static int mark(const struct sip_msg *msg, const struct pref64 *pref)
{
	char buf[RECEIVED_MAX];
	int_str val, marked;
	struct usr_avp *avp;
	size_t n;

	avp = has_avp ? search_first_avp(avp_flags, avp_name, &val, NULL) : NULL;
	if(!avp || !(avp->flags & AVP_VAL_STR))
		return -1;
	n = n64_binding_print(
			buf, sizeof(buf), (struct n64_text){val.s.s, val.s.len}, pref);
	if(!n)
		return -1;
	if(n64_mode_of(msg) == N64_MODE_DRYRUN)
		return 0;
	marked.s.s = buf;
	marked.s.len = n;
	/* without received, the phone could not be reached */
	if(add_avp(avp_flags | AVP_VAL_STR, avp_name, marked) < 0) {
		counter_inc(n64_stats.failed);
		return -1;
	}
	destroy_avp(avp);
	return 0;
}

/** Where the flow itself has proven nothing, an earlier registration of the
 *  same AoR may have: PJSIP's second REGISTER has no IPv6 left, and a restart
 *  loses the flows. A new port keeps the mark, a new address only hints. */
static int inherit(struct n64_view *v, struct sip_msg *msg, const str *table)
{
	struct n64_fact fact = {.nat64 = true};
	enum n64_bound bound;

	if(v->d.source.strength == N64_PROOF)
		return 0;
	if(n64_usrloc_find(&bound, &fact.pref, msg, table) < 0)
		return -1;
	if(bound == N64_BOUND_HERE)
		return n64_view_registered(v, msg, &fact);
	if(bound == N64_BOUND_ELSEWHERE)
		n64_probe(msg, N64_NEVER);
	return 0;
}

bool n64_register_told(const struct n64_verdict *d)
{
	return d->net == N64_NET_NAT64 && d->strength == N64_PROOF
		   && d->rule != N64_RULE_NOTIFY && d->pref.len;
}

/** Ask the phone; where nobody is asked its hint has to do, for PJSIP's next
 *  REGISTER has none, nor has the Contact of linphone's */
static void settle(struct sip_msg *msg)
{
	struct n64_flow_key key;

	if(n64_conf.probe) {
		n64_probe(msg, N64_NEVER);
	} else if(n64_mode_of(msg) == N64_MODE_ON
			  && msg->rcv.src_ip.af == AF_INET) {
		n64_cache_key(
				&key, &msg->rcv.src_ip, msg->rcv.src_port, msg->rcv.proto);
		n64_cache_hint(&key);
	}
}

int n64_register_fix(struct sip_msg *msg, const str *table)
{
	struct n64_view v;
	int registers, rc;

	if(msg->first_line.type != SIP_REQUEST
			|| msg->REQ_METHOD != METHOD_REGISTER)
		return -1;
	if(!fix_nated_register) {
		LM_ERR("fix_nat64_register() needs the module nathelper\n");
		return -2;
	}
	if(n64_mode_of(msg) == N64_MODE_OFF)
		return fix_nated_register(msg, NULL, NULL);
	registers = clean_contacts(msg);
	/* save() may have more luck, and would believe what the phone claims */
	if(registers < 0) {
		counter_inc(n64_stats.failed);
		return -2;
	}
	rc = fix_nated_register(msg, NULL, NULL);
	if(rc < 0)
		counter_inc(n64_stats.failed);
	if(rc < 0 || !registers || n64_view(&v, msg) < 0)
		return rc;
	if(inherit(&v, msg, table) < 0)
		return -2;
	if(n64_register_told(&v.d.source) && mark(msg, &v.d.source.pref) == 0)
		counter_inc(n64_stats.marked);
	/* of its flow nothing is proven yet, or no longer */
	if(v.d.source.rule == N64_RULE_BINDING
			|| (v.d.source.net == N64_NET_NAT64
					&& v.d.source.strength == N64_HINT))
		settle(msg);
	else
		n64_ask(&v);
	return rc;
}
