/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Parameters that others put on an own Record-Route value.
 */
#ifndef N64_PAIR_PARAMS_H
#define N64_PAIR_PARAMS_H

#include "pair.h"

/**
 * Is this what a script may add to a value: nothing, or URI parameters with a
 * ';' before each (RFC 3261 25.1, other-param)?
 */
bool n64_pair_params_fit(struct n64_text text);

/**
 * Add to a list the parameters of a value that are neither rr's own (lr, r2,
 * ftag, sn, transport) nor our label, each by name once.
 *
 * @param dst  ";did=1b2.4;..." so far
 * @param size Octets at dst
 * @param used Octets of them in use
 * @param text A value or a piece of one: all that follows its first ';' (after
 *             '@', where there is a user part) up to '>' is read
 *
 * @return Octets then in use; a parameter for which there is no room is left
 *         out
 */
size_t n64_pair_add_params(char *dst, size_t size, size_t used,
			   struct n64_text text);

#endif
