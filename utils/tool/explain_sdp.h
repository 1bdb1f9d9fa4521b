/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: what becomes of an SDP (n64_body.c).
 */
#ifndef N64_TOOL_EXPLAIN_SDP_H
#define N64_TOOL_EXPLAIN_SDP_H

#include "explain_view.h"

/** The body as it would be sent. @return Its octets, 0 if it stays as it is */
size_t ex_sdp_write(char *dst, size_t size, const struct ex_view *v,
		    struct body64_room *room);

/** Why it stays as it is; NULL if it is changed, or there is none */
const char *ex_sdp_left(const struct ex_view *v, struct body64_room *room);

#endif
