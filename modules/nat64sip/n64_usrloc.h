/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What usrloc has of a phone that registers. Nothing is ever written there: an
 * update outside of save() goes to the database at once in some modes, drops
 * the contact's attributes and fires callbacks.
 */
#ifndef N64_USRLOC_H
#define N64_USRLOC_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/pref64.h"
#include "../usrloc/usrloc.h"

/** Is there a marked binding of the AoR? */
enum n64_bound
{
	N64_BOUND_NONE,
	N64_BOUND_MALFORMED, /**< the mark cannot be read */
	N64_BOUND_ELSEWHERE, /**< from other IPv4 addresses than this request's */
	N64_BOUND_HERE		 /**< from this request's, by whatever port */
};

/** usrloc's functions; NULL if it is not loaded. Call once all modules have
 *  been set up, in any process. */
const usrloc_api_t *n64_usrloc(void);

/**
 * Look for live, marked bindings of the AoR that a REGISTER names.
 *
 * @param pref  With HERE, the PREF64 of the binding that was updated last
 * @param table usrloc's table; empty for "location" where there is one
 * @param bound Result; NONE where usrloc is not loaded
 *
 * @return 0, or -1 if there is no such table, after one line in the log
 */
int n64_usrloc_find(enum n64_bound *bound, struct pref64 *pref,
		struct sip_msg *msg, const str *table);

#endif
