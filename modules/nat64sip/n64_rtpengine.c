/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_rtpengine.h"

#include "n64_body.h"
#include "n64_conf.h"
#include "n64_mode.h"
#include "n64_plain.h"
#include "n64_stats.h"
#include "n64_tm.h"
#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/pvar.h"

#include <string.h>

#define MAX_RELAYS 64

static struct
{
	struct n64_relay_address address[MAX_RELAYS];
	unsigned addresses;
	struct n64_relay_interface interface[MAX_RELAYS];
	unsigned interfaces;
} conf;

/** Of the module rtpengine: where its set stands, and which it is without */
static pv_spec_t set_pv;
static bool has_set_pv;
static unsigned set_default;

static int refuse(const char *name, const char *value, const char *right)
{
	LM_ERR("parameter \"%s\", value \"%s\": %s\n", name, value, right);
	return -1;
}

int n64_rtpengine_address(modparam_t type, void *val)
{
	struct n64_relay_address *a = conf.address;
	struct n64_relay_address one;
	unsigned i;

	(void)type;
	if(n64_relay_address_parse(&one, val, strlen(val)))
		return refuse("rtpengine_address", val,
				"must be the relay's IPv4 address such as 192.0.2.20, or "
				"SET=ADDRESS such as 1=192.0.2.20");
	for(i = 0; i < conf.addresses; i++)
		if(a[i].any == one.any && a[i].set == one.set)
			return refuse("rtpengine_address", val,
					"this set has an address already");
	if(i == MAX_RELAYS)
		return refuse("rtpengine_address", val, "is one too many");
	a[conf.addresses++] = one;
	return 0;
}

int n64_rtpengine_interface(modparam_t type, void *val)
{
	struct n64_relay_interface one;
	unsigned i;

	(void)type;
	if(n64_relay_interface_parse(&one, val, strlen(val)))
		return refuse("rtpengine_interface", val,
				"must be PREF64=NAME such as 2001:db8:64::/96=nat64a, or "
				"NAME for everybody else");
	for(i = 0; i < conf.interfaces; i++)
		if(pref64_equal(&conf.interface[i].pref, &one.pref))
			return refuse("rtpengine_interface", val,
					"this network has an interface already");
	if(i == MAX_RELAYS)
		return refuse("rtpengine_interface", val, "is one too many");
	conf.interface[conf.interfaces++] = one;
	return 0;
}

void n64_rtpengine_init(void)
{
	struct sr_module *mod = find_module_by_name("rtpengine");
	modparam_t type;
	char **avp;
	int *set;
	str name;

	if(!mod)
		return;
	set = find_param_export(mod, "setid_default", PARAM_INT, &type);
	if(set)
		set_default = *set;
	avp = find_param_export(mod, "setid_avp", PARAM_STRING, &type);
	if(!avp || !*avp)
		return;
	name.s = *avp;
	name.len = strlen(name.s);
	has_set_pv = pv_parse_spec(&name, &set_pv) != NULL;
}

/** The set that rtpengine_manage() is going to use for this message */
static unsigned set_of(struct sip_msg *msg)
{
	pv_value_t val;

	if(has_set_pv && pv_get_spec_value(msg, &set_pv, &val) == 0
			&& (val.flags & PV_VAL_INT))
		return val.ri;
	return set_default;
}

/** The relay's address, or NULL if it is not known */
static const struct in_addr *relay_of(struct sip_msg *msg)
{
	unsigned set = conf.addresses ? set_of(msg) : 0, i;
	const struct in_addr *any = NULL;

	for(i = 0; i < conf.addresses; i++) {
		if(conf.address[i].any)
			any = &conf.address[i].addr;
		else if(conf.address[i].set == set)
			return &conf.address[i].addr;
	}
	return any;
}

static const char *interface_of(const struct pref64 *pref)
{
	unsigned i;

	for(i = 0; i < conf.interfaces; i++)
		if(pref64_equal(&conf.interface[i].pref, pref))
			return conf.interface[i].name;
	return NULL;
}

/** Does this side read IP6 in each section? A phone that offered IP4 gets IP4
 *  (RFC 6157 4.1); the flags are for the whole message, so where it offered both
 *  it is left to the rewriting behind the relay. */
static bool reads_ip6(
		const struct n64_verdict *side, const struct sdp64_families *shown)
{
	return side->net == N64_NET_NAT64 && side->pref.len
		   && !(shown && shown->ip4);
}

/** An interface is chosen with the offer; the answer keeps it */
static bool is_offer(const struct n64_view *v)
{
	const struct n64_tctx *t = v->request ? NULL : n64_tm_find(v->msg);
	struct sdp64_families fam;

	if(!v->request)
		return t && !t->has_offer;
	if(v->msg->REQ_METHOD == METHOD_PRACK)
		return !n64_tm_late_offer(&fam, v->msg);
	return v->msg->REQ_METHOD != METHOD_ACK;
}

/** Once for each message, however often the tag is read */
static void count_not_carried(const struct sip_msg *msg)
{
	/* one message at a time in a worker */
	static msg_ctx_id_t counted;

	if(msg_ctx_id_match(msg, &counted) == 1)
		return;
	msg_ctx_id_set(msg, &counted);
	counter_inc(n64_stats.relay_not_carried);
}

static void fill_media(struct n64_relay_tag *tag, const struct n64_view *v,
		const struct in_addr *relay)
{
	const struct n64_verdict *target = &v->d.target;

	if(!pref64_may_carry(
			   &target->pref, relay, n64_conf.wkp_strict && !target->shown)) {
		count_not_carried(v->msg);
		LM_DBG("the relay's address cannot be had by this PREF64\n");
		return;
	}
	tag->has_media = pref64_synthesize(&tag->media, &target->pref, relay) == 0;
}

/** Interfaces are there for both sides, or not named at all */
static void fill_interfaces(struct n64_relay_tag *tag,
		const struct n64_view *v, const struct sdp64_families *shown,
		bool target_ip6)
{
	static const struct pref64 none;
	const char *others = interface_of(&none);
	const char *from = NULL, *to = NULL;

	if(reads_ip6(&v->d.source, shown))
		from = interface_of(&v->d.source.pref);
	if(target_ip6)
		to = interface_of(&v->d.target.pref);
	if(!from && !to)
		return;
	if(!others)
		others = "default"; /* rtpengine's own name of one that has none */
	tag->from = from ? from : others;
	tag->to = to ? to : others;
}

static void fill(struct n64_relay_tag *tag, const struct n64_view *v,
		const struct sdp64_families *shown)
{
	const struct in_addr *relay = relay_of(v->msg);
	struct sdp64_families offer;
	bool left = v->source_ua == N64_UA_NO_SDP || v->target_ua == N64_UA_NO_SDP;
	bool target_ip6;

	memset(tag, 0, sizeof(*tag));
	tag->learn = v->d.source.net == N64_NET_NAT64;
	/* where the phone holds the call by an address of zeroes, the relay must
	 * see it */
	tag->from_source = n64_view_from_phone(v) && shown->any == N64_FAMILY_IP6
					   && !shown->zero;
	tag->ip6 = v->d.target.net == N64_NET_IPV6;
	if(left)
		return;
	target_ip6 =
			reads_ip6(&v->d.target, n64_body_offer(&offer, v) ? &offer : NULL);
	/* it would stand in the place of the zeroes, too */
	if(relay && target_ip6 && !shown->zero)
		fill_media(tag, v, relay);
	if(!relay && conf.interfaces && is_offer(v))
		fill_interfaces(tag, v, shown, target_ip6);
}

void n64_rtpengine_tag(char dst[N64_RELAY_TEXT_MAX], struct sip_msg *msg)
{
	struct sdp64_families shown;
	struct n64_relay_tag tag;
	struct body64 body;
	struct n64_view v;

	dst[0] = '\0';
	if(n64_mode_of(msg) != N64_MODE_ON
			|| (msg->first_line.type == SIP_REQUEST && n64_plain(msg))
			|| n64_view(&v, msg) < 0
			|| (v.d.source.net != N64_NET_NAT64
					&& v.d.target.net != N64_NET_NAT64)
			|| !n64_view_body(&body, msg)
			|| body64_scan(&shown, &body) != N64_MIME_SDP)
		return;
	fill(&tag, &v, &shown);
	n64_relay_print(dst, N64_RELAY_TEXT_MAX, &tag);
}
