/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octets 0 to 15: an IPv6 address; 16, 17: a port; 18: a transport; 19: which
 * own address is put into it, and how; the rest: the name of a transport. */

#include "../../nat64sip/own.h"
#include "fuzz.h"

#define INPUT_HEAD 20
#define OWNS 4

static const struct n64_own own_v[OWNS] = {
	{{0}, 5060, N64_TP_UDP, NULL},
	{{0}, 5060, N64_TP_TCP, NULL},
	{{0}, 5061, N64_TP_TLS, NULL},
	{{0}, 5080, N64_TP_NONE, NULL},
};

/* The ports that each transport stands for, and the sockets that carry it */
static const struct {
	uint16_t port;
	bool carried[N64_TP_WSS + 1];
} model[N64_TP_WSS + 1] = {
	[N64_TP_NONE] = {5060, {1, 1, 1, 1, 1, 1, 1}},
	[N64_TP_UDP] = {5060, {[N64_TP_NONE] = 1, [N64_TP_UDP] = 1}},
	[N64_TP_TCP] = {5060, {[N64_TP_NONE] = 1, [N64_TP_TCP] = 1}},
	[N64_TP_TLS] = {5061, {[N64_TP_NONE] = 1, [N64_TP_TLS] = 1}},
	[N64_TP_SCTP] = {5060, {[N64_TP_NONE] = 1, [N64_TP_SCTP] = 1}},
	[N64_TP_WS] = {80,
		       {[N64_TP_NONE] = 1,
			[N64_TP_TCP] = 1,
			[N64_TP_TLS] = 1,
			[N64_TP_WS] = 1}},
	[N64_TP_WSS] =
		{443, {[N64_TP_NONE] = 1, [N64_TP_TLS] = 1, [N64_TP_WSS] = 1}},
};

static bool matches(const struct n64_own *own, uint16_t port,
		    enum n64_transport tp)
{
	if (port == 0)
		port = model[tp ? tp : own->tp].port;
	return port == own->port && model[tp].carried[own->tp];
}

static void check_name(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	enum n64_transport tp;
	const char *name;

	REQUIRE(text != NULL);
	memcpy(text, data, size);
	tp = n64_transport_parse(text, size);
	name = n64_transport_name(tp);
	REQUIRE((tp == N64_TP_NONE) == (*name == '\0'));
	REQUIRE(n64_transport_parse(name, strlen(name)) == tp);
	REQUIRE(n64_transport_port(tp));
	REQUIRE(tp == N64_TP_NONE || size == strlen(name));
	free(text);
}

/* What is found must make the address again; what is not found must not. */
static void check_synthetic(const struct n64_owns *owns,
			    const struct in6_addr *addr, uint16_t port,
			    enum n64_transport tp)
{
	const struct n64_own *own;
	struct in6_addr again;
	struct pref64 pref;
	size_t i;

	memset(&pref, 0, sizeof(pref));
	own = n64_own_find_synthetic(owns, addr, port, tp, &pref);
	REQUIRE(own == n64_own_find_synthetic(owns, addr, port, tp, NULL));
	if (own) {
		REQUIRE(own >= owns->v && own < owns->v + owns->n);
		REQUIRE(matches(own, port, tp));
		REQUIRE(!pref64_synthesize(&again, &pref, &own->addr));
		REQUIRE(!memcmp(&again, addr, sizeof(again)));
		return;
	}
	REQUIRE(pref.len == 0);
	for (i = 0; i < owns->n; i++)
		REQUIRE(!matches(&owns->v[i], port, tp) ||
			pref64_infer(&pref, addr, &owns->v[i].addr));
}

static void check_find(const struct n64_owns *owns, const struct in_addr *addr,
		       uint16_t port, enum n64_transport tp)
{
	const struct n64_own *own = n64_own_find(owns, addr, port, tp);
	size_t i;

	for (i = 0; i < owns->n; i++) {
		if (owns->v[i].addr.s_addr == addr->s_addr &&
		    matches(&owns->v[i], port, tp))
			break;
	}
	REQUIRE(own == (i < owns->n ? &owns->v[i] : NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t lengths[] = {32, 40, 48, 56, 64, 96, 33, 0};
	struct n64_own v[OWNS];
	struct n64_owns owns = {v, OWNS};
	struct pref64 pref;
	struct in6_addr addr;
	enum n64_transport tp;
	uint16_t port;
	size_t i;

	if (size < INPUT_HEAD)
		return 0;
	memcpy(v, own_v, sizeof(v));
	for (i = 0; i < OWNS; i++)
		memcpy(&v[i].addr, data + 12 - (i == 3), 4);
	memcpy(&addr, data, sizeof(addr));
	port = (uint16_t)(data[16] << 8 | data[17]);
	tp = (enum n64_transport)(data[18] % (N64_TP_WSS + 1));
	check_name(data + INPUT_HEAD, size - INPUT_HEAD);
	check_find(&owns, &v[data[19] % OWNS].addr, port, tp);
	check_synthetic(&owns, &addr, port, tp);
	memset(&pref, 0, sizeof(pref));
	pref.len = lengths[data[19] / OWNS % sizeof(lengths)];
	memcpy(&pref.addr, data, pref.len / 8);
	if (!pref64_synthesize(&addr, &pref, &v[data[19] % OWNS].addr))
		check_synthetic(&owns, &addr, port, tp);
	return 0;
}
