/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pref64_text.h"

#include <errno.h>

static const uint8_t six[] = {32, 40, 48, 56, 64, 96};

/* RFC 6052 2.4, both tables; the others by 2.2 */
static const struct {
	const char *name, *pref, *v4, *v6;
} embed_rows[] = {
	{"2.4 /32", "2001:db8::/32", "192.0.2.33", "2001:db8:c000:221::"},
	{"2.4 /40", "2001:db8:100::/40", "192.0.2.33", "2001:db8:1c0:2:21::"},
	{"2.4 /48", "2001:db8:122::/48", "192.0.2.33",
	 "2001:db8:122:c000:2:2100::"},
	{"2.4 /56", "2001:db8:122:300::/56", "192.0.2.33",
	 "2001:db8:122:3c0:0:221::"},
	{"2.4 /64", "2001:db8:122:344::/64", "192.0.2.33",
	 "2001:db8:122:344:c0:2:2100::"},
	{"2.4 /96", "2001:db8:122:344::/96", "192.0.2.33",
	 "2001:db8:122:344::192.0.2.33"},
	{"2.4 WKP", "64:ff9b::/96", "192.0.2.33", "64:ff9b::192.0.2.33"},
	{"all ones /32", "2001:db8::/32", "255.255.255.255",
	 "2001:db8:ffff:ffff::"},
	{"all ones /56", "2001:db8:122:300::/56", "255.255.255.255",
	 "2001:db8:122:3ff:ff:ffff::"},
	{"all ones /64", "2001:db8:122:344::/64", "255.255.255.255",
	 "2001:db8:122:344:ff:ffff:ff00:0"},
	{"lab's /40", "2001:db8:100::/40", "192.0.2.10", "2001:db8:1c0:2:a::"},
	{"local use", "64:ff9b:1::/48", "8.8.8.8", "64:ff9b:1:808:8:800::"},
};

static void check_embedding(const char *row, const struct pref64 *pref,
			    struct in_addr v4, struct in6_addr v6)
{
	struct in6_addr made;
	struct in_addr taken;
	struct pref64 found;

	CHECK(row, pref64_synthesize(&made, pref, &v4) == 0);
	CHECK(row, !memcmp(&made, &v6, sizeof(v6)));
	CHECK(row, pref64_extract(&taken, pref, &v6) == 0);
	CHECK(row, taken.s_addr == v4.s_addr);
	CHECK(row, pref64_infer(&found, &v6, &v4) == 0);
	CHECK(row, pref64_synthesize(&made, &found, &v4) == 0);
	CHECK(row, !memcmp(&made, &v6, sizeof(v6)));
}

static void test_embed(void **state)
{
	struct pref64 found;
	size_t i;

	(void)state;
	for (i = 0; i < N(embed_rows); i++) {
		const char *row = embed_rows[i].name;
		struct pref64 pref = pref_of(embed_rows[i].pref);
		struct in_addr v4 = v4_of(embed_rows[i].v4);
		struct in6_addr v6 = v6_of(embed_rows[i].v6);

		check_embedding(row, &pref, v4, v6);
		CHECK(row, !pref64_infer(&found, &v6, &v4));
		CHECK(row, pref64_equal(&found, &pref));
	}
}

/* Every length that is not one of the six, by every function */
static void test_lengths(void **state)
{
	struct in_addr v4 = v4_of("192.0.2.33"), was = v4;
	struct in6_addr v6 = v6_of("2001:db8::1"), was6 = v6;
	struct pref64 pref = {v6_of("2001:db8::"), 0};
	char buf[PREF64_TEXT_MAX + 1];
	unsigned len;

	(void)state;
	for (len = 0; len < 256; len++) {
		pref.len = (uint8_t)len;
		if (memchr(six, (int)len, sizeof(six)))
			continue;
		assert_int_equal(pref64_synthesize(&v6, &pref, &v4), EINVAL);
		assert_int_equal(pref64_extract(&v4, &pref, &v6), EINVAL);
		assert_int_equal(pref64_print(buf, sizeof(buf), &pref), 0);
		assert_memory_equal(&v6, &was6, sizeof(v6));
		assert_int_equal(v4.s_addr, was.s_addr);
	}
}

static const struct {
	const char *name, *pref, *v6, *v4; /* v4 NULL: ENOENT */
} extract_rows[] = {
	{"suffix ignored", "2001:db8::/32", "2001:db8:c000:221:0:1:2:3",
	 "192.0.2.33"},
	{"suffix ignored /64", "2001:db8:122:344::/64",
	 "2001:db8:122:344:c0:2:21ff:ffff", "192.0.2.33"},
	{"u-octet /32", "2001:db8::/32", "2001:db8:c000:221:100::", NULL},
	{"u-octet /64", "2001:db8:122:344::/64",
	 "2001:db8:122:344:1c0:2:2100::", NULL},
	{"u-octet /96", "2001:db8:122:344::/96",
	 "2001:db8:122:344:100::192.0.2.33", NULL},
	{"other prefix", "2001:db8::/32", "2001:db9:c000:221::", NULL},
	{"last bit of the prefix", "2001:db8:122:344::/96",
	 "2001:db8:122:344::1:192.0.2.33", NULL},
	{"local use is not WKP", "64:ff9b::/96", "64:ff9b:1::192.0.2.33",
	 NULL},
	{"0.0.0.0 is arithmetic", "64:ff9b::/96", "64:ff9b::", "0.0.0.0"},
};

static void test_extract(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(extract_rows); i++) {
		const char *row = extract_rows[i].name;
		struct pref64 pref = pref_of(extract_rows[i].pref);
		struct in6_addr v6 = v6_of(extract_rows[i].v6);
		struct in_addr v4 = v4_of("198.51.100.1"), was = v4;
		int err = pref64_extract(&v4, &pref, &v6);

		CHECK(row, err == (extract_rows[i].v4 ? 0 : ENOENT));
		if (!err)
			was = v4_of(extract_rows[i].v4);
		CHECK(row, v4.s_addr == was.s_addr);
	}
}

static const struct {
	const char *name, *v6, *v4;
} no_infer_rows[] = {
	{"another address", "64:ff9b::c000:221", "192.0.2.34"},
	{"hold", "64:ff9b::", "0.0.0.0"},
	{"native", "2001:db8:1::2", "192.0.2.10"},
	{"suffix /32", "2001:db8:c000:221::1", "192.0.2.33"},
	{"u-octet /64", "2001:db8:122:344:1c0:2:2100::", "192.0.2.33"},
	{"u-octet /96", "2001:db8:122:344:100::192.0.2.33", "192.0.2.33"},
	{"mapped", "::ffff:192.0.2.33", "192.0.2.33"},
	{"compatible", "::192.0.2.33", "192.0.2.33"},
	{"link-local /96", "fe80::192.0.2.33", "192.0.2.33"},
	{"link-local /64", "fe80::c0:2:2100:0", "192.0.2.33"},
	{"multicast", "ff02::192.0.2.33", "192.0.2.33"},
	{"WKP not as /64", "64:ff9b::c0:2:2100:0", "192.0.2.33"},
	{"WKP not as /32", "64:ff9b:c000:221::", "192.0.2.33"},
};

static void test_no_infer(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N(no_infer_rows); i++) {
		struct in6_addr v6 = v6_of(no_infer_rows[i].v6);
		struct in_addr v4 = v4_of(no_infer_rows[i].v4);
		struct pref64 pref = {.len = 77};

		/* 64:ff9b::/32 and /64 are other spellings of a prefix that
		 * may be used as /96 only */
		CHECK(no_infer_rows[i].name,
		      pref64_infer(&pref, &v6, &v4) == ENOENT);
		CHECK(no_infer_rows[i].name, pref.len == 77);
	}
}

static void check_embed_vector(char **field)
{
	char text[PREF64_TEXT_MAX + 1];
	struct pref64 pref;

	snprintf(text, sizeof(text), "%s/%s", field[0], field[1]);
	pref = pref_of(text);
	check_embedding(text, &pref, v4_of(field[2]), v6_of(field[3]));
}

static void check_more_vector(char **field)
{
	check_embed_vector(field);
	/* the same address, spelled in another way */
	field[3] = field[4];
	check_embed_vector(field);
}

static size_t refused_prefixes, refused_addresses;

/* Some rows have a prefix that is wrong by itself, the others one that may not
 * carry this address */
static void check_reject_vector(char **field)
{
	char text[PREF64_TEXT_MAX + 1];
	struct pref64 pref;
	struct in_addr v4 = v4_of(field[2]);

	snprintf(text, sizeof(text), "%s/%s", field[0], field[1]);
	if (pref64_parse(&pref, text, strlen(text), NULL)) {
		refused_prefixes++;
		return;
	}
	CHECK(field[2], !pref64_may_carry(&pref, &v4, true));
	refused_addresses++;
}

static void test_vectors(void **state)
{
	(void)state;
	assert_int_equal(vectors_each("rfc6052.csv", 4, check_embed_vector),
			 7);
}

static void test_more_vectors(void **state)
{
	(void)state;
	assert_true(vectors_each("rfc6052_more.csv", 5, check_more_vector) >
		    50);
}

static void test_reject_vectors(void **state)
{
	(void)state;
	refused_prefixes = refused_addresses = 0;
	assert_int_equal(
		vectors_each("rfc6052_reject.csv", 4, check_reject_vector),
		15);
	assert_int_equal(refused_prefixes, 9);
	assert_int_equal(refused_addresses, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_embed),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_extract),
		cmocka_unit_test(test_no_infer),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_more_vectors),
		cmocka_unit_test(test_reject_vectors),
	};

	return cmocka_run_group_tests_name("pref64_embed", tests, NULL, NULL);
}
