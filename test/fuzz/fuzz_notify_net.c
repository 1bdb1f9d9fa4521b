/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The input is the value of a header. */

#include "../../nat64sip/notify_net.h"
#include "fuzz.h"

/* Read from storage of exactly this size. */
static int parse(struct n64_notify *dst, const void *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	int err;

	REQUIRE(copy != NULL);
	memcpy(copy, text, len);
	err = n64_notify_parse(dst, copy, len);
	free(copy);
	return err;
}

static void check_leg(const struct n64_notify_leg *leg)
{
	REQUIRE((unsigned)leg->net <= N64_NET_NAT64);
	REQUIRE(leg->net == N64_NET_NAT64 || leg->pref.len == 0);
}

static void check_same(const struct n64_notify *a, const struct n64_notify *b)
{
	REQUIRE(a->caller.net == b->caller.net);
	REQUIRE(a->callee.net == b->callee.net);
	REQUIRE(pref64_equal(&a->caller.pref, &b->caller.pref));
	REQUIRE(pref64_equal(&a->callee.pref, &b->callee.pref));
}

/* Nothing that could end the header field early gets through. */
static void check_octets(const uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (data[i] == '\n')
			REQUIRE(i > 0 && data[i - 1] == '\r');
		else if (data[i] == '\r')
			REQUIRE(i + 2 < size && data[i + 1] == '\n' &&
				(data[i + 2] == ' ' || data[i + 2] == '\t'));
		else
			REQUIRE(data[i] == '\t' || data[i] >= ' ');
		REQUIRE(data[i] != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[N64_NOTIFY_TEXT_MAX + 1];
	struct n64_notify n, before, back;
	size_t len;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&n, &before, sizeof(n));
	if (parse(&n, data, size)) {
		REQUIRE(!memcmp(&n, &before, sizeof(n)));
		return 0;
	}
	check_octets(data, size);
	check_leg(&n.caller);
	check_leg(&n.callee);
	len = n64_notify_print(text, sizeof(text), &n);
	REQUIRE(len > 0 && len < sizeof(text) && strlen(text) == len);
	REQUIRE(n64_notify_print(text, len, &n) == 0);
	REQUIRE(n64_notify_print(text, len + 1, &n) == len);
	REQUIRE(!parse(&back, text, len));
	check_same(&n, &back);
	return 0;
}
