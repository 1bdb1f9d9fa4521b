/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A verdict in the words of the module's debug line (n64_decided.c).
 */
#include "explain_print.h"

#include <stdio.h>

enum { SIDE_MAX = 128 };

const char *ex_strength_name(enum n64_strength strength)
{
	if (strength == N64_HINT)
		return "hint";
	return strength == N64_PROOF ? "proof" : "none";
}

static const char *side(char buf[SIDE_MAX], const struct n64_verdict *v)
{
	char pref[PREF64_TEXT_MAX + 2] = "";

	if (v->net == N64_NET_NAT64 &&
	    pref64_print(pref + 1, sizeof(pref) - 1, &v->pref))
		pref[0] = ' ';
	snprintf(buf, SIDE_MAX, "%s%s%s by %s (%s)", n64_net_name(v->net),
		 pref,
		 v->net == N64_NET_NAT64 && !v->pref.len ? " without PREF64"
							 : "",
		 n64_rule_name(v->rule), ex_strength_name(v->strength));
	return buf;
}

void ex_verdict_print(char dst[EX_VERDICT_MAX], const struct n64_decision *d)
{
	char source[SIDE_MAX], target[SIDE_MAX];

	snprintf(dst, EX_VERDICT_MAX, "source %s, target %s",
		 side(source, &d->source), side(target, &d->target));
}
