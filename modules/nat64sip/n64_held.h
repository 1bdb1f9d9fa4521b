/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Answers that wait for a phone's answer to our probe: a few, for a second or two,
 * in shared memory. A process of its own hands each on as if it came then.
 */
#ifndef N64_HELD_H
#define N64_HELD_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/flows.h"

#include <stdbool.h>

/** Make room, and a place for the process. Call in mod_init. @return 0, or -1 */
int n64_held_init(void);

/** Start the process, if there is room. Call in child_init of the main process.
 *  @return 0, or -1 */
int n64_held_start(void);

/** Give the room back. Call in mod_destroy; also where init was not called. */
void n64_held_destroy(void);

/**
 * Keep an answer as it came, until its phone has answered the probe.
 *
 * @param phone    Who was asked
 * @param patience Seconds that it may be kept
 * @param rpl      Not changed yet. One that is kept already is kept once.
 *
 * @return false if there is no room for it, or if a module such as topoh has
 *         changed it before we saw it: it would be changed twice. So would it be
 *         by event_route[core:msg-received] and by corex' network_io_intercept.
 */
bool n64_held_keep(const struct n64_flow_key *phone, unsigned patience,
		const struct sip_msg *rpl);

/** Is this an answer that has waited? */
bool n64_held_handing_on(void);

#endif
