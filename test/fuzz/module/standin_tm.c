/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file tm: one transaction, which is there when the scene says so */
#include "standins.h"

#include "../../core/mem/shm_mem.h"
#include "../tm/tm_load.h"

#include "../fuzz.h"

static struct
{
	struct cell cell;
	struct ua_client branch;
	const struct scene *scene;
	bool here; /**< t_gett() finds it */
	char sent[512];
	struct retr_buf probe;
	char probe_text[64];
	/** A probe that is out, with what is to be called at its end */
	transaction_cb *done;
	void *done_param;
} tm;

static enum kill_reason reason;

/* Found by dlsym(), as those of the real module */
enum kill_reason get_kr(void)
{
	return reason;
}

void set_kr(enum kill_reason kr)
{
	reason = kr;
}

void reset_kr(void)
{
	reason = 0;
}

static int insert(struct sip_msg *msg, struct cell *t, int types,
		transaction_cb f, void *param, release_tmcb_param release)
{
	struct tm_callback *cb = shm_malloc(sizeof(*cb));

	(void)msg;
	(void)t;
	REQUIRE(cb);
	memset(cb, 0, sizeof(*cb));
	cb->types = types;
	cb->callback = f;
	cb->param = param;
	cb->release = release;
	cb->next = (struct tm_callback *)tm.cell.tmcb_hl.first;
	tm.cell.tmcb_hl.first = cb;
	return 1;
}

static struct cell *gett(void)
{
	return tm.here ? &tm.cell : T_UNDEFINED;
}

static int gett_branch(void)
{
	return 0;
}

static void sett(struct cell *t, int branch)
{
	(void)branch;
	tm.here = t == &tm.cell;
}

/** The request that this answers went where the answer comes from */
static void fill_branch(struct sip_msg *reply)
{
	struct retr_buf *sent = &tm.branch.request;
	int n;

	if(parse_headers(reply, HDR_CALLID_F, 0) < 0 || !reply->callid)
		return;
	n = snprintf(tm.sent, sizeof(tm.sent),
			"OPTIONS sip:a SIP/2.0\r\nCall-ID: %.*s\r\n\r\n",
			reply->callid->body.len, reply->callid->body.s);
	sent->buffer = tm.sent;
	sent->buffer_len = n < (int)sizeof(tm.sent) ? n : (int)sizeof(tm.sent) - 1;
	sent->dst.to = tm.scene->rcv.src_su;
	sent->dst.proto = tm.scene->rcv.proto;
}

static int check(struct sip_msg *reply, int *branch)
{
	if(!tm.scene->known || reply->first_line.type != SIP_REPLY)
		return 0;
	fill_branch(reply);
	*branch = 0;
	tm.here = true;
	return 1;
}

static int unref(struct sip_msg *msg)
{
	(void)msg;
	REQUIRE(tm.here);
	tm.here = false;
	return 1;
}

static int lookup_callid(struct cell **t, str callid, str cseq)
{
	REQUIRE(callid.len >= 0 && callid.len <= 512 && cseq.len <= 10);
	if(!tm.scene->late)
		return -1;
	tm.here = true;
	*t = &tm.cell;
	return 1;
}

static void let_go(struct cell *t)
{
	REQUIRE(t == &tm.cell);
}

static int prepare(uac_req_t *uac, struct retr_buf **dst)
{
	REQUIRE(uac->dialog->rem_uri.len > 4 && uac->dialog->loc_uri.len > 4);
	REQUIRE(uac->dialog->id.call_id.len > 6 && uac->dialog->send_sock);
	/* as the real one: of two at a time the module keeps none apart */
	if(tm.done)
		return -1;
	memset(&tm.probe, 0, sizeof(tm.probe));
	tm.probe.buffer_len = snprintf(tm.probe_text, sizeof(tm.probe_text),
			"OPTIONS sip:a SIP/2.0\r\nMax-Forwards: 70\r\n\r\n");
	tm.probe.buffer = tm.probe_text;
	tm.probe.my_T = &tm.cell;
	tm.done = uac->cb;
	tm.done_param = uac->cbp;
	*dst = &tm.probe;
	return 1;
}

static void send_prepared(struct retr_buf *req)
{
	REQUIRE(req == &tm.probe);
	REQUIRE(strstr(req->buffer, "\r\nMax-Forwards: 01\r\n"));
}

static int load(struct tm_binds *api)
{
	memset(api, 0, sizeof(*api));
	api->register_tmcb = insert;
	api->t_gett = gett;
	api->t_gett_branch = gett_branch;
	api->t_sett = sett;
	api->t_check = check;
	api->t_unref = unref;
	api->t_lookup_callid = lookup_callid;
	api->unref_cell = let_go;
	api->prepare_request_within = prepare;
	api->send_prepared_request = send_prepared;
	return 1;
}

ksr_cmd_export_t standin_tm[] = {
		{"load_tm", (cmd_function)load, NO_SCRIPT, 0, 0, 0, 0, 0},
		{0, 0, 0, 0, 0, 0, 0, 0}};

void tm_set(const struct scene *s)
{
	memset(&tm, 0, sizeof(tm));
	tm.scene = s;
	tm.cell.uac = &tm.branch;
	tm.cell.nr_of_outgoings = 1;
	if(s->local)
		tm.cell.flags |= T_IS_LOCAL_FLAG;
}

void tm_answer(const struct scene *s)
{
	tm.scene = s;
}

void tm_enter(void)
{
	tm.here = true;
}

void tm_leave(void)
{
	tm.here = false;
}

static void run(int type, struct sip_msg *req, struct sip_msg *rpl)
{
	volatile struct tm_callback *cb;
	struct tmcb_params params;

	for(cb = tm.cell.tmcb_hl.first; cb; cb = cb->next) {
		memset(&params, 0, sizeof(params));
		params.req = req;
		params.rpl = rpl;
		params.param = (void **)&cb->param;
		if(cb->types & type)
			cb->callback(&tm.cell, type, &params);
	}
}

void tm_forward(struct sip_msg *req)
{
	run(TMCB_REQUEST_FWDED, req, NULL);
}

void tm_relay_reply(struct sip_msg *rpl)
{
	run(TMCB_RESPONSE_FWDED, NULL, rpl);
}

/** The probe is given up, then tm lets go of it */
static void end_probe(void)
{
	struct tmcb_params params;

	if(!tm.done)
		return;
	memset(&params, 0, sizeof(params));
	params.param = &tm.done_param;
	tm.done(&tm.cell, TMCB_LOCAL_COMPLETED, &params);
	tm.done(&tm.cell, TMCB_DESTROY, &params);
}

void tm_end(void)
{
	struct tm_callback *cb = (struct tm_callback *)tm.cell.tmcb_hl.first;
	struct tm_callback *next;

	end_probe();
	for(; cb; cb = next) {
		next = cb->next;
		if(cb->release)
			cb->release(cb->param);
		shm_free(cb);
	}
	tm.cell.tmcb_hl.first = NULL;
}
