/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The probe: one OPTIONS over the phone's own flow, so that its reply tells its
 * PREF64.
 */
#ifndef N64_PROBE_H
#define N64_PROBE_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/flows.h"

#include <stdbool.h>
#include <stdint.h>

/** A flow to a phone */
struct n64_probe_to
{
	struct in_addr addr;
	uint16_t port;			  /**< host order */
	int proto;				  /**< PROTO_* */
	struct socket_info *sock; /**< ours */
	int con; /**< id of the TCP connection, 0 for whichever is there */
};

/**
 * Ask the phone that sent this message, unless its flow is proven, a probe is
 * out, or this second's probes are used up. Never opens a connection, never
 * waits.
 *
 * @param stale Seconds after which a proof is old enough to ask again, or
 *              N64_NEVER
 *
 * @return 1 if a probe was sent, -1 if not
 */
int n64_probe(struct sip_msg *msg, uint32_t stale);

/**
 * Ask the phone at the end of a flow, whatever is known of it. Never opens a
 * connection, never waits. Where there is no connection any more, the cache
 * forgets the flow.
 *
 * @param keepalive Of those there are as many as registrations; they are not
 *                  counted among the probes that may be out
 *
 * @return 0, or -1
 */
int n64_probe_send(const struct n64_probe_to *to, bool keepalive);

/** The flow's key in the cache */
void n64_probe_key(struct n64_flow_key *key, const struct n64_probe_to *to);

#endif
