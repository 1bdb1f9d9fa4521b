/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What could not be understood: the message passes on as it came, one counter
 * and one debug line tell.
 */
#ifndef N64_BAD_H
#define N64_BAD_H

#include "../../core/parser/msg_parser.h"

enum n64_bad
{
	N64_BAD_HEADERS,
	N64_BAD_ROUTES,
	N64_BAD_RURI,
	N64_BAD_NOTIFY,
	N64_BAD_RECEIVED,
	N64_BAD_MARK,
	N64_BAD_LABEL,
	N64_BADS /**< how many there are */
};

/**
 * Count and say it, once for each message and kind: each of our functions looks
 * at the same message.
 *
 * @return -1
 */
int n64_bad(const struct sip_msg *msg, enum n64_bad what);

#endif
