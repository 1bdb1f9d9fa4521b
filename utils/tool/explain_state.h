/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: what the module remembers from message to message, in tables of
 * fixed size. Where one is full, what was used least recently goes.
 */
#ifndef N64_TOOL_EXPLAIN_STATE_H
#define N64_TOOL_EXPLAIN_STATE_H

#include "decide.h"
#include "explain_conf.h"
#include "explain_sip.h"
#include "flows.h"
#include "notify_net.h"
#include "sdp64.h"
#include "ua_policy.h"

/** A message of the input */
struct ex_msg {
	unsigned long n; /**< in the input, from 1 */
	int64_t time;    /**< microseconds */
	struct place src, dst;
	enum n64_transport tp;
	bool addressed; /**< the input says whence and whither */
	enum { EX_BY_ADDRESS, EX_IN, EX_OUT } way; /**< as the input says */
	struct span text;
	struct ex_sip sip;
};

/** What a transaction keeps of its request (n64_tm.h) */
struct ex_kept {
	bool kept; /**< the module keeps anything of it */
	struct n64_verdict source;
	enum n64_leg source_leg;
	enum n64_ua_action ua;
	bool has_offer;
	struct sdp64_families offer;
	enum n64_family family; /**< that the leg showed, by its label */
	struct n64_notify notify;
	bool has_notify;
	struct n64_flow_key flow;
	bool has_flow;
	bool to_nat64, behind_proxy;
};

struct ex_tx {
	uint64_t key, used;
	int64_t done; /**< when tm lets go of it, microseconds; 0: not yet */
	struct ex_kept kept;
	struct place dst; /**< where its last branch went, if tp is not NONE */
	enum n64_transport tp;
};

/** A request that left */
struct ex_branch {
	uint64_t key, used;
	uint64_t tx;      /**< key of its transaction, 0: began here */
	uint64_t call_id; /**< hashed */
	struct place dst;
	enum n64_transport tp;
};

/** A registration that was marked */
struct ex_mark {
	uint64_t key, used; /**< key: of the AoR, and of the Contact */
	struct place addr;
	struct pref64 pref;
	int64_t until; /**< microseconds */
};

struct ex_state;

struct ex_state *ex_state_new(const struct ex_conf *conf);
void ex_state_free(struct ex_state *state);

/** Of texts, never 0; text 2 may be empty */
uint64_t ex_hash(struct span a, struct span b);

/** The key of a branch of the proxy's: the i-th Via's and the CSeq's */
uint64_t ex_branch_key(const struct ex_sip *sip, size_t i);

/** Of who sent it: some use a branch for several calls */
uint64_t ex_tx_key(const struct ex_sip *sip, size_t i);

/** Of the INVITE that this ACK is for, where it is for a refusal
 *  (RFC 3261 17.1.1.3) */
uint64_t ex_invite_key(const struct ex_sip *ack);

/** Find one, NULL if it is not there (any more) */
struct ex_tx *ex_tx_find(struct ex_state *state, uint64_t key);
struct ex_branch *ex_branch_find(struct ex_state *state, uint64_t key);
struct ex_mark *ex_mark_find(struct ex_state *state, uint64_t key);

/** Find or make one: then all but its key is 0 */
struct ex_tx *ex_tx_put(struct ex_state *state, uint64_t key);
struct ex_branch *ex_branch_put(struct ex_state *state, uint64_t key);
struct ex_mark *ex_mark_put(struct ex_state *state, uint64_t key);

/** The flow cache, as n64_cache.h; false where nothing is known */
bool ex_flow_find(struct n64_fact *dst, struct ex_state *state,
		  const struct n64_flow_key *key, uint32_t now);
void ex_flow_tell(struct ex_state *state, const struct n64_flow_key *key,
		  enum n64_flow_state what, const struct pref64 *pref,
		  uint32_t now);

/** A probe left for this flow */
void ex_flow_asked(struct ex_state *state, const struct n64_flow_key *key,
		   uint32_t now);

/** Was one sent lately? */
bool ex_flow_asking(const struct ex_state *state, uint32_t now);

/** @return false for a place that is not IPv4 */
bool ex_flow_key(struct n64_flow_key *dst, const struct place *at,
		 enum n64_transport tp);

static inline uint32_t ex_seconds(const struct ex_msg *msg)
{
	return (uint32_t)(msg->time / 1000000);
}

#endif
