/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_reuse.h"

#include "n64_cache.h"
#include "n64_mode.h"
#include "n64_proto.h"

#include "../../core/dset.h"
#include "../../core/ip_addr.h"
#include "../../core/parser/parse_uri.h"
#include "../../core/route.h"
#include "../../core/tcp_conn.h"
#include "../../nat64sip/binding.h"
#include "../../nat64sip/literal.h"

#include <string.h>

/** Where a branch of lookup()'s goes */
struct way
{
	struct ip_addr ip;
	int port, proto;
	bool reuse; /**< a phone's behind NAT64, by TCP or TLS */
};

/** That flow has shown that NAT64 is in it, or hinted and shown nothing else */
static bool is_shown(const struct way *w)
{
	struct n64_flow_key key;
	struct n64_fact fact;

	n64_cache_key(&key, &w->ip, w->port, w->proto);
	return n64_cache_find(&fact, &key) && (fact.hint || fact.nat64);
}

static int read_way(struct way *w, const str *text)
{
	struct n64_text params;
	struct sip_uri uri;
	struct in_addr addr;
	struct pref64 pref;

	memset(w, 0, sizeof(*w));
	if(parse_uri(text->s, text->len, &uri) < 0)
		return -1;
	w->proto = n64_uri_proto(&uri);
	if(!n64_is_stream(w->proto)
			|| n64_lit4_parse(&addr, uri.host.s, uri.host.len) < 0)
		return 0;
	w->ip.af = AF_INET;
	w->ip.len = sizeof(addr);
	memcpy(w->ip.u.addr, &addr, sizeof(addr));
	w->port = n64_uri_port(&uri);
	params = (struct n64_text){uri.params.s, uri.params.len};
	w->reuse = n64_binding_read(&pref, params) == 0 || is_shown(w);
	return 0;
}

static int branch_way(struct way *w, unsigned i)
{
	qvalue_t q;
	str uri, dst;

	uri.s = get_branch(
			i, &uri.len, &q, &dst, NULL, NULL, NULL, NULL, NULL, NULL);
	if(!uri.s || read_way(w, dst.len > 0 ? &dst : &uri) < 0)
		return -1;
	/* a literal of the phone's own, reached by where its packets came from */
	w->reuse |=
			w->ip.af == AF_INET && dst.len > 0 && memchr(uri.s, '[', uri.len);
	return 0;
}

static bool is_open(const struct ip_addr *ip, int port)
{
	struct tcp_connection *con =
			tcpconn_get(0, (struct ip_addr *)ip, port, NULL, 0);

	if(con)
		tcpconn_put(con);
	return con != NULL;
}

/** Does any branch beside the first go where a connection may be opened? */
static bool others_connect(void)
{
	struct way w;
	unsigned i;

	for(i = 0; i < nr_branches; i++)
		if(branch_way(&w, i) == 0 && n64_is_stream(w.proto) && !w.reuse)
			return true;
	return false;
}

/** tm knows one order for all branches of a request. Where some may be connected
 *  to, those whose connection is gone are left out. */
static void drop_gone(const struct n64_view *v, bool first)
{
	struct ip_addr ip;
	struct way w;
	unsigned i;

	for(i = nr_branches; i-- > 0;)
		if(branch_way(&w, i) == 0 && w.reuse && !is_open(&w.ip, w.port))
			drop_sip_branch(i);
	if(!first || !v->hop.af)
		return;
	su2ip_addr(&ip, (union sockaddr_union *)&v->hop.to);
	if(nr_branches && !is_open(&ip, su_getport(&v->hop.to)))
		ruri_mark_consumed();
}

/** May no connection be opened to where the Request-URI goes? */
static bool first_reuses(const struct n64_view *v)
{
	return v->hop.direct && v->near.target.net == N64_NET_NAT64
		   && n64_is_stream(v->hop.proto);
}

/** Is any branch beside the first to such a phone? */
static bool others_reuse(void)
{
	struct way w;
	unsigned i;

	for(i = 0; i < nr_branches; i++)
		if(branch_way(&w, i) == 0 && w.reuse)
			return true;
	return false;
}

static bool on_targets(const struct n64_view *v)
{
	snd_flags_t *flags = &v->msg->fwd_send_flags;
	bool first = first_reuses(v);

	if(nr_branches && !is_route_type(BRANCH_ROUTE)) {
		if(!first && !others_reuse())
			return false;
		if(others_connect() || (!first && n64_is_stream(v->hop.proto))) {
			drop_gone(v, first);
			return false;
		}
	} else if(!first) {
		return false;
	}
	if(flags->f & SND_F_FORCE_CON_REUSE)
		return false;
	flags->f |= SND_F_FORCE_CON_REUSE;
	return true;
}

bool n64_reuse_back(const struct n64_view *v)
{
	return n64_mode_of(v->msg) == N64_MODE_ON && v->direct
		   && v->near.source.net == N64_NET_NAT64
		   && n64_is_stream(v->msg->rcv.proto);
}

bool n64_reuse(const struct n64_view *v)
{
	if(n64_mode_of(v->msg) != N64_MODE_ON)
		return false;
	if(n64_reuse_back(v))
		v->msg->rpl_send_flags.f |= SND_F_FORCE_CON_REUSE;
	return on_targets(v);
}
