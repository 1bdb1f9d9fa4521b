/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_tm.h"

#include "n64_view.h"

#include "../../core/dprint.h"
#include "../../core/mem/shm_mem.h"
#include "../tm/tm_load.h"

static struct tm_binds tmb;

/** Registered before the transaction exists: tm files it by message id */
static struct
{
	msg_ctx_id_t id;
	struct n64_tctx *t;
} early;

int n64_tm_init(void)
{
	if(load_tm_api(&tmb) < 0) {
		LM_ERR("nat64sip needs the module tm: load tm.so before it\n");
		return -1;
	}
	return 0;
}

/** tm wants a callback to hang the context on; there is nothing to do in it */
static void keep(struct cell *t, int type, struct tmcb_params *params)
{
	(void)t;
	(void)type;
	(void)params;
}

static void release(void *param)
{
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

static bool worth_keeping(const struct n64_view *v)
{
	return v->request && !(v->msg->REQ_METHOD & (METHOD_ACK | METHOD_CANCEL))
		   && (v->has_notify || v->d.source.net == N64_NET_NAT64);
}

static void fill(struct n64_tctx *t, const struct n64_view *v)
{
	t->source = v->d.source;
	t->source_leg = v->source_leg;
	t->offer = v->sdp;
	t->has_offer = v->has_sdp;
	t->notify = v->notify;
	t->has_notify = v->has_notify;
}

void n64_tm_remember(const struct n64_view *v)
{
	struct n64_tctx *t;

	if(!worth_keeping(v) || find(v->msg))
		return;
	t = shm_malloc(sizeof(*t));
	if(!t) {
		SHM_MEM_ERROR;
		return;
	}
	fill(t, v);
	if(tmb.register_tmcb(v->msg, 0, TMCB_DESTROY, keep, t, release) < 0) {
		LM_ERR("cannot keep what the request showed for its replies\n");
		shm_free(t);
		return;
	}
	msg_ctx_id_set(v->msg, &early.id);
	early.t = t;
}
