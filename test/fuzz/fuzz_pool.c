/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* A pool file. Each entry prints as what it was read from; the pool of all of
 * them answers as a search through the whole list does. */

#include "../../nat64sip/pool.h"

#include "fuzz.h"

#include <arpa/inet.h>
#include <errno.h>

#define MAX 64

static bool same(const struct n64_pool_entry *a,
		 const struct n64_pool_entry *b)
{
	return a->net.addr.s_addr == b->net.addr.s_addr &&
		a->net.mask.s_addr == b->net.mask.s_addr &&
		pref64_equal(&a->pref, &b->pref);
}

static void check_print(const struct n64_pool_entry *entry)
{
	char buf[N64_POOL_TEXT_MAX + 1];
	size_t n = n64_pool_entry_print(buf, sizeof(buf), entry);
	char *text = fuzz_copy((const uint8_t *)buf, n);
	struct n64_pool_entry again;

	REQUIRE(n && buf[n] == '\0');
	REQUIRE(n64_pool_entry_print(buf, n, entry) == 0);
	REQUIRE(n64_pool_entry_parse(&again, text, n, NULL) == 0);
	REQUIRE(same(&again, entry));
	REQUIRE(n64_pool_line_parse(&again, text, n, NULL) == 0);
	REQUIRE(same(&again, entry));
	free(text);
}

/* One column of a table: what n64_net4_parse() reads, and else a reason */
static void check_net(const char *text, size_t len)
{
	struct n64_net4 net, want;
	const char *why = NULL;
	int err;

	memset(&net, 0x5a, sizeof(net));
	want = net;
	err = n64_pool_net_parse(&net, text, len, &why);
	REQUIRE(err == n64_net4_parse(&want, text, len));
	REQUIRE((err == EINVAL) == (why != NULL && *why));
	REQUIRE(!memcmp(&net, &want, sizeof(net)));
}

static bool check_line(struct n64_pool_entry *entry, const uint8_t *line,
		       size_t len)
{
	char *text = fuzz_copy(line, len);
	struct n64_pool_entry left;
	const char *why = NULL;
	int err;

	memset(entry, 0x5a, sizeof(*entry));
	left = *entry;
	err = n64_pool_line_parse(entry, text, len, &why);
	check_net(text, len);
	free(text);
	REQUIRE(err == 0 || err == ENOENT || err == EINVAL);
	REQUIRE((err == EINVAL) == (why != NULL && *why));
	if (err) {
		REQUIRE(!memcmp(entry, &left, sizeof(left)));
		return false;
	}
	REQUIRE(!(entry->net.addr.s_addr & ~entry->net.mask.s_addr));
	REQUIRE(!entry->row && !entry->parent);
	check_print(entry);
	return true;
}

static const struct n64_pool_entry *slow_find(const struct n64_pool_entry *v,
					      size_t n, struct in_addr addr)
{
	const struct n64_pool_entry *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (n64_net4_contains(&v[i].net, &addr) &&
		    (!best ||
		     ntohl(v[i].net.mask.s_addr) >
			     ntohl(best->net.mask.s_addr)))
			best = &v[i];
	}
	return best;
}

static void check_find(const struct n64_pool *pool,
		       const struct n64_pool_entry *given, size_t n,
		       uint32_t addr)
{
	struct in_addr a = {htonl(addr)};
	const struct n64_pool_entry *want = slow_find(given, n, a);
	const struct n64_pool_entry *got = n64_pool_find(pool, &a);

	REQUIRE(!want == !got);
	REQUIRE(!want || (same(want, got) && want->row == got->row));
}

static void check_conflict(const struct n64_pool_entry *v, size_t n,
			   size_t bad)
{
	REQUIRE(bad > 0 && bad < n);
	REQUIRE(v[bad - 1].net.addr.s_addr == v[bad].net.addr.s_addr);
	REQUIRE(v[bad - 1].net.mask.s_addr == v[bad].net.mask.s_addr);
	REQUIRE(!pref64_equal(&v[bad - 1].pref, &v[bad].pref));
	REQUIRE(v[bad - 1].row < v[bad].row);
}

static bool contradicts(const struct n64_pool_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (v[i].net.addr.s_addr == v[j].net.addr.s_addr &&
			    v[i].net.mask.s_addr == v[j].net.mask.s_addr &&
			    !same(&v[i], &v[j]))
				return true;
		}
	}
	return false;
}

static void check_pool(const struct n64_pool_entry *given, size_t n)
{
	struct n64_pool_entry *v = malloc((n ? n : 1) * sizeof(*v));
	struct n64_pool pool = {NULL, 0};
	size_t bad = 0, i;
	uint32_t first, last;
	int err;

	REQUIRE(v != NULL);
	memcpy(v, given, n * sizeof(*v));
	err = n64_pool_build(&pool, v, n, &bad);
	REQUIRE(err == (contradicts(given, n) ? EEXIST : 0));
	if (err)
		check_conflict(v, n, bad);
	for (i = 0; !err && i < n; i++) {
		first = ntohl(given[i].net.addr.s_addr);
		last = first | ~ntohl(given[i].net.mask.s_addr);
		check_find(&pool, given, n, first);
		check_find(&pool, given, n, first - 1);
		check_find(&pool, given, n, last);
		check_find(&pool, given, n, last + 1);
		check_find(&pool, given, n, first + (last - first) / 2);
	}
	free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct n64_pool_entry v[MAX];
	const uint8_t *end;
	size_t n = 0, len;

	while (size && n < MAX) {
		end = memchr(data, '\n', size);
		len = end ? (size_t)(end - data) + 1 : size;
		if (check_line(&v[n], data, len)) {
			v[n].row = (uint32_t)n;
			n++;
		}
		data += len;
		size -= len;
	}
	check_pool(v, n);
	return 0;
}
