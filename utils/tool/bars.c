/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The media of a ladder: RTP seen on both sides of a NAT64 is one stream.
 */
#include <string.h>

#include "ladder.h"

/* One direction, see struct bar */
struct way {
	const struct flow *near, *far;
	int from, to, box;
};

static int kind_at(const struct ladder *ladder, const struct place *place)
{
	int lane = ladder_lane(ladder, place);

	return lane == LADDER_NONE ? LADDER_NONE
				   : (int)ladder->lane[lane].kind;
}

static bool synthetic(const struct place *place6, const struct place *place4)
{
	return place6->port == place4->port && place_embeds(place6, place4);
}

/* To the IPv4 network, as seen on both sides */
static bool goes_up(const struct ladder *ladder, const struct flow *f6,
		    const struct flow *f4)
{
	return synthetic(&f6->dst, &f4->dst) &&
		kind_at(ladder, &f6->src) == LANE_UE6 &&
		kind_at(ladder, &f4->src) == LANE_NAT64;
}

static bool goes_down(const struct ladder *ladder, const struct flow *f4,
		      const struct flow *f6)
{
	return synthetic(&f6->src, &f4->src) &&
		kind_at(ladder, &f6->dst) == LANE_UE6 &&
		kind_at(ladder, &f4->dst) == LANE_NAT64;
}

static struct flow *beyond(const struct ladder *ladder, struct call *call,
			   const struct flow *flow)
{
	struct flow *other;
	size_t i;

	for (i = 0; i < call->flows; i++) {
		other = &call->flow[i];
		if (other->used || other == flow)
			continue;
		if (place_is4(&flow->src) ? goes_down(ladder, flow, other)
					  : goes_up(ladder, flow, other))
			return other;
	}
	return NULL;
}

/* Is this the second side, which beyond() finds from the first? */
static bool second(const struct ladder *ladder, const struct call *call,
		   const struct flow *flow)
{
	const struct flow *other;
	size_t i;

	for (i = 0; i < call->flows; i++) {
		other = &call->flow[i];
		if (other->used || other == flow)
			continue;
		if (place_is4(&flow->src) ? goes_up(ladder, other, flow)
					  : goes_down(ladder, other, flow))
			return true;
	}
	return false;
}

static bool take(const struct ladder *ladder, struct call *call,
		 struct flow *flow, struct way *way)
{
	struct flow *far = beyond(ladder, call, flow);

	flow->used = true;
	way->near = flow;
	way->far = far;
	way->from = ladder_lane(ladder, &flow->src);
	way->to = ladder_lane(ladder, &flow->dst);
	way->box = LADDER_NONE;
	if (far) {
		far->used = true;
		way->box = ladder_lane(ladder,
				       place_is4(&flow->src) ? &flow->dst
							     : &far->src);
		way->to = ladder_lane(ladder, &far->dst);
	}
	return way->from != LADDER_NONE && way->to != LADDER_NONE &&
		way->from != way->to;
}

static bool reverse(const struct flow *a, const struct flow *b)
{
	return a && b && place_same(&a->src, &b->dst) &&
		place_same(&a->dst, &b->src);
}

/* The bar of the other direction, or a new one */
static struct bar *bar_of(struct ladder *ladder, const struct way *way)
{
	bool right = way->from < way->to;
	struct bar *bar;
	size_t i;

	for (i = 0; i < ladder->bars; i++) {
		const struct flow **side =
			right ? ladder->bar[i].back : ladder->bar[i].out;

		const struct flow **mine =
			right ? ladder->bar[i].out : ladder->bar[i].back;

		if (mine[0])
			continue;
		if (reverse(side[0], way->near) ||
		    reverse(side[0], way->far) ||
		    reverse(side[1], way->near) || reverse(side[1], way->far))
			return &ladder->bar[i];
	}
	if (ladder->bars == BARS)
		return NULL;
	bar = &ladder->bar[ladder->bars++];
	memset(bar, 0, sizeof(*bar));
	bar->left = right ? way->from : way->to;
	bar->right = right ? way->to : way->from;
	bar->box = way->box;
	bar->first = way->near->first;
	bar->last = way->near->last;
	return bar;
}

static void add(struct ladder *ladder, const struct way *way)
{
	struct bar *bar = bar_of(ladder, way);
	const struct flow **side;

	if (!bar)
		return;
	side = way->from < way->to ? bar->out : bar->back;
	side[0] = way->near;
	side[1] = way->far;
	if (bar->box == LADDER_NONE)
		bar->box = way->box;
	if (way->near->first < bar->first)
		bar->first = way->near->first;
	if (way->near->last > bar->last)
		bar->last = way->near->last;
}

/* The fullest first: what was sent to a wrong port of the NAT64 before media
 * came from the right one must not be taken for the stream */
static struct flow *fullest(const struct ladder *ladder, struct call *call,
			    bool begins)
{
	struct flow *best = NULL, *flow;
	size_t i;

	for (i = 0; i < call->flows; i++) {
		flow = &call->flow[i];
		if (!flow->used && (!best || flow->packets > best->packets) &&
		    !(begins && second(ladder, call, flow)))
			best = flow;
	}
	return best;
}

static void sort(struct ladder *ladder)
{
	size_t i, k;

	for (i = 1; i < ladder->bars; i++) {
		struct bar now = ladder->bar[i];

		for (k = i; k && ladder->bar[k - 1].first > now.first; k--)
			ladder->bar[k] = ladder->bar[k - 1];
		ladder->bar[k] = now;
	}
}

void ladder_bars(struct ladder *ladder, struct call *call)
{
	struct flow *flow;
	struct way way;
	int pass;

	/* From the side where each stream begins, then what is left */
	for (pass = 0; pass < 2; pass++) {
		while ((flow = fullest(ladder, call, !pass)) != NULL) {
			if (take(ladder, call, flow, &way))
				add(ladder, &way);
		}
	}
	sort(ladder);
}
