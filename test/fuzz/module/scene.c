/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "scene.h"

#include "world.h"

#include <arpa/inet.h>
#include <string.h>

static void read_address(struct ip_addr *dst, const char *text)
{
	memset(dst, 0, sizeof(*dst));
	dst->af = strchr(text, ':') ? AF_INET6 : AF_INET;
	dst->len = dst->af == AF_INET6 ? 16 : 4;
	inet_pton(dst->af, text, dst->u.addr);
}

/** Octet 0: where it comes from, and over what */
static void read_source(struct scene *s, uint8_t octet)
{
	static const char *const sources[] = {"198.51.100.7" /* in no pool */,
			"203.0.113.7" /* in a pool */, "192.0.2.30" /* a peer */,
			"2001:db8:1::2"};
	static const int protos[] = {
			PROTO_UDP, PROTO_TCP, PROTO_TLS, PROTO_WS, PROTO_WSS};
	receive_info_t *rcv = &s->rcv;

	memset(rcv, 0, sizeof(*rcv));
	read_address(&rcv->src_ip, sources[octet % 4]);
	read_address(&rcv->dst_ip, WORLD_ADDRESS);
	rcv->src_port = 40001;
	rcv->dst_port = 5060;
	rcv->proto = protos[octet / 4 % 5];
	rcv->bind_address = world_socket(rcv->proto);
	init_su(&rcv->src_su, &rcv->src_ip, rcv->src_port);
}

void scene_read(struct scene *dst, const uint8_t *octets)
{
	memset(dst, 0, sizeof(*dst));
	read_source(dst, octets[0]);
	dst->source_flow = octets[1] % 4;
	dst->target_flow = octets[1] / 4 % 4;
	dst->pref64 = octets[2] & 1;
	dst->fqdn = octets[2] & 2;
	dst->configured = octets[2] & 4;
	dst->probe = !(octets[2] & 8);
	dst->any_wkp = octets[2] & 16;
	dst->mode = octets[2] & 64 ? 1 + !!(octets[2] & 32) : 0;
	dst->calls = octets[3] ? octets[3] : CALL_MANAGE;
	dst->parts_out = octets[4] % 16;
	dst->loose = octets[4] & 16;
	dst->variables = octets[4] & 32;
	dst->with_text = octets[4] & 64;
	dst->relayed = !(octets[4] & 128);
	dst->to = octets[5] % TO_MODES;
	dst->bound = octets[6] % 4;
	dst->known = octets[7] & 1;
	dst->local = octets[7] & 2;
	dst->shows = octets[7] & 4;
	dst->late = octets[7] & 8;
	dst->no_peers = octets[8] & 1;
	dst->no_force = octets[8] & 2;
	dst->from_peer = octets[0] % 4 == 2 && !dst->no_peers;
}
