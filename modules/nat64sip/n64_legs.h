/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Which leg of a dialog is which side of a message, and what our own values in
 * its route set say of each.
 */
#ifndef N64_LEGS_H
#define N64_LEGS_H

#include "n64_view.h"

static inline enum n64_leg n64_leg_other(enum n64_leg leg)
{
	return leg == N64_LEG_CALLER ? N64_LEG_CALLEE : N64_LEG_CALLER;
}

/**
 * Read the route set: Route of a request, Record-Route of a reply.
 *
 * @param v       Gets legs and pairs; msg and request are set, headers parsed
 * @param foreign Gets the URI of a request's first Route that is not own, or
 *                empty
 * @param above   Gets whether another proxy's value stands above ours in a
 *                reply
 *
 * @return 0, or -1 if the route set cannot be parsed
 */
int n64_legs(struct n64_view *v, str *foreign, bool *above);

#endif
