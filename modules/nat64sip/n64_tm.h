/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What a transaction remembers of its request, for its replies. It lives and
 * dies with the transaction; a reply that meets none (restart, stateless) is
 * judged by what it shows itself.
 */
#ifndef N64_TM_H
#define N64_TM_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/decide.h"
#include "../../nat64sip/flows.h"
#include "../../nat64sip/ua_policy.h"
#include "../tm/dlg.h"

#include <stdbool.h>

struct n64_view;

/** In shared memory; written by the request's worker only */
struct n64_tctx
{
	struct n64_verdict source; /**< where the replies go */
	enum n64_leg source_leg;
	enum n64_ua_action ua;		 /**< ordered for who wrote the request */
	struct sdp64_families offer; /**< of the request's SDP */
	bool has_offer;
	enum n64_family family; /**< that the leg showed, by its label */
	struct n64_notify notify;
	bool has_notify;
	struct n64_flow_key flow; /**< whose replies go to, if has_flow */
	bool has_flow;
	bool reuse_back; /**< n64_reuse_back() of the request */
	bool reuse; /**< no connection for the first targets; not for later ones */
	unsigned parts;	   /**< that nat64_manage() looks after, 0 for none */
	bool in_dialog;	   /**< the request belongs to a call that is up */
	bool relayed;	   /**< a branch has left */
	bool to_nat64;	   /**< a branch went to a phone behind NAT64 */
	bool behind_proxy; /**< a branch went to another proxy */
	/** Of the first offer in a reply, where the request had none; any is NONE
	 *  before. Written once. */
	struct sdp64_families late;
	unsigned late_tag; /**< whose it was, see n64_tm_tag() */
};

/** What tm's callbacks are for; the message may be changed */
struct n64_tm_hooks
{
	/** A branch is about to leave, its branch_route has run */
	void (*branch)(struct sip_msg *req, struct n64_tctx *t);
	/** A response below 300 is about to go back, its onreply_route has run;
	 *  tm holds the transaction's lock */
	void (*reply)(struct sip_msg *rpl, struct n64_tctx *t);
};

/** Bind tm. @return 0, or -1 after one line in the log */
int n64_tm_init(const struct n64_tm_hooks *hooks);

/**
 * Keep what a request showed for its replies. Does nothing for an ACK, and
 * where there is nothing worth keeping. A failure is logged; the replies are
 * then judged by what they show.
 */
void n64_tm_remember(const struct n64_view *v);

/**
 * Keep it whatever it showed, and call the hooks for the transaction's branches
 * and replies. Parts add up over several calls.
 *
 * @param reuse n64_reuse() forbade connections for the targets that are known:
 *              those of a failure_route may be others
 *
 * @return 0, or -1 after one line in the log
 */
int n64_tm_manage(const struct n64_view *v, unsigned parts, bool reuse);

/** Whose transaction a reply belongs to */
enum n64_tm_match
{
	N64_TM_NONE,	  /**< none of ours, or it came from elsewhere */
	N64_TM_FORWARDED, /**< of a request that passed */
	N64_TM_OWN		  /**< of one that began here, such as a probe */
};

/**
 * Does this reply belong to a transaction of ours, and does it come from where
 * that branch went? tm is asked, and nothing is held afterwards: whoever ends
 * the reply before tm gets it would not let go.
 */
enum n64_tm_match n64_tm_match(struct sip_msg *reply);

/** A number for the tag in To; 0 if there is none */
unsigned n64_tm_tag(struct sip_msg *msg);

/**
 * What the reply that this ACK or PRACK is for offered. The INVITE is looked up
 * by Call-ID and CSeq, for a PRACK that in RAck (RFC 3262 7.2).
 *
 * @param fam Result, left alone if false
 *
 * @return false if it offered nothing, or tm has let go of it, or of several
 *         phones that offered it was not the first
 */
bool n64_tm_late_offer(struct sdp64_families *fam, struct sip_msg *msg);

/**
 * Had the INVITE that this ACK or PRACK is for no body? Then a reply offered, and
 * what this one has is the answer (RFC 3261 13.2.1, RFC 3262 5).
 *
 * @return false if it had one, or tm has let go of it
 */
bool n64_tm_answers_late(struct sip_msg *msg);

/** What nat64_manage() looks after in a reply's transaction; 0 for nothing, and
 *  where there is no transaction. tm is asked. */
unsigned n64_tm_parts(struct sip_msg *reply);

/**
 * Is this reply for a phone that hinted at NAT64, with no PREF64 known when its
 * request passed, and does it make a dialog? Within one the Routes are fixed. tm is
 * asked.
 *
 * @param phone Gets its flow if so
 */
bool n64_tm_lacks_pref(struct sip_msg *reply, struct n64_flow_key *phone);

/** Has tm found this message's transaction? */
bool n64_tm_has(struct sip_msg *msg);

/** What was kept for a message's transaction, NULL if nothing */
const struct n64_tctx *n64_tm_find(struct sip_msg *msg);

#endif
