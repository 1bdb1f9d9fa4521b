/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_hold.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_head.h"
#include "n64_held.h"
#include "n64_mode.h"
#include "n64_stats.h"
#include "n64_tm.h"

#include "../../core/dprint.h"
#include "../../core/parser/parse_cseq.h"
#include "../../core/script_cb.h"
#include "../../nat64sip/raw_header.h"
#include "../../nat64sip/text.h"

#include <stdbool.h>
#include <string.h>

/** Seconds that a probe is given: a phone that is there has answered by then, its
 *  first retransmission included */
#define PATIENCE 2

/** Has one of the header fields of this name such a word in it? "" is in each */
static bool has(const struct sip_msg *rpl, const char *name, const char *word)
{
	const char *text = n64_head(rpl);
	size_t len = rpl->buf + rpl->len - text, from = 0;
	struct n64_raw_header h;

	for(; n64_raw_header_find(&h, text, len, from, name, strlen(name), '\0');
			from = h.off + h.len)
		if(!*word || n64_text_has_at(text + h.off, h.len, word, 0))
			return true;
	return false;
}

/** A provisional answer that will come again says both (RFC 3262 3) */
static bool is_reliable(const struct sip_msg *rpl)
{
	return has(rpl, "RSeq", "") && has(rpl, "Require", "100rel");
}

/** Will it come again, and does it make a dialog's route set? */
static bool comes_again(struct sip_msg *rpl)
{
	unsigned int code = rpl->first_line.u.reply.statuscode;

	if(code <= 100 || code >= 300 || parse_headers(rpl, HDR_CSEQ_F, 0) < 0
			|| !rpl->cseq || get_cseq(rpl)->method_id != METHOD_INVITE)
		return false;
	return code >= 200 || is_reliable(rpl);
}

/** By UDP it comes again anyway; by TCP it should, and some don't do it */
static bool may_wait(
		const struct n64_flow_key *phone, const struct sip_msg *rpl)
{
	return n64_held_keep(phone, PATIENCE, rpl) || rpl->rcv.proto == PROTO_UDP;
}

/** Kamailio calls this for each reply */
static int on_reply(struct sip_msg *rpl, unsigned int flags, void *param)
{
	struct n64_flow_key phone;

	(void)flags;
	(void)param;
	if(!n64_cache_probes_out() || n64_held_handing_on()
			|| n64_mode_of(rpl) != N64_MODE_ON || !comes_again(rpl)
			|| !n64_tm_lacks_pref(rpl, &phone)
			|| !n64_cache_asked(&phone, PATIENCE) || !may_wait(&phone, rpl))
		return 1;
	counter_inc(n64_stats.held);
	LM_DBG("a %d that makes a dialog waits: its phone has not answered the"
		   " probe yet\n",
			rpl->first_line.u.reply.statuscode);
	return 0;
}

/** Elsewhere the first value is as good as the next */
static bool wanted(void)
{
	return n64_conf.probe && !n64_conf.rr_fqdn.len
		   && !n64_conf.policy.believe_configured;
}

int n64_hold_init(void)
{
	if(!wanted())
		return 0;
	if(n64_held_init() < 0)
		return -1;
	return register_script_cb(on_reply, PRE_SCRIPT_CB | ONREPLY_CB, 0);
}
