/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp64.h"

#include "sdp64_pass.h"

#include <errno.h>

int sdp64_put(struct sdp64_pass *pass, struct sdp_text old, const char *p,
	      size_t n)
{
	return edits_replace(pass->ed, (size_t)(old.p - pass->sdp), old.len, p,
			     n);
}

/* What o= has to know of the c= lines */
static void note(struct sdp64_pass *pass, const struct sdp64_plan *plan)
{
	enum n64_family goal = pass->rule->way == SDP64_TO_IP6
		? N64_FAMILY_IP6
		: N64_FAMILY_IP4;

	if (plan->family == goal)
		pass->goal = true;
	else if (pass->stays == N64_DONE)
		/* extracted for an IP4 offer, or repaired: o= is as that */
		pass->stays = plan->reason == N64_DONE
			? sdp64_right(pass->rule, pass->want)
			: plan->reason;
}

static bool same_text(struct sdp_text a, struct sdp_text b)
{
	return a.len == b.len && !memcmp(a.p, b.p, a.len);
}

/* Nearly always o= says what the c= lines say, and each of these the same */
static void plan_line(struct sdp64_plan *dst, struct sdp64_pass *pass,
		      enum n64_family want, const struct sdp_conn *conn)
{
	const struct sdp_conn *last = &pass->planned;

	if (!last->addr.p || want != pass->planned_want ||
	    !same_text(conn->addr, last->addr) ||
	    !same_text(conn->type, last->type) ||
	    !same_text(conn->net, last->net)) {
		sdp64_plan(&pass->plan, pass->rule, want, conn);
		pass->planned = *conn;
		pass->planned_want = want;
	}
	*dst = pass->plan;
	/* what is replaced begins with the type in each case */
	dst->old.p = conn->type.p;
}

static int connection(struct sdp64_pass *pass, const struct sdp_line *line)
{
	struct sdp64_plan plan = {.reason = N64_BAD_LINE};
	struct sdp_conn conn;
	int err;

	if (sdp_conn_read(&conn, sdp_line_value(line)))
		plan_line(&plan, pass, pass->want, &conn);
	if (!pass->sections && plan.family != N64_FAMILY_NONE) {
		pass->session = conn;
		pass->session_family = plan.family;
		pass->session_eol = sdp_line_eol(line);
	}
	note(pass, &plan);
	if (plan.reason != N64_DONE)
		return sdp64_left(pass, plan.reason);
	err = sdp64_put(pass, plan.old, plan.text, plan.len);
	if (err)
		return err;
	pass->rep->changed++;
	pass->rep->repaired += plan.repaired;
	return 0;
}

static int section(struct sdp64_pass *pass, const struct sdp_line *line,
		   struct sdp_cursor rest)
{
	pass->want = sdp64_want(pass->rule, pass->sections++);
	if (pass->session_family == N64_FAMILY_NONE ||
	    pass->session_family == pass->want)
		return 0;
	return sdp64_own_connection(pass, line, rest);
}

/* Only noted: what becomes of it depends on the c= lines that follow. A second
 * one, or one behind a c=, a= or m= line, is not SDP (RFC 8866 5: the order is
 * fixed). */
static int origin(struct sdp64_pass *pass, const struct sdp_line *line)
{
	struct sdp_conn conn;

	if (pass->past_origin)
		return sdp64_left(pass, N64_BAD_LINE);
	if (!sdp_conn_read_origin(&conn, sdp_line_value(line)))
		return sdp64_left(pass, N64_BAD_LINE);
	pass->origin = conn;
	return 0;
}

/* o= goes along with the c= lines: some phones refuse a session whose
 * o= has the other family. So it gets the family of the way as soon as one c=
 * has it; where none has, it stays for the same reason as they do; where there
 * is no c= at all (all sections refused), it gets what a c= would get. */
static int finish_origin(struct sdp64_pass *pass, enum n64_family want)
{
	const struct sdp_conn *conn = &pass->origin;
	struct sdp64_plan plan;
	int err;

	if (!conn->addr.p)
		return 0;
	if (pass->goal || pass->stays == N64_OFFER_FAMILY)
		want = pass->goal && pass->rule->way == SDP64_TO_IP6
			? N64_FAMILY_IP6
			: N64_FAMILY_IP4;
	else if (pass->stays != N64_DONE)
		want = sdp_conn_family(conn); /* repaired at most */
	plan_line(&plan, pass, want, conn);
	if (!pass->goal && pass->stays != N64_DONE &&
	    plan.reason == sdp64_right(pass->rule, want))
		plan.reason = pass->stays;
	if (plan.reason != N64_DONE)
		return sdp64_left(pass, plan.reason);
	err = edits_replace_first(pass->ed, (size_t)(plan.old.p - pass->sdp),
				  plan.old.len, plan.text, plan.len);
	if (err)
		return err;
	pass->rep->changed++;
	pass->rep->repaired += plan.repaired;
	return 0;
}

static int run(struct sdp64_pass *pass, struct sdp_cursor cur)
{
	enum n64_family session = sdp64_session_want(pass->rule, cur);
	struct sdp_line line;
	int err = 0;

	pass->want = session;
	while (!err && sdp_line_next(&line, &cur)) {
		switch (line.type) {
		case 'a':
			err = sdp64_attribute(pass, &line);
			break;
		case 'c':
			err = connection(pass, &line);
			break;
		case 'm':
			err = section(pass, &line, cur);
			break;
		case 'o':
			err = origin(pass, &line);
			break;
		default:
			continue;
		}
		pass->past_origin = true;
	}
	return err ? err : finish_origin(pass, session);
}

int sdp64_rewrite(struct edits *ed, const char *sdp, size_t len,
		  const struct sdp64_rule *rule, struct sdp64_report *rep)
{
	struct sdp64_report ignored = {.changed = 0};
	struct sdp64_pass pass = {
		.sdp = sdp,
		.rule = rule,
		.ed = ed,
		.rep = rep ? rep : &ignored,
	};
	struct in_addr any = {INADDR_ANY};
	struct sdp_cursor cur;
	struct in6_addr v6;

	memset(pass.rep, 0, sizeof(*pass.rep));
	if (rule->way == SDP64_TO_IP6 &&
	    pref64_synthesize(&v6, &rule->pref, &any))
		return EINVAL;
	if (!len)
		return 0;
	cur.p = sdp;
	cur.end = sdp + len;
	if (!run(&pass, cur))
		return 0;
	ed->n = 0;
	ed->used = 0;
	memset(pass.rep, 0, sizeof(*pass.rep));
	sdp64_left(&pass, N64_NO_ROOM);
	return ENOSPC;
}
