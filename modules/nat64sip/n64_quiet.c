/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_quiet.h"

#include "n64_mode.h"
#include "n64_notify.h"
#include "n64_short.h"

#include "../../core/dprint.h"
#include "../../core/dset.h"
#include "../../core/parser/parse_to.h"
#include "../../nat64sip/literal.h"
#include "../../nat64sip/raw_header.h"
#include "../../nat64sip/text.h"

static bool in_dialog(const struct sip_msg *msg)
{
	return msg->to && msg->to->parsed && get_to(msg)->tag_value.len > 0;
}

/** "sip:bob@192.0.2.30:5060", by UDP, and no alias says otherwise */
static bool is_simple(const str *uri)
{
	return uri->len > 4 && (uri->s[3] | 0x20) == ':'
		   && !n64_text_has_at(uri->s, uri->len, "transport=", 9)
		   && !n64_text_has_at(uri->s, uri->len, "alias=", 5);
}

/** Is it plain where the reply goes? Without rport, a phone behind NAT64 that hides
 *  it in its Via has to be known; an ACK has no reply. */
static bool says_where(const struct sip_msg *msg)
{
	return msg->REQ_METHOD == METHOD_ACK || msg->via1->rport
		   || n64_host_kind(msg->via1->host.s, msg->via1->host.len)
					  == N64_HOST_IP6;
}

static bool is_quiet(struct sip_msg *msg)
{
	return (msg->REQ_METHOD & (METHOD_ACK | METHOD_BYE)) && says_where(msg)
		   && msg->rcv.src_ip.af == AF_INET && msg->rcv.proto == PROTO_UDP
		   && msg->dst_uri.len <= 0 && msg->path_vec.len <= 0 && !nr_branches
		   && in_dialog(msg) && n64_raw_no_body(msg->buf, msg->len)
		   && is_simple(GET_RURI(msg))
		   && n64_mode_of(msg) == N64_MODE_ON
		   /* its decision is to be written down */
		   && !is_printable(L_DBG) && !n64_notify_may_go(msg);
}

bool n64_quiet(struct sip_msg *msg)
{
	return n64_short(is_quiet(msg));
}
