/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_probe.h"

#include "n64_conf.h"
#include "n64_cache.h"
#include "n64_mode.h"
#include "n64_self.h"
#include "n64_stats.h"
#include "n64_tm_send.h"

#include "../../core/dprint.h"
#include "../../core/tcp_conn.h"
#include "../../nat64sip/literal.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define URI_MAX 96
#define ID_MAX 48

/** A request outside of any dialog, in the form in which tm takes one */
struct probe
{
	dlg_t dlg;
	char target[URI_MAX], from[URI_MAX];
	char callid[ID_MAX], tag[ID_MAX];
};

static const char *transport_param(int proto)
{
	switch(proto) {
		case PROTO_TCP:
			return ";transport=tcp";
		case PROTO_TLS:
			return ";transport=tls";
		case PROTO_SCTP:
			return ";transport=sctp";
		case PROTO_WS:
		case PROTO_WSS:
			return ";transport=ws";
		default:
			return "";
	}
}

static str print_uri(char *buf, const char *head, const char *host, int port,
		const char *param)
{
	str text = {
			buf, snprintf(buf, URI_MAX, "%s%s:%d%s", head, host, port, param)};

	return text;
}

/** The kernel's: who is asked sees it, and could go on to tm's own numbers */
static str random_id(char *buf, const char *mark)
{
	uint64_t n = 0;

	str text = {buf, 0};

	if(getrandom(&n, sizeof(n), 0) == (ssize_t)sizeof(n))
		text.len = snprintf(
				buf, ID_MAX, "%s-%016llx", mark, (unsigned long long)n);
	return text;
}

static int fill(struct probe *p, const struct n64_probe_to *to)
{
	const struct n64_own *own = n64_self_of_socket(to->sock);
	const char *param = transport_param(to->proto);
	char host[N64_LIT6_MAX + 1], self[N64_LIT6_MAX + 1];

	if(!own)
		return -1;
	memset(p, 0, sizeof(*p));
	n64_lit4_print(host, sizeof(host), &to->addr);
	n64_lit4_print(self, sizeof(self), &own->addr);
	p->dlg.rem_uri = print_uri(p->target, "sip:", host, to->port, param);
	p->dlg.rem_target = p->dlg.rem_uri;
	p->dlg.dst_uri = p->dlg.rem_uri;
	p->dlg.loc_uri = print_uri(p->from, "sip:probe@", self, own->port, "");
	p->dlg.id.call_id = random_id(p->callid, "probe");
	p->dlg.id.loc_tag = random_id(p->tag, "n64");
	p->dlg.send_sock = to->sock;
	p->dlg.state = DLG_CONFIRMED;
	return p->dlg.id.call_id.len && p->dlg.id.loc_tag.len ? 0 : -1;
}

void n64_probe_key(struct n64_flow_key *key, const struct n64_probe_to *to)
{
	memset(key, 0, sizeof(*key));
	key->addr = to->addr;
	key->port = to->port;
	key->tp = n64_transport_of(to->proto);
}

/** Asked before: tm would log a connection that is gone as an error */
static bool connected(const struct n64_probe_to *to)
{
	union sockaddr_union local = to->sock->su;
	struct tcp_connection *con;
	struct ip_addr ip;

	if(to->proto == PROTO_UDP)
		return true;
	memset(&ip, 0, sizeof(ip));
	ip.af = AF_INET;
	ip.len = sizeof(to->addr);
	memcpy(ip.u.addr, &to->addr, sizeof(to->addr));
	con = tcpconn_get(to->con, &ip, to->port, &local, 0);
	if(!con)
		return false;
	tcpconn_put(con);
	return true;
}

int n64_probe_send(const struct n64_probe_to *to, bool keepalive)
{
	struct n64_flow_key key;
	struct probe p;

	if(!connected(to)) {
		n64_probe_key(&key, to);
		n64_cache_forget(&key);
		return -1;
	}
	if(fill(&p, to) < 0)
		return -1;
	if(!keepalive && !n64_cache_probe_begin()) {
		counter_inc(n64_stats.probes_left_out);
		return -1;
	}
	n64_cache_ask();
	if(n64_tm_send_options(&p.dlg, to->con, !keepalive) < 0) {
		LM_DBG("no probe to %s\n", p.target);
		return -1;
	}
	counter_inc(n64_stats.probes);
	LM_DBG("probe to %s\n", p.target);
	return 0;
}

int n64_probe(struct sip_msg *msg, uint32_t stale)
{
	struct n64_probe_to to = {.port = msg->rcv.src_port,
			.proto = msg->rcv.proto,
			.sock = msg->rcv.bind_address,
			.con = msg->rcv.proto_reserved1};
	struct n64_flow_key key;

	if(!n64_conf.probe || n64_mode_of(msg) != N64_MODE_ON
			|| msg->rcv.src_ip.af != AF_INET)
		return -1;
	memcpy(&to.addr, msg->rcv.src_ip.u.addr, sizeof(to.addr));
	n64_probe_key(&key, &to);
	if(!n64_cache_claim_probe(&key, stale))
		return -1;
	/* who is left out keeps its right to be asked with its next request */
	if(!n64_cache_rate_take(&key)) {
		counter_inc(n64_stats.probes_left_out);
	} else {
		if(n64_probe_send(&to, false) == 0)
			return 1;
		n64_cache_rate_give_back(&key);
	}
	n64_cache_unclaim(&key);
	return -1;
}
