/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Why a message is left as it is.
 */
#include "explain_print.h"

#include "explain_sdp.h"

#include <stdio.h>

/* A side that is not behind NAT64, and why */
static const char *no_side(char dst[EX_VERDICT_MAX],
			   const struct n64_decision *d)
{
	snprintf(dst, EX_VERDICT_MAX,
		 "left alone: no side is behind NAT64: source %s by %s, "
		 "target %s by %s",
		 n64_net_name(d->source.net), n64_rule_name(d->source.rule),
		 n64_net_name(d->target.net), n64_rule_name(d->target.rule));
	return dst;
}

const char *ex_why(char dst[EX_VERDICT_MAX], const struct ex_report *r)
{
	const struct n64_decision *d = &r->v->d;

	switch (r->judged) {
	case EX_CANCEL:
		return "left alone: a CANCEL goes where its INVITE went";
	case EX_OFF:
		return "left alone: mode is off";
	case EX_BAD:
		return "left alone: it cannot be understood";
	default:
		break;
	}
	if (d->source.net != N64_NET_NAT64 && d->target.net != N64_NET_NAT64)
		return no_side(dst, d);
	if (!r->came->sip.request && !r->v->branch)
		return "its request is not in the input";
	if (r->left)
		return NULL;
	if (r->answer)
		snprintf(dst, EX_VERDICT_MAX,
			 "not passed on: the proxy answers %d (#%lu)",
			 r->answer->sip.status, r->answer->n);
	else
		snprintf(dst, EX_VERDICT_MAX,
			 "what left the proxy is not in the input");
	return dst;
}

static bool is_nat64(const struct ex_report *r)
{
	return r->judged == EX_JUDGED &&
		(r->v->d.source.net == N64_NET_NAT64 ||
		 r->v->d.target.net == N64_NET_NAT64);
}

struct ex_after ex_after(struct ex_printer *p, const struct ex_report *r)
{
	struct ex_after a = {NULL, false, NULL, NULL};

	if (is_nat64(r))
		a.sdp = ex_sdp_left(r->v, &p->room->room);
	if (r->left) {
		a.text = &r->left->text;
	} else if (!r->answer && is_nat64(r)) {
		ex_predict(p->room, r->v);
		a.without = p->room->alias ? "the alias in Contact" : NULL;
		a.predicted = p->room->changed;
		a.text = a.predicted ? &p->room->text : NULL;
	}
	return a;
}
