/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_carry.h"

#include "n64_conf.h"
#include "n64_pool.h"
#include "n64_self.h"

#include "../../core/dprint.h"
#include "../../nat64sip/literal.h"

#include <stdio.h>
#include <string.h>

/** Pools that one load names; of more, their number */
#define NAMED 20

/** The first own address that this prefix may not carry, NULL if there is none */
static const struct n64_own *refused(const struct pref64 *pref)
{
	const struct n64_owns *owns = n64_self_owns();
	size_t i;

	for(i = 0; i < owns->n; i++)
		if(!pref64_may_carry(pref, &owns->v[i].addr, n64_conf.wkp_strict))
			return &owns->v[i];
	return NULL;
}

static bool was_there(
		const struct n64_pool *before, const struct n64_pool_entry *entry)
{
	const struct n64_pool_entry *e = n64_pool_find(before, &entry->net.addr);

	while(e && e->net.mask.s_addr != entry->net.mask.s_addr)
		e = e->parent ? &before->v[e->parent - 1] : NULL;
	return e && pref64_equal(&e->pref, &entry->pref);
}

static void warn(const char *what, const char *value, const char *place,
		const struct n64_own *own)
{
	char text[INET_ADDRSTRLEN];

	n64_lit4_print(text, sizeof(text), &own->addr);
	LM_WARN("%s%s%s may not carry the own address %s (RFC 6052 3.1): no"
			" synthetic Record-Route for it unless a phone shows the prefix,"
			" or wkp_strict is 0\n",
			what, value, place, text);
}

static void warn_pool(
		const struct n64_pool_entry *entry, const struct n64_own *own)
{
	char row[N64_POOL_PLACE_MAX], place[N64_POOL_PLACE_MAX + 3];
	char text[N64_POOL_TEXT_MAX + 1];

	n64_pool_place(row, sizeof(row), entry->row);
	snprintf(place, sizeof(place), " (%s)", row);
	n64_pool_entry_print(text, sizeof(text), entry);
	warn("the pool ", text, place, own);
}

void n64_carry_pools(const struct n64_pool *now, const struct n64_pool *before)
{
	const struct n64_own *own;
	unsigned found = 0;
	size_t i;

	for(i = 0; i < now->n; i++) {
		own = refused(&now->v[i].pref);
		if(!own || was_there(before, &now->v[i]))
			continue;
		if(++found <= NAMED)
			warn_pool(&now->v[i], own);
	}
	if(found > NAMED)
		LM_WARN("%u more pools may not carry it either\n", found - NAMED);
}

int n64_carry_init(void)
{
	static const struct n64_pool none;
	struct n64_pool pools = n64_pool_active();
	const struct pref64 *pref = &n64_conf.policy.pref;
	const struct n64_own *own = pref->len ? refused(pref) : NULL;

	if(own)
		warn("the configured pref64", "", "", own);
	n64_carry_pools(&pools, &none);
	return 0;
}
