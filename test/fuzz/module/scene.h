/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the first octets of an input say: where the message comes from, what is
 * known of both sides, how the operator set the module, what the script does.
 * All zero: a phone behind NAT64 whose network is in no pool, nat64_manage().
 */
#ifndef N64_FUZZ_SCENE_H
#define N64_FUZZ_SCENE_H

#include "../../core/ip_addr.h"
#include "../../nat64sip/flows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENE_SIZE 12

/** What the script calls */
#define CALL_VIA 1u
#define CALL_ROUTE 2u
#define CALL_RR 4u
#define CALL_NOTIFY 8u
#define CALL_IS_NOTIFY 16u
#define CALL_SDP 32u
#define CALL_REGISTER 64u
#define CALL_MANAGE 128u

/** Where a request goes, beside what it says itself */
enum scene_to
{
	TO_RURI,	/**< where the Request-URI says */
	TO_BINDING, /**< lookup() found a marked binding */
	TO_PLAIN,	/**< lookup() found one of IPv4 */
	TO_PEER,	/**< an element that is told of the networks */
	TO_ALIAS,	/**< a Contact with an alias is the Request-URI */
	TO_BOTH,	/**< the second branch goes to the binding */
	TO_MODES
};

/** Of the registrar */
enum scene_bound
{
	BOUND_NONE,
	BOUND_HERE,
	BOUND_ELSEWHERE,
	BOUND_MALFORMED
};

struct scene
{
	receive_info_t rcv;
	bool from_peer;
	enum n64_flow_state source_flow, target_flow; /**< FREE: not known */
	bool pref64, fqdn, configured, probe, any_wkp;
	bool no_peers, no_force; /**< no line of ua_policy says force */
	unsigned mode;			 /**< enum n64_mode */
	unsigned calls;			 /**< CALL_* */
	unsigned parts_out;		 /**< flags of nat64_manage() */
	bool loose, variables, relayed;
	bool with_text; /**< the functions with an argument */
	enum scene_to to;
	enum scene_bound bound;
	bool known, local; /**< of a reply: tm knows its transaction */
	bool shows;		   /**< the reply to the request names a PREF64 */
	bool late;		   /**< tm finds the INVITE of an ACK */
};

/** Read SCENE_SIZE octets */
void scene_read(struct scene *dst, const uint8_t *octets);

#endif
