/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octets as a prefix, an IPv4 and an IPv6 address; then the whole as text. */

#include "../../nat64sip/pref64.h"

#include "fuzz.h"

static const uint8_t six[] = {32, 40, 48, 56, 64, 96};

/* One prefix alone is the Well-Known one, however it is written */
static void check_wkp(const struct pref64 *pref)
{
	static const uint8_t wkp[16] = {0, 0x64, 0xff, 0x9b};

	REQUIRE(pref64_is_wkp(pref) ==
		(pref->len == 96 && !memcmp(&pref->addr, wkp, 12)));
}

static void check_text(const char *text, size_t len)
{
	char buf[PREF64_TEXT_MAX + 1];
	struct pref64 pref, again;
	const char *why = NULL;
	size_t n;

	if (pref64_parse(&pref, text, len, &why)) {
		REQUIRE(why && *why);
		return;
	}
	REQUIRE(memchr(six, pref.len, sizeof(six)));
	n = pref64_print(buf, sizeof(buf), &pref);
	REQUIRE(n && n == strlen(buf));
	REQUIRE(!pref64_parse(&again, buf, n, NULL));
	REQUIRE(pref64_equal(&pref, &again));
	check_wkp(&pref);
}

/* extract(synthesize(x)) = x; infer() finds a prefix that makes the same */
static void check_embed(const struct pref64 *pref, const struct in_addr *v4)
{
	char buf[PREF64_TEXT_MAX + 1];
	struct in6_addr v6, again;
	struct pref64 valid, found;
	struct in_addr back;
	size_t n;

	REQUIRE(!pref64_synthesize(&v6, pref, v4));
	REQUIRE(pref->len == 96 || !v6.s6_addr[8]);
	REQUIRE(!pref64_extract(&back, pref, &v6));
	REQUIRE(back.s_addr == v4->s_addr);

	n = pref64_print(buf, sizeof(buf), pref);
	if (pref64_parse(&valid, buf, n, NULL) || !v4->s_addr)
		return;
	REQUIRE(!pref64_infer(&found, &v6, v4));
	REQUIRE(!pref64_synthesize(&again, &found, v4));
	REQUIRE(!memcmp(&v6, &again, sizeof(v6)));
	n = pref64_print(buf, sizeof(buf), &found);
	REQUIRE(!pref64_parse(&valid, buf, n, NULL));
	/* what a prefix carries when strict, it carries when not */
	REQUIRE(!pref64_may_carry(pref, v4, true) ||
		pref64_may_carry(pref, v4, false));
}

/* What is extracted makes the same address again but for the suffix */
static void check_extract(const struct pref64 *pref, const uint8_t *data)
{
	struct in6_addr v6, again;
	struct in_addr v4;
	struct pref64 found;
	size_t end = pref->len / 8 + 4 + (pref->len > 32 && pref->len < 96);

	memcpy(&v6, data, sizeof(v6));
	if (!pref64_extract(&v4, pref, &v6)) {
		REQUIRE(!pref64_synthesize(&again, pref, &v4));
		REQUIRE(!memcmp(&v6, &again, end));
	}
	memcpy(&v4, data + 12, sizeof(v4));
	if (!pref64_infer(&found, &v6, &v4)) {
		struct in_addr back;

		REQUIRE(!pref64_extract(&back, &found, &v6));
		REQUIRE(back.s_addr == v4.s_addr && v4.s_addr);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct pref64 pref = {.len = 0};
	struct in_addr v4;

	check_text(text, size);
	free(text);
	if (size < 37)
		return 0;
	pref.len = six[data[0] % sizeof(six)];
	memcpy(&pref.addr, data + 1, pref.len / 8);
	if (pref.len == 96)
		pref.addr.s6_addr[8] = 0;
	memcpy(&v4, data + 17, sizeof(v4));
	check_wkp(&pref);
	check_embed(&pref, &v4);
	/* in half of the inputs an address within the prefix */
	if (data[0] & 0x80) {
		uint8_t in[16];

		memcpy(in, data + 21, sizeof(in));
		memcpy(in, &pref.addr, pref.len / 8);
		check_extract(&pref, in);
	} else {
		check_extract(&pref, data + 21);
	}
	return 0;
}
