/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SDP case files: lines of flags (and "#" remarks), "----", the input, "----",
 * the wanted output. Kept with LF, run with CRLF unless eol=lf.
 *
 *   way=ip6|ip4         which way to rewrite
 *   pref=PREFIX         default 2001:db8:64::/96; none
 *   source=IPV4         TO_IP4: the phone's packets come from there
 *   offer=4,6,-         families of the offer's sections, by section
 *   any=4|6             what the offer is as a whole, if sections don't tell
 *   strict=0|1          rule's wkp_strict, default 1
 *   eol=crlf|lf         line ends of the body, default crlf
 *   eof=cut|cut-input   no last line end: in both texts, in the input only
 *   changed=N repaired=N left.REASON=N
 *                       the report; what is not named must be 0
 *   scan=46- scan.any=4|6|-
 *                       what sdp64_scan() must find in the input
 */
#ifndef N64_TEST_SDP_CASE_H
#define N64_TEST_SDP_CASE_H

#include "../../nat64sip/literal.h"
#include "../../nat64sip/sdp64.h"

#include "vectors.h"

struct sdp_case {
	const char *name;
	struct sdp64_rule rule;
	struct sdp64_families offer;
	struct sdp64_report want;
	bool lf, cut_input, cut_output;
	const char *scan, *scan_any; /* NULL: not looked at */
	char *in, *out;
	size_t inlen, outlen;
};

static enum n64_family case_family(const char *name, char c)
{
	CHECK(name, c == '4' || c == '6' || c == '-');
	if (c == '-')
		return N64_FAMILY_NONE;
	return c == '6' ? N64_FAMILY_IP6 : N64_FAMILY_IP4;
}

static void case_offer(struct sdp_case *c, const char *value)
{
	struct sdp64_families *offer = &c->offer;

	for (; *value; value++, offer->n++) {
		enum n64_family family = case_family(c->name, *value);
		uint64_t bit = (uint64_t)1 << offer->n;

		CHECK(c->name, offer->n < SDP64_SECTIONS);
		if (family == N64_FAMILY_IP6)
			offer->ip6 |= bit;
		if (family == N64_FAMILY_IP4)
			offer->ip4 |= bit;
	}
	if (offer->any == N64_FAMILY_NONE && offer->ip4)
		offer->any = N64_FAMILY_IP4;
	if (offer->ip6)
		offer->any = N64_FAMILY_IP6;
	c->rule.offer = offer;
}

static unsigned case_number(const struct sdp_case *c, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	CHECK(c->name, end != value && !*end && n < 10000);
	return (unsigned)n;
}

static void case_left(struct sdp_case *c, const char *reason,
		      const char *value)
{
	unsigned i;

	for (i = 1; i < N64_REASONS; i++) {
		if (!strcmp(reason, n64_reason_name((enum n64_reason)i))) {
			c->want.left[i] = case_number(c, value);
			return;
		}
	}
	fail_msg("%s: no such reason: %s", c->name, reason);
}

static void case_rule(struct sdp_case *c, const char *key, const char *value)
{
	struct sdp64_rule *rule = &c->rule;
	size_t len = strlen(value);

	if (!strcmp(key, "way")) {
		CHECK(c->name, !strcmp(value, "ip6") || !strcmp(value, "ip4"));
		rule->way = value[2] == '6' ? SDP64_TO_IP6 : SDP64_TO_IP4;
	} else if (!strcmp(key, "pref")) {
		memset(&rule->pref, 0, sizeof(rule->pref));
		CHECK(c->name,
		      !strcmp(value, "none") ||
			      !pref64_parse(&rule->pref, value, len, NULL));
	} else if (!strcmp(key, "source")) {
		CHECK(c->name, !n64_lit4_parse(&rule->source, value, len));
	} else if (!strcmp(key, "strict")) {
		rule->wkp_strict = case_number(c, value) != 0;
	} else if (!strcmp(key, "any")) {
		c->offer.any = case_family(c->name, *value);
		rule->offer = &c->offer;
	} else if (!strcmp(key, "offer")) {
		case_offer(c, value);
	} else {
		fail_msg("%s: no such flag: %s", c->name, key);
	}
}

static void case_flag(struct sdp_case *c, char *word)
{
	char *value = strchr(word, '=');

	CHECK(c->name, value != NULL);
	*value++ = '\0';
	if (!strcmp(word, "changed")) {
		c->want.changed = case_number(c, value);
	} else if (!strcmp(word, "repaired")) {
		c->want.repaired = case_number(c, value);
	} else if (!strncmp(word, "left.", 5)) {
		case_left(c, word + 5, value);
	} else if (!strcmp(word, "eol")) {
		CHECK(c->name, !strcmp(value, "lf") || !strcmp(value, "crlf"));
		c->lf = value[0] == 'l';
	} else if (!strcmp(word, "eof")) {
		CHECK(c->name, !strncmp(value, "cut", 3));
		c->cut_input = true;
		c->cut_output = !value[3];
	} else if (!strcmp(word, "scan")) {
		c->scan = value;
	} else if (!strcmp(word, "scan.any")) {
		c->scan_any = value;
	} else {
		case_rule(c, word, value);
	}
}

/* The body with its line ends, in a block of exactly its size */
static char *case_body(const struct sdp_case *c, const char *text, bool cut,
		       size_t *len)
{
	size_t lines = 0, n = 0;
	const char *p;
	char *body;

	for (p = text; *p; p++)
		lines += *p == '\n';
	body = malloc(strlen(text) + lines + 1);
	assert_non_null(body);
	for (p = text; *p; p++) {
		if (*p == '\n' && cut && !p[1])
			break;
		if (*p == '\n' && !c->lf)
			body[n++] = '\r';
		body[n++] = *p;
	}
	*len = n;
	if (!n) {
		free(body);
		return NULL;
	}
	return realloc(body, n);
}

/* Cut off what stands before a line "----" */
static char *case_part(struct sdp_case *c, char **text)
{
	char *part = *text, *end = part;

	if (strncmp(part, "----\n", 5) != 0) {
		end = strstr(part, "\n----\n");
		CHECK(c->name, end != NULL);
		end++;
	}
	*end = '\0';
	*text = end + 5;
	return part;
}

/* Octets matter: read the file whole */
static char *case_slurp(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 65536);
	size_t n;

	CHECK(path, file && text);
	n = fread(text, 1, 65535, file);
	CHECK(path, n > 0 && n < 65535 && text[n - 1] != '\r');
	fclose(file);
	return text;
}

/** Read a case; free in, out and the text that is returned */
static char *case_read(struct sdp_case *c, const char *path)
{
	char *text = case_slurp(path), *rest = text, *flags, *in, *line, *word;
	char *save1, *save2;

	memset(c, 0, sizeof(*c));
	c->name = path;
	case_rule(c, "pref", "2001:db8:64::/96");
	c->rule.wkp_strict = true;
	flags = case_part(c, &rest);
	in = case_part(c, &rest);
	CHECK(path, strstr(flags, "way=") != NULL);
	for (line = strtok_r(flags, "\n", &save1); line;
	     line = strtok_r(NULL, "\n", &save1)) {
		if (*line == '#')
			continue;
		for (word = strtok_r(line, " ", &save2); word;
		     word = strtok_r(NULL, " ", &save2))
			case_flag(c, word);
	}
	c->in = case_body(c, in, c->cut_input, &c->inlen);
	c->out = case_body(c, rest, c->cut_output, &c->outlen);
	return text;
}

#endif
