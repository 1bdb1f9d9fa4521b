/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A whole message body: the first line of the input is its Content-Type, the
 * rest the body. No octet outside an edit changes, edits ascend, and a second
 * run finds nothing more to do.
 */
#include "../../nat64sip/alias.h"
#include "../../nat64sip/body64.h"
#include "../../nat64sip/options.h"
#include "../../nat64sip/pair_params.h"

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

static void check_rewrite(const struct body64 *body,
			  const struct sdp64_rule *rule)
{
	struct body64 again = *body;
	struct edits ed, ed2;
	size_t size, out = 0;
	char *dst;

	if (body64_rewrite(&ed, &room, body, rule, NULL)) {
		check(ed.n == 0);
		return;
	}
	size = edits_length(&ed, body->len);
	dst = malloc(size + 1);
	check(dst && !edits_apply(dst, size, &out, body->p, body->len, &ed));
	check(out == size);
	check_outside(&ed, body->p, body->len, dst, out);
	again.p = dst;
	again.len = out;
	if (!body64_rewrite(&ed2, &room2, &again, rule, NULL))
		check(ed2.n == 0);
	free(dst);
}

/** The small readers get the first line too */
static void check_readers(const char *p, size_t len)
{
	struct n64_alias a;
	struct n64_net4 net;
	struct in_addr l, o;
	unsigned mask;
	char buf[64];

	(void)n64_alias_find(&a, (struct n64_text){p, len});
	(void)n64_net4_parse(&net, p, len);
	(void)n64_detect_parse(&mask, p, len);
	(void)n64_own_address_parse(&l, &o, p, len);
	(void)n64_pair_params_fit((struct n64_text){p, len});
	(void)n64_mime_is_encoded(p, len);
	(void)n64_mime_is_for_session(p, len, p, len);
	check(n64_pair_add_params(buf, sizeof(buf), 0,
				  (struct n64_text){p, len}) <= sizeof(buf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nl = size ? memchr(data, '\n', size) : NULL;
	size_t typelen = nl ? (size_t)(nl - data) : size;
	size_t at = nl ? typelen + 1 : size;
	char *type = exact(data, typelen), *text = exact(data + at, size - at);
	struct body64 body = {
		.type = type, .typelen = typelen, .p = text, .len = size - at};
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
	check_readers(type, typelen);
	free(type);
	free(text);
	return 0;
}
