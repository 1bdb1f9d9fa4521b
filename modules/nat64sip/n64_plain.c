/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_plain.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mode.h"
#include "n64_proto.h"
#include "n64_short.h"
#include "n64_ua.h"

#include "../../core/dprint.h"
#include "../../core/dset.h"
#include "../../core/parser/parse_uri.h"
#include "../../nat64sip/literal.h"
#include "../../nat64sip/raw_header.h"
#include "../../nat64sip/sdp64.h"
#include "../../nat64sip/text.h"

#include <string.h>

bool n64_plain_routes(const struct sip_msg *msg)
{
	const struct hdr_field *h;

	for(h = msg->route; h; h = next_sibling_hdr(h))
		if(memchr(h->body.s, '[', h->body.len)
				|| n64_text_has_at(h->body.s, h->body.len, "64=", 2))
			return false;
	return true;
}

bool n64_plain_ip6_line(const struct sip_msg *msg)
{
	return !n64_raw_no_body(msg->buf, msg->len)
		   && sdp64_has_ip6(msg->buf, msg->len);
}

/** An IPv6 literal in a header, an IPv6 line in an SDP; our label, a mark */
static bool shows_anything(const struct sip_msg *msg)
{
	return memchr(msg->buf, '[', msg->len) || n64_plain_ip6_line(msg)
		   || !n64_plain_routes(msg);
}

static bool is_known(const struct ip_addr *ip, int port, int proto)
{
	struct n64_flow_key key;
	struct n64_fact fact;

	n64_cache_key(&key, ip, port, proto);
	return n64_cache_find(&fact, &key);
}

/** Is the next hop by this URI a known flow, or more than a URI of IPv4 says? */
static bool is_known_hop(const struct sip_uri *uri)
{
	int proto = n64_uri_proto(uri);
	struct ip_addr ip = {.af = AF_INET, .len = 4};
	struct in_addr a4;

	if(n64_is_websocket(proto))
		return true;
	if(n64_lit4_parse(&a4, uri->host.s, uri->host.len))
		return false;
	memcpy(ip.u.addr, &a4, sizeof(a4));
	return is_known(&ip, n64_uri_port(uri), proto);
}

static bool is_plain_target(struct sip_msg *msg)
{
	struct sip_uri uri;

	if(msg->path_vec.len > 0 || nr_branches || parse_sip_msg_uri(msg) < 0
			|| memchr(GET_RURI(msg)->s, '[', GET_RURI(msg)->len)
			|| n64_text_has_at(msg->parsed_uri.params.s,
					msg->parsed_uri.params.len, "alias=", 5))
		return false;
	if(msg->dst_uri.len <= 0)
		return !is_known_hop(&msg->parsed_uri);
	return !memchr(msg->dst_uri.s, '[', msg->dst_uri.len)
		   && !n64_text_has_at(msg->dst_uri.s, msg->dst_uri.len, "64=", 2)
		   && parse_uri(msg->dst_uri.s, msg->dst_uri.len, &uri) == 0
		   && !is_known_hop(&uri);
}

static bool is_plain(struct sip_msg *msg)
{
	return msg->rcv.src_ip.af == AF_INET && !n64_is_websocket(msg->rcv.proto)
		   && !n64_conf.peers_n && !n64_ua_forces()
		   && n64_mode_of(msg) == N64_MODE_ON
		   /* its decision is to be written down */
		   && !is_printable(L_DBG) && !shows_anything(msg)
		   && is_plain_target(msg)
		   && !is_known(&msg->rcv.src_ip, msg->rcv.src_port, msg->rcv.proto);
}

bool n64_plain(struct sip_msg *msg)
{
	return n64_short(is_plain(msg));
}
