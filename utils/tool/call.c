/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A call out of captures, in three passes: which call, its messages, its media.
 */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "stream.h"
#include "tool.h"

enum { MESSAGES_MAX = 5000, RTP_HEAD = 12, RTCP_FIRST = 64, RTCP_LAST = 95 };

/* Media that are late, or came before the answer; microseconds */
#define MARGIN 2000000

struct first {
	struct streams *streams;
	char *id;
	int64_t time;
	bool here; /* in this capture */
};

static void first_invite(const struct packet *pkt, const struct sipmsg *sip,
			 void *arg)
{
	struct first *first = arg;
	char *id;

	if (first->here || sip->status || !span_is(sip->method, "INVITE"))
		return;
	first->here = true;
	if (first->id && first->time <= pkt->time)
		return;
	id = strndup(sip->call_id.p, sip->call_id.n);
	if (!id)
		return;
	free(first->id);
	first->id = id;
	first->time = pkt->time;
}

static bool look(const struct packet *pkt, void *arg)
{
	struct first *first = arg;

	streams_packet(pkt, first->streams);
	return !first->here;
}

static int find_call(struct call *call, char **paths, size_t n)
{
	struct first first = {0};
	int rc = 0;
	size_t i;

	for (i = 0; i < n && !rc; i++) {
		first.here = false;
		first.streams = streams_new(first_invite, &first);
		rc = first.streams ? capture_read(paths[i], look, &first) : -1;
		streams_free(first.streams);
	}
	call->found_id = first.id;
	if (!rc && !first.id) {
		tool_say("there is no INVITE in it");
		return TOOL_NO;
	}
	call->id[call->ids++] = first.id;
	return rc ? TOOL_CANNOT : TOOL_DONE;
}

static bool wanted(const struct call *call, struct span id)
{
	size_t i;

	for (i = 0; i < call->ids; i++) {
		if (span_is(id, call->id[i]))
			return true;
	}
	return false;
}

static bool make_room(struct call *call)
{
	size_t room = call->room ? call->room * 2 : 64;
	struct msg *more;

	if (call->msgs < call->room)
		return true;
	more = realloc(call->msg, room * sizeof(*more));
	if (!more)
		return false;
	call->msg = more;
	call->room = room;
	return true;
}

static void keep(const struct packet *pkt, const struct sipmsg *sip, void *arg)
{
	struct call *call = arg;
	struct msg msg = {0};
	char *text;

	if (!wanted(call, sip->call_id) || call->msgs == MESSAGES_MAX)
		return;
	text = malloc(sip->all.n);
	if (!text || !make_room(call)) {
		free(text);
		call->failed = true;
		return;
	}
	memcpy(text, sip->all.p, sip->all.n);
	sipmsg_read(&msg.sip, text, sip->all.n);
	msg.text = text;
	msg.time = pkt->time;
	msg.src = pkt->src;
	msg.dst = pkt->dst;
	msg.tcp = pkt->tcp;
	msg.cut = pkt->cut;
	msg.twin = CALL_NONE;
	call->msg[call->msgs++] = msg;
	call_sdp(call, &msg.sip);
}

static int read_messages(struct call *call, const char *path)
{
	struct streams *streams = streams_new(keep, call);
	int rc = streams ? capture_read(path, streams_packet, streams) : -1;

	streams_free(streams);
	return rc;
}

/* What the SDP of an IPv6 phone says is the relay's address as its NAT64 makes
 * it; beyond the NAT64 the relay has its own */
static bool announced(const struct call *call, const struct place *place)
{
	size_t i;

	for (i = 0; i < call->places; i++) {
		const struct place *here = &call->announced[i];

		if (here->port == place->port &&
		    (place_same_addr(here, place) ||
		     place_embeds(here, place)))
			return true;
	}
	return false;
}

static struct flow *flow_of(struct call *call, const struct packet *pkt)
{
	struct flow *flow;
	size_t i;

	for (i = 0; i < call->flows; i++) {
		flow = &call->flow[i];
		if (flow->file == call->file &&
		    place_same(&flow->src, &pkt->src) &&
		    place_same(&flow->dst, &pkt->dst))
			return flow;
	}
	if (call->flows == CALL_FLOWS)
		return NULL;
	flow = &call->flow[call->flows++];
	flow->file = call->file;
	flow->src = pkt->src;
	flow->dst = pkt->dst;
	flow->first = pkt->time;
	return flow;
}

/* RTP and RTCP by their second octet (RFC 5761 4); not STUN, not DTLS */
static bool media(const struct packet *pkt, void *arg)
{
	struct call *call = arg;
	struct flow *flow;
	unsigned type;

	if (pkt->tcp || pkt->len < RTP_HEAD || (pkt->data[0] & 0xc0) != 0x80 ||
	    pkt->time < call->msg[0].time - MARGIN ||
	    pkt->time > call->msg[call->msgs - 1].time + MARGIN ||
	    (!announced(call, &pkt->src) && !announced(call, &pkt->dst)))
		return true;
	type = pkt->data[1] & 0x7f;
	if (type >= RTCP_FIRST && type <= RTCP_LAST)
		return true;
	flow = flow_of(call, pkt);
	if (!flow)
		return true;
	flow->packets++;
	flow->type[type]++;
	if (pkt->time < flow->first)
		flow->first = pkt->time;
	if (pkt->time > flow->last)
		flow->last = pkt->time;
	return true;
}

/* What qsort() does not promise: the order of equals stays */
static void sort(struct call *call)
{
	size_t i, k;

	for (i = 1; i < call->msgs; i++) {
		struct msg now = call->msg[i];

		for (k = i; k && call->msg[k - 1].time > now.time; k--)
			call->msg[k] = call->msg[k - 1];
		call->msg[k] = now;
	}
}

/* Two captures of one network show the same packets: the fuller one counts */
static void count_once(struct call *call)
{
	struct flow *a, *b, *end = call->flow + call->flows;

	for (a = call->flow; a < end; a++) {
		for (b = a + 1; b < end; b++) {
			if (place_same(&a->src, &b->src) &&
			    place_same(&a->dst, &b->dst))
				(a->packets < b->packets ? a : b)->used = true;
		}
	}
}

static int read_all(struct call *call, char **paths, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (read_messages(call, paths[i]))
			return TOOL_CANNOT;
	}
	if (call->failed) {
		tool_say("out of memory");
		return TOOL_CANNOT;
	}
	if (!call->msgs) {
		tool_say("no message has that Call-ID");
		return TOOL_NO;
	}
	if (call->msgs == MESSAGES_MAX)
		tool_say("only %d messages of the call", MESSAGES_MAX);
	sort(call);
	return TOOL_DONE;
}

int call_read(struct call *call, char **paths, size_t n)
{
	int code = call->ids ? TOOL_DONE : find_call(call, paths, n);

	if (code == TOOL_DONE)
		code = read_all(call, paths, n);
	for (call->file = 0; code == TOOL_DONE && call->file < n;
	     call->file++) {
		if (capture_read(paths[call->file], media, call))
			code = TOOL_CANNOT;
	}
	count_once(call);
	return code;
}

void call_free(struct call *call)
{
	size_t i;

	for (i = 0; i < call->msgs; i++)
		free(call->msg[i].text);
	free(call->msg);
	free(call->found_id);
}
