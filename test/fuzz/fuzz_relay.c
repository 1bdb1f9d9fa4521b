/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octets 0 to 16: flags for rtpengine, and an address; the rest: a text that an
 * operator wrote. */

#include "../../nat64sip/literal.h"
#include "../../nat64sip/relay.h"

#include "fuzz.h"

#include <arpa/inet.h>
#include <errno.h>

#define HEAD 17

static void check_address(const char *text, size_t len)
{
	struct n64_relay_address a, before, back;
	char buf[64], quad[INET_ADDRSTRLEN];
	int n;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&a, &before, sizeof(a));
	if (n64_relay_address_parse(&a, text, len)) {
		REQUIRE(!memcmp(&a, &before, sizeof(a)));
		return;
	}
	REQUIRE(inet_ntop(AF_INET, &a.addr, quad, sizeof(quad)));
	REQUIRE(a.any || a.set <= 999999999u);
	REQUIRE(a.any == !memchr(text, '=', len));
	if (a.any)
		n = snprintf(buf, sizeof(buf), "%s", quad);
	else
		n = snprintf(buf, sizeof(buf), "%u=%s", a.set, quad);
	REQUIRE(!n64_relay_address_parse(&back, buf, (size_t)n));
	REQUIRE(back.any == a.any && (a.any || back.set == a.set));
	REQUIRE(back.addr.s_addr == a.addr.s_addr);
	/* the address is the end of the text, as it stands there */
	n = (int)strlen(quad);
	REQUIRE(len >= (size_t)n && !memcmp(text + len - n, quad, (size_t)n));
}

static void check_interface(const char *text, size_t len)
{
	struct n64_relay_interface i, before, back;
	char buf[PREF64_TEXT_MAX + 1 + N64_RELAY_NAME_MAX + 1];
	size_t n;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&i, &before, sizeof(i));
	if (n64_relay_interface_parse(&i, text, len)) {
		REQUIRE(!memcmp(&i, &before, sizeof(i)));
		return;
	}
	n = strlen(i.name);
	REQUIRE(n > 0 && n <= N64_RELAY_NAME_MAX && n <= len);
	REQUIRE(!memcmp(text + len - n, i.name, n));
	/* nothing that rtpengine would take for another flag */
	REQUIRE(!strpbrk(i.name, " \t\r\n=\"'"));
	n = pref64_print(buf, sizeof(buf), &i.pref);
	if (n)
		buf[n++] = '=';
	REQUIRE((n > 0) == (memchr(text, '=', len) != NULL));
	memcpy(buf + n, i.name, strlen(i.name));
	n += strlen(i.name);
	REQUIRE(!n64_relay_interface_parse(&back, buf, n));
	REQUIRE(pref64_equal(&back.pref, &i.pref));
	REQUIRE(!strcmp(back.name, i.name));
}

/* What is printed says what was given, in room that is just enough */
static void check_print(const struct n64_relay_tag *tag)
{
	char text[N64_RELAY_TEXT_MAX], *exact, *at;
	size_t n = n64_relay_print(text, sizeof(text), tag);
	struct in6_addr media;

	REQUIRE(n > 0 && n == strlen(text));
	REQUIRE(!strstr(text, "SIP-source-address ") == !tag->from_source);
	REQUIRE(!strstr(text, "endpoint-learning-immediate ") == !tag->learn);
	REQUIRE(strstr(text, tag->ip6 ? "family=IP6" : "family=IP4"));
	REQUIRE(!strstr(text, " direction=a direction=b") ==
		!(tag->from && tag->to));
	at = strstr(text, " media-address=");
	REQUIRE(!at == !tag->has_media);
	exact = malloc(n + 1);
	REQUIRE(exact != NULL);
	REQUIRE(n64_relay_print(exact, n + 1, tag) == n);
	REQUIRE(!memcmp(exact, text, n + 1));
	REQUIRE(n64_relay_print(exact, n, tag) == 0 && !*exact);
	REQUIRE(n64_relay_print(exact, 0, tag) == 0);
	free(exact);
	if (at) {
		at += strlen(" media-address=");
		at[strcspn(at, " ")] = '\0';
		REQUIRE(inet_pton(AF_INET6, at, &media) == 1);
		REQUIRE(!memcmp(&media, &tag->media, sizeof(media)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct n64_relay_tag tag;
	char *text;

	if (size < HEAD)
		return 0;
	memset(&tag, 0, sizeof(tag));
	tag.learn = data[0] & 1;
	tag.from_source = data[0] & 2;
	tag.ip6 = data[0] & 4;
	tag.has_media = data[0] & 8;
	tag.from = data[0] & 16 ? "a" : NULL;
	tag.to = data[0] & 32 ? "b" : NULL;
	memcpy(&tag.media, data + 1, sizeof(tag.media));
	check_print(&tag);
	size -= HEAD;
	text = fuzz_copy(data + HEAD, size);
	if (size) {
		check_address(text, size);
		check_interface(text, size);
	}
	free(text);
	return 0;
}
