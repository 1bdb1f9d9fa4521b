/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "relay.h"

#include "literal.h"

#include <errno.h>
#include <string.h>

#define SET_DIGITS 9

struct out {
	char *p;
	size_t size, len;
	bool full;
};

static void add(struct out *o, const char *text)
{
	size_t n = strlen(text);

	if (o->full || n >= o->size - o->len) {
		o->full = true;
		return;
	}
	memcpy(o->p + o->len, text, n + 1);
	o->len += n;
}

static void add_value(struct out *o, const char *name, const char *value)
{
	add(o, name);
	add(o, value);
}

size_t n64_relay_print(char *dst, size_t size, const struct n64_relay_tag *tag)
{
	char addr[N64_LIT6_MAX + 1];
	struct out o = {.p = dst, .size = size};

	if (!size)
		return 0;
	/* a flag of this form outweighs even the daemon's endpoint-learning=off,
	 * the form key=value is not read at all (10.5). */
	if (tag->from_source)
		add(&o, "SIP-source-address ");
	if (tag->learn)
		add(&o, "endpoint-learning-immediate ");
	/* who offers DTLS begins: NAT64 lets nobody in before its phone, and on
	 * IPv4 too nobody need listen before the answer is there */
	add(&o, "DTLS-reverse=passive ");
	add_value(&o, "address-family=", tag->ip6 ? "IP6" : "IP4");
	if (tag->has_media) {
		n64_lit6_print(addr, sizeof(addr), &tag->media);
		add_value(&o, " media-address=", addr);
	}
	if (tag->from && tag->to) {
		add_value(&o, " direction=", tag->from);
		add_value(&o, " direction=", tag->to);
	}
	if (!o.full)
		return o.len;
	dst[0] = '\0';
	return 0;
}

static int set_parse(unsigned *dst, const char *p, size_t n)
{
	unsigned v = 0;

	if (n < 1 || n > SET_DIGITS)
		return EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return EINVAL;
		v = v * 10 + (unsigned)(p[i] - '0');
	}
	*dst = v;
	return 0;
}

int n64_relay_address_parse(struct n64_relay_address *dst, const char *text,
			    size_t len)
{
	const char *eq = len ? memchr(text, '=', len) : NULL;
	static const struct pref64 any = {.len = 96};
	struct n64_relay_address a = {.any = !eq};

	if (eq && set_parse(&a.set, text, (size_t)(eq - text)))
		return EINVAL;
	if (eq) {
		len -= (size_t)(eq - text) + 1;
		text = eq + 1;
	}
	if (n64_lit4_parse(&a.addr, text, len) ||
	    !pref64_may_carry(&any, &a.addr, false))
		return EINVAL;
	*dst = a;
	return 0;
}

static bool is_name(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return n > 0 && n <= N64_RELAY_NAME_MAX;
}

int n64_relay_interface_parse(struct n64_relay_interface *dst,
			      const char *text, size_t len)
{
	const char *eq = len ? memchr(text, '=', len) : NULL;
	const char *name = eq ? eq + 1 : text;
	size_t n = len - (size_t)(name - text);
	struct n64_relay_interface out;

	memset(&out, 0, sizeof(out));
	if (eq && pref64_parse(&out.pref, text, (size_t)(eq - text), NULL))
		return EINVAL;
	if (!is_name(name, n))
		return EINVAL;
	memcpy(out.name, name, n);
	*dst = out;
	return 0;
}
