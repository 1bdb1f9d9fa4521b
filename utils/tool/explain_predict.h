/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: what the module would change in a message, where the input does not
 * have what left: Record-Route, PortaSIP-Notify and SDP, by the core's own
 * functions. Via, Contact's alias and what the script does are not in it.
 */
#ifndef N64_TOOL_EXPLAIN_PREDICT_H
#define N64_TOOL_EXPLAIN_PREDICT_H

#include "explain_view.h"

/** Octets of a predicted message */
#define EX_PREDICTED_MAX (4 * 65536)

struct ex_predicted {
	struct span text; /**< of the caller's, the message with its changes */
	bool changed;
	bool alias; /**< Contact would get one, which is not in the text */
	char buf[EX_PREDICTED_MAX];
	struct body64_room room;
	char body[2 * 65536];
};

/** Predict. v is decided and some side is behind NAT64. */
void ex_predict(struct ex_predicted *dst, const struct ex_view *v);

#endif
