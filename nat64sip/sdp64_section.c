/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp64_pass.h"

/* A name of 254 octets and all around it */
#define CONN_MAX 300

/* Does a c= line come before the next section? */
static bool has_connection(struct sdp_cursor cur)
{
	struct sdp_line line;

	while (sdp_line_next(&line, &cur)) {
		if (line.type == 'c')
			return true;
		if (line.type == 'm')
			return false;
	}
	return false;
}

/* Which families do the sections without a c= of their own want? A refused
 * section wants nothing. */
static void served_families(const struct sdp64_rule *rule,
			    struct sdp_cursor cur, bool *ip4, bool *ip6)
{
	struct sdp_line line;
	unsigned i = 0;

	while (sdp_line_next(&line, &cur)) {
		enum n64_family want;

		if (line.type != 'm')
			continue;
		want = sdp64_want(rule, i++);
		if (sdp_media_refused(&line) || has_connection(cur))
			continue;
		*ip4 |= want == N64_FAMILY_IP4;
		*ip6 |= want == N64_FAMILY_IP6;
	}
}

/* Do all sections of the offer want the same? Nearly always they do, and then
 * the body need not be read twice. */
static bool uniform(const struct sdp64_families *offer)
{
	uint64_t all = ~(uint64_t)0, six = offer->ip6;

	if (offer->n < SDP64_SECTIONS)
		all = ((uint64_t)1 << offer->n) - 1;
	if (offer->any != N64_FAMILY_IP4)
		six |= ~offer->ip4;
	six &= all;
	return !six || six == all;
}

enum n64_family sdp64_session_want(const struct sdp64_rule *rule,
				   struct sdp_cursor body)
{
	bool ip4 = false, ip6 = false;

	if (rule->way == SDP64_TO_IP4 || !rule->offer || uniform(rule->offer))
		return sdp64_want(rule, 0);
	served_families(rule, body, &ip4, &ip6);
	/* where both are wanted: IP6, as the phone's network has it */
	return ip4 && !ip6 ? N64_FAMILY_IP4 : N64_FAMILY_IP6;
}

static size_t append(char *buf, size_t n, struct sdp_text text)
{
	if (text.len)
		memcpy(buf + n, text.p, text.len);
	return n + text.len;
}

/* The session's c= in the wanted family, with its line end: the same as that
 * of the line before, or, where the body ends without one, before it. Returns the
 * octets, 0 if the address can't be had so. */
static size_t write_connection(char *buf, const struct sdp64_pass *pass,
			       struct sdp_text eol)
{
	const struct sdp_text begin4 = {"c=IN IP4 ", 9};
	const struct sdp_text begin6 = {"c=IN IP6 ", 9};
	bool family6 = pass->want == N64_FAMILY_IP6;
	struct sdp_text addr = pass->session.addr;
	struct sdp64_new now;
	struct sdp_addr old;
	size_t n = 0;

	sdp_addr_read(&old, addr);
	switch (sdp64_map(&now, pass->rule, pass->want, &old, true)) {
	case N64_DONE:
		addr.p = now.text;
		addr.len = now.len;
		break;
	case N64_FAMILY_RIGHT:
	case N64_NAME:
		break;
	default:
		return 0;
	}
	if (!eol.len)
		n = append(buf, n, pass->session_eol);
	n = append(buf, n, family6 ? begin6 : begin4);
	n = append(buf, n, addr);
	return append(buf, n, eol);
}

/* RFC 8866 9: c= stands after m= and i=, before b=, k= and a= */
int sdp64_own_connection(struct sdp64_pass *pass, const struct sdp_line *media,
			 struct sdp_cursor rest)
{
	struct sdp_line before = *media, line;
	struct sdp_text at = {NULL, 0};
	struct sdp_cursor cur = rest;
	char buf[CONN_MAX];
	size_t n;
	int err;

	if (sdp_media_refused(media) || has_connection(rest))
		return 0;
	while (sdp_line_next(&line, &cur) && line.type == 'i')
		before = line;
	n = write_connection(buf, pass, sdp_line_eol(&before));
	if (!n)
		return 0;
	at.p = before.p + before.full;
	err = sdp64_put(pass, at, buf, n);
	if (err)
		return err;
	pass->goal |= pass->want == N64_FAMILY_IP6;
	pass->rep->changed++;
	return 0;
}
