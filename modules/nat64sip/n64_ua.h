/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The parameter "ua_policy": what the operator ordered for phones of a certain
 * make. A message tells the make of the phone that wrote it, which is its
 * source; what was ordered for a request's source holds for its replies too.
 */
#ifndef N64_UA_H
#define N64_UA_H

#include "../../core/sr_module.h"
#include "../../nat64sip/decide.h"
#include "../../nat64sip/ua_policy.h"

#include <stdbool.h>

struct n64_view;

/** modparam callback: one line, "ACTION PATTERN" */
int n64_ua_param(modparam_t type, void *val);

/**
 * Check what is only known when all parameters are read.
 *
 * @return 0, or -1 after one line in the log that names parameter and value
 */
int n64_ua_check(void);

/** Free the patterns */
void n64_ua_destroy(void);

/** What an action says of the decision */
enum n64_treat n64_ua_treat(enum n64_ua_action action);

/**
 * Find what is ordered for the source of a message that was decided. Costs
 * nothing where neither side is behind NAT64, unless a line says force.
 *
 * @param v      Gets the action
 * @param direct Did the phone itself send the message? What came through another
 *               proxy tells nothing of our neighbour: off and no-sdp only
 *
 * @return true if the action changes the decision
 */
bool n64_ua_find(struct n64_view *v, bool direct);

/** Is there a line that makes a phone NAT64 that shows nothing? */
bool n64_ua_forces(void);

#endif
