/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp64.h"

#include "literal.h"
#include "sdp_addr.h"
#include "text.h"

struct scan {
	struct sdp64_families *fam;
	enum n64_family session, section;
	struct sdp_text origin; /* value of the last o= line */
	struct sdp_text session_addr;
	struct sdp_text addr; /* of the c= that serves this section */
	bool ip4, ip6;        /* any c= of that family */
	bool phone;
	bool session_line; /* a c= of the session */
	bool line;         /* any c= that serves this section */
	bool refused;      /* this section */
};

/* Could this address be a phone's own? A host name with IP6 could. */
static bool fits_phone(const struct sdp_addr *addr)
{
	if (addr->kind == SDP_ADDR_IP6)
		return n64_addr6_fits_phone(&addr->v6);
	return addr->kind == SDP_ADDR_NAME;
}

static bool is_zero(const struct sdp_addr *addr)
{
	return (addr->kind == SDP_ADDR_IP6 &&
		IN6_IS_ADDR_UNSPECIFIED(&addr->v6)) ||
		(addr->kind == SDP_ADDR_IP4 && addr->v4.s_addr == INADDR_ANY);
}

/* A section ends: file its family */
static void end_section(struct scan *scan)
{
	struct sdp64_families *fam = scan->fam;
	uint64_t bit;

	fam->unserved |= fam->n && !scan->line && !scan->refused;
	if (!fam->n || fam->n > SDP64_SECTIONS)
		return;
	bit = (uint64_t)1 << (fam->n - 1);
	if (scan->section == N64_FAMILY_IP4)
		fam->ip4 |= bit;
	else if (scan->section == N64_FAMILY_IP6)
		fam->ip6 |= bit;
}

static void connection(struct scan *scan, const struct sdp_line *line)
{
	enum n64_family family = N64_FAMILY_NONE;
	struct sdp_conn conn = {.addr = {NULL, 0}};
	struct sdp_addr addr;

	if (sdp_conn_read(&conn, sdp_line_value(line))) {
		family = sdp_conn_address(&addr, &conn);
		scan->fam->zero |= is_zero(&addr);
	}
	if (family == N64_FAMILY_IP6)
		scan->phone |= fits_phone(&addr);
	scan->ip4 |= family == N64_FAMILY_IP4;
	scan->ip6 |= family == N64_FAMILY_IP6;
	scan->line = true;
	scan->addr = conn.addr;
	if (scan->fam->n) {
		scan->section = family;
		return;
	}
	scan->session_addr = conn.addr;
	scan->session = family;
	scan->session_line = true;
}

static enum sdp_addr_kind read_kind(struct sdp_addr *addr,
				    struct sdp_text text)
{
	sdp_addr_read(addr, text);
	return addr->kind;
}

/* Is the section's IPv4 address but what a NAT64 made of an IPv6 one? So c= of
 * a phone that found out by STUN (RFC 8839 4.2.5, 4.4.1): it has no IPv4, and
 * reads IP6. A relayed candidate is on IPv4 indeed. */
static bool is_outside(const struct scan *scan, const struct sdp_line *line)
{
	struct sdp_addr shown, addr, base;
	struct sdp_candidate c;

	return sdp_candidate_read(&c, sdp_line_after(line, 10)) &&
		(sdp_text_is(c.type, "srflx") ||
		 sdp_text_is(c.type, "prflx")) &&
		read_kind(&base, c.raddr) == SDP_ADDR_IP6 &&
		read_kind(&addr, c.addr) == SDP_ADDR_IP4 &&
		read_kind(&shown, scan->addr) == SDP_ADDR_IP4 &&
		shown.v4.s_addr == addr.v4.s_addr;
}

static void attribute(struct scan *scan, const struct sdp_line *line)
{
	if (!scan->fam->n || scan->section != N64_FAMILY_IP4 ||
	    !SDP_LINE_IS(line, "candidate:") || !is_outside(scan, line))
		return;
	scan->section = N64_FAMILY_IP6;
	scan->ip6 = true;
}

static void section(struct scan *scan, const struct sdp_line *line)
{
	end_section(scan);
	scan->fam->n++;
	scan->section = scan->session;
	scan->addr = scan->session_addr;
	scan->line = scan->session_line;
	scan->refused = sdp_media_refused(line);
}

/* It counts where no c= says anything */
static void by_origin(struct sdp64_families *fam, struct sdp_text value)
{
	struct sdp_conn conn;
	struct sdp_addr addr;

	if (!value.p || !sdp_conn_read_origin(&conn, value))
		return;
	fam->any = sdp_conn_address(&addr, &conn);
	fam->phone = fam->any == N64_FAMILY_IP6 && fits_phone(&addr);
}

static void line(struct scan *scan, const struct sdp_line *line)
{
	switch (line->type) {
	case 'a':
		attribute(scan, line);
		break;
	case 'c':
		connection(scan, line);
		break;
	case 'm':
		section(scan, line);
		break;
	case 'o':
		scan->origin = sdp_line_value(line);
		break;
	default:
		break;
	}
}

void sdp64_scan(struct sdp64_families *fam, const char *sdp, size_t len)
{
	struct scan scan = {.fam = fam};
	struct sdp_cursor cur;
	struct sdp_line next;

	memset(fam, 0, sizeof(*fam));
	if (!len)
		return;
	cur.p = sdp;
	cur.end = sdp + len;
	while (sdp_line_next(&next, &cur))
		line(&scan, &next);
	end_section(&scan);
	fam->phone = scan.phone;
	if (scan.ip6)
		fam->any = N64_FAMILY_IP6;
	else if (scan.ip4)
		fam->any = N64_FAMILY_IP4;
	else
		by_origin(fam, scan.origin);
}

bool sdp64_has_ip6(const char *text, size_t len)
{
	return n64_text_has_at(text, len, "ip6", 2);
}
