/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The flow cache in shared memory: what the replies of each flow showed. It
 * only spares a probe; losing it loses nothing.
 */
#ifndef N64_CACHE_H
#define N64_CACHE_H

#include "../../core/ip_addr.h"
#include "../../nat64sip/decide.h"
#include "../../nat64sip/flows.h"

#include <stdbool.h>

/**
 * Take the memory. Call in mod_init, before fork.
 *
 * @param flows  Flows to hold at least
 * @param expire Seconds that a proof holds
 *
 * @return 0, or -1 after one line in the log
 */
int n64_cache_init(unsigned flows, unsigned expire);

void n64_cache_destroy(void);

/** The key of a flow; ip must be IPv4 */
void n64_cache_key(struct n64_flow_key *dst, const struct ip_addr *ip,
		int port, int proto);

/** How many flows there is room for */
unsigned n64_cache_room(void);

/** Parts that n64_cache_part() takes one of */
uint32_t n64_cache_parts(void);

/** Copy the live flows of one part; returns how many */
unsigned n64_cache_part(struct n64_flow dst[N64_FLOWS_WAYS], uint32_t part);

/** Add the flows of one part, by state, to count; returns the hints among them
 *  that wait for the answer to a probe */
unsigned n64_cache_count(uint32_t count[N64_FLOW_STATES], uint32_t part);

/** Copy a flow without a trace of it having been asked for; false if it is not
 *  there */
bool n64_cache_peek(struct n64_flow *dst, const struct n64_flow_key *key);

/** What is known of a flow, be it a hint only; false if nothing is, dst is left
 *  alone then */
bool n64_cache_find(struct n64_fact *dst, const struct n64_flow_key *key);

/** What is proven of a flow; false if nothing is */
bool n64_cache_fact(struct n64_fact *dst, const struct n64_flow_key *key);

/** Was any flow asked lately, so that a reply without received says something?
 *  One comparison. */
bool n64_cache_asking(void);

/** Is any phone being asked right now? One comparison. */
bool n64_cache_probes_out(void);

/** Has this flow's probe been out for less than so many seconds, unanswered? */
bool n64_cache_asked(const struct n64_flow_key *key, uint32_t seconds);

/** A phone is about to be asked: from now on silence says something */
void n64_cache_ask(void);

/** Count a probe about to be sent; false if too many are out already */
bool n64_cache_probe_begin(void);

/** One probe is done with, answered or not */
void n64_cache_probe_end(void);

/** Take one of the probes that all workers together may send in this second, to
 *  one address half of them; false if there is none left */
bool n64_cache_rate_take(const struct n64_flow_key *key);

/** It was not sent */
void n64_cache_rate_give_back(const struct n64_flow_key *key);

/** The flow is no more: what it showed does not hold for who gets its address
 *  and port next */
void n64_cache_forget(const struct n64_flow_key *key);

/** Remember that this flow hinted, as long as a proof would hold: nobody is
 *  going to ask it */
void n64_cache_hint(const struct n64_flow_key *key);

void n64_cache_prove(
		const struct n64_flow_key *key, const struct pref64 *pref);
void n64_cache_disprove(const struct n64_flow_key *key);

#define N64_NEVER UINT32_MAX

/**
 * Remember a hint, and take the right to probe this flow.
 *
 * @param stale Seconds after which what is proven may be asked for again, or
 *              N64_NEVER
 *
 * @return true if nothing is proven and no probe was sent lately: the caller
 *         sends one
 */
bool n64_cache_claim_probe(const struct n64_flow_key *key, uint32_t stale);

/** The same for a flow that may be proven already */
bool n64_cache_claim_keepalive(const struct n64_flow_key *key);

/** Give the right back: the probe could not be sent */
void n64_cache_unclaim(const struct n64_flow_key *key);

#endif
