/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octet 0: a number; a line: a word; the rest: a text that it is looked for in.
 * What is quick must find what is slow. */

#include "../../nat64sip/flows.h"
#include "../../nat64sip/notify_net.h"
#include "../../nat64sip/raw_header.h"
#include "../../nat64sip/reason.h"
#include "../../nat64sip/sdp64.h"
#include "../../nat64sip/text.h"

#include "fuzz.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* exact: the letter there as it is; no such letter beyond the word */
static bool slow_has(const char *text, size_t len, const char *word, size_t n,
		     size_t exact)
{
	size_t i, k;

	for (i = 0; n <= len && i <= len - n; i++) {
		for (k = 0; k < n; k++) {
			if (k == exact ? text[i + k] != word[k]
				       : lower(text[i + k]) != lower(word[k]))
				break;
		}
		if (k == n)
			return true;
	}
	return false;
}

/* text: NULL where there is none */
static void check_word(const char *word, size_t n, const char *text,
		       size_t len, uint8_t number)
{
	const char *message = len ? text : "";
	size_t pivot = n64_raw_header_pivot(word, n);

	REQUIRE(n64_text_is(text, len, word) ==
		(len == n && slow_has(text, len, word, n, n)));
	REQUIRE(pivot < n);
	REQUIRE(n64_text_has_at(text, len, word, number % n) ==
		slow_has(text, len, word, n, number % n));
	REQUIRE(n64_raw_header_hint(message, len, word, n, pivot) ==
		slow_has(text, len, word, n, n));
	REQUIRE(n64_raw_header_hint(message, len, word, n, number % n) ==
		slow_has(text, len, word, n, n));
}

/* A name for what is one, and never NULL */
static void check_names(uint8_t number)
{
	const char *name = n64_flow_state_name((enum n64_flow_state)number);

	REQUIRE(!*name == (number >= N64_FLOW_STATES));
	name = n64_reason_name((enum n64_reason)(number % N64_REASONS));
	REQUIRE(*name != '\0');
	REQUIRE(number % N64_REASONS == 0 ||
		strcmp(name, n64_reason_name(N64_DONE)) != 0);
	name = n64_net_name((enum n64_net)(number % (N64_NET_NAT64 + 1)));
	REQUIRE(!strcmp(name, "unknown") ==
		(number % (N64_NET_NAT64 + 1) == N64_NET_UNKNOWN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nl;
	char *word, *text;
	uint8_t number;
	size_t n;

	if (size < 2)
		return 0;
	number = *data++;
	size--;
	check_names(number);
	nl = memchr(data, '\n', size);
	n = nl ? (size_t)(nl - data) : 0;
	word = calloc(1, n + 1);
	REQUIRE(word != NULL);
	memcpy(word, data, n);
	data += n + (nl != NULL);
	size -= n + (nl != NULL);
	text = fuzz_copy(data, size);
	/* a word is a name: letters, digits, '-' */
	if (n &&
	    strspn(word,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789"
		   "abcdefghijklmnopqrstuvwxyz") == n)
		check_word(word, n, text, size, number);
	REQUIRE(sdp64_has_ip6(size ? text : "", size) ==
		slow_has(text, size, "IP6", 3, 3));
	free(text);
	free(word);
	return 0;
}
