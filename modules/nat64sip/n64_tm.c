/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#define _GNU_SOURCE /* memmem */

#include "n64_tm.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mend.h"
#include "n64_mode.h"
#include "n64_reuse.h"
#include "n64_stats.h"
#include "n64_tm_send.h"
#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/hashes.h"
#include "../../core/mem/shm_mem.h"
#include "../../core/parser/hf.h"
#include "../../core/parser/parse_cseq.h"
#include "../../core/parser/parse_to.h"
#include "../../core/trim.h"
#include "../tm/tm_load.h"

#include <string.h>

/** tm copies a Call-ID into 1024 octets without a look at its length */
#define CALLID_MAX 512
/** A CSeq is less than 2^31 (RFC 3261 8.1.1.5) */
#define CSEQ_MAX 10

static struct tm_binds tmb;
static const struct n64_tm_hooks *hook;

/** Registered before the transaction exists: tm files it by message id */
static struct
{
	msg_ctx_id_t id;
	struct n64_tctx *t;
} early;

int n64_tm_init(const struct n64_tm_hooks *hooks)
{
	hook = hooks;
	if(load_tm_api(&tmb) < 0) {
		LM_ERR("nat64sip needs the module tm: load tm.so before it\n");
		return -1;
	}
	return n64_tm_send_init(&tmb);
}

/** May the own value that such a phone got be made synthetic later? */
static bool may_mend(enum n64_ua_action ua)
{
	return ua == N64_UA_NONE || ua == N64_UA_NO_SDP || ua == N64_UA_FORCE;
}

/** Where the PREF64 was not known when the request passed, it may be now: the
 *  probe's answer comes within a round trip */
static void mend(struct sip_msg *rpl, const struct n64_tctx *ctx)
{
	struct n64_fact fact;

	if(ctx->source.net != N64_NET_NAT64 || !ctx->has_flow || !may_mend(ctx->ua)
			|| n64_conf.policy.believe_configured
			|| n64_mode_of(rpl) != N64_MODE_ON)
		return;
	if(!n64_cache_fact(&fact, &ctx->flow) || !fact.nat64)
		return;
	/* one that only is configured may not have been good enough */
	if(!ctx->source.shown || !pref64_equal(&fact.pref, &ctx->source.pref))
		n64_mend(rpl, ctx->source_leg, &fact.pref);
}

/**
 * What tm took from the message before us: replies to a phone behind NAT64 go
 * over its connection or not at all, also where the script called us late. And
 * what holds for the targets of request_route does not for a failure_route's,
 * whose copy of the request is made of tm's.
 */
static void limit_connections(struct cell *t, const struct n64_tctx *ctx)
{
	if(ctx->reuse_back)
		t->uas.response.dst.send_flags.f |= SND_F_FORCE_CON_REUSE;
	if(ctx->reuse && t->uas.request)
		t->uas.request->fwd_send_flags.f &= ~SND_F_FORCE_CON_REUSE;
}

/** tm calls this for each branch, and for each response below 300 that goes
 *  back */
static void keep(struct cell *t, int type, struct tmcb_params *params)
{
	struct n64_tctx *ctx = *params->param;

	if(type & TMCB_REQUEST_FWDED) {
		ctx->relayed = true;
		limit_connections(t, ctx);
		if(ctx->parts && params->req)
			hook->branch(params->req, ctx);
		return;
	}
	if(!(type & TMCB_RESPONSE_FWDED) || params->rpl == FAKED_REPLY
			|| !params->rpl)
		return;
	mend(params->rpl, ctx);
	if(ctx->parts)
		hook->reply(params->rpl, ctx);
}

static void release(void *param)
{
	const struct n64_tctx *t = param;

	if(t->parts && !t->relayed)
		LM_DBG("nat64_manage() was called, but t_relay() sent nothing: after"
			   " forward(), the Record-Route is all that was written\n");
	if(early.t == param)
		early.t = NULL;
	shm_free(param);
}

static struct n64_tctx *find_in(struct cell *t)
{
	const volatile struct tm_callback *cb;

	for(cb = t->tmcb_hl.first; cb; cb = cb->next)
		if(cb->callback == keep)
			return cb->param;
	return NULL;
}

static struct n64_tctx *find(struct sip_msg *msg)
{
	struct cell *t = tmb.t_gett();

	if(t && t != T_UNDEFINED)
		return find_in(t);
	if(msg->first_line.type == SIP_REQUEST && early.t
			&& msg_ctx_id_match(msg, &early.id) == 1)
		return early.t;
	return NULL;
}

const struct n64_tctx *n64_tm_find(struct sip_msg *msg)
{
	return find(msg);
}

bool n64_tm_has(struct sip_msg *msg)
{
	struct cell *t = tmb.t_gett();

	(void)msg;
	return t && t != T_UNDEFINED;
}

static bool worth_keeping(const struct n64_view *v)
{
	return v->request && !(v->msg->REQ_METHOD & (METHOD_ACK | METHOD_CANCEL))
		   && (v->has_notify || v->d.source.net == N64_NET_NAT64
				   || v->source_ua != N64_UA_NONE);
}

static void fill(struct n64_tctx *t, const struct n64_view *v)
{
	t->source = v->d.source;
	t->source_leg = v->source_leg;
	t->ua = v->source_ua;
	t->offer = v->sdp;
	t->has_offer = v->has_sdp;
	t->family = v->has_source_pair ? v->source_pair.family : N64_FAMILY_NONE;
	t->notify = v->notify;
	t->has_notify = v->has_notify;
	t->has_flow = v->msg->rcv.src_ip.af == AF_INET;
	if(t->has_flow)
		n64_cache_key(&t->flow, &v->msg->rcv.src_ip, v->msg->rcv.src_port,
				v->msg->rcv.proto);
	t->reuse_back = n64_reuse_back(v);
}

static struct n64_tctx *start(const struct n64_view *v)
{
	struct n64_tctx *t = shm_malloc(sizeof(*t));

	if(!t) {
		SHM_MEM_ERROR;
		counter_inc(n64_stats.failed);
		return NULL;
	}
	memset(t, 0, sizeof(*t));
	fill(t, v);
	if(tmb.register_tmcb(v->msg, 0, TMCB_REQUEST_FWDED | TMCB_RESPONSE_FWDED,
			   keep, t, release)
			< 0) {
		LM_ERR("cannot keep what the request showed for its replies\n");
		counter_inc(n64_stats.failed);
		shm_free(t);
		return NULL;
	}
	msg_ctx_id_set(v->msg, &early.id);
	early.t = t;
	return t;
}

void n64_tm_remember(const struct n64_view *v)
{
	if(worth_keeping(v) && !find(v->msg))
		start(v);
}

int n64_tm_manage(const struct n64_view *v, unsigned parts, bool reuse)
{
	struct n64_tctx *t = find(v->msg);

	if(!t)
		t = start(v);
	if(!t)
		return -1;
	t->parts |= parts;
	t->reuse |= reuse;
	t->in_dialog = v->in_dialog;
	return 0;
}

/** Who knows a branch could answer from anywhere; the packet's source must be
 *  where that branch went */
static bool from_there(
		const struct sip_msg *reply, const struct dest_info *dst)
{
	union sockaddr_union to = dst->to;
	struct ip_addr ip;

	su2ip_addr(&ip, &to);
	return reply->rcv.proto == dst->proto
		   && reply->rcv.src_port == su_getport(&to)
		   && ip_addr_cmp(&ip, (struct ip_addr *)&reply->rcv.src_ip);
}

/**
 * Let tm look for a reply's transaction.
 *
 * @param held Somebody before us asked, and holds it until tm is done with it.
 *             If not, it is for the caller to let go of it: tm finds it again,
 *             and its callbacks for a reply run the first time only.
 */
static struct cell *look_for(struct sip_msg *reply, int *branch, bool *held)
{
	struct cell *before = tmb.t_gett(), *t;

	*branch = 0;
	*held = (reply->msg_flags & FL_TM_RPL_MATCHED) && before
			&& before != T_UNDEFINED;
	if(tmb.t_check(reply, branch) != 1)
		return NULL;
	t = tmb.t_gett();
	return t && t != T_UNDEFINED ? t : NULL;
}

/** tm finds a transaction by the branch alone (RFC 3261 17.1.3); who guesses that
 *  of a request of ours has yet to guess its Call-ID, as tm wrote it */
static bool has_callid(struct sip_msg *reply, const struct retr_buf *sent)
{
	static const char name[] = "\r\nCall-ID: ";
	const size_t n = sizeof(name) - 1;
	const char *p, *end = sent->buffer + sent->buffer_len;
	const str *id;

	if(!sent->buffer || parse_headers(reply, HDR_CALLID_F, 0) < 0
			|| !reply->callid || reply->callid->body.len <= 0)
		return false;
	id = &reply->callid->body;
	p = memmem(sent->buffer, sent->buffer_len, name, n);
	return p && (size_t)(end - p) > n + id->len + 1
		   && !memcmp(p + n, id->s, id->len) && p[n + id->len] == '\r';
}

enum n64_tm_match n64_tm_match(struct sip_msg *reply)
{
	enum n64_tm_match match = N64_TM_NONE;
	const struct retr_buf *sent;
	int branch;
	bool held;
	struct cell *t = look_for(reply, &branch, &held);

	if(!t)
		return N64_TM_NONE;
	sent = branch >= 0 && branch < t->nr_of_outgoings ? &t->uac[branch].request
													  : NULL;
	if(sent && from_there(reply, &sent->dst)) {
		if(!(t->flags & T_IS_LOCAL_FLAG))
			match = N64_TM_FORWARDED;
		else if(has_callid(reply, sent))
			match = N64_TM_OWN;
	}
	if(!held)
		tmb.t_unref(reply);
	return match;
}

unsigned n64_tm_tag(struct sip_msg *msg)
{
	const struct to_body *to;

	if(parse_to_header(msg) < 0)
		return 0;
	to = get_to(msg);
	return to->tag_value.len
				   ? get_hash1_raw(to->tag_value.s, to->tag_value.len)
				   : 0;
}

/** "RAck: 776656 1 INVITE": the second number */
static bool rack_cseq(str *number, struct sip_msg *prack)
{
	const struct hdr_field *h = get_hdr_by_name(prack, "RAck", 4);
	str rest;
	int i;

	if(!h)
		return false;
	rest = h->body;
	for(i = 0; i < 2; i++) {
		trim_leading(&rest);
		number->s = rest.s;
		while(rest.len && *rest.s >= '0' && *rest.s <= '9') {
			rest.s++;
			rest.len--;
		}
		number->len = rest.s - number->s;
	}
	return number->len > 0;
}

static bool invite_cseq(str *number, struct sip_msg *msg)
{
	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || !msg->callid || !msg->cseq
			|| msg->callid->body.len > CALLID_MAX)
		return false;
	if(msg->REQ_METHOD == METHOD_PRACK)
		return rack_cseq(number, msg);
	*number = get_cseq(msg)->number;
	return true;
}

/** The INVITE that an ACK or PRACK is for, held; NULL if tm has let go of it */
static struct cell *hold_invite(struct sip_msg *msg)
{
	struct cell *before = tmb.t_gett(), *t;
	int branch = tmb.t_gett_branch();
	str number;

	if(!invite_cseq(&number, msg) || number.len > CSEQ_MAX
			|| tmb.t_lookup_callid(&t, msg->callid->body, number) < 0)
		return NULL;
	/* tm took it for the message's own */
	tmb.t_sett(before, branch);
	return t;
}

bool n64_tm_late_offer(struct sdp64_families *fam, struct sip_msg *msg)
{
	struct cell *t = hold_invite(msg);
	const struct n64_tctx *ctx;
	bool found = false;

	if(!t)
		return false;
	ctx = find_in(t);
	if(ctx && ctx->late_tag && ctx->late_tag == n64_tm_tag(msg)) {
		*fam = ctx->late;
		found = true;
	}
	tmb.unref_cell(t);
	return found;
}

bool n64_tm_answers_late(struct sip_msg *msg)
{
	struct cell *t = hold_invite(msg);
	const struct sip_msg *invite;
	bool empty;

	if(!t)
		return false;
	/* what tm left unparsed is the empty line and the body */
	invite = t->uas.request;
	empty = invite && invite->unparsed + CRLF_LEN >= invite->buf + invite->len;
	tmb.unref_cell(t);
	return empty;
}

/** What was kept for a reply's transaction, tm is asked; held as with look_for() */
static const struct n64_tctx *look_in(
		struct sip_msg *reply, struct cell **t, bool *held)
{
	int branch;

	*t = look_for(reply, &branch, held);
	return *t ? find_in(*t) : NULL;
}

unsigned n64_tm_parts(struct sip_msg *reply)
{
	struct cell *t;
	bool held;
	const struct n64_tctx *ctx = look_in(reply, &t, &held);
	unsigned parts = ctx ? ctx->parts : 0;

	if(t && !held)
		tmb.t_unref(reply);
	return parts;
}

bool n64_tm_lacks_pref(struct sip_msg *reply, struct n64_flow_key *phone)
{
	struct cell *t;
	bool held, lacks;
	const struct n64_tctx *ctx = look_in(reply, &t, &held);

	lacks = ctx && ctx->source.net == N64_NET_NAT64 && !ctx->source.pref.len
			&& ctx->has_flow && !ctx->in_dialog && may_mend(ctx->ua);
	if(lacks)
		*phone = ctx->flow;
	if(t && !held)
		tmb.t_unref(reply);
	return lacks;
}
