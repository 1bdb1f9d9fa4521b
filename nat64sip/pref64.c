/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pref64.h"

#include "literal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* Bits 64 to 71 of an IPv4-embedded address are zero (RFC 6052 2.2) */
#define U_OCTET 8

/* In the order in which pref64_infer() tries them */
static const uint8_t lengths[] = {96, 64, 56, 48, 40, 32};

static const uint8_t wkp[16] = {0, 0x64, 0xff, 0x9b};
static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const uint8_t zero[16];

static bool length_ok(unsigned len)
{
	size_t i;

	for (i = 0; i < sizeof(lengths); i++) {
		if (lengths[i] == len)
			return true;
	}
	return false;
}

/* What is wrong with this prefix? NULL: nothing */
static const char *wrong(const struct in6_addr *addr, unsigned len)
{
	const uint8_t *a = addr->s6_addr;

	if (!length_ok(len))
		return "the length must be 32, 40, 48, 56, 64 or 96";
	if (memcmp(a + len / 8, zero, 16 - len / 8) != 0)
		return "a bit is set after the prefix";
	if (len == 96 && a[U_OCTET])
		return "bits 64 to 71 must be zero";
	if (len != 96 && !memcmp(a, wkp, sizeof(wkp)))
		return "64:ff9b:: may be used with length 96 only";
	/* it would make IPv4-compatible addresses, ::, and ::1 */
	if (!memcmp(a, zero, sizeof(zero)))
		return "the unspecified address is not a prefix";
	if (!memcmp(a, mapped, sizeof(mapped)))
		return "IPv4-mapped addresses are not translated";
	if (IN6_IS_ADDR_LINKLOCAL(addr))
		return "a link-local prefix can't be routed";
	if (IN6_IS_ADDR_MULTICAST(addr))
		return "a multicast prefix can't be used";
	return NULL;
}

/* One to three digits, no sign, no leading zero; 0 for anything else: no
 * length that could be used is lost by that */
static unsigned parse_length(const char *text, size_t len)
{
	unsigned n = 0;
	size_t i;

	if (!len || len > 3 || text[0] == '0')
		return 0;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		n = n * 10 + (unsigned)(text[i] - '0');
	}
	return n;
}

static const char *parse(struct pref64 *dst, const char *text, size_t len)
{
	const char *slash = len ? memchr(text, '/', len) : NULL;
	struct in6_addr addr;
	const char *why;
	unsigned bits;
	size_t n;

	if (!slash)
		return "it must be an IPv6 address, a slash and a length";
	n = (size_t)(slash - text);
	if (!n || text[0] == '[' || n64_lit6_parse(&addr, text, n))
		return "this is not an IPv6 address";
	bits = parse_length(slash + 1, len - n - 1);
	why = wrong(&addr, bits);
	if (why)
		return why;
	dst->addr = addr;
	dst->len = (uint8_t)bits;
	return NULL;
}

int pref64_parse(struct pref64 *dst, const char *text, size_t len,
		 const char **why)
{
	const char *reason = parse(dst, text, len);

	if (!reason)
		return 0;
	if (why)
		*why = reason;
	return EINVAL;
}

size_t pref64_print(char *dst, size_t size, const struct pref64 *pref)
{
	char buf[PREF64_TEXT_MAX + 1];
	size_t n;

	if (!length_ok(pref->len))
		return 0;
	n = n64_lit6_print(buf, sizeof(buf), &pref->addr);
	buf[n++] = '/';
	buf[n++] = (char)('0' + pref->len / 10);
	buf[n++] = (char)('0' + pref->len % 10);
	if (n >= size)
		return 0;
	memcpy(dst, buf, n);
	dst[n] = '\0';
	return n;
}

bool pref64_equal(const struct pref64 *a, const struct pref64 *b)
{
	if (a->len != b->len)
		return false;
	return !a->len || !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

bool pref64_is_wkp(const struct pref64 *pref)
{
	return pref->len == 96 && !memcmp(&pref->addr, wkp, sizeof(wkp));
}

int pref64_synthesize(struct in6_addr *dst, const struct pref64 *pref,
		      const struct in_addr *v4)
{
	struct in6_addr out;
	uint8_t src[4];
	unsigned i, pos;

	if (!length_ok(pref->len))
		return EINVAL;
	out = pref->addr;
	memcpy(src, v4, sizeof(src));
	for (i = 0, pos = pref->len / 8; i < 4; i++) {
		if (pos == U_OCTET)
			++pos;
		out.s6_addr[pos++] = src[i];
	}
	*dst = out;
	return 0;
}

int pref64_extract(struct in_addr *dst, const struct pref64 *pref,
		   const struct in6_addr *addr)
{
	uint8_t out[4];
	unsigned i, pos;

	if (!length_ok(pref->len))
		return EINVAL;
	pos = pref->len / 8;
	if (memcmp(addr, &pref->addr, pos) != 0)
		return ENOENT;
	if (pref->len != 96 && addr->s6_addr[U_OCTET])
		return ENOENT;
	for (i = 0; i < 4; i++) {
		if (pos == U_OCTET)
			++pos;
		out[i] = addr->s6_addr[pos++];
	}
	memcpy(dst, out, sizeof(out));
	return 0;
}

int pref64_infer(struct pref64 *dst, const struct in6_addr *addr,
		 const struct in_addr *v4)
{
	struct in6_addr again;
	struct pref64 pref;
	size_t i;

	/* as many prefixes "embed" 0.0.0.0 as there are zeros in a row */
	if (v4->s_addr == INADDR_ANY)
		return ENOENT;
	for (i = 0; i < sizeof(lengths); i++) {
		memset(&pref, 0, sizeof(pref));
		pref.len = lengths[i];
		memcpy(&pref.addr, addr, pref.len / 8);
		if (wrong(&pref.addr, pref.len))
			continue;
		if (pref64_synthesize(&again, &pref, v4))
			continue;
		if (!memcmp(&again, addr, sizeof(again))) {
			*dst = pref;
			return 0;
		}
	}
	return ENOENT;
}

#define NET4(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (c) << 8 | (d))

struct net4 {
	uint32_t net;
	uint8_t len;
};

/* Host order. Never a host that a phone could send to */
static const struct net4 never[] = {
	{NET4(0, 0, 0, 0), 8},
	{NET4(224, 0, 0, 0), 4},
	{NET4(255, 255, 255, 255), 32},
};

/* Not global by IANA's special-purpose registry (RFC 6890, RFC 8190); what it
 * lists within 192.0.0.0/24 as global stands apart */
static const struct net4 not_global[] = {
	{NET4(10, 0, 0, 0), 8},
	{NET4(100, 64, 0, 0), 10}, /* RFC 6598 */
	{NET4(127, 0, 0, 0), 8},
	{NET4(169, 254, 0, 0), 16},
	{NET4(172, 16, 0, 0), 12},
	{NET4(192, 0, 0, 0), 24}, /* with 192.0.0.0/29, RFC 7335 */
	{NET4(192, 0, 2, 0), 24},
	{NET4(192, 168, 0, 0), 16},
	{NET4(198, 18, 0, 0), 15},
	{NET4(198, 51, 100, 0), 24},
	{NET4(203, 0, 113, 0), 24},
	{NET4(240, 0, 0, 0), 4},
};

static const struct net4 global_after_all[] = {
	{NET4(192, 0, 0, 9), 32},  /* RFC 7723 */
	{NET4(192, 0, 0, 10), 32}, /* RFC 8155 */
};

static bool in_any(uint32_t addr, const struct net4 *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!((addr ^ v[i].net) >> (32 - v[i].len)))
			return true;
	}
	return false;
}

#define IN_ANY(addr, v) in_any(addr, v, sizeof(v) / sizeof((v)[0]))

bool pref64_may_carry(const struct pref64 *pref, const struct in_addr *v4,
		      bool strict)
{
	uint32_t addr = ntohl(v4->s_addr);

	if (IN_ANY(addr, never))
		return false;
	if (!strict || !pref64_is_wkp(pref))
		return true;
	return !IN_ANY(addr, not_global) || IN_ANY(addr, global_after_all);
}
