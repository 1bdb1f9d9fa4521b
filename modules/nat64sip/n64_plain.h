/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The quick look: most requests are between two phones on IPv4, and nothing in
 * them could show anything else.
 */
#ifndef N64_PLAIN_H
#define N64_PLAIN_H

#include "../../core/parser/msg_parser.h"

#include <stdbool.h>

/**
 * Would n64_view() find IPv4 on both sides, and no label, no alias, no mark? So
 * much is certain only where there is no trace of any of these, and neither flow
 * is known; false says nothing.
 */
bool n64_plain(struct sip_msg *msg);

/** Is there an IPv6 line in the message's SDP? No literal in it has brackets. */
bool n64_plain_ip6_line(const struct sip_msg *msg);

/** Is there neither our label nor a literal in a request's Routes? */
bool n64_plain_routes(const struct sip_msg *msg);

#endif
