/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: a SIP message as the module's evidence needs it. It points into the
 * text and corrects nothing; headers may be folded (RFC 3261 7.3.1).
 */
#ifndef N64_TOOL_EXPLAIN_SIP_H
#define N64_TOOL_EXPLAIN_SIP_H

#include "own.h"
#include "pair.h"
#include "sipmsg.h"

#include <stdbool.h>
#include <stdint.h>

/** What kamailio takes of one message */
#define EX_VIAS 32

struct ex_via {
	struct span host, received, branch;
	uint16_t port, rport;
	bool has_received;
	enum n64_transport tp;
};

struct ex_uri {
	struct span host, params;
	uint16_t port; /**< 0: none */
	bool sips;
	enum n64_transport tp; /**< of its transport parameter, or NONE */
};

struct ex_sip {
	bool request;
	int status;
	struct span all, start, head, body;
	struct span method, uri; /**< uri: of a request */
	struct span call_id, cseq, from, to, contact;
	struct ex_via via[2]; /**< the first two */
	size_t vias;
};

/** @return false for what is no SIP message, or has no Via that can be read */
bool ex_sip_read(struct ex_sip *sip, struct span text);

/**
 * The next header of this name, or of its short one where it is not 0.
 *
 * @param at Where to go on, 0 first
 */
bool ex_header(const struct ex_sip *sip, const char *name, char brief,
	       struct span *value, size_t *at);

/** The only or first one */
bool ex_header_first(const struct ex_sip *sip, const char *name, char brief,
		     struct span *value);

/** Cut the next of a list of addresses; false at its end */
bool ex_list_next(struct span *list, struct span *one);

/** The URI of a name-addr or addr-spec */
struct span ex_address_uri(struct span address);

/** The value of a header parameter behind the URI; false if it is not there */
bool ex_address_param(struct span address, const char *name,
		      struct span *value);

bool ex_uri_read(struct ex_uri *uri, struct span text);

/** UDP, or TLS for sips, where it names none (n64_proto.h) */
enum n64_transport ex_uri_tp(const struct ex_uri *uri);
uint16_t ex_uri_port(const struct ex_uri *uri);

/** As Kamailio's parser cuts it for the core */
bool ex_uri_route(struct n64_route *dst, struct span text);

struct n64_text ex_text(struct span s);

#endif
