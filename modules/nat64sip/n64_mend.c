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
	int rc;
};

/** Replace the host of one URI: one deletion, one text in its place */
static int replace_host(struct mend *m, const str *host, const char *text)
{
	struct lump *l;
	int len = strlen(text);
	char *copy = pkg_malloc(len);

	if(!copy) {
		PKG_MEM_ERROR;
		return -2;
	}
	memcpy(copy, text, len);
	l = del_lump(m->msg, host->s - m->msg->buf, host->len, 0);
	if(!l || !insert_new_lump_after(l, copy, len, 0)) {
		if(l)
			remove_lump(m->msg, l);
		pkg_free(copy);
		return -2;
	}
	return 1;
}

static bool mend_value(void *arg, const rr_t *rr)
{
	char text[N64_LIT6_MAX + 3], addr[N64_LIT6_MAX + 1];
	struct mend *m = arg;
	struct in6_addr a6;
	struct n64_pair pair;
	struct sip_uri uri;

	if(n64_routes_read(&pair, rr) < 0 || pair.leg != m->leg || pair.pref.len
			|| parse_uri(rr->nameaddr.uri.s, rr->nameaddr.uri.len, &uri) < 0
			|| n64_host_kind(uri.host.s, uri.host.len) != N64_HOST_IP4)
		return true;
	if(!pref64_may_carry(m->pref, &pair.own->addr, false)
			|| pref64_synthesize(&a6, m->pref, &pair.own->addr))
		return false;
	n64_lit6_print(addr, sizeof(addr), &a6);
	snprintf(text, sizeof(text), "[%s]", addr);
	m->rc = replace_host(m, &uri.host, text);
	return false;
}

int n64_mend(struct sip_msg *rpl, enum n64_leg leg, const struct pref64 *pref)
{
	struct mend m = {rpl, leg, pref, -1};

	if(parse_headers(rpl, HDR_EOH_F, 0) < 0
			|| n64_routes_each(rpl, HDR_RECORDROUTE_T, mend_value, &m) < 0)
		return -1;
	if(m.rc == 1) {
		counter_inc(n64_stats.mended);
		LM_DBG("own Record-Route value of a reply mended\n");
	}
	return m.rc;
}
