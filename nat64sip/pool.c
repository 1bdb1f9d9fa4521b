/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pool.h"

#include "literal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* n64_net4_parse() says only that something is wrong. The same length after
 * 0.0.0.0, which has no host bits, tells a bad length from them. */
static const char *net_wrong(const char *text, size_t len)
{
	const char *slash = len ? memchr(text, '/', len) : NULL;
	size_t n = slash ? (size_t)(slash - text) : len;
	char zero[sizeof("0.0.0.0/32")] = "0.0.0.0";
	struct n64_net4 net;
	struct in_addr addr;

	if (n64_lit4_parse(&addr, text, n))
		return "this is not an IPv4 network";
	len -= n;
	if (len >= sizeof("/32"))
		return "the length of the network must be 0 to 32";
	if (slash)
		memcpy(zero + strlen("0.0.0.0"), slash, len);
	if (n64_net4_parse(&net, zero, strlen("0.0.0.0") + len))
		return "the length of the network must be 0 to 32";
	return "a bit is set after the network";
}

int n64_pool_net_parse(struct n64_net4 *dst, const char *text, size_t len,
		       const char **why)
{
	if (!n64_net4_parse(dst, text, len))
		return 0;
	if (why)
		*why = net_wrong(text, len);
	return EINVAL;
}

int n64_pool_entry_parse(struct n64_pool_entry *dst, const char *text,
			 size_t len, const char **why)
{
	const char *eq = len ? memchr(text, '=', len) : NULL;
	const char *net_end, *pref, *end;
	struct n64_pool_entry entry;

	if (!eq) {
		if (why)
			*why = "it must be a network, \"=\" and a prefix";
		return EINVAL;
	}
	end = text + len;
	for (net_end = eq; net_end > text && is_blank(net_end[-1]); net_end--)
		;
	while (text < net_end && is_blank(*text))
		text++;
	for (pref = eq + 1; pref < end && is_blank(*pref); pref++)
		;
	while (end > pref && is_blank(end[-1]))
		end--;
	memset(&entry, 0, sizeof(entry));
	if (n64_pool_net_parse(&entry.net, text, (size_t)(net_end - text),
			       why))
		return EINVAL;
	if (pref64_parse(&entry.pref, pref, (size_t)(end - pref), why))
		return EINVAL;
	*dst = entry;
	return 0;
}

int n64_pool_line_parse(struct n64_pool_entry *dst, const char *text,
			size_t len, const char **why)
{
	const char *hash = len ? memchr(text, '#', len) : NULL;

	if (len && text[len - 1] == '\n')
		len--;
	if (len && text[len - 1] == '\r')
		len--;
	if (hash)
		len = (size_t)(hash - text);
	while (len && is_blank(text[len - 1]))
		len--;
	if (!len)
		return ENOENT;
	return n64_pool_entry_parse(dst, text, len, why);
}

size_t n64_pool_entry_print(char *dst, size_t size,
			    const struct n64_pool_entry *entry)
{
	char buf[N64_POOL_TEXT_MAX + 1];
	uint32_t mask = ntohl(entry->net.mask.s_addr);
	unsigned bits = 0;
	size_t n, m;

	for (; mask & 0x80000000u; mask <<= 1)
		bits++;
	n = n64_lit4_print(buf, sizeof(buf), &entry->net.addr);
	buf[n++] = '/';
	if (bits > 9)
		buf[n++] = (char)('0' + bits / 10);
	buf[n++] = (char)('0' + bits % 10);
	buf[n++] = '=';
	m = pref64_print(buf + n, sizeof(buf) - n, &entry->pref);
	n += m;
	if (!m || n >= size)
		return 0;
	memcpy(dst, buf, n + 1);
	return n;
}

static bool same_net(const struct n64_pool_entry *a,
		     const struct n64_pool_entry *b)
{
	return a->net.addr.s_addr == b->net.addr.s_addr &&
		a->net.mask.s_addr == b->net.mask.s_addr;
}

/* By first address, the wider network first: what contains a network stands
 * before it. Equal ones by row, so that the result is not left to chance. */
static bool before(const struct n64_pool_entry *a,
		   const struct n64_pool_entry *b)
{
	uint32_t x = ntohl(a->net.addr.s_addr);
	uint32_t y = ntohl(b->net.addr.s_addr);

	if (x == y) {
		x = ntohl(a->net.mask.s_addr);
		y = ntohl(b->net.mask.s_addr);
	}
	if (x == y) {
		x = a->row;
		y = b->row;
	}
	return x < y;
}

static void sift_down(struct n64_pool_entry *v, size_t at, size_t n)
{
	struct n64_pool_entry moved = v[at];
	size_t child;

	for (; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && before(&v[child], &v[child + 1]))
			child++;
		if (!before(&moved, &v[child]))
			break;
		v[at] = v[child];
	}
	v[at] = moved;
}

/* Heapsort: in place, no worst case, and libc's qsort() may allocate */
static void sort(struct n64_pool_entry *v, size_t n)
{
	struct n64_pool_entry last;
	size_t i;

	for (i = n / 2; i > 0; i--)
		sift_down(v, i - 1, n);
	for (i = n; i > 1; i--) {
		last = v[i - 1];
		v[i - 1] = v[0];
		v[0] = last;
		sift_down(v, 0, i - 1);
	}
}

/* Index of the entry that contradicts the one before it, 0 for none */
static size_t find_conflict(const struct n64_pool_entry *v, size_t n)
{
	size_t i, found = 0;

	for (i = 1; i < n; i++) {
		if (!same_net(&v[i - 1], &v[i]) ||
		    pref64_equal(&v[i - 1].pref, &v[i].pref))
			continue;
		if (!found || v[i].row < v[found].row)
			found = i;
	}
	return found;
}

/* Networks are disjoint or nested, and what is around v[i] is around the one
 * before it too, or is that one. */
static uint32_t parent_of(const struct n64_pool_entry *v, uint32_t i)
{
	uint32_t p = i;

	while (p && !n64_net4_contains(&v[p - 1].net, &v[i].net.addr))
		p = v[p - 1].parent;
	return p;
}

int n64_pool_build(struct n64_pool *dst, struct n64_pool_entry *v, size_t n,
		   size_t *bad)
{
	uint32_t kept = 0;
	size_t i;

	if (n >= UINT32_MAX)
		return E2BIG;
	sort(v, n);
	i = find_conflict(v, n);
	if (i) {
		if (bad)
			*bad = i;
		return EEXIST;
	}
	for (i = 0; i < n; i++) {
		if (kept && same_net(&v[kept - 1], &v[i]))
			continue;
		v[kept] = v[i];
		v[kept].parent = parent_of(v, kept);
		kept++;
	}
	dst->v = v;
	dst->n = kept;
	return 0;
}

const struct n64_pool_entry *n64_pool_find(const struct n64_pool *pool,
					   const struct in_addr *addr)
{
	const struct n64_pool_entry *v = pool->v;
	uint32_t a = ntohl(addr->s_addr);
	size_t low = 0, high = pool->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (ntohl(v[mid].net.addr.s_addr) <= a)
			low = mid + 1;
		else
			high = mid;
	}
	/* low is 1 + index of the last network that begins here or before:
	 * the narrowest around the address is that one or one around it */
	while (low && !n64_net4_contains(&v[low - 1].net, addr))
		low = v[low - 1].parent;
	return low ? &v[low - 1] : NULL;
}
