/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octet 0: which PREF64 and how much room; then a URI. */

#include "../../nat64sip/binding.h"
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static const char *const prefixes[] = {
	"2001:db8:64::/96",      "64:ff9b::/96",
	"3fff:64::/32",          "2001:db8:100::/40",
	"2001:db8:122::/48",     "2001:db8:122:300::/56",
	"2001:db8:122:344::/64", "2001:db8:122:344:0:ffff::/96",
};

/* What follows the first semicolon, where a URI's parameters begin */
static struct n64_text params_of(const char *text, size_t len)
{
	const char *p = len ? memchr(text, ';', len) : NULL;

	if (!p)
		return (struct n64_text){text + len, 0};
	++p;
	return (struct n64_text){p, len - (size_t)(p - text)};
}

static void check_read(const char *text, size_t len)
{
	struct pref64 none, pref;
	char copy[PREF64_TEXT_MAX + 1];
	int rc;

	memset(&none, 0, sizeof(none));
	pref = none;
	rc = n64_binding_read(&pref, params_of(text, len));
	REQUIRE(rc == 0 || rc == ENOENT || rc == EINVAL);
	REQUIRE((rc == 0) == !pref64_equal(&pref, &none));
	REQUIRE(rc != 0 || pref64_print(copy, sizeof(copy), &pref) > 0);
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	c = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* Unescaped as a whole, then searched; what is read has its name there */
static void check_named(const char *text, size_t len)
{
	char *plain = malloc(len + 1);
	struct n64_text t = {text, len}, value;
	bool named = n64_binding_named(t), slow = false;
	size_t i, n = 0;

	REQUIRE(plain != NULL);
	for (i = 0; i < len; i++, n++) {
		plain[n] = text[i];
		if (text[i] != '%' || len - i < 3 || digit(text[i + 1]) < 0 ||
		    digit(text[i + 2]) < 0)
			continue;
		plain[n] =
			(char)(digit(text[i + 1]) * 16 + digit(text[i + 2]));
		i += 2;
	}
	for (i = 0; i + 6 <= n; i++)
		slow |= !strncasecmp(plain + i, "pref64", 6);
	REQUIRE(named == slow);
	REQUIRE(named || !n64_param_find(&value, t, "pref64"));
	free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name, *uri = (const char *)data + 1;
	struct pref64 pref, back;
	size_t room, n;
	char *dst;

	if (size < 1 || size > 512)
		return 0;
	size--;
	name = prefixes[data[0] % 8];
	REQUIRE(pref64_parse(&pref, name, strlen(name), NULL) == 0);
	check_read(uri, size);
	check_named(uri, size);
	room = size + strlen(";pref64=") + strlen(name) + 1;
	room = data[0] & 0x80 ? room / (1 + data[0] / 8 % 8) : room;
	dst = malloc(room ? room : 1);
	REQUIRE(dst);
	n = n64_binding_print(dst, room, (struct n64_text){uri, size}, &pref);
	/* with a place for everything, it is written */
	REQUIRE(n || (data[0] & 0x80));
	REQUIRE(n < room || (n == 0 && room == 0));
	if (n) {
		REQUIRE(dst[n] == '\0');
		memset(&back, 0, sizeof(back));
		REQUIRE(n64_binding_read(&back, params_of(dst, n)) == 0);
		REQUIRE(pref64_equal(&back, &pref));
	}
	free(dst);
	return 0;
}
