/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Any text as a host: what is read is what inet_pton() reads, and printing it
 * and reading that gives the same address again. */

#include "../../nat64sip/literal.h"

#include "fuzz.h"

#include <arpa/inet.h>

/* The reference: inet_pton() on a copy, brackets off */
static bool reference(int af, void *dst, const char *text, size_t len)
{
	char buf[64];

	if (af == AF_INET6 && len > 1 && text[0] == '[' &&
	    text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (!len || len >= sizeof(buf) || memchr(text, '\0', len))
		return false;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return inet_pton(af, buf, dst) == 1;
}

static void check6(const char *text, size_t len)
{
	struct in6_addr addr, want, again;
	char buf[N64_LIT6_MAX + 1];
	bool ok = reference(AF_INET6, &want, text, len);
	size_t n;

	REQUIRE((n64_lit6_parse(&addr, text, len) == 0) == ok);
	if (!ok)
		return;
	REQUIRE(!memcmp(&addr, &want, sizeof(addr)));
	n = n64_lit6_print(buf, sizeof(buf), &addr);
	REQUIRE(n && n == strlen(buf) && !strchr(buf, '.'));
	REQUIRE(inet_pton(AF_INET6, buf, &again) == 1);
	REQUIRE(!memcmp(&addr, &again, sizeof(addr)));
	REQUIRE(n64_lit6_print(buf, n, &addr) == 0);
}

static void check4(const char *text, size_t len)
{
	char buf[INET_ADDRSTRLEN];
	struct in_addr addr, want;
	bool ok = reference(AF_INET, &want, text, len);

	REQUIRE((n64_lit4_parse(&addr, text, len) == 0) == ok);
	if (!ok)
		return;
	REQUIRE(addr.s_addr == want.s_addr);
	REQUIRE(n64_lit4_print(buf, sizeof(buf), &addr) == len);
	REQUIRE(!memcmp(buf, text, len));
}

/* Any 16 octets as an address: printed, read, the same */
static void check_octets(const uint8_t *data)
{
	char buf[N64_LIT6_MAX + 1], other[INET6_ADDRSTRLEN];
	struct in6_addr addr, again;
	size_t n;

	memcpy(&addr, data, sizeof(addr));
	n = n64_lit6_print(buf, sizeof(buf), &addr);
	REQUIRE(n && !n64_lit6_parse(&again, buf, n));
	REQUIRE(!memcmp(&addr, &again, sizeof(addr)));
	/* never longer than libc's, but where that uses mixed notation */
	REQUIRE(inet_ntop(AF_INET6, &addr, other, sizeof(other)));
	REQUIRE(strchr(other, '.') || n <= strlen(other));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	enum n64_host kind = n64_host_kind(text, size);
	struct in6_addr v6;

	if (kind == N64_HOST_IP6 || kind == N64_HOST_IP6_UNFIT) {
		REQUIRE(!n64_lit6_parse(&v6, text, size));
		REQUIRE(n64_addr6_fits_phone(&v6) == (kind == N64_HOST_IP6));
	}
	check6(text, size);
	check4(text, size);
	if (size >= 16)
		check_octets(data);
	free(text);
	return 0;
}
