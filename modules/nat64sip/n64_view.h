/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What Kamailio knows of a message, as evidence for the core, and the core's
 * decision about it.
 */
#ifndef N64_VIEW_H
#define N64_VIEW_H

#include "n64_hop.h"
#include "n64_ua.h"

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/body64.h"
#include "../../nat64sip/decide.h"

#include <stdbool.h>

/** One message as the module sees it. Texts in it point into the message. */
struct n64_view
{
	struct sip_msg *msg;
	bool request;
	bool direct;	/**< no other proxy between: of a request, one Via */
	bool in_dialog; /**< of a request: To has a tag */
	bool hints;		/**< at NAT64 on the source's side, by this very message */
	enum n64_leg from_leg;	 /**< the leg that the From side is */
	enum n64_leg source_leg; /**< CALLER or CALLEE */
	struct n64_pair source_pair, target_pair;
	bool has_source_pair, has_target_pair;
	struct n64_pair first;	/**< the first own value seen, labelled or not */
	unsigned own_values;	/**< own values at the top of the route set */
	struct pref64 far_pref; /**< of the target's leg, by a value that we wrote
	                             behind the next hop, or none */
	struct pref64 path;		/**< that our Path value came back with, or none */
	bool path_named; /**< an own Route names a PREF64, believed or not */
	struct sdp64_families sdp; /**< of the body as it came */
	bool has_sdp;
	struct n64_notify notify; /**< believed header */
	bool has_notify;
	struct n64_hop hop;						  /**< of a request */
	struct n64_fact source_flow, target_flow; /**< of the flow cache */
	struct n64_fact binding;	  /**< of the target, by lookup() */
	enum n64_ua_action source_ua; /**< ordered for who wrote this */
	enum n64_ua_action target_ua; /**< of a reply: who wrote the request */
	struct n64_decision d;
	struct n64_decision near; /**< of the neighbours themselves: without what a
	                               believed header says of who is behind them */
};

/**
 * Look at a message and decide.
 *
 * @param v   Result
 * @param msg Request or reply; its headers get parsed
 *
 * @return 0, or -1 if the message cannot be understood (counted, one debug
 *         line written)
 */
int n64_view(struct n64_view *v, struct sip_msg *msg);

/** As n64_view(), of a REGISTER whose AoR has this marked binding */
int n64_view_registered(struct n64_view *v, struct sip_msg *msg,
		const struct n64_fact *binding);

/** As n64_view(), but only the route set is looked at: no body, no decision */
int n64_view_routes(struct n64_view *v, struct sip_msg *msg);

/** The verdict of a leg */
const struct n64_verdict *n64_view_leg(
		const struct n64_view *v, enum n64_leg leg);

/** Octets of a body: what Content-Length says, if there are that many. What
 *  follows in the datagram is not part of it (RFC 3261 18.3). */
size_t n64_view_body_len(struct sip_msg *msg, const char *body);

/** The message's body as it came; false if it has none */
bool n64_view_body(struct body64 *body, struct sip_msg *msg);

/** Sent-by of the previous hop's Via: the first of a request, the second of a
 *  reply; NULL if there is none */
const struct via_body *n64_view_hop(struct sip_msg *msg);

/** Which network that hop is on */
int n64_view_hop_af(const struct sip_msg *msg, const struct via_body *via);

/** What the host of the message's Contact is, NONE without a Contact */
enum n64_host n64_view_contact(struct sip_msg *msg);

/** Is the message's source address, an IPv4 one, that of a phone behind NAT64?
 *  Of what another proxy or a peer passed on it is not. */
bool n64_view_from_phone(const struct n64_view *v);

/** The IPv4 address that a reply goes to. @return 0, or -1 if it is none */
int n64_view_reply_addr(struct in_addr *dst, struct sip_msg *msg);

#endif
