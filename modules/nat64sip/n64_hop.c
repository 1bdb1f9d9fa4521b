/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_hop.h"

#include "n64_bad.h"
#include "n64_proto.h"

#include "../../core/forward.h"
#include "../../core/parser/parse_uri.h"
#include "../../core/socket_info.h"
#include "../../nat64sip/alias.h"
#include "../../nat64sip/binding.h"

#include <errno.h>
#include <string.h>

static void set_address(
		struct n64_hop *hop, int af, const void *addr, int port)
{
	struct ip_addr ip;

	memset(&ip, 0, sizeof(ip));
	ip.af = af;
	ip.len = af == AF_INET ? 4 : 16;
	memcpy(ip.u.addr, addr, ip.len);
	hop->af = af;
	init_su(&hop->to, &ip, port);
}

static void set_host(struct n64_hop *hop, const str *host, int port)
{
	struct in6_addr a6;
	struct in_addr a4;

	hop->af = 0;
	if(n64_lit4_parse(&a4, host->s, host->len) == 0)
		set_address(hop, AF_INET, &a4, port);
	else if(n64_lit6_parse(&a6, host->s, host->len) == 0)
		set_address(hop, AF_INET6, &a6, port);
}

static int set_uri(struct n64_hop *hop, struct sip_uri *uri)
{
	hop->proto = n64_uri_proto(uri);
	set_host(hop, &uri->host, n64_uri_port(uri));
	return 0;
}

static int set_text(struct n64_hop *hop, const str *text)
{
	struct sip_uri uri;

	if(parse_uri(text->s, text->len, &uri) < 0)
		return -1;
	return set_uri(hop, &uri);
}

/** The destination that was set: by lookup(), with the binding's mark, or from a
 *  Route or Path, whose parameters are anybody's; by them the next hop is
 *  another proxy, and who is behind NAT64 is for that one to know */
static int set_destination(
		struct n64_hop *hop, const struct sip_msg *msg, bool routed)
{
	struct sip_uri uri;

	if(parse_uri(msg->dst_uri.s, msg->dst_uri.len, &uri) < 0)
		return -1;
	if(!routed && !msg->path_vec.len && uri.params.len > 0
			&& n64_binding_read(&hop->marked,
					   (struct n64_text){uri.params.s, uri.params.len})
					   == EINVAL)
		n64_bad(msg, N64_BAD_MARK);
	return set_uri(hop, &uri);
}

/** nathelper's ";alias=192.0.2.1~40001~1" says where the phone really is */
static bool set_alias(struct n64_hop *hop, const struct sip_uri *uri)
{
	struct n64_text params = {uri->params.s, uri->params.len};
	struct n64_alias a;
	str host;

	if(uri->params.len <= 0 || n64_alias_find(&a, params))
		return false;
	host.s = (char *)a.host.p;
	host.len = a.host.len;
	hop->proto = a.proto;
	set_host(hop, &host, a.port);
	return true;
}

int n64_hop(struct n64_hop *hop, struct sip_msg *msg, const str *foreign)
{
	memset(hop, 0, sizeof(*hop));
	hop->proto = PROTO_UDP;
	if(parse_sip_msg_uri(msg) < 0)
		return -1;
	hop->contact =
			n64_host_kind(msg->parsed_uri.host.s, msg->parsed_uri.host.len);
	hop->direct = !foreign && msg->path_vec.len <= 0;
	if(msg->dst_uri.len > 0)
		return set_destination(hop, msg, foreign != NULL);
	if(foreign)
		return set_text(hop, foreign);
	if(set_alias(hop, &msg->parsed_uri))
		return 0;
	/* a request for ourselves has no target yet */
	if(msg->parsed_uri.host.len <= 0
			|| check_self(&msg->parsed_uri.host,
					msg->parsed_uri.port_no ? msg->parsed_uri.port_no
											: SIP_PORT,
					0)) {
		hop->contact = N64_HOST_NONE;
		return 0;
	}
	return set_uri(hop, &msg->parsed_uri);
}
