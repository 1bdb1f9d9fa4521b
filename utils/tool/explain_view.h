/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: what a message shows, and the core's decision about it; as
 * n64_view.c, with a capture in place of Kamailio's parsers.
 */
#ifndef N64_TOOL_EXPLAIN_VIEW_H
#define N64_TOOL_EXPLAIN_VIEW_H

#include "body64.h"
#include "explain_state.h"
#include "sdp64.h"

/** Where a request goes */
struct ex_hop {
	bool known;       /**< by what left; else by the request alone */
	bool has_address; /**< false: a name, or it is for the proxy itself */
	struct place to;
	enum n64_transport tp;
	enum n64_host contact; /**< host of the Request-URI */
	struct pref64 marked;  /**< of its registration, or none */
	bool direct;           /**< no Route of another proxy is left */
};

struct ex_view {
	const struct ex_msg *msg;
	const struct ex_conf *conf;
	struct ex_state *state;
	bool direct, in_dialog, hints;
	enum n64_leg from_leg, source_leg;
	struct n64_pair source_pair, target_pair;
	bool has_source_pair, has_target_pair;
	struct n64_pair first;
	unsigned own_values;
	struct span foreign; /**< the first Route that is not own, or empty */
	bool above;          /**< of a reply: another proxy's value is above */
	struct pref64 path;
	bool path_named;
	struct pref64 far_pref;
	struct sdp64_families sdp;
	bool has_sdp;
	struct n64_notify notify;
	bool has_notify;
	struct ex_hop hop;
	struct n64_fact source_flow, target_flow, binding;
	struct n64_fact registered; /**< of a REGISTER, by an earlier one */
	bool has_registered;
	struct pref64 shown; /**< by "received" in this reply, or none */
	const struct ex_branch *branch; /**< of a reply, NULL if unknown */
	const struct ex_kept *kept;     /**< of a reply's request, or NULL */
	enum n64_ua_action source_ua, target_ua;
	struct n64_decision d;
	struct n64_decision near; /**< without a believed header */
};

/** A view of nothing yet */
void ex_view_begin(struct ex_view *v, const struct ex_msg *msg,
		   const struct ex_conf *conf, struct ex_state *state);

/**
 * Decide about a request; left is what the proxy made of it, NULL if that is
 * not known.
 *
 * @return false if it cannot be understood
 */
bool ex_view_request(struct ex_view *v, const struct ex_msg *left);

/** Decide about a reply. ex_learn() comes first. */
bool ex_view_reply(struct ex_view *v);

/** Which leg, which own values? @return false if a list cannot be read */
bool ex_legs(struct ex_view *v);

/** Where does it go? Behind ex_legs(). */
bool ex_hop_find(struct ex_view *v, const struct ex_msg *left);

/** What a reply teaches of its flow; sets v->branch, v->kept and v->shown */
void ex_learn(struct ex_view *v);

/** The body as the core takes it; false if there is none. Texts point into the
 *  message. */
bool ex_body(struct body64 *body, const struct ex_sip *sip);

/** The other one of the two legs */
static inline enum n64_leg ex_leg_other(enum n64_leg leg)
{
	return leg == N64_LEG_CALLEE ? N64_LEG_CALLER : N64_LEG_CALLEE;
}

static inline bool ex_is_websocket(enum n64_transport tp)
{
	return tp == N64_TP_WS || tp == N64_TP_WSS;
}

/** Is this place one of these networks? */
bool ex_place_is_in(const struct ex_nets *nets, const struct place *at);

/** The literal of the first Contact; N64_HOST_NONE if none is in it */
enum n64_host ex_contact_host(const struct ex_view *v);

/** Evidence of the side that the message came from; ev is filled */
void ex_source(struct ex_view *v, struct n64_side *side);

/** What the cache knows of a flow; fact is the caller's */
void ex_side_flow(struct ex_view *v, struct n64_side *side,
		  struct n64_fact *fact, const struct n64_flow_key *key);

/** Decide with all evidence there, orders for a make of phone last */
void ex_decide(struct ex_view *v, struct n64_evidence *ev);

#endif
