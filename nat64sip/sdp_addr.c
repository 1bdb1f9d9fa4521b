/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp_addr.h"

#include <arpa/inet.h>

/* "/127", "/127/3", "/3" after a group (RFC 8866 5.7) */
static bool is_suffix(const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (p[i] == '/' && (i + 1 == len || p[i + 1] == '/'))
			return false;
		if (p[i] != '/' && (p[i] < '0' || p[i] > '9'))
			return false;
	}
	return true;
}

void sdp_addr_read(struct sdp_addr *dst, struct sdp_text text)
{
	const char *slash = text.len ? memchr(text.p, '/', text.len) : NULL;
	size_t n = slash ? (size_t)(slash - text.p) : text.len;
	bool group = false;

	dst->kind = SDP_ADDR_BAD;
	if (!n || text.p[0] == '[')
		return;
	if (slash && !is_suffix(slash, text.len - n))
		return;
	if (!n64_lit4_parse(&dst->v4, text.p, n)) {
		group = IN_MULTICAST(ntohl(dst->v4.s_addr));
		dst->kind = SDP_ADDR_IP4;
	} else if (!n64_lit6_parse(&dst->v6, text.p, n)) {
		group = IN6_IS_ADDR_MULTICAST(&dst->v6);
		dst->kind = SDP_ADDR_IP6;
	} else if (n64_host_kind(text.p, n) == N64_HOST_NAME) {
		dst->kind = SDP_ADDR_NAME;
	}
	if (group)
		dst->kind = SDP_ADDR_MULTICAST;
	else if (slash) /* only a group has a TTL or a count */
		dst->kind = SDP_ADDR_BAD;
}

bool sdp_conn_read(struct sdp_conn *dst, struct sdp_text value)
{
	return sdp_field_next(&dst->net, &value) &&
		sdp_field_next(&dst->type, &value) &&
		sdp_field_next(&dst->addr, &value) && !value.len;
}

/* From the end: some phones write a display name with blanks as user name */
bool sdp_conn_read_origin(struct sdp_conn *dst, struct sdp_text value)
{
	struct sdp_text version, id;

	return sdp_field_last(&dst->addr, &value) &&
		sdp_field_last(&dst->type, &value) &&
		sdp_field_last(&dst->net, &value) &&
		sdp_field_last(&version, &value) &&
		sdp_field_last(&id, &value) && value.len;
}

enum n64_family sdp_type_family(struct sdp_text type)
{
	if (sdp_text_is(type, "ip4"))
		return N64_FAMILY_IP4;
	if (sdp_text_is(type, "ip6"))
		return N64_FAMILY_IP6;
	return N64_FAMILY_NONE;
}

enum n64_family sdp_conn_address(struct sdp_addr *addr,
				 const struct sdp_conn *conn)
{
	enum n64_family type = sdp_type_family(conn->type);

	sdp_addr_read(addr, conn->addr);
	if (!sdp_text_is(conn->net, "in") || type == N64_FAMILY_NONE)
		return N64_FAMILY_NONE;
	switch (addr->kind) {
	case SDP_ADDR_IP4:
		return N64_FAMILY_IP4;
	case SDP_ADDR_IP6:
		return N64_FAMILY_IP6;
	case SDP_ADDR_NAME:
	case SDP_ADDR_MULTICAST:
		return type;
	case SDP_ADDR_BAD:
		break;
	}
	return N64_FAMILY_NONE;
}

enum n64_family sdp_conn_family(const struct sdp_conn *conn)
{
	struct sdp_addr addr;

	return sdp_conn_address(&addr, conn);
}

/* An answer may have other sections than its offer only by mistake; those
 * follow the last one that is known. */
enum n64_family sdp64_want(const struct sdp64_rule *rule, unsigned i)
{
	const struct sdp64_families *offer = rule->offer;
	unsigned last = SDP64_SECTIONS - 1;

	if (rule->way == SDP64_TO_IP4)
		return N64_FAMILY_IP4;
	if (!offer)
		return N64_FAMILY_IP6;
	if (offer->n && offer->n - 1 < last)
		last = offer->n - 1;
	if (i > last)
		i = last;
	if (offer->n && offer->ip6 >> i & 1)
		return N64_FAMILY_IP6;
	if (offer->n && offer->ip4 >> i & 1)
		return N64_FAMILY_IP4;
	return offer->any == N64_FAMILY_IP4 ? N64_FAMILY_IP4 : N64_FAMILY_IP6;
}

static enum n64_reason print6(struct sdp64_new *dst, const struct in6_addr *v6)
{
	dst->len = n64_lit6_print(dst->text, sizeof(dst->text), v6);
	return N64_DONE;
}

static enum n64_reason print4(struct sdp64_new *dst, const struct in_addr *v4)
{
	dst->len = n64_lit4_print(dst->text, sizeof(dst->text), v4);
	return N64_DONE;
}

static enum n64_reason to_ip6(struct sdp64_new *dst,
			      const struct sdp64_rule *rule,
			      const struct in_addr *v4)
{
	struct in6_addr v6 = IN6ADDR_ANY_INIT;

	/* hold, or "not told" in raddr: never an embedded 0.0.0.0
	 * (RFC 3264 8.4, RFC 8839 5.1) */
	if (v4->s_addr == INADDR_ANY)
		return print6(dst, &v6);
	if (!pref64_may_carry(&rule->pref, v4, rule->wkp_strict))
		return N64_NOT_CARRIED;
	if (pref64_synthesize(&v6, &rule->pref, v4))
		return N64_NO_PREF;
	return print6(dst, &v6);
}

/* The answer to an IP4 offer takes this way too, for what a relay wrote as
 * IP6; its own address then stands for itself, so the source stays out. */
static enum n64_reason to_ip4(struct sdp64_new *dst,
			      const struct sdp64_rule *rule,
			      const struct in6_addr *v6, bool own)
{
	struct in_addr v4 = {INADDR_ANY};

	if (IN6_IS_ADDR_UNSPECIFIED(v6))
		return print4(dst, &v4);
	if (!pref64_extract(&v4, &rule->pref, v6)) {
		if (!pref64_may_carry(&rule->pref, &v4, rule->wkp_strict))
			return N64_NOT_CARRIED;
		return print4(dst, &v4);
	}
	if (own && rule->way == SDP64_TO_IP4 &&
	    rule->source.s_addr != INADDR_ANY && n64_addr6_fits_phone(v6))
		return print4(dst, &rule->source);
	return rule->pref.len ? N64_NOT_IN_PREF : N64_NO_PREF;
}

enum n64_reason sdp64_map(struct sdp64_new *dst, const struct sdp64_rule *rule,
			  enum n64_family want, const struct sdp_addr *addr,
			  bool own)
{
	switch (addr->kind) {
	case SDP_ADDR_NAME:
		return N64_NAME;
	case SDP_ADDR_MULTICAST:
		return N64_MULTICAST;
	case SDP_ADDR_IP4:
		if (want == N64_FAMILY_IP4)
			return N64_FAMILY_RIGHT;
		return to_ip6(dst, rule, &addr->v4);
	case SDP_ADDR_IP6:
		if (want == N64_FAMILY_IP6)
			return N64_FAMILY_RIGHT;
		return to_ip4(dst, rule, &addr->v6, own);
	case SDP_ADDR_BAD:
		break;
	}
	return N64_BAD_LINE;
}

static void plan_type(struct sdp64_plan *dst, enum n64_family family,
		      struct sdp_text type)
{
	dst->reason = N64_DONE;
	dst->family = family;
	dst->old = type;
	memcpy(dst->text, family == N64_FAMILY_IP6 ? "IP6" : "IP4", 3);
	dst->len = 3;
}

static void plan_both(struct sdp64_plan *dst, enum n64_family want,
		      const struct sdp_conn *conn, const struct sdp64_new *now)
{
	plan_type(dst, want, conn->type);
	/* one space lies between the two, as read */
	dst->old.len = conn->type.len + 1 + conn->addr.len;
	dst->text[3] = ' ';
	memcpy(dst->text + 4, now->text, now->len);
	dst->len = 4 + now->len;
}

void sdp64_plan(struct sdp64_plan *dst, const struct sdp64_rule *rule,
		enum n64_family want, const struct sdp_conn *conn)
{
	enum n64_family type = sdp_type_family(conn->type);
	struct sdp64_new now;
	struct sdp_addr addr;
	bool crossed;

	dst->family = N64_FAMILY_NONE;
	dst->repaired = false;
	dst->reason = N64_NOT_IN;
	if (!sdp_text_is(conn->net, "in"))
		return;
	sdp_addr_read(&addr, conn->addr);
	dst->reason = N64_BAD_LINE;
	if (type == N64_FAMILY_NONE || addr.kind == SDP_ADDR_BAD)
		return;
	/* "IN IP4 2001:db8::1"; a mapped address is right with neither type */
	crossed = type == N64_FAMILY_IP4 && addr.kind == SDP_ADDR_IP6;
	if (crossed && IN6_IS_ADDR_V4MAPPED(&addr.v6))
		return;
	dst->family = type;
	dst->reason = sdp64_map(&now, rule, want, &addr, true);
	if (dst->reason == N64_DONE) {
		plan_both(dst, want, conn, &now);
	} else if (dst->reason == N64_FAMILY_RIGHT ||
		   dst->reason == N64_NAME) {
		dst->reason = sdp64_right(rule, want);
		if (type != want)
			plan_type(dst, want, conn->type);
	} else if (crossed) {
		plan_type(dst, N64_FAMILY_IP6, conn->type);
	}
	dst->repaired = crossed && dst->reason == N64_DONE;
}
