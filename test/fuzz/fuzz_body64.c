/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A whole message body: the first line of the input is its Content-Type, and
 * behind a '|' each its Content-Encoding and Content-Disposition; the rest is
 * the body. No octet outside an edit changes, edits ascend, and a second
 * run finds nothing more to do.
 */
#include "../../nat64sip/body64.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct body64_room room, room2;

/** A block of the very size, so that a read outside is seen */
static char *exact(const uint8_t *data, size_t size)
{
	char *p = malloc(size ? size : 1);

	if (!p)
		abort();
	memcpy(p, data, size);
	return p;
}

static void check(int ok)
{
	if (!ok)
		abort();
}

static void check_outside(const struct edits *ed, const char *src, size_t len,
			  const char *dst, size_t out)
{
	size_t from = 0, to = 0;

	for (size_t i = 0; i < ed->n; i++) {
		size_t keep = ed->v[i].off - from;

		check(ed->v[i].off >= from &&
		      ed->v[i].off + ed->v[i].len <= len);
		check(!memcmp(src + from, dst + to, keep));
		from = ed->v[i].off + ed->v[i].len;
		to += keep + ed->v[i].n;
	}
	check(out - to == len - from &&
	      !memcmp(src + from, dst + to, out - to));
}

static size_t number(const char *p, size_t n)
{
	size_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (size_t)(p[i] - '0');
	return v;
}

/** A part that changed says how long it is now (RFC 3261 20.14) */
static void check_parts(const struct body64 *was, const struct body64 *is)
{
	struct n64_mime_walk w, w2;
	struct n64_mime_part a, b;

	n64_mime_begin(&w, was->type, was->typelen, was->p, was->len);
	n64_mime_begin(&w2, is->type, is->typelen, is->p, is->len);
	while (n64_mime_next(&a, &w) == N64_MIME_SDP) {
		check(n64_mime_next(&b, &w2) == N64_MIME_SDP);
		check(!a.cl_len == !b.cl_len);
		if (a.len == b.len &&
		    !memcmp(was->p + a.off, is->p + b.off, a.len))
			continue;
		/* one that no delimiter ends has no line break to lose */
		if (b.off + b.len + 2 >= is->len)
			continue;
		check(!b.cl_len ||
		      number(is->p + b.cl_off, b.cl_len) == b.len);
	}
}

/** Why it was left alone: once, and nothing else is counted */
static void check_left(const struct sdp64_report *rep, int err)
{
	unsigned n = 0;

	check(rep->changed == 0 && rep->repaired == 0);
	for (int i = 0; i < N64_REASONS; i++)
		n += rep->left[i];
	check(n == (err == ENOSPC) || (err == ENOENT && n == 1));
}

static void check_rewrite(const struct body64 *body,
			  const struct sdp64_rule *rule)
{
	struct body64 again = *body;
	struct sdp64_report rep;
	struct edits ed, ed2;
	size_t size, out = 0;
	char *dst;
	int err = body64_rewrite(&ed, &room, body, rule, &rep);

	check(err == 0 || err == ENOENT || err == ENOSPC);
	if (err) {
		check(ed.n == 0);
		check_left(&rep, err);
		return;
	}
	check(!ed.n == !rep.changed);
	size = edits_length(&ed, body->len);
	dst = malloc(size + 1);
	check(dst && !edits_apply(dst, size, &out, body->p, body->len, &ed));
	check(out == size);
	check_outside(&ed, body->p, body->len, dst, out);
	again.p = dst;
	again.len = out;
	check_parts(body, &again);
	if (!body64_rewrite(&ed2, &room2, &again, rule, NULL))
		check(ed2.n == 0);
	free(dst);
}

/** The next of the values that stand in the first line, a '|' between two */
static struct n64_mime_span cut(struct n64_mime_span *line)
{
	const char *bar = line->len ? memchr(line->p, '|', line->len) : NULL;
	struct n64_mime_span value = {line->p, line->len};

	if (bar)
		value.len = (size_t)(bar - line->p);
	line->p = bar ? bar + 1 : NULL;
	line->len -= value.len + (bar != NULL);
	return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nl = size ? memchr(data, '\n', size) : NULL;
	size_t typelen = nl ? (size_t)(nl - data) : size;
	size_t at = nl ? typelen + 1 : size;
	char *line = exact(data, typelen), *text = exact(data + at, size - at);
	struct n64_mime_span rest = {line, typelen}, type = cut(&rest);
	struct body64 body = {.type = type.p,
			      .typelen = type.len,
			      .p = text,
			      .len = size - at,
			      .encoding = cut(&rest),
			      .disposition = rest};
	struct sdp64_rule rule;
	struct sdp64_families fam;

	memset(&rule, 0, sizeof(rule));
	check(!pref64_parse(&rule.pref, "2001:db8:64::/96", 16, NULL));
	(void)body64_scan(&fam, &body);
	rule.way = SDP64_TO_IP6;
	check_rewrite(&body, &rule);
	rule.way = SDP64_TO_IP4;
	rule.source.s_addr = htonl(0xcb007107);
	check_rewrite(&body, &rule);
	free(line);
	free(text);
	return 0;
}
