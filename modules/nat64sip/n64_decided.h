/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What was decided of a message, for the statistics and the debug log.
 */
#ifndef N64_DECIDED_H
#define N64_DECIDED_H

#include "n64_view.h"

/**
 * Tell of a decision: count the rule of each side that is behind NAT64, and
 * write one debug line. The functions of the module decide each for themselves;
 * of one message each side is told once, and again only if it changes (by
 * lookup(), in another branch).
 */
void n64_decided(const struct n64_view *v);

/** "hint", "proof"; "none" for undecided */
const char *n64_strength_name(enum n64_strength strength);

/** Octets of n64_decided_print(), NUL included */
#define N64_DECIDED_MAX 288

/** "source nat64 2001:db8:64::/96 by flow (proof), target ..." */
void n64_decided_print(
		char dst[N64_DECIDED_MAX], const struct n64_decision *d);

#endif
