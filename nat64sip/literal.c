/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "literal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define LIT4_MAX 15

/* A name in the DNS has 253 octets at most (RFC 1035 2.3.4), and one dot that
 * says that it is complete. */
#define NAME_MAX_LEN 254

/* inet_pton() wants a NUL at the end, and stops at one in the middle: a text
 * with a NUL inside must not pass for the part before it. */
static int pton6(struct in6_addr *dst, const char *text, size_t len)
{
	char buf[N64_LIT6_MAX + 1];

	if (!len || len >= sizeof(buf) || memchr(text, '\0', len))
		return EINVAL;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return inet_pton(AF_INET6, buf, dst) == 1 ? 0 : EINVAL;
}

int n64_lit6_parse(struct in6_addr *dst, const char *text, size_t len)
{
	struct in6_addr addr;

	if (len && text[0] == '[') {
		if (len < 2 || text[len - 1] != ']')
			return EINVAL;
		text += 1;
		len -= 2;
	}
	/* spares the copy of what is none */
	if (!len || !memchr(text, ':', len) || pton6(&addr, text, len))
		return EINVAL;
	*dst = addr;
	return 0;
}

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

size_t n64_lit4_print(char *dst, size_t size, const struct in_addr *addr)
{
	char buf[LIT4_MAX + 1];
	size_t n;

	if (!inet_ntop(AF_INET, addr, buf, sizeof(buf)))
		return 0;
	n = strlen(buf);
	if (n >= size)
		return 0;
	memcpy(dst, buf, n + 1);
	return n;
}

/* Networks whose addresses no phone behind a NAT64 has as its own */
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

	if (memcmp(a, net, octets) != 0)
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
