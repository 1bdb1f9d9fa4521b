/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Whom to ask by a probe: who hints and has proven nothing, and whose message
 * does not fit what its flow has proven: a NAT64 gives an address and port to
 * another phone within minutes (RFC 6146 4), and its phones may be 464XLAT ones.
 */
#ifndef N64_ASK_H
#define N64_ASK_H

#include "n64_view.h"

/** Ask the phone that sent this request, if there is reason to. */
void n64_ask(const struct n64_view *v);

#endif
