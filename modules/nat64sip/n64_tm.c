/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#define _GNU_SOURCE /* memmem */

#include "n64_tm.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mend.h"
#include "n64_mode.h"
#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/mem/shm_mem.h"
#include "../../core/parser/parse_cseq.h"
#include "../../core/sr_module.h"
#include "../tm/tm_load.h"

#include <dlfcn.h>
#include <string.h>

/** Seconds that a probe may go unanswered */
#define PROBE_FR 8

/** tm copies a Call-ID into 1024 octets without a look at its length */
#define CALLID_MAX 512

static struct tm_binds tmb;
static const struct n64_tm_hooks *hook;

/** What tm notes of the request at hand. Not part of its interface, but of what
 *  the module exports to the loader. */
static struct
{
	enum kill_reason (*get)(void);
	void (*set)(enum kill_reason reason);
	void (*reset)(void);
} kr;

static int bind_kr(void)
{
	struct sr_module *tm = find_module_by_name("tm");

	if(!tm)
		return -1;
	*(void **)&kr.get = dlsym(tm->handle, "get_kr");
	*(void **)&kr.set = dlsym(tm->handle, "set_kr");
	*(void **)&kr.reset = dlsym(tm->handle, "reset_kr");
	return kr.get && kr.set && kr.reset ? 0 : -1;
}

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
	if(bind_kr() < 0) {
		LM_ERR("this tm does not let nat64sip send requests of its own\n");
		return -1;
	}
	return 0;
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

	if(ctx->source.net != N64_NET_NAT64 || ctx->source.pref.len
			|| !ctx->has_flow || !may_mend(ctx->ua)
			|| n64_conf.policy.believe_configured
			|| n64_mode_of(rpl) != N64_MODE_ON)
		return;
	if(n64_cache_fact(&fact, &ctx->flow) && fact.nat64)
		n64_mend(rpl, ctx->source_leg, &fact.pref);
}

/** tm calls this for each branch, and for each response below 300 that goes
 *  back */
static void keep(struct cell *t, int type, struct tmcb_params *params)
{
	struct n64_tctx *ctx = *params->param;

	(void)t;
	if(type & TMCB_REQUEST_FWDED) {
		ctx->relayed = true;
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
}

static struct n64_tctx *start(const struct n64_view *v)
{
	struct n64_tctx *t = shm_malloc(sizeof(*t));

	if(!t) {
		SHM_MEM_ERROR;
		return NULL;
	}
	memset(t, 0, sizeof(*t));
	fill(t, v);
	if(tmb.register_tmcb(v->msg, 0, TMCB_REQUEST_FWDED | TMCB_RESPONSE_FWDED,
			   keep, t, release)
			< 0) {
		LM_ERR("cannot keep what the request showed for its replies\n");
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

int n64_tm_manage(const struct n64_view *v, unsigned parts)
{
	struct n64_tctx *t = find(v->msg);

	if(!t)
		t = start(v);
	if(!t)
		return -1;
	t->parts |= parts;
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

enum n64_tm_match n64_tm_match(struct sip_msg *reply)
{
	enum n64_tm_match match = N64_TM_NONE;
	int branch;
	bool held;
	struct cell *t = look_for(reply, &branch, &held);

	if(!t)
		return N64_TM_NONE;
	if(branch >= 0 && branch < t->nr_of_outgoings
			&& from_there(reply, &t->uac[branch].request.dst))
		match = t->flags & T_IS_LOCAL_FLAG ? N64_TM_OWN : N64_TM_FORWARDED;
	if(!held)
		tmb.t_unref(reply);
	return match;
}

enum n64_family n64_tm_late_offer(struct sip_msg *ack)
{
	enum n64_family family = N64_FAMILY_NONE;
	struct cell *before = tmb.t_gett(), *t;
	int branch = tmb.t_gett_branch();
	const struct n64_tctx *ctx;

	if(parse_headers(ack, HDR_CALLID_F | HDR_CSEQ_F, 0) < 0 || !ack->callid
			|| !ack->cseq || ack->callid->body.len > CALLID_MAX
			|| tmb.t_lookup_callid(
					   &t, ack->callid->body, get_cseq(ack)->number)
					   < 0)
		return family;
	ctx = find_in(t);
	if(ctx)
		family = ctx->late;
	/* tm took it for the message's own */
	tmb.t_sett(before, branch);
	tmb.unref_cell(t);
	return family;
}

unsigned n64_tm_parts(struct sip_msg *reply)
{
	int branch;
	bool held;
	struct cell *t = look_for(reply, &branch, &held);
	const struct n64_tctx *ctx = t ? find_in(t) : NULL;
	unsigned parts = ctx ? ctx->parts : 0;

	if(t && !held)
		tmb.t_unref(reply);
	return parts;
}

/** Nobody behind the phone shall see the probe: tm writes 70 hops, we mean one.
 *  The text keeps its length, so that tm's marks in the buffer hold. */
static void limit_hops(struct retr_buf *req)
{
	static const char wide[] = "\r\nMax-Forwards: 70\r\n";
	char *p = memmem(req->buffer, req->buffer_len, wide, sizeof(wide) - 1);

	if(p)
		memcpy(p + sizeof(wide) - 5, "01", 2);
}

static void probe_done(struct cell *t, int type, struct tmcb_params *params)
{
	(void)t;
	(void)type;
	(void)params;
	n64_cache_probe_end();
}

int n64_tm_send_options(dlg_t *dlg, int con)
{
	str method = str_init("OPTIONS");
	struct retr_buf *req = NULL;
	enum kill_reason reason = kr.get();
	uac_req_t uac;
	int rc;

	set_uac_req(
			&uac, &method, NULL, NULL, dlg, TMCB_DESTROY, probe_done, NULL);
	rc = tmb.prepare_request_within(&uac, &req);
	/* tm notes that something was sent; for the request at hand, nothing was,
	 * and if it cannot be sent, tm still owes its sender a reply */
	kr.reset();
	kr.set(reason);
	if(rc < 0 || !req)
		return -1;
	limit_hops(req);
	req->my_T->fr_timeout = S_TO_TICKS(PROBE_FR);
	req->dst.id = con;
	req->dst.send_flags.f |= SND_F_FORCE_CON_REUSE;
	tmb.send_prepared_request(req);
	return 0;
}
