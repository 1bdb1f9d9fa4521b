/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Evidence in, decision out. The one place that says which side of a message is
 * behind NAT64, by which PREF64, and why.
 */
#ifndef N64_DECIDE_H
#define N64_DECIDE_H

#include "literal.h"
#include "notify_net.h"
#include "pair.h"
#include "pref64.h"

#include <stdbool.h>

/** Hints that count (parameter "detect") */
#define N64_DETECT_VIA 1u
#define N64_DETECT_CONTACT 2u
#define N64_DETECT_SDP 4u

/** By which rule a side was decided, strongest first */
enum n64_rule {
	N64_RULE_NONE,     /**< nothing is known of this side */
	N64_RULE_PAIR,     /**< own Record-Route value of this leg came back */
	N64_RULE_RECEIVED, /**< "received" that it put on our Via */
	N64_RULE_NOTIFY,   /**< a believed PortaSIP-Notify says so */
	N64_RULE_TRANSACTION, /**< decided so when its request passed */
	N64_RULE_FLOW,        /**< an earlier reply on this flow showed it */
	N64_RULE_BINDING,     /**< its registration is marked */
	N64_RULE_PACKET6,     /**< its packets are IPv6 */
	N64_RULE_VIA,         /**< hint: IPv6 literal in Via, packet IPv4 */
	N64_RULE_CONTACT, /**< hint: IPv6 literal in Contact or Request-URI */
	N64_RULE_SDP,     /**< hint: IN IP6 in the SDP */
	N64_RULE_PACKET4, /**< its packets are IPv4 and nothing hints at more */
	N64_RULE_UA_POLICY, /**< no evidence: the operator ordered so */
	N64_RULE_POOL,      /**< hint: a WebSocket from a pool's network */
	N64_RULES
};

/** "pair", "notify", ... for debug lines; never NULL */
const char *n64_rule_name(enum n64_rule rule);

enum n64_strength { N64_UNDECIDED, N64_HINT, N64_PROOF };

/** What is decided of one side */
struct n64_verdict {
	enum n64_net net;
	struct pref64 pref; /**< none unless net is NAT64 */
	enum n64_strength strength;
	enum n64_rule rule;
	bool shown; /**< the phone itself showed the PREF64: may carry even a
	                 non-global address by the Well-Known Prefix */
};

/** What the operator ordered for phones of this make ("ua_policy") */
enum n64_treat {
	N64_TREAT_AS_SHOWN,
	N64_TREAT_NEVER, /**< as behind NAT64, whatever it shows */
	N64_TREAT_ALWAYS /**< so, if its packets are IPv4 */
};

/** What was learned of a flow or a registration */
struct n64_fact {
	bool nat64;         /**< false: proven that it is not */
	struct pref64 pref; /**< none unless nat64 */
	bool hint; /**< nothing is proven, it hinted at NAT64 earlier */
};

/** What one side shows */
struct n64_side {
	int af;      /**< of its packets: AF_INET, AF_INET6, 0 unknown */
	bool direct; /**< no other proxy between: Contact and SDP are its own */
	enum n64_host via; /**< sent-by of the Via that it added */
	enum n64_host
		contact;   /**< host of its Contact, or of the Request-URI */
	enum n64_host sdp; /**< what its SDP names, IP6 if any line is */
	const struct n64_pair *pair; /**< own value of its leg, or NULL */
	const struct n64_notify_leg *notify; /**< believed header, or NULL */
	const struct n64_verdict *before;    /**< of its request, or NULL */
	const struct pref64 *received;       /**< by our Via, or NULL */
	const struct n64_fact *flow;         /**< of the flow cache, or NULL */
	const struct n64_fact *binding; /**< of the registration, or NULL */
	const struct pref64 *pool;      /**< of its IPv4 address, or NULL */
	bool websocket; /**< its Via and Contact name no address (RFC 7118) */
	enum n64_treat treat;
};

struct n64_evidence {
	struct n64_side source, target;
};

/** What the operator set */
struct n64_policy {
	unsigned detect;    /**< N64_DETECT_* or-ed */
	struct pref64 pref; /**< configured, or none */
	/** Use configured prefixes only, whatever a phone shows */
	bool believe_configured;
};

struct n64_decision {
	struct n64_verdict source, target;
};

/** Decide. Pure: no state, cannot fail. */
void n64_decide(struct n64_decision *dst, const struct n64_evidence *ev,
		const struct n64_policy *policy);

#endif
