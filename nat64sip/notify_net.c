/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "notify_net.h"
#include "text.h"

#include <errno.h>
#include <string.h>

static const char *const nets[] = {
	[N64_NET_UNKNOWN] = "unknown",
	[N64_NET_IPV4] = "ipv4",
	[N64_NET_IPV6] = "ipv6",
	[N64_NET_NAT64] = "nat64",
};

#define NETS (sizeof(nets) / sizeof(nets[0]))

/* The known parameters, in the order in which they are printed */
enum key { CALLER, CALLER_PREF64, CALLEE, CALLEE_PREF64, KEYS };

static const char *const keys[KEYS] = {
	[CALLER] = "caller",
	[CALLER_PREF64] = "caller-pref64",
	[CALLEE] = "callee",
	[CALLEE_PREF64] = "callee-pref64",
};

const char *n64_net_name(enum n64_net net)
{
	return nets[(size_t)net < NETS ? net : N64_NET_UNKNOWN];
}

/* Later versions may know more networks than this one. */
static enum n64_net net_parse(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < NETS; i++) {
		if (n64_text_is(text, len, nets[i]))
			return (enum n64_net)i;
	}
	return N64_NET_UNKNOWN;
}

/* Add one leg at *used. */
static bool put_leg(char *dst, size_t *used, enum key key,
		    const struct n64_notify_leg *leg)
{
	char pref[PREF64_TEXT_MAX + 1];
	const char *words[] = {
		keys[key], "=",           n64_net_name(leg->net),
		";",       keys[key + 1], "=\"",
		pref,      "\""};
	size_t n = 3, i;

	if (leg->net == N64_NET_NAT64 && leg->pref.len != 0) {
		if (pref64_print(pref, sizeof(pref), &leg->pref) == 0)
			return false;
		n = sizeof(words) / sizeof(words[0]);
	}
	for (i = 0; i < n; i++) {
		size_t len = strlen(words[i]);

		memcpy(dst + *used, words[i], len);
		*used += len;
	}
	return true;
}

size_t n64_notify_print(char *dst, size_t size, const struct n64_notify *n)
{
	char text[N64_NOTIFY_TEXT_MAX + 1];
	size_t used = 0;

	if (!put_leg(text, &used, CALLER, &n->caller))
		return 0;
	text[used++] = ';';
	if (!put_leg(text, &used, CALLEE, &n->callee))
		return 0;
	if (used >= size)
		return 0;
	memcpy(dst, text, used);
	dst[used] = '\0';
	return used;
}

/* What is left to read */
struct in {
	const char *p, *end;
};

/* A value, without the quotes that it may have had */
struct value {
	const char *p;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Octets of white space here: blanks, and line ends that a blank follows
 * (LWS, RFC 3261 25.1) */
static size_t lws(const struct in *in)
{
	const char *p = in->p;

	for (;;) {
		size_t left = (size_t)(in->end - p);

		if (left > 0 && is_blank(*p))
			p++;
		else if (left > 2 && p[0] == '\r' && p[1] == '\n' &&
			 is_blank(p[2]))
			p += 3;
		else
			return (size_t)(p - in->p);
	}
}

/* Take this character and the white space around it, or nothing. */
static bool take_sep(struct in *in, char sep)
{
	struct in at = *in;

	at.p += lws(&at);
	if (at.p == at.end || *at.p != sep)
		return false;
	at.p++;
	at.p += lws(&at);
	*in = at;
	return true;
}

static bool in_set(char c, const char *more)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c != '\0' && strchr(more, c));
}

/* Take all that is a letter, a digit, or one of the others. */
static size_t take_run(struct in *in, const char *more)
{
	const char *from = in->p;

	while (in->p < in->end && in_set(*in->p, more))
		in->p++;
	return (size_t)(in->p - from);
}

/* Octets of the next element of a quoted string, 0 if there can't be one
 * here: a character, white space, or a quoted-pair (RFC 3261 25.1) */
static size_t quoted_step(const struct in *in)
{
	size_t len = lws(in);
	unsigned char c;

	if (len > 0 || in->p == in->end)
		return len;
	if (*in->p == '\\') {
		if (in->end - in->p < 2)
			return 0;
		len = 1;
	}
	c = (unsigned char)in->p[len];
	if ((c < ' ' && !(len == 1 && c == '\t')) || c == 0x7f)
		return 0;
	return len + 1;
}

/* The opening quote is taken already. */
static int take_quoted(struct value *value, struct in *in)
{
	value->p = in->p;
	while (in->p < in->end && *in->p != '"') {
		size_t step = quoted_step(in);

		if (step == 0)
			return EINVAL;
		in->p += step;
	}
	if (in->p == in->end)
		return EINVAL;
	value->len = (size_t)(in->p - value->p);
	in->p++;
	return 0;
}

/* gen-value: token, host or quoted-string (RFC 3261 25.1) */
static int take_value(struct value *value, struct in *in)
{
	if (in->p < in->end && *in->p == '"') {
		in->p++;
		return take_quoted(value, in);
	}
	value->p = in->p;
	value->len = take_run(in, "-.!%*_+`'~[:]");
	return value->len > 0 ? 0 : EINVAL;
}

static enum key find_key(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (n64_text_is(name, len, keys[i]))
			break;
	}
	return (enum key)i;
}

/* A prefix that can't be read is an error on whichever leg it stands. One that
 * stands there without quotes can't be read: take_value() stops at its '/'. */
static int set_key(struct n64_notify *n, enum key key,
		   const struct value *value)
{
	bool caller = key == CALLER || key == CALLER_PREF64;
	struct n64_notify_leg *leg = caller ? &n->caller : &n->callee;

	if (key == CALLER || key == CALLEE) {
		leg->net = net_parse(value->p, value->len);
		return 0;
	}
	return pref64_parse(&leg->pref, value->p, value->len, NULL);
}

/* Read one parameter; bit k of *seen: the parameter k has been there. */
static int take_param(struct n64_notify *n, unsigned *seen, struct in *in)
{
	struct value value = {"", 0};
	const char *name = in->p;
	size_t len = take_run(in, "-.!%*_+`'~");
	enum key key = find_key(name, len);

	if (len == 0)
		return EINVAL;
	if (take_sep(in, '=') && take_value(&value, in))
		return EINVAL;
	if (key == KEYS)
		return 0;
	if (*seen & 1u << key)
		return EINVAL;
	*seen |= 1u << key;
	return set_key(n, key, &value);
}

/* The order of the parameters is free, so only at the end is it known which
 * prefix has no NAT64 to go with it. */
static void drop_idle_pref(struct n64_notify_leg *leg)
{
	if (leg->net != N64_NET_NAT64)
		memset(&leg->pref, 0, sizeof(leg->pref));
}

int n64_notify_parse(struct n64_notify *dst, const char *text, size_t len)
{
	struct in in = {text, text};
	struct n64_notify n;
	unsigned seen = 0;

	if (len == 0)
		return EINVAL;
	in.end += len;
	memset(&n, 0, sizeof(n));
	in.p += lws(&in);
	do {
		if (take_param(&n, &seen, &in))
			return EINVAL;
	} while (take_sep(&in, ';'));
	in.p += lws(&in);
	if (in.p != in.end)
		return EINVAL;
	drop_idle_pref(&n.caller);
	drop_idle_pref(&n.callee);
	*dst = n;
	return 0;
}
