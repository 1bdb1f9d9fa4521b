/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: what is told of a message, for people and as JSON.
 */
#ifndef N64_TOOL_EXPLAIN_PRINT_H
#define N64_TOOL_EXPLAIN_PRINT_H

#include "explain_predict.h"
#include "explain_replay.h"

#include <stdio.h>

/** Octets of ex_verdict_print(), NUL included */
#define EX_VERDICT_MAX 288

struct ex_printer {
	FILE *out;
	bool json, colour;
	bool diffs;          /**< the messages' changes, too */
	const char *call_id; /**< this one only, or NULL */
	unsigned long told;
	uint64_t last; /**< hash of the Call-ID told last */
	struct ex_predicted *room;
};

/** What is compared with what came */
struct ex_after {
	const struct span *text; /**< NULL: nothing is known, or changed */
	bool predicted;
	const char *without; /**< what the prediction leaves out, or NULL */
	const char *sdp;     /**< why an SDP is left as it is, or NULL */
};

/** What left, else what the core says would have */
struct ex_after ex_after(struct ex_printer *p, const struct ex_report *report);

/** "source nat64 2001:db8:64::/96 by flow (proof), target ...", as the module's
 *  debug line */
void ex_verdict_print(char dst[EX_VERDICT_MAX], const struct n64_decision *d);

/** "192.0.2.1:5060"; "unknown" for one that the input does not say */
const char *ex_place_print(char dst[PLACE_TEXT_MAX], const struct place *at);

/** "hint", "proof"; "none" for undecided */
const char *ex_strength_name(enum n64_strength strength);

/** Why nothing was changed, or cannot be; NULL where there is no reason */
const char *ex_why(char dst[EX_VERDICT_MAX], const struct ex_report *report);

/** An ex_report_h whose argument is a struct ex_printer */
void ex_print(const struct ex_report *report, void *arg);

/** The same, one JSON object in a line */
void ex_json(const struct ex_report *report, void *arg);

#endif
