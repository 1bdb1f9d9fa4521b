/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Who takes part in a call: the lanes of its ladder.
 */
#include <stdio.h>
#include <string.h>

#include "ladder.h"

/* A packet that two captures show, or one that a bridge shows twice; it takes
 * longer to send a message again (RFC 3261 17.1.1.1). Microseconds. */
#define AGAIN 100000
/* Two captures' clocks, and the way through a NAT64 */
#define CROSSING 1000000

enum { ACTORS = 64 };

/* What the messages tell about an address */
struct actor {
	struct place place;
	bool box;      /* it translates */
	bool proxy;    /* it adds a Via or takes one off */
	bool endpoint; /* it begins transactions, or they end there */
	bool hop;      /* an endpoint sends to it */
	bool contact6; /* it sends messages whose Contact is IPv6 */
	unsigned legs; /* whose messages it sends or gets: a bit a Call-ID */
	struct place outside; /* of the NAT64 that it is behind */
	bool boxed;
};

struct cast {
	struct actor actor[ACTORS];
	size_t n;
};

static bool loopback(const struct place *place)
{
	return IN6_IS_ADDR_LOOPBACK(&place->addr) ||
		(place_is4(place) && place->addr.s6_addr[12] == 127);
}

/* On loopback a port is what tells one from another */
static bool same_actor(const struct place *a, const struct place *b)
{
	return place_same_addr(a, b) && (!loopback(a) || a->port == b->port);
}

int ladder_lane(const struct ladder *ladder, const struct place *place)
{
	int i;

	for (i = 0; i < ladder->lanes; i++) {
		if (same_actor(&ladder->lane[i].place, place))
			return i;
	}
	for (i = 0; i < ladder->lanes; i++) {
		if (place_embeds(place, &ladder->lane[i].place))
			return i;
	}
	return LADDER_NONE;
}

static bool same_octets(const struct msg *a, const struct msg *b)
{
	return span_same(a->sip.all, b->sip.all);
}

/* The same octets of two families, and one end's address in the other's */
static bool crosses(const struct msg *a, const struct msg *b)
{
	const struct msg *m6 = place_is4(&a->src) ? b : a;
	const struct msg *m4 = place_is4(&a->src) ? a : b;

	return !place_is4(&m6->src) && place_is4(&m4->src) &&
		a->tcp == b->tcp &&
		(place_embeds(&m6->dst, &m4->dst) ||
		 place_embeds(&m6->src, &m4->src)) &&
		same_octets(a, b);
}

static void pair(struct call *call, size_t i)
{
	struct msg *a = &call->msg[i], *b;
	size_t k;

	for (k = i + 1; k < call->msgs; k++) {
		b = &call->msg[k];
		if (b->time - a->time > CROSSING)
			return;
		if (b->again || b->twin != CALL_NONE)
			continue;
		if (b->time - a->time < AGAIN &&
		    place_same(&a->src, &b->src) &&
		    place_same(&a->dst, &b->dst) && same_octets(a, b)) {
			b->again = true;
		} else if (a->twin == CALL_NONE && crosses(a, b)) {
			a->twin = k;
			b->twin = i;
		}
	}
}

static struct actor *actor(struct cast *cast, const struct place *place)
{
	static struct actor nobody;
	size_t i;

	for (i = 0; i < cast->n; i++) {
		if (same_actor(&cast->actor[i].place, place))
			return &cast->actor[i];
	}
	if (cast->n == ACTORS)
		return &nobody;
	cast->actor[cast->n].place = *place;
	return &cast->actor[cast->n++];
}

/* Both sides of a NAT64 */
static void learn_box(struct cast *cast, const struct msg *a,
		      const struct msg *b)
{
	const struct msg *m6 = place_is4(&a->src) ? b : a;
	const struct msg *m4 = place_is4(&a->src) ? a : b;
	bool up = place_embeds(&m6->dst, &m4->dst);
	const struct place *outside = up ? &m4->src : &m4->dst;
	struct actor *ue = actor(cast, up ? &m6->src : &m6->dst);

	ue->endpoint = ue->boxed = true;
	ue->outside = *outside;
	actor(cast, outside)->box = true;
}

static unsigned leg_of(const struct call *call, const struct msg *msg)
{
	size_t i;

	for (i = 0; i < call->ids; i++) {
		if (span_is(msg->sip.call_id, call->id[i]))
			return 1U << i;
	}
	return 0;
}

/* A phone's own request, and the response to it, is IPv6 in its Via */
static void learn(struct cast *cast, const struct msg *msg, unsigned leg)
{
	const struct sipmsg *sip = &msg->sip;
	struct actor *down = actor(cast, sip->status ? &msg->dst : &msg->src);
	struct actor *up = actor(cast, sip->status ? &msg->src : &msg->dst);

	down->legs |= leg;
	up->legs |= leg;
	if (sip->contact.n && memchr(sip->contact.p, '[', sip->contact.n) &&
	    place_is4(&msg->src))
		actor(cast, &msg->src)->contact6 = true;
	if (sip->vias > 1) {
		down->proxy = true;
		return;
	}
	if (sip->via.n && sip->via.p[0] == '[' && place_is4(&down->place))
		down->box = true;
	/* A proxy makes these itself (RFC 3261 9.1, 17.1.1.3) */
	if (span_is(sip->method, "ACK") || span_is(sip->method, "CANCEL"))
		return;
	down->endpoint = true;
	up->hop = true;
}

static void add_lane(struct ladder *ladder, enum lane_kind kind,
		     const struct actor *who)
{
	struct lane *lane = &ladder->lane[ladder->lanes];

	if (ladder->lanes == LANES)
		return;
	memset(lane, 0, sizeof(*lane));
	lane->kind = kind;
	lane->place = who->place;
	lane->boxed = who->boxed;
	lane->box = who->outside;
	ladder->lanes++;
}

static enum lane_kind kind_of(const struct actor *who)
{
	if (who->box)
		return LANE_NAT64;
	/* Who speaks for itself in two calls that are one */
	if (!who->proxy && (who->legs & (who->legs - 1)))
		return LANE_B2BUA;
	if (who->proxy || (who->hop && !who->endpoint))
		return LANE_PROXY;
	if (who->contact6)
		return LANE_NAT64;
	return place_is4(&who->place) ? LANE_UA4 : LANE_UE6;
}

/* IPv4 first: a synthetic address is that of a lane that is there */
static void add_actors(struct ladder *ladder, const struct cast *cast,
		       bool is4)
{
	size_t i;

	for (i = 0; i < cast->n; i++) {
		const struct actor *who = &cast->actor[i];

		if (place_is4(&who->place) == is4 &&
		    (who->boxed ||
		     ladder_lane(ladder, &who->place) == LADDER_NONE))
			add_lane(ladder, kind_of(who), who);
	}
}

/* Who sends or gets media and does not speak SIP */
static void add_relays(struct ladder *ladder, const struct call *call,
		       bool is4)
{
	struct actor who = {0};
	size_t i;

	for (i = 0; i < 2 * call->flows; i++) {
		const struct flow *flow = &call->flow[i / 2];

		who.place = i % 2 ? flow->dst : flow->src;
		if (place_is4(&who.place) == is4 && !loopback(&who.place) &&
		    ladder_lane(ladder, &who.place) == LADDER_NONE)
			add_lane(ladder, LANE_RELAY, &who);
	}
}

/* From left to right; a second NAT64 is on the far side, with its phones */
static int rank(const struct lane *lane, const struct lane *first_box)
{
	bool near = !lane->boxed || !first_box ||
		place_same_addr(&lane->box, &first_box->place);

	switch (lane->kind) {
	case LANE_UE6:
		return near ? 0 : 7;
	case LANE_NAT64:
		return lane == first_box ? 1 : 6;
	case LANE_PROXY:
		return 2;
	case LANE_B2BUA:
		return 3;
	case LANE_RELAY:
		return 4;
	default:
		return 5;
	}
}

static void put_in_order(struct ladder *ladder)
{
	struct lane sorted[LANES];
	const struct lane *box = NULL;
	int i, r, n = 0;

	for (i = ladder->lanes; i-- > 0;) {
		if (ladder->lane[i].kind == LANE_NAT64)
			box = &ladder->lane[i];
	}
	for (r = 0; r <= 7; r++) {
		for (i = 0; i < ladder->lanes; i++) {
			if (rank(&ladder->lane[i], box) == r)
				sorted[n++] = ladder->lane[i];
		}
	}
	memcpy(ladder->lane, sorted, (size_t)n * sizeof(*sorted));
}

static void name(struct ladder *ladder)
{
	static const char *const names[] = {"UE6",   "NAT64", "proxy",
					    "B2BUA", "relay", "UA4"};
	int i, k, before;

	for (i = 0; i < ladder->lanes; i++) {
		struct lane *lane = &ladder->lane[i];

		for (k = before = 0; k < i; k++)
			before += ladder->lane[k].kind == lane->kind;
		if (before)
			snprintf(lane->name, LANE_NAME, "%s %c",
				 names[lane->kind], 'a' + before);
		else
			snprintf(lane->name, LANE_NAME, "%s",
				 names[lane->kind]);
	}
}

void ladder_lanes(struct ladder *ladder, struct call *call)
{
	struct cast cast = {0};
	size_t i;

	for (i = 0; i < call->msgs; i++) {
		if (!call->msg[i].again)
			pair(call, i);
	}
	for (i = 0; i < call->msgs; i++) {
		const struct msg *msg = &call->msg[i];

		if (msg->again)
			continue;
		if (msg->twin != CALL_NONE)
			learn_box(&cast, msg, &call->msg[msg->twin]);
		if (msg->twin == CALL_NONE || place_is4(&msg->src))
			learn(&cast, msg, leg_of(call, msg));
	}
	add_actors(ladder, &cast, true);
	add_actors(ladder, &cast, false);
	add_relays(ladder, call, true);
	add_relays(ladder, call, false);
	put_in_order(ladder);
	name(ladder);
}
