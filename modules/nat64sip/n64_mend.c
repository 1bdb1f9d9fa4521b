/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_mend.h"

#include "n64_routes.h"
#include "n64_stats.h"

#include "../../core/data_lump.h"
#include "../../core/dprint.h"
#include "../../core/mem/mem.h"
#include "../../core/parser/parse_uri.h"
#include "../../nat64sip/literal.h"

#include <stdio.h>
#include <string.h>

struct mend
{
	struct sip_msg *msg;
	enum n64_leg leg;
	const struct pref64 *pref;
	enum n64_family family;
	int rc;
};

/** Replace a part of one URI: one deletion, one text in its place */
static int replace(struct mend *m, const str *part, const char *text)
{
	struct lump *l;
	int len = strlen(text);
	char *copy = pkg_malloc(len);

	if(!copy) {
		PKG_MEM_ERROR;
		counter_inc(n64_stats.failed);
		return -2;
	}
	memcpy(copy, text, len);
	l = del_lump(m->msg, part->s - m->msg->buf, part->len, 0);
	if(!l || !insert_new_lump_after(l, copy, len, 0)) {
		if(l)
			remove_lump(m->msg, l);
		pkg_free(copy);
		counter_inc(n64_stats.failed);
		return -2;
	}
	return 1;
}

static bool mend_value(void *arg, const rr_t *rr)
{
	char text[N64_LIT6_MAX + 3], addr[N64_LIT6_MAX + 1];
	struct mend *m = arg;
	struct in6_addr a6;
	enum n64_host kind;
	struct n64_pair pair;
	struct n64_route route;
	str host;

	if(n64_routes_read_route(&pair, &route, rr) < 0 || pair.leg != m->leg
			|| pref64_equal(&pair.pref, m->pref))
		return true;
	/* not a name, which is right in any network */
	kind = n64_host_kind(route.host.p, route.host.len);
	if(kind == N64_HOST_NAME || kind == N64_HOST_NONE)
		return true;
	if(!pref64_may_carry(m->pref, &pair.own->addr, false)
			|| pref64_synthesize(&a6, m->pref, &pair.own->addr))
		return false;
	n64_lit6_print(addr, sizeof(addr), &a6);
	snprintf(text, sizeof(text), "[%s]", addr);
	host = (str){(char *)route.host.p, route.host.len};
	m->rc = replace(m, &host, text);
	return false;
}

int n64_mend(struct sip_msg *rpl, enum n64_leg leg, const struct pref64 *pref)
{
	struct mend m = {.msg = rpl, .leg = leg, .pref = pref, .rc = -1};

	if(parse_headers(rpl, HDR_EOH_F, 0) < 0
			|| n64_routes_each(rpl, HDR_RECORDROUTE_T, mend_value, &m) < 0)
		return -1;
	if(m.rc == 1) {
		counter_inc(n64_stats.mended);
		LM_DBG("own Record-Route value of a reply mended\n");
	}
	return m.rc;
}

static bool mend_label(void *arg, const rr_t *rr)
{
	struct mend *m = arg;
	struct n64_text label;
	struct n64_pair pair;
	struct n64_route route;
	char text[2] = {n64_pair_family_letter(m->family), '\0'};
	str letter;

	if(n64_routes_read_route(&pair, &route, rr) < 0 || pair.leg != m->leg
			|| !n64_param_find(&label, route.params, N64_PAIR_LABEL))
		return true;
	/* IP6 is what is read where nothing is said */
	if(pair.family == m->family
			|| (pair.family == N64_FAMILY_NONE && m->family == N64_FAMILY_IP6))
		return false;
	letter.s = (char *)label.p + 1;
	letter.len = 1;
	m->rc = replace(m, &letter, text);
	return false;
}

int n64_mend_family(
		struct sip_msg *rpl, enum n64_leg leg, enum n64_family family)
{
	struct mend m = {.msg = rpl, .leg = leg, .family = family, .rc = -1};

	if(parse_headers(rpl, HDR_EOH_F, 0) < 0
			|| n64_routes_each(rpl, HDR_RECORDROUTE_T, mend_label, &m) < 0)
		return -1;
	return m.rc;
}
