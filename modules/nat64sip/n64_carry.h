/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the operator is told of a prefix that may not carry an own address (RFC
 * 6052 3.1): the configured one and those of the pools, each once, not for each
 * message.
 */
#ifndef N64_CARRY_H
#define N64_CARRY_H

#include "../../nat64sip/pool.h"

/** Look at what is configured. Call in mod_init, when pools and own addresses
 *  are known. @return 0 */
int n64_carry_init(void);

/** Look at the pools that were loaded, but for those that were there before */
void n64_carry_pools(
		const struct n64_pool *now, const struct n64_pool *before);

#endif
