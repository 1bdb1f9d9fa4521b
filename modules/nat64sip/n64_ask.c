/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_ask.h"

#include "n64_cache.h"
#include "n64_probe.h"

/** Seconds until a hint counts more than a disproof */
#define HINT_AGAIN 32
/** Seconds until a message without any hint makes us doubt a proof: some phones
 *  hide well (PJSIP) and are asked in vain */
#define PLAIN_AGAIN 300

void n64_ask(const struct n64_view *v)
{
	const struct n64_verdict *d = &v->near.source;

	if(d->net == N64_NET_NAT64 && d->strength == N64_HINT)
		n64_probe(v->msg, N64_NEVER);
	else if(d->rule == N64_RULE_FLOW && d->net == N64_NET_IPV4 && v->hints)
		n64_probe(v->msg, HINT_AGAIN);
	else if(d->rule == N64_RULE_FLOW && d->net == N64_NET_NAT64 && v->direct
			&& !v->hints)
		n64_probe(v->msg, PLAIN_AGAIN);
}
