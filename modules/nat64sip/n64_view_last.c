/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_view_last.h"

#include "../../core/route.h"

#include <string.h>

/** Of a longer destination nothing is remembered */
#define TARGET_MAX 512

/** One message at a time in a worker */
static struct
{
	msg_ctx_id_t id;
	const char *buf; /**< a failure_route's copy has another's id */
	unsigned int buflen;
	const char *from, *eoh; /**< msg_apply_changes() moves them */
	const struct sip_msg *msg;
	bool plain; /**< not looked at */
	struct n64_view v;
	char target[TARGET_MAX];
	int len;
} last;

/** What the decision hangs on and a script can change: destination,
 *  Request-URI, Path */
static int target_of(char *dst, const struct sip_msg *msg)
{
	const str *uri = GET_RURI(msg);
	int len = msg->dst_uri.len + uri->len + 2;

	if(len > TARGET_MAX || msg->dst_uri.len < 0 || uri->len < 0)
		return 0;
	if(msg->dst_uri.len)
		memcpy(dst, msg->dst_uri.s, msg->dst_uri.len);
	dst += msg->dst_uri.len;
	*dst++ = '\n';
	memcpy(dst, uri->s, uri->len);
	dst[uri->len] = msg->path_vec.len > 0 ? 'p' : '-';
	return len;
}

static const char *from_of(const struct sip_msg *msg)
{
	return msg->from ? msg->from->name.s : NULL;
}

static bool is_same(const struct sip_msg *msg)
{
	char target[TARGET_MAX];
	int len;

	if(!last.len || msg != last.msg || msg->buf != last.buf
			|| msg->len != last.buflen || msg_ctx_id_match(msg, &last.id) != 1)
		return false;
	/* not all headers have been parsed of one that was not looked at */
	if(!last.plain && (msg->eoh != last.eoh || from_of(msg) != last.from))
		return false;
	len = target_of(target, msg);
	return len == last.len && !memcmp(target, last.target, len);
}

static void keep(const struct sip_msg *msg)
{
	/* two failure_routes of a transaction have the same id, and may have the
	 * same place in memory */
	last.len = is_route_type(FAILURE_ROUTE) ? 0 : target_of(last.target, msg);
	msg_ctx_id_set(msg, &last.id);
	last.msg = msg;
	last.buf = msg->buf;
	last.buflen = msg->len;
	last.eoh = msg->eoh;
	last.from = from_of(msg);
}

const struct n64_view *n64_view_last(const struct sip_msg *msg)
{
	return !last.plain && is_same(msg) ? &last.v : NULL;
}

void n64_view_keep(const struct n64_view *v)
{
	if(!v->request) {
		last.len = 0;
		return;
	}
	keep(v->msg);
	last.plain = false;
	last.v = *v;
}

void n64_view_keep_plain(const struct sip_msg *msg)
{
	keep(msg);
	last.plain = true;
}

bool n64_view_was_plain(const struct sip_msg *msg)
{
	return last.plain && is_same(msg);
}
