/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Where a quick look is enough, and the long one would come to the same. That it
 * does is what the fuzzer checks: it has the long one taken, too, and compares.
 */
#ifndef N64_SHORT_H
#define N64_SHORT_H

#include <stdbool.h>

#ifdef N64_BOTH_WAYS
/** The fuzzer's: says no where it wants the long way */
bool n64_short(bool enough);
#else
static inline bool n64_short(bool enough)
{
	return enough;
}
#endif

#endif
