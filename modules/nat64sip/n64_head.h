/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The text of a message's headers, where the parser's view of them is too narrow
 * or too dear.
 */
#ifndef N64_HEAD_H
#define N64_HEAD_H

#include "../../core/parser/msg_parser.h"

/** Where the first header line begins. What stands before the first line (empty
 *  lines, RFC 3261 7.5) is no part of the length that the parser gives it. */
static inline const char *n64_head(const struct sip_msg *msg)
{
	const struct msg_start *line = &msg->first_line;
	const char *begin = line->type == SIP_REQUEST ? line->u.request.method.s
												  : line->u.reply.version.s;

	return begin + line->len;
}

#endif
