/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "own.h"
#include "text.h"


static const char *const names[] = {
	[N64_TP_NONE] = "",   [N64_TP_UDP] = "udp",   [N64_TP_TCP] = "tcp",
	[N64_TP_TLS] = "tls", [N64_TP_SCTP] = "sctp", [N64_TP_WS] = "ws",
	[N64_TP_WSS] = "wss",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

const char *n64_transport_name(enum n64_transport tp)
{
	return (size_t)tp < NAMES ? names[tp] : "";
}

enum n64_transport n64_transport_parse(const char *text, size_t len)
{
	size_t i;

	for (i = N64_TP_UDP; i < NAMES; i++) {
		if (n64_text_is(text, len, names[i]))
			return (enum n64_transport)i;
	}
	return N64_TP_NONE;
}

uint16_t n64_transport_port(enum n64_transport tp)
{
	switch (tp) {
	case N64_TP_TLS:
		return 5061;
	case N64_TP_WS:
		return 80;
	case N64_TP_WSS:
		return 443;
	default:
		return 5060;
	}
}

/* A WebSocket comes over a TCP socket, or a TLS one, whose URIs say "ws" too
 * (RFC 7118 4.1) */
static bool same_transport(enum n64_transport uri, enum n64_transport socket)
{
	if (uri == N64_TP_NONE || socket == N64_TP_NONE || uri == socket)
		return true;
	if (uri == N64_TP_WS)
		return socket == N64_TP_TCP || socket == N64_TP_TLS;
	return uri == N64_TP_WSS && socket == N64_TP_TLS;
}

/* Without a port the transport decides which one is meant (RFC 3261 19.1.2);
 * without a transport, the one that the own address has. */
static bool same_socket(const struct n64_own *own, uint16_t port,
			enum n64_transport tp)
{
	if (!same_transport(tp, own->tp))
		return false;
	if (port != 0)
		return port == own->port;
	if (tp == N64_TP_NONE)
		tp = own->tp;
	return own->port == n64_transport_port(tp);
}

const struct n64_own *n64_own_find(const struct n64_owns *owns,
				   const struct in_addr *addr, uint16_t port,
				   enum n64_transport tp)
{
	size_t i;

	for (i = 0; i < owns->n; i++) {
		const struct n64_own *own = &owns->v[i];

		if (own->addr.s_addr == addr->s_addr &&
		    same_socket(own, port, tp))
			return own;
	}
	return NULL;
}

const struct n64_own *n64_own_find_synthetic(const struct n64_owns *owns,
					     const struct in6_addr *addr,
					     uint16_t port,
					     enum n64_transport tp,
					     struct pref64 *pref)
{
	const struct n64_own *best = NULL;
	struct pref64 found, longest = {.len = 0};
	size_t i;

	/* Two own addresses may both fit, by prefixes of different lengths. The
	 * longer one leaves less to chance, and is what most networks use. */
	for (i = 0; i < owns->n; i++) {
		if (!same_socket(&owns->v[i], port, tp) ||
		    pref64_infer(&found, addr, &owns->v[i].addr) ||
		    found.len <= longest.len)
			continue;
		longest = found;
		best = &owns->v[i];
	}
	if (best && pref)
		*pref = longest;
	return best;
}
