/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A call out of captures: its messages, and its media as counts.
 *
 * Captures are read more than once, so that only what belongs to the call is
 * ever kept.
 */
#ifndef N64_TOOL_CALL_H
#define N64_TOOL_CALL_H

#include "capture.h"
#include "sipmsg.h"

enum {
	CALL_IDS = 8,
	CALL_PLACES = 256,
	CALL_FLOWS = 256,
	RTP_TYPES = 128,
	CODEC_MAX = 24
};

/** A message as one capture shows it */
struct msg {
	struct sipmsg sip; /**< points into text */
	char *text;
	int64_t time;
	struct place src, dst;
	bool tcp, cut;
	bool again;  /**< the same packet, seen a second time */
	size_t twin; /**< on the NAT64's other side; CALL_NONE for none */
};

#define CALL_NONE ((size_t)-1)

/** RTP from one place to another */
struct flow {
	struct place src, dst;
	size_t file; /**< the capture that shows it */
	int64_t first, last;
	unsigned long packets;
	unsigned long type[RTP_TYPES];
	bool used; /**< by the ladder; also: another capture has it, too */
};

struct call {
	const char *id[CALL_IDS]; /**< Call-IDs; a B2BUA's call has more */
	size_t ids;
	char *found_id;
	struct msg *msg; /**< in order of time */
	size_t msgs, room;
	bool failed;                         /**< no memory */
	struct place announced[CALL_PLACES]; /**< where SDP wants media */
	size_t places;
	struct flow flow[CALL_FLOWS];
	size_t flows, file;
	char codec[RTP_TYPES]
		  [CODEC_MAX]; /**< by payload type, "" if unknown */
};

/**
 * Read a call. Without a Call-ID in call->id, it is that of the first INVITE.
 *
 * @return TOOL_DONE; after a line to stderr TOOL_NO, where there is no such
 *         call, or TOOL_CANNOT
 */
int call_read(struct call *call, char **paths, size_t n);
void call_free(struct call *call);

/** The SDP of a message: where media are wanted, what payload types mean */
void call_sdp(struct call *call, const struct sipmsg *sip);

#endif
