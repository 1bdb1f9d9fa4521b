/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "literal.h"

#include <errno.h>
#include <string.h>

#define LIT4_MAX 15

/* A name in the DNS has 253 octets at most (RFC 1035 2.3.4), and one dot that
 * says that it is complete. */
#define NAME_MAX_LEN 254

/* Every message asks for a handful: without a copy, and without libc's care for
 * text of any length. n is where the next octet begins; past the end if this
 * one is none. */
static size_t octet(uint8_t *dst, const char *text, size_t len, size_t n)
{
	size_t begin = n;
	unsigned value = 0;

	for (; n < len && text[n] >= '0' && text[n] <= '9'; n++) {
		if (n > begin && !value)
			return len + 1; /* "01" */
		value = value * 10 + (unsigned)(text[n] - '0');
		if (value > 255)
			return len + 1;
	}
	*dst = (uint8_t)value;
	return n > begin ? n : len + 1;
}

int n64_lit4_parse(struct in_addr *dst, const char *text, size_t len)
{
	uint8_t addr[4];
	size_t n = 0;
	int i;

	if (len > LIT4_MAX)
		return EINVAL;
	for (i = 0; i < 4; i++) {
		if (i && (n >= len || text[n++] != '.'))
			return EINVAL;
		n = octet(&addr[i], text, len, n);
		if (n > len)
			return EINVAL;
	}
	if (n != len)
		return EINVAL;
	memcpy(dst, addr, sizeof(addr));
	return 0;
}

/* 16 when it is none */
static unsigned hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* Groups as they are read; those of "::" are left out, gap says where */
struct groups {
	uint16_t v[8];
	unsigned n;
	int gap;
};

/* One group of up to four digits. Where it ends; begin if there is none. */
static size_t read_group(struct groups *g, const char *text, size_t len,
			 size_t begin)
{
	unsigned value = 0, digit;
	size_t i = begin;

	for (; i < len && i - begin < 4; i++) {
		digit = hex_digit(text[i]);
		if (digit > 15)
			break;
		value = value << 4 | digit;
	}
	if (i > begin && g->n < 8)
		g->v[g->n++] = (uint16_t)value;
	else
		i = begin;
	return i;
}

/* The mixed notation: the last four octets in decimal (RFC 4291 2.2) */
static int read_tail4(struct groups *g, const char *text, size_t len)
{
	struct in_addr v4;
	uint8_t a[4];

	if (g->n > 6 || n64_lit4_parse(&v4, text, len))
		return EINVAL;
	memcpy(a, &v4, sizeof(a));
	g->v[g->n++] = (uint16_t)(a[0] << 8 | a[1]);
	g->v[g->n++] = (uint16_t)(a[2] << 8 | a[3]);
	return 0;
}

/* As inet_pton() has it: four digits a group at most, "::" once and for one
 * group at least */
static int read_groups(struct groups *g, const char *text, size_t len)
{
	size_t i, end;

	if (len < 2 || (text[0] == ':' && text[1] != ':'))
		return EINVAL;
	i = text[0] == ':';
	while (i < len) {
		if (text[i] == ':') {
			if (g->gap >= 0)
				return EINVAL;
			g->gap = (int)g->n;
			i++;
			continue;
		}
		end = read_group(g, text, len, i);
		if (end < len && text[end] == '.') {
			g->n -= end > i;
			return read_tail4(g, text + i, len - i);
		}
		if (end == i)
			return EINVAL;
		i = end;
		/* a single colon is followed by something */
		if (i < len && (text[i++] != ':' || i == len))
			return EINVAL;
	}
	return 0;
}

/* Not inet_pton(): it takes no length, and each message asks for several */
int n64_lit6_parse(struct in6_addr *dst, const char *text, size_t len)
{
	struct groups g = {.gap = -1};
	unsigned i, zeros;

	if (len && text[0] == '[') {
		if (len < 2 || text[len - 1] != ']')
			return EINVAL;
		text += 1;
		len -= 2;
	}
	if (read_groups(&g, text, len) || (g.gap < 0) != (g.n == 8))
		return EINVAL;
	zeros = 8 - g.n;
	for (i = 0; i < 8; i++) {
		unsigned value = 0;

		if (g.gap < 0 || i < (unsigned)g.gap)
			value = g.v[i];
		else if (i >= (unsigned)g.gap + zeros)
			value = g.v[i - zeros];
		dst->s6_addr[2 * i] = (uint8_t)(value >> 8);
		dst->s6_addr[2 * i + 1] = (uint8_t)value;
	}
	return 0;
}

/* RFC 5952 4.2: the longest run of zero groups, the first of equal ones, never
 * a single group */
static unsigned longest_zeros(const uint16_t g[8], unsigned *first)
{
	unsigned i, run = 0, best = 0;

	for (i = 0; i < 8; i++) {
		run = g[i] ? 0 : run + 1;
		if (run > best) {
			best = run;
			*first = i + 1 - run;
		}
	}
	return best > 1 ? best : 0;
}

static char *print_group(char *p, unsigned group)
{
	static const char hex[] = "0123456789abcdef";
	int shift;

	for (shift = 12; shift > 0 && !(group >> shift); shift -= 4)
		;
	for (; shift >= 0; shift -= 4)
		*p++ = hex[group >> shift & 15];
	return p;
}

/* Not inet_ntop(): it prints the mixed notation for addresses in ::/96 and
 * ::ffff:0:0/96 */
size_t n64_lit6_print(char *dst, size_t size, const struct in6_addr *addr)
{
	char buf[N64_LIT6_MAX + 1], *p = buf;
	unsigned i, first = 0, zeros;
	const uint8_t *a = addr->s6_addr;
	uint16_t g[8];
	size_t n;

	for (i = 0; i < 8; i++, a += 2)
		g[i] = (uint16_t)(a[0] << 8 | a[1]);
	zeros = longest_zeros(g, &first);
	for (i = 0; i < 8; i++) {
		if (zeros && i == first) {
			*p++ = ':';
			if (first + zeros == 8)
				*p++ = ':';
			i += zeros - 1;
			continue;
		}
		if (i)
			*p++ = ':';
		p = print_group(p, g[i]);
	}
	n = (size_t)(p - buf);
	if (n >= size)
		return 0;
	memcpy(dst, buf, n);
	dst[n] = '\0';
	return n;
}

static char *print_octet(char *p, unsigned octet)
{
	if (octet > 99)
		*p++ = (char)('0' + octet / 100);
	if (octet > 9)
		*p++ = (char)('0' + octet / 10 % 10);
	*p++ = (char)('0' + octet % 10);
	return p;
}

size_t n64_lit4_print(char *dst, size_t size, const struct in_addr *addr)
{
	char buf[LIT4_MAX + 1], *p = buf;
	uint8_t a[4];
	size_t n;
	int i;

	memcpy(a, addr, sizeof(a));
	for (i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = print_octet(p, a[i]);
	}
	n = (size_t)(p - buf);
	if (n >= size)
		return 0;
	memcpy(dst, buf, n);
	dst[n] = '\0';
	return n;
}

/* Networks whose addresses no phone behind a NAT64 has as its own; each of 8
 * bits at least */
static const struct {
	uint8_t net[12];
	uint8_t len; /* bits */
} unfit[] = {
	/* ::/96: unspecified, loopback, IPv4-compatible (RFC 4291 2.5) */
	{{0}, 96},
	/* ::ffff:0:0/96, IPv4-mapped (RFC 5118 4.9) */
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96},
	{{0xfe, 0x80}, 10},                /* link-local */
	{{0xff}, 8},                       /* multicast */
	{{0x20, 0x02}, 16},                /* 6to4 (RFC 3056) */
	{{0x20, 0x01, 0, 0}, 32},          /* Teredo (RFC 4380) */
	{{0, 0x64, 0xff, 0x9b}, 96},       /* WKP (RFC 6052 2.1) */
	{{0, 0x64, 0xff, 0x9b, 0, 1}, 48}, /* local use (RFC 8215) */
};

static bool in_net(const struct in6_addr *addr, const uint8_t *net,
		   unsigned len)
{
	const uint8_t *a = addr->s6_addr;
	unsigned octets = len / 8, bits = len % 8;

	/* nearly always the first octet tells */
	if (a[0] != net[0] || memcmp(a, net, octets) != 0)
		return false;
	return !bits || !((a[octets] ^ net[octets]) >> (8 - bits));
}

bool n64_addr6_fits_phone(const struct in6_addr *addr)
{
	size_t i;

	for (i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		if (in_net(addr, unfit[i].net, unfit[i].len))
			return false;
	}
	return true;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

/* A host name by RFC 1123 2.1, and "_", which DNS and the field know. The last
 * label is never all digits, so "192.0.2.256" is no name. */
static bool is_name(const char *text, size_t len)
{
	size_t i, label = 0, digits = 0, last_digits = 0, last = 0;

	if (len > NAME_MAX_LEN)
		return false;
	for (i = 0; i <= len; i++) {
		if (i == len || text[i] == '.') {
			if (!label && (i < len || len == 1))
				return false;
			if (label) {
				last = label;
				last_digits = digits;
			}
			label = digits = 0;
			continue;
		}
		if (!is_alnum(text[i]) && text[i] != '-' && text[i] != '_')
			return false;
		label++;
		digits += text[i] >= '0' && text[i] <= '9';
	}
	return last != last_digits;
}

enum n64_host n64_host_kind(const char *text, size_t len)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (!len)
		return N64_HOST_NONE;
	if (!n64_lit4_parse(&v4, text, len))
		return N64_HOST_IP4;
	if (!n64_lit6_parse(&v6, text, len))
		return n64_addr6_fits_phone(&v6) ? N64_HOST_IP6
						 : N64_HOST_IP6_UNFIT;
	return is_name(text, len) ? N64_HOST_NAME : N64_HOST_NONE;
}
