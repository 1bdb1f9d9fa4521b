/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* the module's files are told by mk/fuzz.mk */
#ifndef N64_BOTH_WAYS
#define N64_BOTH_WAYS
#endif

#include "ways.h"

#include "../../modules/nat64sip/n64_short.h"
#include "../../modules/nat64sip/n64_view.h"

#include "../../core/dset.h"
#include "../fuzz.h"

#include <stdio.h>

static bool wants_quick = true, was_quick;

bool n64_short(bool enough)
{
	was_quick |= enough;
	return enough && wants_quick;
}

void ways_take(bool quick)
{
	wants_quick = quick;
	was_quick = false;
}

bool ways_quick(void)
{
	return was_quick;
}

void ways_begin(struct way *w)
{
	w->p = NULL;
	w->len = w->said_len = 0;
	w->managed = 0;
	w->broken = false;
}

void ways_say(
		struct way *w, const char *name, int rc, const char *text, int len)
{
	size_t room = sizeof(w->said) - w->said_len;
	int n = snprintf(w->said + w->said_len, room, "%s: %d %.*s\n", name, rc,
			len, text ? text : "");

	REQUIRE(n >= 0);
	w->said_len += (size_t)n < room ? (size_t)n : room - 1;
}

static bool is_ack(const struct sip_msg *msg)
{
	return msg->first_line.type == SIP_REQUEST
		   && msg->REQ_METHOD == METHOD_ACK;
}

void ways_leave(struct way *w, struct sip_msg *msg)
{
	const struct socket_info *si = msg->force_send_socket;
	struct n64_view v;

	w->broken = n64_view(&v, msg) < 0;
	/* where the reply goes is told by the Via alone, whatever else is wrong; an
	 * ACK has none */
	if(w->broken || is_ack(msg))
		msg->msg_flags |= FL_FORCE_RPORT;
	ways_say(w, "rport", (msg->msg_flags & FL_FORCE_RPORT) != 0, NULL, 0);
	ways_say(w, "forward", msg->fwd_send_flags.f, NULL, 0);
	ways_say(w, "reply", msg->rpl_send_flags.f, NULL, 0);
	ways_say(w, "socket", 0, si ? si->sock_str.s : NULL,
			si ? si->sock_str.len : 0);
	ways_say(w, "uri", 0, msg->new_uri.s, msg->new_uri.len);
	ways_say(w, "to", 0, msg->dst_uri.s, msg->dst_uri.len);
	ways_say(w, "path", 0, msg->path_vec.s, msg->path_vec.len);
	ways_say(w, "branches", (int)nr_branches, NULL, 0);
}

void ways_sent(struct way *w, const char *p, size_t len)
{
	w->p = malloc(len + 1);
	REQUIRE(w->p);
	memcpy(w->p, p, len);
	w->len = len;
}

void ways_free(struct way *w)
{
	free(w->p);
}

/** A quick look does not read all of a message: what is wrong with it, only the
 *  long way can tell the script */
static bool same_answer(const struct way *quick, const struct way *full)
{
	return quick->managed == full->managed
		   || (full->broken && quick->managed == 1 && full->managed == -1);
}

static bool same(const struct way *a, const struct way *b)
{
	return !a->p == !b->p && a->len == b->len
		   && (!a->p || !memcmp(a->p, b->p, a->len))
		   && a->said_len == b->said_len
		   && !memcmp(a->said, b->said, a->said_len);
}

static void show(const char *title, const struct way *w)
{
	fprintf(stderr, "=== %s, nat64_manage(): %d\n", title, w->managed);
	fwrite(w->said, 1, w->said_len, stderr);
	fwrite(w->p ? w->p : "", 1, w->len, stderr);
}

void ways_check(const struct way *quick, const struct way *full)
{
	if(same(quick, full) && same_answer(quick, full))
		return;
	show("a quick look", quick);
	show("the long way", full);
	REQUIRE(!"a quick look was not enough");
}
