/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The alias parameter (draft-ietf-sipcore-connect-reuse's idea, as Kamailio's
 * nathelper writes it): where a phone really is, "alias=192.0.2.1~40001~1".
 */
#ifndef N64_ALIAS_H
#define N64_ALIAS_H

#include "pair.h"

#include <stdint.h>

struct n64_alias {
	struct n64_text host; /**< as written, points into the parameters */
	uint16_t port;        /**< host order, never 0 */
	int proto;            /**< the number after the last ~, 1 UDP to 6 */
};

/**
 * Find and read it.
 *
 * @return 0, ENOENT if there is none, EINVAL if it is malformed
 */
int n64_alias_find(struct n64_alias *dst, struct n64_text params);

#endif
