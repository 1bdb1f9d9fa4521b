/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The SDP of a message, as the modules before us left it, rewritten.
 */
#ifndef N64_BODY_H
#define N64_BODY_H

struct n64_view;

#include "../../nat64sip/decide.h"

/**
 * Rewrite the SDP of a message for the side that reads it.
 *
 * @param v  The message and its decision
 * @param to The verdict of the side that the message goes to
 *
 * @return 1 changed, -1 nothing to change, -2 error (message as it was)
 */
int n64_body_fix(const struct n64_view *v, const struct n64_verdict *to);

#endif
