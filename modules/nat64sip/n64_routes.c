/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_routes.h"

#include "n64_self.h"

#include "../../nat64sip/literal.h"
#include "../../nat64sip/route.h"

#include <string.h>

/** Values looked at (RFC 3261 sets no limit) */
#define MAX_VALUES 64

void n64_routes_of_uri(struct n64_route *dst, const struct sip_uri *uri)
{
	int proto = PROTO_UDP;

	/* where the Request-URI has sips, so have both own values (RFC 3261 16.6
	 * item 4), that of a UDP socket too: the port says which is meant */
	if(uri->type == SIPS_URI_T)
		proto = uri->port_no ? PROTO_NONE : PROTO_TLS;
	if(uri->proto != PROTO_NONE)
		proto = uri->proto;
	memset(dst, 0, sizeof(*dst));
	dst->host = (struct n64_text){uri->host.s, uri->host.len};
	dst->port = uri->port_no;
	dst->tp = n64_transport_of(proto);
	dst->params = (struct n64_text){uri->params.s, uri->params.len};
}

int n64_routes_read(struct n64_pair *dst, const rr_t *rr)
{
	struct n64_route route;

	return n64_routes_read_route(dst, &route, rr);
}

static int cut(struct n64_route *dst, const str *text)
{
	struct sip_uri uri;

	if(n64_route_cut(dst, text->s, text->len) == 0)
		return 0;
	if(parse_uri(text->s, text->len, &uri) < 0)
		return -1;
	n64_routes_of_uri(dst, &uri);
	return 0;
}

int n64_routes_read_route(
		struct n64_pair *dst, struct n64_route *route, const rr_t *rr)
{
	char text[INET_ADDRSTRLEN];
	const struct n64_own *own;
	struct n64_route addr;

	if(cut(route, &rr->nameaddr.uri) < 0)
		return -1;
	own = n64_self_of_name(route->host, route->port, route->tp);
	if(!own)
		return n64_pair_read(dst, route, n64_self_owns()) ? -1 : 0;
	/* the FQDN form: the core knows addresses only */
	addr = *route;
	addr.host.p = text;
	addr.host.len = n64_lit4_print(text, sizeof(text), &own->addr);
	return n64_pair_read(dst, &addr, n64_self_owns()) ? -1 : 0;
}

int n64_routes_each(struct sip_msg *msg, hdr_types_t type,
		bool (*f)(void *arg, const rr_t *rr), void *arg)
{
	struct hdr_field *hdr;
	const rr_t *rr;
	int n = 0;

	for(hdr = msg->headers; hdr; hdr = hdr->next) {
		if(hdr->type != type)
			continue;
		if(parse_rr(hdr) < 0)
			return -1;
		for(rr = hdr->parsed; rr; rr = rr->next)
			if(++n > MAX_VALUES || !f(arg, rr))
				return 0;
	}
	return 0;
}
