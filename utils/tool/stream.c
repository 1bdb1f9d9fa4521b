/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * TCP's streams of SIP: a bounded number, each with a bounded buffer.
 *
 * Only what begins as SIP does is kept. A hole that nothing fills is skipped:
 * the stream goes on with the next segment that begins a message.
 */
#include <stdlib.h>
#include <string.h>

#include "stream.h"

enum { STREAMS = 1024, EARLY = 8, BUFFER = 1 << 16 };

/* Octets that came before others that are still missing */
struct early {
	uint32_t from, to; /* sequence numbers */
};

struct stream {
	struct place src, dst;
	uint64_t used; /* when a segment came last; 0 for a free one */
	uint32_t next; /* sequence number that is waited for: of buf[len] */
	size_t len;    /* octets in order */
	size_t end;    /* of what came early, or len */
	struct early early[EARLY];
	size_t waiting;
	char buf[BUFFER];
};

struct streams {
	sip_h *h;
	void *arg;
	uint64_t now;
	struct stream stream[STREAMS];
};

struct streams *streams_new(sip_h *h, void *arg)
{
	/* What no stream uses takes no memory: calloc() leaves it untouched */
	struct streams *streams = calloc(1, sizeof(*streams));

	if (streams) {
		streams->h = h;
		streams->arg = arg;
	}
	return streams;
}

void streams_free(struct streams *streams)
{
	free(streams);
}

static void restart(struct stream *st, uint32_t next)
{
	st->next = next;
	st->len = st->end = st->waiting = 0;
}

static struct stream *find(struct streams *streams, const struct packet *pkt,
			   struct stream **oldest)
{
	struct stream *st;

	*oldest = streams->stream;
	for (st = streams->stream; st < streams->stream + STREAMS; st++) {
		if (st->used && place_same(&st->src, &pkt->src) &&
		    place_same(&st->dst, &pkt->dst))
			return st;
		if (st->used < (*oldest)->used)
			*oldest = st;
	}
	return NULL;
}

static bool due(const struct stream *st, uint32_t seq)
{
	return (int32_t)(seq - st->next) <= 0;
}

static void advance(struct stream *st, uint32_t to)
{
	if (due(st, to))
		return;
	st->len += to - st->next;
	st->next = to;
}

/* What came early and is due now */
static void catch_up(struct stream *st)
{
	size_t i = 0;

	while (i < st->waiting) {
		struct early now = st->early[i];

		if (!due(st, now.from)) {
			i++;
			continue;
		}
		st->early[i] = st->early[--st->waiting];
		advance(st, now.to);
		i = 0;
	}
}

static void insert(struct stream *st, const struct packet *pkt)
{
	uint32_t from = pkt->seq, to = pkt->seq + (uint32_t)pkt->len;
	uint32_t old = due(st, from) ? st->next - from : 0;
	size_t at = st->len + (due(st, from) ? 0 : from - st->next);

	if (old >= pkt->len)
		return;
	if (pkt->len > BUFFER || at > BUFFER - pkt->len ||
	    (!due(st, from) && st->waiting == EARLY)) {
		/* What is missing won't come any more, or it is no SIP */
		restart(st, from);
		at = old = 0;
		if (pkt->len > BUFFER)
			return;
	}
	memcpy(st->buf + at, pkt->data + old, pkt->len - old);
	if (due(st, from))
		advance(st, to);
	else
		st->early[st->waiting++] = (struct early){from, to};
	catch_up(st);
	if (st->end < at + pkt->len - old)
		st->end = at + pkt->len - old;
}

static void give(struct streams *streams, struct stream *st,
		 const struct packet *pkt)
{
	size_t done = 0, size;
	struct sipmsg msg;

	for (;;) {
		/* Keepalive between messages (RFC 5626 3.5.1) */
		while (done < st->len && strchr("\r\n", st->buf[done]) &&
		       st->buf[done])
			done++;
		size = sipmsg_framed(st->buf + done, st->len - done);
		if (!size)
			break;
		if (sipmsg_read(&msg, st->buf + done, size))
			streams->h(pkt, &msg, streams->arg);
		done += size;
	}
	st->len -= done;
	st->end -= done;
	memmove(st->buf, st->buf + done, st->end);
}

static void segment(struct streams *streams, const struct packet *pkt)
{
	struct stream *oldest, *st = find(streams, pkt, &oldest);

	/* A new connection may use the ports again */
	if (st && pkt->syn)
		st->used = 0;
	if (pkt->syn || !pkt->len)
		return;
	if (!st) {
		if (!sipmsg_begins(pkt->data, pkt->len))
			return;
		st = oldest;
		st->src = pkt->src;
		st->dst = pkt->dst;
		restart(st, pkt->seq);
	}
	st->used = ++streams->now;
	insert(st, pkt);
	give(streams, st, pkt);
}

bool streams_packet(const struct packet *pkt, void *arg)
{
	struct streams *streams = arg;
	struct sipmsg msg;

	if (pkt->tcp)
		segment(streams, pkt);
	else if (sipmsg_read(&msg, pkt->data, pkt->len))
		streams->h(pkt, &msg, streams->arg);
	return true;
}
