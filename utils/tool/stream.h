/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SIP out of packets: datagrams, and TCP's streams put in order and cut into
 * messages.
 */
#ifndef N64_TOOL_STREAM_H
#define N64_TOOL_STREAM_H

#include "capture.h"
#include "sipmsg.h"

/** A message; pkt says whence, whither and when (its last octet came) */
typedef void sip_h(const struct packet *pkt, const struct sipmsg *msg,
		   void *arg);

struct streams;

/** What one capture needs; NULL when there is no memory */
struct streams *streams_new(sip_h *h, void *arg);
void streams_free(struct streams *streams);

/** A packet_h whose argument is a struct streams */
bool streams_packet(const struct packet *pkt, void *arg);

#endif
