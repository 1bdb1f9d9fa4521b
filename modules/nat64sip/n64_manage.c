/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_manage.h"

#include "n64_alias.h"
#include "n64_ask.h"
#include "n64_body.h"
#include "n64_conf.h"
#include "n64_dialog.h"
#include "n64_head.h"
#include "n64_learn.h"
#include "n64_mend.h"
#include "n64_mode.h"
#include "n64_notify.h"
#include "n64_path.h"
#include "n64_plain.h"
#include "n64_quiet.h"
#include "n64_reuse.h"
#include "n64_rr.h"
#include "n64_short.h"
#include "n64_ua.h"
#include "n64_view.h"
#include "n64_view_last.h"

#include "../../core/dprint.h"
#include "../../core/dset.h"
#include "../../core/ip_addr.h"
#include "../../core/parser/parse_cseq.h"
#include "../../core/parser/parse_to.h"
#include "../../core/route.h"
#include "../../nat64sip/raw_header.h"
#include "../../nat64sip/text.h"

#include <string.h>

/** They form a dialog, or keep its targets up to date (RFC 3261 16.6 item 4;
 *  a NOTIFY may come before the SUBSCRIBE's 200, RFC 6665 4.4.1) */
#define RECORD_ROUTED                                                \
	(METHOD_INVITE | METHOD_SUBSCRIBE | METHOD_REFER | METHOD_NOTIFY \
			| METHOD_UPDATE)

/** What comes back has a Contact or an SDP of interest; so has what goes out */
#define ANSWERED (RECORD_ROUTED | METHOD_PRACK | METHOD_OPTIONS)

/** Their Contact is no target (RFC 3261 20.10: BYE has none); that of a REGISTER
 *  is for the registrar */
#define NO_TARGET (METHOD_REGISTER | METHOD_ACK | METHOD_BYE)

char n64_manage_parts(unsigned *parts, const str *flags)
{
	static const char letters[] = "arns";
	const char *p;
	int i;

	*parts = N64_PARTS;
	for(i = 0; i < flags->len; i++) {
		p = memchr(letters, flags->s[i] | 0x20, sizeof(letters) - 1);
		if(!p)
			return flags->s[i];
		*parts &= ~(1u << (p - letters));
	}
	return 0;
}

/** The literal is in the phone's network, or in no network that we have. In
 *  dryrun, too, within a dialog: a call that is up goes on. */
static bool needs_alias(const struct n64_view *v, bool in_dialog)
{
	enum n64_mode mode = n64_mode_of(v->msg);

	return v->direct && v->msg->rcv.src_ip.af == AF_INET
		   && (mode == N64_MODE_ON || (mode == N64_MODE_DRYRUN && in_dialog))
		   && (v->near.source.net == N64_NET_NAT64
				   || n64_view_contact(v->msg) == N64_HOST_IP6);
}

/** What is the same for all branches of a request */
static void on_source(const struct n64_view *v, unsigned parts)
{
	struct sip_msg *msg = v->msg;

	if(msg->rcv.src_ip.af != AF_INET)
		return;
	/* NAT64 moved the port; without rport the reply would go to the port in
	 * sent-by (RFC 3261 18.2.2, RFC 3581 4) */
	if(n64_mode_of(msg) == N64_MODE_ON
			&& (v->near.source.net == N64_NET_NAT64
					|| n64_host_kind(msg->via1->host.s, msg->via1->host.len)
							   == N64_HOST_IP6))
		msg->msg_flags |= FL_FORCE_RPORT;
	if((parts & N64_PART_ALIAS) && !(msg->REQ_METHOD & NO_TARGET)
			&& needs_alias(v, v->in_dialog) && n64_alias_contact(msg) == 1)
		n64_dialog_contact(msg);
}

/** Within a dialog, where no Route leads on to another proxy: past that one the
 *  alias would let anybody send anywhere. In each mode: a call that is up goes
 *  on, and nobody else takes off the alias that it was given. */
static void on_target(const struct n64_view *v, unsigned parts)
{
	if((parts & N64_PART_ALIAS) && v->in_dialog && v->hop.direct)
		n64_alias_ruri(v->msg);
}

/** No transaction carries an ACK, and its branches are none (RFC 3261 17.1.1.3:
 *  that of a refusal carries nothing but what the INVITE had) */
static int manage_ack(const struct n64_view *v, unsigned parts)
{
	int rc = -1;

	if(!v->in_dialog)
		return -1;
	if((parts & N64_PART_NOTIFY) && n64_notify_manage(v) == -2)
		return -2;
	if(parts & N64_PART_SDP)
		rc = n64_body_fix(v, &v->d.target);
	return rc == -2 ? -2 : 1;
}

static bool is_routed(const struct sip_msg *msg, unsigned parts)
{
	return (parts & N64_PART_RR) && (msg->REQ_METHOD & RECORD_ROUTED);
}

/**
 * What request_route wrote the Record-Routes for. A branch that goes there needs
 * no others.
 */
static struct
{
	msg_ctx_id_t id;
	const char *buf; /**< a failure_route's copy has another message's id */
	struct n64_decision near;
	struct n64_hop hop;
	struct socket_info *force;
} routed_for;

static void keep_routed(const struct n64_view *v)
{
	msg_ctx_id_set(v->msg, &routed_for.id);
	routed_for.buf = v->msg->buf;
	routed_for.near = v->near;
	routed_for.hop = v->hop;
	routed_for.force = v->msg->force_send_socket;
}

static bool same_side(const struct n64_verdict *a, const struct n64_verdict *b)
{
	return a->net == b->net && pref64_equal(&a->pref, &b->pref);
}

static bool is_routed_for(const struct n64_view *v, struct socket_info *force)
{
	const struct n64_hop *hop = &v->hop, *was = &routed_for.hop;

	return msg_ctx_id_match(v->msg, &routed_for.id) == 1
		   && v->msg->buf == routed_for.buf && force == routed_for.force
		   && hop->af == was->af && hop->proto == was->proto
		   && (!hop->af || su_cmp(&hop->to, &was->to))
		   && same_side(&v->near.source, &routed_for.near.source)
		   && same_side(&v->near.target, &routed_for.near.target);
}

static bool in_dialog(struct sip_msg *msg)
{
	return parse_to_header(msg) == 0 && get_to(msg)->tag_value.len > 0;
}

/** Two phones on IPv4: a branch that is made later may go to another one */
static int manage_plain(struct sip_msg *msg, unsigned parts)
{
	struct n64_view v = {.msg = msg, .request = true};
	int rc;

	if(msg->REQ_METHOD == METHOD_ACK)
		return in_dialog(msg) ? 1 : -1;
	rc = is_routed(msg, parts) ? n64_rr_plain(msg) : 1;
	if(rc == -2)
		return -2;
	v.d.source.net = v.near.source.net = N64_NET_IPV4;
	/* not read; for the replies it counts that there is one, or an answer that
	 * passed here before, on its way from a phone, would be a late offer */
	v.has_sdp = !n64_raw_no_body(msg->buf, msg->len);
	/* in a failure_route, the pair of an earlier target is there: it is for
	 * the branch to have it replaced */
	if(rc == 1)
		n64_view_keep_plain(msg);
	if(!(msg->REQ_METHOD & ANSWERED))
		return 1;
	return n64_tm_manage(&v, parts, false) < 0 ? -2 : 1;
}

/** Nothing is looked at, but where an alias of ours may have to come off */
static int manage_off(struct sip_msg *msg, unsigned parts)
{
	const str *uri = GET_RURI(msg);
	struct n64_view v;

	if(n64_text_has_at(uri->s, uri->len, "alias=", 5)
			&& n64_view(&v, msg) == 0)
		on_target(&v, parts);
	return is_routed(msg, parts) ? n64_rr_add(msg, NULL) : -1;
}

static int manage_request(struct sip_msg *msg, unsigned parts)
{
	bool routed = is_routed(msg, parts);
	struct n64_view v;
	bool reuse;
	int rc = 1;

	if(msg->REQ_METHOD == METHOD_CANCEL)
		return -1;
	if(n64_quiet(msg)) {
		/* as on_source() does it */
		if(n64_host_kind(msg->via1->host.s, msg->via1->host.len)
				== N64_HOST_IP6)
			msg->msg_flags |= FL_FORCE_RPORT;
		return 1;
	}
	routed_for.buf = NULL;
	if(msg->REQ_METHOD != METHOD_REGISTER && n64_plain(msg))
		return manage_plain(msg, parts);
	if(n64_mode_of(msg) == N64_MODE_OFF)
		return manage_off(msg, parts);
	if(n64_view(&v, msg) < 0)
		return routed ? n64_rr_add(msg, NULL) : -1;
	on_source(&v, parts);
	on_target(&v, parts);
	n64_view_keep(&v);
	reuse = n64_reuse(&v);
	if(msg->REQ_METHOD == METHOD_REGISTER)
		return n64_path_register(&v) < 0 ? -2 : 1;
	if(msg->REQ_METHOD == METHOD_ACK)
		return manage_ack(&v, parts);
	if(msg->REQ_METHOD & RECORD_ROUTED)
		n64_ask(&v);
	if(routed)
		rc = n64_rr_add(msg, NULL);
	if(!v.has_sdp && !(msg->REQ_METHOD & ANSWERED)) {
		if(parts & N64_PART_NOTIFY)
			n64_notify_manage(&v);
		return 1;
	}
	if(n64_tm_manage(&v, parts, reuse) < 0)
		return -2;
	if(routed && rc == 1)
		keep_routed(&v);
	return rc == -2 ? -2 : 1;
}

/**
 * tm has the socket of a branch in hand, but does not show it: it is the
 * message's own, or what lookup() filed with the branch.
 */
static struct socket_info *branch_socket(const struct sip_msg *msg)
{
	const str *uri = GET_RURI(msg);
	struct socket_info *si;
	qvalue_t q;
	unsigned i;
	char *p;
	str dst;
	int len;

	for(i = 0; (p = get_branch(
						i, &len, &q, &dst, NULL, NULL, &si, NULL, NULL, NULL))
			   != NULL;
			i++)
		if(len == uri->len && !memcmp(p, uri->s, len)
				&& dst.len == msg->dst_uri.len
				&& (!dst.len || !memcmp(dst.s, msg->dst_uri.s, dst.len)))
			return si;
	return msg->force_send_socket;
}

/** The branch's own Record-Routes, where those of request_route do not fit */
static void route_branch(const struct n64_view *v)
{
	struct sip_msg *msg = v->msg;
	struct socket_info *si = branch_socket(msg);
	struct socket_info *before = msg->force_send_socket;
	int type = get_route_type();

	if(is_routed_for(v, si))
		return;
	/* as in a branch_route: what is added is the branch's only */
	set_route_type(BRANCH_ROUTE);
	msg->force_send_socket = si;
	n64_rr_add(msg, NULL);
	msg->force_send_socket = before;
	set_route_type(type);
}

static void on_branch(struct sip_msg *msg, struct n64_tctx *t)
{
	struct n64_view v;

	if(n64_view_was_plain(msg) || n64_mode_of(msg) == N64_MODE_OFF
			|| n64_view(&v, msg) < 0)
		return;
	t->to_nat64 |= v.near.target.net == N64_NET_NAT64;
	t->behind_proxy |=
			!v.hop.direct || n64_notify_to_peer(&v) || n64_path_to_peer(&v);
	if(is_routed(msg, t->parts))
		route_branch(&v);
	if(t->parts & N64_PART_NOTIFY)
		n64_notify_manage(&v);
	if(t->parts & N64_PART_SDP)
		n64_body_fix(&v, &v.d.target);
}

/** A late offer: the answer comes in an ACK or PRACK, which knows of the offer
 *  what the own value of that leg says (RFC 6157 4.1) */
static void note_late_offer(const struct n64_view *v, struct n64_tctx *t)
{
	enum n64_family family = N64_FAMILY_NONE;
	unsigned tag;

	if(!t || t->has_offer || v->near.source.net != N64_NET_NAT64)
		return;
	tag = n64_tm_tag(v->msg);
	if(v->has_sdp)
		family = v->sdp.any;
	else if(tag == t->late_tag)
		family = t->late.any;
	if(family == N64_FAMILY_NONE)
		return;
	if(!t->late_tag) {
		t->late = v->sdp;
		t->late_tag = tag;
	}
	if(n64_mode_of(v->msg) == N64_MODE_ON)
		n64_mend_family(v->msg, v->source_leg, family);
}

/** A failed part leaves the others be: each of them helps */
static int reply_parts(struct sip_msg *msg, unsigned parts, struct n64_tctx *t)
{
	struct n64_view v;
	int rc = 1;

	if(n64_mode_of(msg) == N64_MODE_OFF || n64_view(&v, msg) < 0)
		return -1;
	/* in the answer to a REGISTER it is the phone's own list */
	if((parts & N64_PART_ALIAS) && get_cseq(msg)->method_id != METHOD_REGISTER
			&& msg->first_line.u.reply.statuscode < 300
			&& needs_alias(&v, t && t->in_dialog))
		n64_alias_contact(msg);
	if(!(parts & N64_PART_SDP))
		return 1;
	note_late_offer(&v, t);
	if(n64_body_fix(&v, &v.d.target) == -2)
		rc = -2;
	return rc;
}

static bool has_literal(const char *text, size_t len)
{
	return memchr(text, '[', len) != NULL;
}

/** Is a Contact with a literal in it? Its headers have not been parsed, and need
 *  not be for most replies. Of one letter is what stands behind a CR: the parser
 *  has to tell. */
static bool shows_contact(const struct sip_msg *rpl)
{
	const char *text = n64_head(rpl);
	size_t len = rpl->buf + rpl->len - text, from = 0;
	struct n64_raw_header h;

	for(; n64_raw_header_find(&h, text, len, from, "Contact", 7, 'm');
			from = h.off + h.len)
		if(h.len == 1 || has_literal(text + h.off, h.len))
			return true;
	return false;
}

/** Is there anything in this reply that could have to change? Most have neither
 *  Contact nor SDP, or nobody behind NAT64 on either side. */
static bool has_work(struct sip_msg *rpl, const struct n64_tctx *t)
{
	bool from_nat64 = t->to_nat64 || n64_learn_shown(rpl) || n64_ua_forces();
	bool to_nat64;

	if(t->late_tag)
		return true;
	to_nat64 = t->source.net == N64_NET_NAT64 || t->has_notify
			   || n64_conf.peers_n;
	if(from_nat64)
		return true;
	if(to_nat64)
		return !n64_raw_no_body(rpl->buf, rpl->len) || shows_contact(rpl);
	/* two phones on IPv4, unless this one hints at something else */
	return has_literal(rpl->buf, rpl->len) || n64_plain_ip6_line(rpl);
}

static void on_reply(struct sip_msg *rpl, struct n64_tctx *t)
{
	if(!n64_short(!has_work(rpl, t)))
		reply_parts(rpl, t->parts, t);
}

const struct n64_tm_hooks n64_manage_hooks = {on_branch, on_reply};

/** Where tm's callback comes for it later, behind this route, it is left to
 *  that: the relay's module may not have been called yet */
static int manage_reply(struct sip_msg *msg, unsigned parts)
{
	unsigned later;

	/* to a request of this proxy's own, such as nathelper's ping: it goes to
	 * nobody, and its SDP is no call's */
	if(!n64_view_hop(msg))
		return -1;
	later = n64_tm_parts(msg);
	/* the callback does not come for a refusal */
	if(!later || msg->first_line.u.reply.statuscode >= 300)
		return reply_parts(msg, later | parts, NULL);
	return 1;
}

int n64_manage(struct sip_msg *msg, unsigned parts)
{
	int rc;

	if(msg->first_line.type == SIP_REPLY) {
		rc = manage_reply(msg, parts);
		/* the core drops a reply whose reply_route ends with less than 1 */
		return is_route_type(CORE_ONREPLY_ROUTE) ? 1 : rc;
	}
	/* a request of tm's own, such as dialog's BYE: tm has resolved where it
	 * goes, and takes no other destination from its event route */
	if(is_route_type(LOCAL_ROUTE))
		return -1;
	return manage_request(msg, parts);
}
