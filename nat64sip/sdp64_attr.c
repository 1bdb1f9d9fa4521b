/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp64_pass.h"

/* A connection address without a type of its own */
static enum n64_reason map_field(struct sdp64_new *dst,
				 const struct sdp64_pass *pass,
				 struct sdp_text field, bool own)
{
	struct sdp_addr addr;

	sdp_addr_read(&addr, field);
	return sdp64_map(dst, pass->rule, pass->want, &addr, own);
}

/* A line is changed, or left for this reason */
static int finish(struct sdp64_pass *pass, bool changed,
		  enum n64_reason reason)
{
	if (changed) {
		pass->rep->changed++;
		return 0;
	}
	if (reason == N64_FAMILY_RIGHT)
		reason = sdp64_right(pass->rule, pass->want);
	return sdp64_left(pass, reason);
}

/* a=rtcp:53020 IN IP6 2001:2345::1 (RFC 3605 2.1); without an address there is
 * nothing to look at */
static int rtcp(struct sdp64_pass *pass, struct sdp_text value)
{
	struct sdp64_plan plan;
	struct sdp_conn conn;
	struct sdp_text port;
	size_t i;
	int err;

	if (!sdp_field_next(&port, &value))
		return sdp64_left(pass, N64_BAD_LINE);
	for (i = 0; i < port.len; i++) {
		if (port.p[i] < '0' || port.p[i] > '9')
			return sdp64_left(pass, N64_BAD_LINE);
	}
	if (!value.len)
		return 0;
	if (!sdp_conn_read(&conn, value))
		return sdp64_left(pass, N64_BAD_LINE);
	sdp64_plan(&plan, pass->rule, pass->want, &conn);
	if (plan.reason != N64_DONE)
		return sdp64_left(pass, plan.reason);
	err = sdp64_put(pass, plan.old, plan.text, plan.len);
	if (err)
		return err;
	pass->rep->repaired += plan.repaired;
	return finish(pass, true, N64_DONE);
}

/* Could there be a literal of the other family, or a name? Where all is right
 * already, as in most bodies with many candidates, none of them is read. */
static bool has_other(const struct sdp64_pass *pass,
		      const struct sdp_line *line, size_t name)
{
	char mark = pass->want == N64_FAMILY_IP6 ? '.' : ':';

	return memchr(line->p + 2 + name, mark, line->full - 2 - name);
}

/* raddr follows where it can: peers only show it to people, and one that
 * can't be carried (a private address and the WKP) must not cost the candidate */
static int candidate(struct sdp64_pass *pass, struct sdp_text value)
{
	struct sdp64_new new1 = {.len = 0}, new2 = {.len = 0};
	enum n64_reason r1, r2 = N64_FAMILY_RIGHT;
	struct sdp_candidate c;
	int err = 0;

	if (!sdp_candidate_read(&c, value))
		return sdp64_left(pass, N64_BAD_LINE);
	r1 = map_field(&new1, pass, c.addr, true);
	if (r1 != N64_DONE && r1 != N64_FAMILY_RIGHT)
		return sdp64_left(pass, r1);
	if (c.raddr.len)
		r2 = map_field(&new2, pass, c.raddr, true);
	if (r1 == N64_DONE)
		err = sdp64_put(pass, c.addr, new1.text, new1.len);
	if (!err && r2 == N64_DONE)
		err = sdp64_put(pass, c.raddr, new2.text, new2.len);
	if (err)
		return err;
	return finish(pass, r1 == N64_DONE || r2 == N64_DONE, r1);
}

/* COMPONENT ADDRESS PORT, once or more (RFC 8839 5.2) */
static bool remote_next(struct sdp_text *addr, struct sdp_text *value)
{
	struct sdp_text component, port;

	return sdp_field_next(&component, value) &&
		sdp_field_next(addr, value) && sdp_field_next(&port, value);
}

/* These are not the writer's own addresses, but those of whom it writes to */
static int remote_candidates(struct sdp64_pass *pass, struct sdp_text value)
{
	enum n64_reason first = N64_DONE;
	struct sdp_text rest = value, addr;
	bool changed = false;
	struct sdp64_new now;
	int err;

	do {
		if (!remote_next(&addr, &rest) ||
		    map_field(&now, pass, addr, false) == N64_BAD_LINE)
			return sdp64_left(pass, N64_BAD_LINE);
	} while (rest.len);
	while (value.len) {
		enum n64_reason reason;

		remote_next(&addr, &value);
		reason = map_field(&now, pass, addr, false);
		if (reason != N64_DONE) {
			first = first == N64_DONE ? reason : first;
			continue;
		}
		err = sdp64_put(pass, addr, now.text, now.len);
		if (err)
			return err;
		changed = true;
	}
	return finish(pass, changed, first);
}

/* One type speaks for all addresses of the line, so all change or none. The
 * first is the destination, the writer's own. */
static enum n64_reason check_filter(const struct sdp64_pass *pass,
				    struct sdp_text list)
{
	enum n64_reason reason;
	struct sdp64_new now;
	struct sdp_text addr;
	unsigned n = 0;

	while (list.len) {
		if (!sdp_field_next(&addr, &list))
			return N64_BAD_LINE;
		if (n++ == 0 && sdp_text_is(addr, "*"))
			continue;
		reason = map_field(&now, pass, addr, n == 1);
		if (reason != N64_DONE && reason != N64_FAMILY_RIGHT &&
		    reason != N64_NAME)
			return reason;
	}
	return n > 1 ? N64_DONE : N64_BAD_LINE;
}

static int put_filter(struct sdp64_pass *pass, struct sdp_text list,
		      bool *changed)
{
	struct sdp64_new now;
	struct sdp_text addr;
	unsigned n = 0;
	int err = 0;

	while (!err && sdp_field_next(&addr, &list)) {
		if (map_field(&now, pass, addr, n++ == 0) != N64_DONE)
			continue;
		*changed = true;
		err = sdp64_put(pass, addr, now.text, now.len);
	}
	return err;
}

/* a=source-filter: incl IN IP4 DESTINATION SOURCE... (RFC 4570 3) */
static int source_filter(struct sdp64_pass *pass, struct sdp_text value)
{
	const char *want = pass->want == N64_FAMILY_IP6 ? "IP6" : "IP4";
	struct sdp_text mode, net, type;
	enum n64_reason reason;
	bool changed = false;
	int err = 0;

	if (value.len && value.p[0] == ' ') {
		value.p++;
		value.len--;
	}
	if (!sdp_field_next(&mode, &value) || !sdp_field_next(&net, &value) ||
	    !sdp_field_next(&type, &value))
		return sdp64_left(pass, N64_BAD_LINE);
	if (!sdp_text_is(net, "in"))
		return sdp64_left(pass, N64_NOT_IN);
	/* "*" says both families and goes with names only */
	if (sdp_text_is(type, "*"))
		return sdp64_left(pass, N64_NAME);
	if (sdp_type_family(type) == N64_FAMILY_NONE)
		return sdp64_left(pass, N64_BAD_LINE);
	reason = check_filter(pass, value);
	if (reason != N64_DONE)
		return sdp64_left(pass, reason);
	if (sdp_type_family(type) != pass->want) {
		changed = true;
		err = sdp64_put(pass, type, want, 3);
	}
	if (!err)
		err = put_filter(pass, value, &changed);
	return err ? err : finish(pass, changed, N64_FAMILY_RIGHT);
}

/* Towards UE6 alternatives go whole (RFC 6947): a phone must not choose the
 * IPv4 one, nor find that none equals the c= that it got. Towards UA4 they are
 * no business of ours and not counted. One at the head of a body that is not
 * SDP stays: without it, what follows might look like SDP to the next run. */
static int altc(struct sdp64_pass *pass, const struct sdp_line *line)
{
	struct sdp_text whole = {line->p, line->full};
	int err;

	if (pass->rule->way != SDP64_TO_IP6 || !pass->past_origin)
		return 0;
	err = sdp64_put(pass, whole, NULL, 0);
	return err ? err : finish(pass, true, N64_DONE);
}

int sdp64_attribute_read(struct sdp64_pass *pass, const struct sdp_line *line)
{
	switch (line->p[2]) {
	case 'a':
		if (SDP_LINE_IS(line, "altc:"))
			return altc(pass, line);
		break;
	case 'c':
		if (SDP_LINE_IS(line, "candidate:"))
			return has_other(pass, line, 10)
				? candidate(pass, sdp_line_after(line, 10))
				: finish(pass, false, N64_FAMILY_RIGHT);
		break;
	case 'r':
		if (SDP_LINE_IS(line, "rtcp:"))
			return rtcp(pass, sdp_line_after(line, 5));
		if (SDP_LINE_IS(line, "remote-candidates:"))
			return remote_candidates(pass,
						 sdp_line_after(line, 18));
		break;
	case 's':
		if (SDP_LINE_IS(line, "source-filter:"))
			return source_filter(pass, sdp_line_after(line, 14));
		break;
	default:
		break;
	}
	return 0;
}
