/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file Prefixes: what is done for each message, and what at start only */
#include "../../../nat64sip/pref64.h"
#include "micro.h"

#define TIMES 1000

static void addresses(const struct pref64 *pref, unsigned bits)
{
	struct in_addr v4 = {htonl(0xc6336401u)}, back;
	struct in6_addr v6;
	struct pref64 inferred;
	int rc = 0;

	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		rc |= pref64_synthesize(&v6, pref, &v4);
	micro_end("pref64: synthesize", bits, TIMES);
	micro_must(rc == 0, "not synthesized");
	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		rc |= pref64_extract(&back, pref, &v6);
	micro_end("pref64: extract", bits, TIMES);
	micro_must(rc == 0 && back.s_addr == v4.s_addr, "not extracted");
	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		rc |= pref64_infer(&inferred, &v6, &v4);
	micro_end("pref64: infer", bits, TIMES);
	micro_must(rc == 0 && pref64_equal(&inferred, pref), "not inferred");
	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		rc += pref64_may_carry(pref, &v4, true);
	micro_end("pref64: may carry", bits, TIMES);
	micro_must(rc == TIMES, "198.51.100.1 may not be carried");
}

static void texts(const char *text, unsigned bits)
{
	char out[PREF64_TEXT_MAX + 1];
	struct pref64 pref;
	size_t len = strlen(text), printed = 0;
	int rc = 0;

	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		rc |= pref64_parse(&pref, text, len, NULL);
	micro_end("pref64: parse", bits, TIMES);
	micro_must(rc == 0, text);
	micro_begin();
	for (size_t i = 0; i < TIMES; i++)
		printed += pref64_print(out, sizeof(out), &pref);
	micro_end("pref64: print", bits, TIMES);
	micro_must(printed == len * TIMES && !strcmp(out, text), text);
	addresses(&pref, bits);
}

int main(void)
{
	texts("2001:db8::/32", 32);
	texts("2001:db8:122:344::/64", 64);
	texts("2001:db8:64::/96", 96);
	return 0;
}
