/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The transport that a URI names, and what kind of one it is.
 */
#ifndef N64_PROTO_H
#define N64_PROTO_H

#include "../../core/parser/msg_parser.h"
#include "../../core/resolve.h"

#include <stdbool.h>

/** Over a connection, that may be gone */
static inline bool n64_is_stream(int proto)
{
	return proto != PROTO_UDP && proto != PROTO_SCTP;
}

/** Its messages show nothing of the phone's network (RFC 7118 5.3) */
static inline bool n64_is_websocket(int proto)
{
	return proto == PROTO_WS || proto == PROTO_WSS;
}

/** PROTO_*: what the URI says, else what its scheme does */
static inline int n64_uri_proto(const struct sip_uri *uri)
{
	if(uri->proto != PROTO_NONE && uri->proto < PROTO_OTHER)
		return uri->proto;
	return uri->type == SIPS_URI_T ? PROTO_TLS : PROTO_UDP;
}

/** Host order */
static inline int n64_uri_port(const struct sip_uri *uri)
{
	return uri->port_no ? uri->port_no
						: proto_default_port(n64_uri_proto(uri));
}

#endif
