/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Addresses with ports as captures show them.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "literal.h"
#include "pref64.h"

bool place_is4(const struct place *place)
{
	return IN6_IS_ADDR_V4MAPPED(&place->addr);
}

bool place_is_any4(const struct place *place)
{
	static const uint8_t none[4];

	return place_is4(place) && !memcmp(place->addr.s6_addr + 12, none, 4);
}

bool place_same_addr(const struct place *a, const struct place *b)
{
	return !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

bool place_same(const struct place *a, const struct place *b)
{
	return a->port == b->port && place_same_addr(a, b);
}

bool place_embeds(const struct place *place6, const struct place *place4)
{
	struct pref64 pref;
	struct in_addr v4;

	if (place_is4(place6) || !place_is4(place4))
		return false;
	memcpy(&v4, place4->addr.s6_addr + 12, sizeof(v4));
	return !pref64_infer(&pref, &place6->addr, &v4);
}

bool place_parse(struct place *dst, const char *text, size_t len)
{
	struct in_addr v4;

	memset(dst, 0, sizeof(*dst));
	if (!n64_lit4_parse(&v4, text, len)) {
		memset(dst->addr.s6_addr + 10, 0xff, 2);
		memcpy(dst->addr.s6_addr + 12, &v4, sizeof(v4));
		return true;
	}
	return !n64_lit6_parse(&dst->addr, text, len);
}

const char *place_print(char dst[PLACE_TEXT_MAX], const struct place *place,
			bool with_port)
{
	char addr[INET6_ADDRSTRLEN] = "";
	bool is4 = place_is4(place);

	inet_ntop(is4 ? AF_INET : AF_INET6,
		  place->addr.s6_addr + (is4 ? 12 : 0), addr, sizeof(addr));
	if (with_port)
		snprintf(dst, PLACE_TEXT_MAX, is4 ? "%s:%u" : "[%s]:%u", addr,
			 place->port);
	else
		snprintf(dst, PLACE_TEXT_MAX, "%s", addr);
	return dst;
}
