/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#define _GNU_SOURCE /* memmem */

#include "n64_tm_send.h"

#include "n64_cache.h"
#include "n64_stats.h"

#include "../../core/dprint.h"
#include "../../core/sr_module.h"
#include "../tm/tm_load.h"

#include <dlfcn.h>
#include <string.h>

/** Seconds that a probe may go unanswered */
#define PROBE_FR 8

static const struct tm_binds *tmb;

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

int n64_tm_send_init(const struct tm_binds *api)
{
	tmb = api;
	if(bind_kr() == 0)
		return 0;
	LM_ERR("this tm does not let nat64sip send requests of its own\n");
	return -1;
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

/** It is done when it is answered or given up; tm keeps it for a while longer.
 *  The parameter says whether its end has still to be told. */
static void probe_done(struct cell *t, int type, struct tmcb_params *params)
{
	(void)t;
	if(type == TMCB_LOCAL_COMPLETED && params->rpl == FAKED_REPLY)
		counter_inc(n64_stats.probes_unanswered);
	if(*params->param)
		n64_cache_probe_end();
	*params->param = NULL;
}

int n64_tm_send_options(dlg_t *dlg, int con, bool counted)
{
	str method = str_init("OPTIONS");
	static char token;
	struct retr_buf *req = NULL;
	enum kill_reason reason = kr.get();
	uac_req_t uac;
	int rc;

	set_uac_req(&uac, &method, NULL, NULL, dlg,
			TMCB_LOCAL_COMPLETED | TMCB_DESTROY, probe_done,
			counted ? &token : NULL);
	rc = tmb->prepare_request_within(&uac, &req);
	/* tm notes that something was sent; for the request at hand, nothing was,
	 * and if it cannot be sent, tm still owes its sender a reply */
	kr.reset();
	kr.set(reason);
	if(rc < 0 || !req) {
		if(counted)
			n64_cache_probe_end();
		return -1;
	}
	limit_hops(req);
	req->my_T->fr_timeout = S_TO_TICKS(PROBE_FR);
	req->dst.id = con;
	req->dst.send_flags.f |= SND_F_FORCE_CON_REUSE;
	tmb->send_prepared_request(req);
	return 0;
}
