/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "pair.h"
#include "literal.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/* Letters of the label, in the order of the enums; '-' is never written, and
 * read it is no leg */
static const char leg_letters[] = "-abx";
static const char family_letters[] = "nfs";

/* Text that grows in the caller's storage, always with room for a NUL. Once
 * something did not fit, nothing fits any more. */
struct out {
	char *p;
	size_t used, size;
	bool full;
};

static void put(struct out *out, const char *text, size_t len)
{
	if (out->full || len >= out->size - out->used) {
		out->full = true;
		return;
	}
	memcpy(out->p + out->used, text, len);
	out->used += len;
}

static void put_word(struct out *out, const char *word)
{
	put(out, word, strlen(word));
}

static void put_port(struct out *out, uint16_t port)
{
	char text[5];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + port % 10);
		port /= 10;
	} while (port);
	put(out, text + at, sizeof(text) - at);
}

/* false if there is no such address */
static bool put_host(struct out *out, const struct n64_pair *pair)
{
	char text[N64_LIT6_MAX + 1];
	struct in6_addr addr;

	if (pair->host.len > 0) {
		put(out, pair->host.p, pair->host.len);
		return true;
	}
	if (pair->pref.len == 0) {
		put(out, text,
		    n64_lit4_print(text, sizeof(text), &pair->own->addr));
		return true;
	}
	if (pref64_synthesize(&addr, &pair->pref, &pair->own->addr))
		return false;
	put_word(out, "[");
	put(out, text, n64_lit6_print(text, sizeof(text), &addr));
	put_word(out, "]");
	return true;
}

static void put_label(struct out *out, const struct n64_pair *pair)
{
	char label[2];

	if (pair->leg == N64_LEG_NONE)
		return;
	label[0] = leg_letters[pair->leg];
	label[1] = family_letters[pair->family];
	put_word(out, ";" N64_PAIR_LABEL "=");
	put(out, label, sizeof(label));
}

size_t n64_pair_print(char *dst, size_t size, const struct n64_pair *pair)
{
	struct out out = {dst, 0, size, size == 0};
	enum n64_transport tp = pair->own->tp;

	if (!put_host(&out, pair))
		return 0;
	put_word(&out, ":");
	put_port(&out, pair->own->port);
	if (tp != N64_TP_NONE && tp != N64_TP_UDP) {
		put_word(&out, ";transport=");
		put_word(&out, n64_transport_name(tp));
	}
	if (pair->r2)
		put_word(&out, ";r2=on");
	put_label(&out, pair);
	if (out.full)
		return 0;
	dst[out.used] = '\0';
	return out.used;
}

/* Cut the first parameter off the text. */
static struct n64_text cut_param(struct n64_text *params)
{
	struct n64_text one = *params;
	const char *end = memchr(one.p, ';', one.len);

	if (end)
		one.len = (size_t)(end - one.p);
	params->p += one.len + (end ? 1 : 0);
	params->len -= one.len + (end ? 1 : 0);
	return one;
}

/* Which value has this parameter, if it has that name of n letters? */
static bool param_is(struct n64_text *value, struct n64_text one,
		     const char *name, size_t n)
{
	/* most differ in their first letter */
	if (one.len < n || ((one.p[0] ^ name[0]) & ~0x20) ||
	    (one.len > n && one.p[n] != '=') || strncasecmp(one.p, name, n))
		return false;
	value->p = one.p + n;
	value->len = one.len - n;
	if (value->len) {
		value->p++;
		value->len--;
	}
	return true;
}

bool n64_param_find(struct n64_text *value, struct n64_text params,
		    const char *name)
{
	size_t n = strlen(name);

	while (params.len > 0) {
		if (param_is(value, cut_param(&params), name, n))
			return true;
	}
	return false;
}

/* What a value's parameters say; the first of a name counts */
struct said {
	struct n64_text r2, ftag, label;
	bool has_r2, has_ftag, has_label;
};

static void note(struct said *s, struct n64_text one)
{
	struct n64_text value;

	if (!s->has_r2 && param_is(&value, one, "r2", 2)) {
		s->r2 = value;
		s->has_r2 = true;
	} else if (!s->has_ftag && param_is(&value, one, "ftag", 4)) {
		s->ftag = value;
		s->has_ftag = true;
	} else if (!s->has_label &&
		   param_is(&value, one, N64_PAIR_LABEL,
			    sizeof(N64_PAIR_LABEL) - 1)) {
		s->label = value;
		s->has_label = true;
	}
}

/* What can't stand in a URI parameter (RFC 3261 25.1), and what ends one */
static bool is_special(char c)
{
	return c <= ' ' || c > '~' || c == '"' || c == ';' || c == '<' ||
		c == '>';
}

/* One pass: each request of a dialog has two values. EINVAL: a parser that let
 * this through has cut in the wrong place. */
static int read_params(struct said *s, struct n64_text params)
{
	size_t i, begin = 0;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < params.len; i++) {
		if (!is_special(params.p[i]))
			continue;
		if (params.p[i] != ';')
			return EINVAL;
		note(s, (struct n64_text){params.p + begin, i - begin});
		begin = i + 1;
	}
	if (begin < params.len)
		note(s, (struct n64_text){params.p + begin, i - begin});
	return 0;
}

/* Index of a letter of any case, -1 if it is not one of them */
static int letter_index(const char *letters, char c)
{
	const char *at;

	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	at = c != '\0' ? strchr(letters, c) : NULL;
	return at ? (int)(at - letters) : -1;
}

/* A label that a later version may have written says nothing to this one: it is
 * as if there were none. */
static void read_label(struct n64_pair *dst, struct n64_text label)
{
	int leg, family;

	if (label.len != 2)
		return;
	leg = letter_index(leg_letters, label.p[0]);
	family = letter_index(family_letters, label.p[1]);
	if (leg <= N64_LEG_NONE || family < 0)
		return;
	dst->leg = (enum n64_leg)leg;
	dst->family = (enum n64_family)family;
}

/* Fill own and pref. What is compared is the address, never its text
 * (RFC 5954 4.2). */
static int read_host(struct n64_pair *dst, const struct n64_route *route,
		     const struct n64_owns *owns)
{
	const struct n64_text *host = &route->host;
	struct in6_addr a6;
	struct in_addr a4;

	if (0 == n64_lit4_parse(&a4, host->p, host->len))
		dst->own = n64_own_find(owns, &a4, route->port, route->tp);
	else if (0 == n64_lit6_parse(&a6, host->p, host->len))
		dst->own = n64_own_find_synthetic(owns, &a6, route->port,
						  route->tp, &dst->pref);
	else if (n64_host_kind(host->p, host->len) != N64_HOST_NAME)
		return EINVAL;
	return dst->own ? 0 : ENOENT;
}

int n64_pair_read(struct n64_pair *dst, const struct n64_route *route,
		  const struct n64_owns *owns)
{
	struct n64_pair pair;
	struct said said;
	int err;

	if (route->host.len == 0 || read_params(&said, route->params))
		return EINVAL;
	memset(&pair, 0, sizeof(pair));
	err = read_host(&pair, route, owns);
	if (err)
		return err;
	pair.r2 = said.has_r2 && n64_text_is(said.r2.p, said.r2.len, "on");
	pair.ftag = said.ftag;
	pair.labelled = said.has_label;
	read_label(&pair, said.label);
	*dst = pair;
	return 0;
}

char n64_pair_family_letter(enum n64_family family)
{
	return (unsigned)family < sizeof(family_letters) - 1
		? family_letters[family]
		: family_letters[N64_FAMILY_NONE];
}
