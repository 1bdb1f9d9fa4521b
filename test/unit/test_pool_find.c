/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "../../nat64sip/pool.h"

#include "pref64_text.h"

#include <errno.h>

#define MANY 10000

static struct n64_pool_entry entry_of(const char *text)
{
	struct n64_pool_entry entry;

	CHECK(text, !n64_pool_entry_parse(&entry, text, strlen(text), NULL));
	return entry;
}

/* Not sorted, nested ten deep, with networks that begin at one address */
static const char *const nested[] = {
	"203.0.113.0/24=2001:db8:24::/96",
	"203.0.113.64/26=2001:db8:26::/96",
	"0.0.0.0/0=2001:db8:0:1::/64",
	"203.0.113.64/32=2001:db8:64::/96",
	"203.0.113.127=2001:db8:127::/96",
	"203.0.112.0/23=2001:db8:23::/96",
	"203.0.113.0/25=2001:db8:25::/96",
	"203.0.113.128/31=2001:db8:31::/96",
	"203.0.113.0/32=2001:db8:32::/96",
	"203.0.0.0/16=2001:db8:16::/96",
	"128.0.0.0/1=2001:db8:1::/96",
	"255.255.255.255/32=2001:db8:255::/96",
	"192.0.0.0/2=2001:db8:2::/96",
	"203.0.113.64/27=2001:db8:27::/96",
	"0.0.0.0/32=2001:db8:32:2::/64",
};

static const struct {
	const char *addr, *pref;
} finds[] = {
	{"0.0.0.0", "2001:db8:32:2::/64"},
	{"0.0.0.1", "2001:db8:0:1::/64"},
	{"127.255.255.255", "2001:db8:0:1::/64"},
	{"128.0.0.0", "2001:db8:1::/96"},
	{"191.255.255.255", "2001:db8:1::/96"},
	{"192.0.0.0", "2001:db8:2::/96"},
	{"202.255.255.255", "2001:db8:2::/96"},
	{"203.0.0.0", "2001:db8:16::/96"},
	{"203.0.111.255", "2001:db8:16::/96"},
	{"203.0.112.0", "2001:db8:23::/96"},
	{"203.0.112.255", "2001:db8:23::/96"},
	{"203.0.113.0", "2001:db8:32::/96"},
	{"203.0.113.1", "2001:db8:25::/96"},
	{"203.0.113.63", "2001:db8:25::/96"},
	{"203.0.113.64", "2001:db8:64::/96"},
	{"203.0.113.65", "2001:db8:27::/96"},
	{"203.0.113.95", "2001:db8:27::/96"},
	{"203.0.113.96", "2001:db8:26::/96"},
	{"203.0.113.126", "2001:db8:26::/96"},
	{"203.0.113.127", "2001:db8:127::/96"},
	{"203.0.113.128", "2001:db8:31::/96"},
	{"203.0.113.129", "2001:db8:31::/96"},
	{"203.0.113.130", "2001:db8:24::/96"},
	{"203.0.113.255", "2001:db8:24::/96"},
	{"203.0.114.0", "2001:db8:16::/96"},
	{"203.1.0.0", "2001:db8:2::/96"},
	{"255.255.255.254", "2001:db8:2::/96"},
	{"255.255.255.255", "2001:db8:255::/96"},
};

static void test_longest_match(void **state)
{
	struct n64_pool_entry v[N(nested)];
	const struct n64_pool_entry *found;
	struct n64_pool pool;
	struct in_addr addr;
	struct pref64 pref;
	size_t i, turn;

	(void)state;
	/* the order in which they are written makes no difference */
	for (turn = 0; turn < N(nested); turn++) {
		for (i = 0; i < N(nested); i++)
			v[i] = entry_of(nested[(i + turn) % N(nested)]);
		assert_int_equal(n64_pool_build(&pool, v, N(v), NULL), 0);
		assert_int_equal(pool.n, N(nested));
		for (i = 0; i < N(finds); i++) {
			addr = v4_of(finds[i].addr);
			pref = pref_of(finds[i].pref);
			found = n64_pool_find(&pool, &addr);
			CHECK(finds[i].addr, found != NULL);
			CHECK(finds[i].addr,
			      pref64_equal(&found->pref, &pref));
		}
	}
}

static void test_gaps(void **state)
{
	struct n64_pool_entry v[] = {
		entry_of("203.0.113.128/25=2001:db8:2::/96"),
		entry_of("192.0.2.0/24=2001:db8:1::/96"),
		entry_of("192.0.2.7/32=2001:db8:3::/96"),
	};
	static const char *const outside[] = {
		"0.0.0.0",       "192.0.1.255", "192.0.3.0",
		"203.0.113.127", "203.0.114.0", "255.255.255.255",
	};
	struct n64_pool pool = {NULL, 0};
	struct in_addr addr = v4_of("192.0.2.1");

	(void)state;
	assert_null(n64_pool_find(&pool, &addr));
	assert_int_equal(n64_pool_build(&pool, NULL, 0, NULL), 0);
	assert_int_equal(pool.n, 0);
	assert_null(n64_pool_find(&pool, &addr));
	assert_int_equal(n64_pool_build(&pool, v, N(v), NULL), 0);
	assert_non_null(n64_pool_find(&pool, &addr));
	for (size_t i = 0; i < N(outside); i++) {
		addr = v4_of(outside[i]);
		CHECK(outside[i], !n64_pool_find(&pool, &addr));
	}
}

static const struct {
	const char *name;
	const char *v[6];
	int err;
	uint32_t rows[6]; /**< of what is left; or of the two that disagree */
	size_t left;
} duplicates[] = {
	{"none", {"10.0.0.0/8=2001:db8::/32"}, 0, {1}, 1},
	{"twice the same",
	 {"10.0.0.0/8=2001:db8::/32", "10.0.0.0/8=2001:DB8:0::/32"},
	 0,
	 {1},
	 1},
	{"the same among others, the first stays",
	 {"192.0.2.0/24=2001:db8:1::/96", "10.0.0.0/8=2001:db8::/32",
	  "192.0.2.0/24=2001:db8:1::/96", "10.0.0.0/9=2001:db8::/32",
	  "10.0.0.0/8=2001:db8::/32", "192.0.2.0/24=2001:db8:1::/96"},
	 0,
	 {2, 4, 1},
	 3},
	{"an address and its /32",
	 {"10.0.0.1=2001:db8::/32", "10.0.0.1/32=2001:db8::/32"},
	 0,
	 {1},
	 1},
	{"another length is another network",
	 {"10.0.0.0/8=2001:db8::/32", "10.0.0.0/9=2001:db8:1::/48"},
	 0,
	 {1, 2},
	 2},
	{"another prefix",
	 {"10.0.0.0/8=2001:db8::/32", "10.0.0.0/8=2001:db8:1::/48"},
	 EEXIST,
	 {1, 2},
	 0},
	{"another length of the prefix",
	 {"10.0.0.0/8=2001:db8::/32", "10.0.0.0/8=2001:db8::/48"},
	 EEXIST,
	 {1, 2},
	 0},
	{"another prefix after the same",
	 {"192.0.2.0/24=2001:db8:1::/96", "10.0.0.0/8=2001:db8::/32",
	  "10.0.0.0/8=2001:db8::/32", "10.0.0.0/8=2001:db8:1::/48"},
	 EEXIST,
	 {3, 4},
	 0},
	{"two conflicts: the first that was written",
	 {"203.0.113.0/24=2001:db8:1::/96", "10.0.0.0/8=2001:db8:2::/96",
	  "203.0.113.0/24=2001:db8:3::/96", "10.0.0.0/8=2001:db8:4::/96"},
	 EEXIST,
	 {1, 3},
	 0},
};

static void check_duplicates(size_t i)
{
	const char *row = duplicates[i].name;
	struct n64_pool_entry v[N(duplicates[0].v)];
	struct n64_pool pool = {NULL, 77};
	size_t n, bad = 99;

	for (n = 0; n < N(v) && duplicates[i].v[n]; n++) {
		v[n] = entry_of(duplicates[i].v[n]);
		v[n].row = (uint32_t)n + 1;
	}
	CHECK(row, n64_pool_build(&pool, v, n, &bad) == duplicates[i].err);
	if (duplicates[i].err) {
		CHECK(row, !pool.v && pool.n == 77);
		CHECK(row, bad > 0 && bad < n);
		CHECK(row, v[bad - 1].row == duplicates[i].rows[0]);
		CHECK(row, v[bad].row == duplicates[i].rows[1]);
		CHECK(row, n64_pool_build(&pool, v, n, NULL) == EEXIST);
		return;
	}
	CHECK(row, bad == 99 && pool.v == v);
	CHECK(row, pool.n == duplicates[i].left);
	for (n = 0; n < pool.n; n++)
		CHECK(row, v[n].row == duplicates[i].rows[n]);
}

static void test_duplicates(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(duplicates); i++)
		check_duplicates(i);
}

static void test_too_many(void **state)
{
	struct n64_pool_entry v = entry_of("10.0.0.0/8=2001:db8::/32");
	struct n64_pool pool = {NULL, 77};

	(void)state;
	assert_int_equal(n64_pool_build(&pool, &v, UINT32_MAX, NULL), E2BIG);
	assert_int_equal(n64_pool_build(&pool, &v, SIZE_MAX, NULL), E2BIG);
	assert_true(!pool.v && pool.n == 77);
}

static uint32_t random32(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 16);
}

/* Half of them in one /16, so that they nest; a network twice has the same
 * prefix twice */
static void random_entry(struct n64_pool_entry *dst, uint32_t shortest)
{
	uint32_t bits = shortest + random32() % (33 - shortest);
	uint32_t addr = random32(), mask;

	if (random32() % 2)
		addr = (addr & 0xffff) | 0xcb000000;
	mask = bits ? 0xffffffffu << (32 - bits) : 0;
	memset(dst, 0, sizeof(*dst));
	dst->net.mask.s_addr = htonl(mask);
	dst->net.addr.s_addr = htonl(addr & mask);
	dst->pref = pref_of("2001:db8::/96");
	memcpy(&dst->pref.addr.s6_addr[4], &dst->net.addr, 4);
	dst->pref.addr.s6_addr[9] = (uint8_t)bits;
}

static const struct n64_pool_entry *naive_find(const struct n64_pool_entry *v,
					       size_t n,
					       const struct in_addr *addr)
{
	const struct n64_pool_entry *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (n64_net4_contains(&v[i].net, addr) &&
		    (!best ||
		     ntohl(v[i].net.mask.s_addr) >
			     ntohl(best->net.mask.s_addr)))
			best = &v[i];
	}
	return best;
}

static bool is_around(const struct n64_pool_entry *a,
		      const struct n64_pool_entry *b)
{
	return n64_net4_contains(&a->net, &b->net.addr) &&
		ntohl(a->net.mask.s_addr) < ntohl(b->net.mask.s_addr);
}

/* Each entry names the narrowest network around it: only so a search takes 32
 * steps outwards at most */
static void check_parents(const struct n64_pool *pool)
{
	const struct n64_pool_entry *v = pool->v;

	for (size_t i = 0; i < pool->n; i++) {
		uint32_t want = 0;

		for (size_t j = 0; j < i; j++) {
			if (is_around(&v[j], &v[i]) &&
			    (!want || is_around(&v[want - 1], &v[j])))
				want = (uint32_t)j + 1;
		}
		assert_int_equal(v[i].parent, want);
	}
}

/** How many of the addresses looked for are in no network */
static size_t check_random(uint32_t shortest)
{
	static struct n64_pool_entry v[MANY], given[MANY];
	const struct n64_pool_entry *want, *got;
	struct n64_pool pool;
	struct in_addr addr;
	size_t missed = 0;
	uint32_t i;

	for (i = 0; i < MANY; i++) {
		random_entry(&v[i], shortest);
		v[i].row = i;
		given[i] = v[i];
	}
	assert_int_equal(n64_pool_build(&pool, v, MANY, NULL), 0);
	assert_true(pool.n < MANY && pool.n > MANY / 2);
	check_parents(&pool);
	for (i = 0; i < MANY; i++) {
		addr.s_addr = htonl(random32());
		if (i % 4)
			addr = given[i].net.addr;
		if (i % 4 == 2) /* its last address */
			addr.s_addr |= ~given[i].net.mask.s_addr;
		if (i % 4 == 3) /* the one before it */
			addr.s_addr = htonl(ntohl(addr.s_addr) - 1);
		want = naive_find(given, MANY, &addr);
		got = n64_pool_find(&pool, &addr);
		missed += !want;
		assert_true(!want == !got);
		assert_true(!want || want->row == got->row);
	}
	return missed;
}

static void test_random(void **state)
{
	(void)state;
	assert_int_equal(check_random(0), 0);
	assert_true(check_random(14) > MANY / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_match),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("pool_find", tests, NULL, NULL);
}
