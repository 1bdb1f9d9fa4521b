/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A call as a ladder: lanes, messages as arrows between them, media as bars.
 *
 * Who is who is told by the packets alone: the same octets with IPv6 addresses
 * on one side and IPv4 addresses on the other crossed a NAT64; who sends a
 * request with one more Via than it got is a proxy (RFC 3261 16.6).
 */
#ifndef N64_TOOL_LADDER_H
#define N64_TOOL_LADDER_H

#include "call.h"

enum { LANES = 16, LANE_NAME = 16, BARS = 64, LADDER_NONE = -1 };

enum lane_kind {
	LANE_UE6,
	LANE_NAT64,
	LANE_PROXY,
	LANE_B2BUA,
	LANE_RELAY,
	LANE_UA4
};

struct lane {
	enum lane_kind kind;
	struct place place;
	char name[LANE_NAME]; /**< UE6, UE6 b */
	struct place box;     /**< UE6: its NAT64's outside; port 0 for none */
	bool boxed;
};

/** A message from lane to lane; what crosses a NAT64 is one step */
struct step {
	const struct msg *msg;
	int from, to, box;         /**< box: the NAT64 on its way */
	const struct step *before; /**< what the proxy got, if it was seen */
};

/** Media between two lanes; [0] as the sender's side shows them, [1] beyond
 * the NAT64 */
struct bar {
	int left, right, box;
	const struct flow *out[2], *back[2];
	int64_t first, last;
};

struct ladder {
	struct lane lane[LANES];
	int lanes;
	struct step *step;
	size_t steps;
	struct bar bar[BARS];
	size_t bars;
	size_t lost; /**< messages that no two lanes fit */
};

/** Fill in the lanes of a call, and what is `again` and `twin` of its messages */
void ladder_lanes(struct ladder *ladder, struct call *call);

/** The lane of an address, LADDER_NONE if there is none */
int ladder_lane(const struct ladder *ladder, const struct place *place);

/** The media of a call, once it has lanes */
void ladder_bars(struct ladder *ladder, struct call *call);

/** All of it; 0, or -1 when there is no memory */
int ladder_make(struct ladder *ladder, struct call *call);
void ladder_free(struct ladder *ladder);

#endif
