/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_notify.h"

#include "n64_bad.h"
#include "n64_conf.h"
#include "n64_head.h"
#include "n64_lumps.h"
#include "n64_mode.h"
#include "n64_stats.h"
#include "n64_view.h"

#include "../../core/data_lump.h"
#include "../../core/dprint.h"
#include "../../core/mem/mem.h"
#include "../../core/script_cb.h"
#include "../../nat64sip/raw_header.h"

#include <string.h>

/** Of the header's name, for n64_raw_header_hint() */
static size_t pivot;

static bool is_notify(const struct hdr_field *hdr)
{
	return hdr->name.len == n64_conf.notify_header.len
		   && !strncasecmp(
				   hdr->name.s, n64_conf.notify_header.s, hdr->name.len);
}

static struct hdr_field *next_notify(struct hdr_field *hdr)
{
	while(hdr && !is_notify(hdr))
		hdr = hdr->next;
	return hdr;
}

static bool from_peer(const struct sip_msg *msg)
{
	struct in_addr src;

	if(!n64_conf.peers_n || msg->rcv.src_ip.af != AF_INET)
		return false;
	memcpy(&src, msg->rcv.src_ip.u.addr, sizeof(src));
	return n64_conf_is_peer(&src);
}

int n64_notify_believed(struct n64_notify *dst, struct sip_msg *msg)
{
	struct hdr_field *hdr;

	if(!from_peer(msg))
		return -1;
	hdr = next_notify(msg->headers);
	if(!hdr)
		return -1;
	if(next_notify(hdr->next)
			|| n64_notify_parse(dst, hdr->body.s, hdr->body.len))
		return n64_bad(msg, N64_BAD_NOTIFY);
	return 0;
}

/** Could it be there? Most often not, and then nothing more is looked at. */
static bool may_be_there(const struct sip_msg *msg)
{
	const str *name = &n64_conf.notify_header;

	return n64_raw_header_hint(msg->buf, msg->len, name->s, name->len, pivot);
}

/**
 * A CR ends the headers for the core, though not for everybody. What is deleted
 * behind it would be deleted from the body, too, when that is replaced: more
 * than there is, and the core would write past the end of its buffer. Where they
 * cannot be parsed, nobody can tell; and the core, asked again, would file what
 * it parsed so far a second time, a Route of ours as the next one.
 */
static bool may_be_in_body(struct sip_msg *msg, int at)
{
	return n64_raw_bare_cr(msg->buf, at)
		   && (parse_headers(msg, HDR_EOH_F, 0) < 0
				   || (msg->eoh && msg->buf + at > msg->eoh));
}

/**
 * Remove every header of that name that came with the message, unless it is
 * removed already. The text is searched, not what the parser made of it: behind
 * a line that it refuses it sees nothing.
 *
 * @return How many, or -1
 */
static int remove_received(struct sip_msg *msg)
{
	const str *name = &n64_conf.notify_header;
	const char *text = n64_head(msg);
	size_t len = msg->buf + msg->len - text, from = 0;
	struct n64_raw_header h;
	int n = 0, at;

	if(!may_be_there(msg))
		return 0;
	for(; n64_raw_header_find(&h, text, len, from, name->s, name->len, '\0');
			from = h.off + h.len) {
		at = text - msg->buf + h.off;
		if(may_be_in_body(msg, at))
			return -1;
		if(n64_lumps_deleted(msg->add_rm, at))
			continue;
		if(!del_lump(msg, at, h.len, 0))
			return -1;
		++n;
	}
	return n;
}

/** What a peer tells us in a reply is not for the phone that gets it. Here, since
 *  no callback comes for a refusal. It can still be read: its text stays. */
static int remove_from_reply(struct sip_msg *msg)
{
	struct in_addr to;

	if(msg->first_line.type != SIP_REPLY || !may_be_there(msg)
			|| (n64_view_reply_addr(&to, msg) == 0 && n64_conf_is_peer(&to)))
		return 1;
	if(remove_received(msg) >= 0)
		return 1;
	counter_inc(n64_stats.failed);
	return 0;
}

/** Kamailio calls this before the script, for each request and reply */
static int remove_untrusted(
		struct sip_msg *msg, unsigned int flags, void *param)
{
	int n;

	(void)flags;
	(void)param;
	if(from_peer(msg))
		return remove_from_reply(msg);
	n = remove_received(msg);
	if(n < 0) {
		/* it must not get past us: drop the message */
		counter_inc(n64_stats.failed);
		return 0;
	}
	if(n > 0) {
		counter_add(n64_stats.notify_removed, n);
		LM_DBG("removed %d notify header(s) that came from no peer\n", n);
	}
	return 1;
}

int n64_notify_init(void)
{
	const str *name = &n64_conf.notify_header;

	pivot = n64_raw_header_pivot(name->s, name->len);
	return register_script_cb(
			remove_untrusted, PRE_SCRIPT_CB | REQUEST_CB | ONREPLY_CB, 0);
}

static void fill_leg(
		struct n64_notify_leg *leg, const struct n64_verdict *verdict)
{
	leg->net = verdict->net;
	leg->pref = verdict->pref;
}

/** The phone behind the peer, by the value that we wrote for it when the call
 *  came back from the peer */
static void fill_far(struct n64_notify_leg *leg, const struct n64_view *v)
{
	leg->net = N64_NET_NAT64;
	leg->pref = n64_conf.policy.believe_configured ? n64_conf.policy.pref
												   : v->far_pref;
}

/** "Name: value\r\n" in private memory */
static int build(str *dst, const struct n64_view *v)
{
	char value[N64_NOTIFY_TEXT_MAX + 1];
	struct n64_notify n;
	size_t len;
	char *p;

	memset(&n, 0, sizeof(n));
	fill_leg(&n.caller, n64_view_leg(v, N64_LEG_CALLER));
	fill_leg(&n.callee, n64_view_leg(v, N64_LEG_CALLEE));
	if(v->far_pref.len && n64_notify_to_peer(v))
		fill_far(v->source_leg == N64_LEG_CALLER ? &n.callee : &n.caller, v);
	len = n64_notify_print(value, sizeof(value), &n);
	dst->len = n64_conf.notify_header.len + 2 + len + CRLF_LEN;
	dst->s = pkg_malloc(dst->len);
	if(!dst->s) {
		PKG_MEM_ERROR;
		return -1;
	}
	p = dst->s;
	memcpy(p, n64_conf.notify_header.s, n64_conf.notify_header.len);
	p += n64_conf.notify_header.len;
	memcpy(p, ": ", 2);
	memcpy(p + 2, value, len);
	memcpy(p + 2 + len, CRLF, CRLF_LEN);
	return 0;
}

/** A message may end within its last header: what is put there would be a part
 *  of that */
static bool has_place(const struct sip_msg *msg)
{
	return msg->unparsed > msg->buf && msg->unparsed[-1] == '\n';
}

int n64_notify_set(const struct n64_view *v)
{
	struct sip_msg *msg = v->msg;
	struct lump *anchor;
	str hdr;

	if(!has_place(msg))
		return n64_bad(msg, N64_BAD_HEADERS);
	if(n64_mode_of(msg) == N64_MODE_DRYRUN) {
		counter_inc(n64_stats.notify_set);
		return 1;
	}
	if(build(&hdr, v) < 0) {
		counter_inc(n64_stats.failed);
		return -2;
	}
	/* what came from anybody else is gone */
	if(n64_lumps_drop_header(msg, &n64_conf.notify_header) < 0
			|| (from_peer(msg) && remove_received(msg) < 0))
		goto error;
	/* behind the last header, so that no other module's anchor is shared */
	anchor = anchor_lump(msg, msg->unparsed - msg->buf, 0, 0);
	if(!anchor || !insert_new_lump_before(anchor, hdr.s, hdr.len, 0))
		goto error;
	counter_inc(n64_stats.notify_set);
	return 1;
error:
	pkg_free(hdr.s);
	counter_inc(n64_stats.failed);
	return -2;
}

/** Is the next hop one, and numeric? */
bool n64_notify_to_peer(const struct n64_view *v)
{
	union sockaddr_union to = v->hop.to;
	struct in_addr addr;
	struct ip_addr ip;

	if(v->hop.af != AF_INET)
		return false;
	su2ip_addr(&ip, &to);
	memcpy(&addr, ip.u.addr, sizeof(addr));
	return n64_conf_is_peer(&addr);
}

/** Also what the script itself put there */
static int remove_all(struct sip_msg *msg)
{
	int n;

	if(n64_lumps_drop_header(msg, &n64_conf.notify_header) < 0
			|| (n = remove_received(msg)) < 0) {
		counter_inc(n64_stats.failed);
		return -2;
	}
	return n > 0 ? 1 : -1;
}

bool n64_notify_may_go(const struct sip_msg *msg)
{
	return n64_conf.peers_n
		   && (may_be_there(msg)
				   || n64_lumps_add_header(msg, &n64_conf.notify_header));
}

int n64_notify_manage(const struct n64_view *v)
{
	/* where there is no peer, none has got past us */
	if(!v->request || !n64_conf.peers_n)
		return -1;
	/* who sets up media must know: offers and answers, and who asks for one */
	if(n64_notify_to_peer(v))
		return v->has_sdp
							   || (v->msg->REQ_METHOD
									   & (METHOD_INVITE | METHOD_UPDATE))
					   ? n64_notify_set(v)
					   : -1;
	return n64_mode_of(v->msg) == N64_MODE_ON ? remove_all(v->msg) : -1;
}
