/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* A text of the configuration, read by each of its readers and by inet_pton()
 * and strtoul(). Octet 0 to 3: an address to ask a network for. */

#include "../../nat64sip/decide.h"
#include "../../nat64sip/options.h"

#include "fuzz.h"

#include <arpa/inet.h>
#include <errno.h>
#include <strings.h>

#define HEAD 4
#define LONGEST 256

/* The dotted quad that stands there and nothing else */
static bool quad(struct in_addr *dst, const char *text, size_t len)
{
	char buf[INET_ADDRSTRLEN];

	if (len >= sizeof(buf) || memchr(text, '\0', len))
		return false;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return inet_pton(AF_INET, buf, dst) == 1;
}

static bool slow_net4(struct n64_net4 *dst, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char bits[4];
	unsigned long len = 32;

	if (!quad(&dst->addr, text, n))
		return false;
	/* as it would be printed: no blank, no sign, no leading zero */
	if (slash)
		len = strtoul(slash + 1, NULL, 10);
	if (len > 32)
		return false;
	(void)snprintf(bits, sizeof(bits), "%lu", len);
	if (slash && strcmp(slash + 1, bits) != 0)
		return false;
	dst->mask.s_addr = 0;
	for (unsigned long i = 0; i < len; i++)
		dst->mask.s_addr |= htonl(1u << (31 - i));
	return !(dst->addr.s_addr & ~dst->mask.s_addr);
}

static void check_net4(const char *text, size_t len, const char *copy,
		       struct in_addr addr)
{
	struct n64_net4 net, want, before;
	uint32_t first, last, a = ntohl(addr.s_addr);
	bool ok = strlen(copy) == len && slow_net4(&want, copy);

	memset(&before, 0x5a, sizeof(before));
	net = before;
	REQUIRE((n64_net4_parse(&net, text, len) == 0) == ok);
	if (!ok) {
		REQUIRE(!memcmp(&net, &before, sizeof(net)));
		return;
	}
	REQUIRE(net.addr.s_addr == want.addr.s_addr);
	REQUIRE(net.mask.s_addr == want.mask.s_addr);
	first = ntohl(net.addr.s_addr);
	last = first | ~ntohl(net.mask.s_addr);
	REQUIRE(n64_net4_contains(&net, &addr) == (a >= first && a <= last));
}

static void check_own(const char *text, size_t len)
{
	struct in_addr l = {7}, o = {7}, want_l = {INADDR_ANY}, want_o;
	const char *eq = len ? memchr(text, '=', len) : NULL;
	size_t at = eq ? (size_t)(eq - text) + 1 : 0;
	bool ok = (!eq || quad(&want_l, text, at - 1)) && len > at &&
		quad(&want_o, text + at, len - at) &&
		want_o.s_addr != INADDR_ANY;

	REQUIRE((n64_own_address_parse(&l, &o, text, len) == 0) == ok);
	REQUIRE(l.s_addr == (ok ? want_l.s_addr : 7));
	REQUIRE(o.s_addr == (ok ? want_o.s_addr : 7));
}

static unsigned bit_of(const char *word)
{
	if (!strcasecmp(word, "via"))
		return N64_DETECT_VIA;
	if (!strcasecmp(word, "contact"))
		return N64_DETECT_CONTACT;
	return strcasecmp(word, "sdp") ? 0 : N64_DETECT_SDP;
}

/* A copy is cut at its commas; EINVAL is all ones here */
static unsigned slow_detect(char *text)
{
	unsigned mask = 0, bit;
	char *word, *end;

	if (text[strspn(text, " \t")] == '\0')
		return 0;
	while ((word = strsep(&text, ","))) {
		word += strspn(word, " \t");
		for (end = word + strlen(word); end > word; end--)
			if (end[-1] != ' ' && end[-1] != '\t')
				break;
		*end = '\0';
		bit = bit_of(word);
		if (!bit)
			return ~0u;
		mask |= bit;
	}
	return mask;
}

static void check_detect(const char *text, size_t len, char *copy)
{
	unsigned mask = 0x5a, want = ~0u;

	if (strlen(copy) == len)
		want = slow_detect(copy);
	REQUIRE(n64_detect_parse(&mask, text, len) ==
		(want == ~0u ? EINVAL : 0));
	REQUIRE(mask == (want == ~0u ? 0x5a : want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char copy[LONGEST + 1] = "", *text;
	struct in_addr addr;

	if (size < HEAD || size - HEAD > LONGEST)
		return 0;
	memcpy(&addr, data, HEAD);
	size -= HEAD;
	memcpy(copy, data + HEAD, size);
	text = fuzz_copy(data + HEAD, size);
	check_net4(text, size, copy, addr);
	if (size)
		check_own(text, size);
	check_detect(text, size, copy);
	free(text);
	return 0;
}
