/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The arrows of a ladder, and what the proxy made each of.
 */
#include <stdlib.h>
#include <string.h>

#include "ladder.h"

/* Of two captures' clocks; microseconds */
#define SKEW 500000

static void lanes_of(const struct ladder *ladder, const struct call *call,
		     const struct msg *msg, struct step *step)
{
	const struct msg *far, *m6, *m4;
	bool up;

	step->from = ladder_lane(ladder, &msg->src);
	step->to = ladder_lane(ladder, &msg->dst);
	step->box = LADDER_NONE;
	if (msg->twin == CALL_NONE)
		return;
	/* Whichever side's clock is ahead */
	far = &call->msg[msg->twin];
	m6 = place_is4(&msg->src) ? far : msg;
	m4 = place_is4(&msg->src) ? msg : far;
	up = place_embeds(&m6->dst, &m4->dst);
	step->from = ladder_lane(ladder, up ? &m6->src : &m4->src);
	step->to = ladder_lane(ladder, up ? &m4->dst : &m6->dst);
	step->box = ladder_lane(ladder, up ? &m4->src : &m4->dst);
}

/* Did `step` bring the proxy what it sends on as `left`? */
static bool causes(const struct step *step, const struct step *left)
{
	return step->to == left->from &&
		sipmsg_forwarded(&step->msg->sip, &left->msg->sip);
}

static struct step *entered(const struct ladder *ladder, size_t i)
{
	const struct step *left = &ladder->step[i];

	if (ladder->lane[left->from].kind != LANE_PROXY)
		return NULL;
	while (i-- > 0) {
		if (causes(&ladder->step[i], left))
			return &ladder->step[i];
	}
	return NULL;
}

/* Two captures' clocks differ: what a message came from goes before it */
static void cause_first(struct ladder *ladder, size_t i)
{
	struct step cause, *left = &ladder->step[i];
	size_t k;

	if (ladder->lane[left->from].kind != LANE_PROXY || entered(ladder, i))
		return;
	for (k = i + 1; k < ladder->steps; k++) {
		cause = ladder->step[k];
		if (cause.msg->time - left->msg->time > SKEW)
			return;
		if (!causes(&cause, left))
			continue;
		memmove(left + 1, left, (k - i) * sizeof(*left));
		*left = cause;
		return;
	}
}

/* The arrow of a message; false if none can be drawn */
static bool draw(struct ladder *ladder, const struct call *call,
		 const struct msg *msg, struct step *step)
{
	step->msg = msg;
	lanes_of(ladder, call, msg, step);
	if (step->from != LADDER_NONE && step->to != LADDER_NONE &&
	    step->from != step->to)
		return true;
	ladder->lost++;
	return false;
}

int ladder_make(struct ladder *ladder, struct call *call)
{
	size_t i, n = 0;

	memset(ladder, 0, sizeof(*ladder));
	ladder_lanes(ladder, call);
	ladder->step = calloc(call->msgs, sizeof(*ladder->step));
	if (!ladder->step)
		return -1;
	for (i = 0; i < call->msgs; i++) {
		const struct msg *msg = &call->msg[i];

		if (msg->again || (msg->twin != CALL_NONE && msg->twin < i))
			continue;
		n += draw(ladder, call, msg, &ladder->step[n]);
	}
	ladder->steps = n;
	for (i = 0; i < n; i++)
		cause_first(ladder, i);
	for (i = 0; i < n; i++)
		ladder->step[i].before = entered(ladder, i);
	ladder_bars(ladder, call);
	return 0;
}

void ladder_free(struct ladder *ladder)
{
	free(ladder->step);
}
