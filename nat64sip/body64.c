/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "body64.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/** Digits of a size_t, no NUL */
#define DIGITS 20

/** Why a body that may hold SDP is left alone as a whole; N64_DONE if not */
static enum n64_reason closed(const struct body64 *body)
{
	if (n64_mime_is_encoded(body->encoding.p, body->encoding.len))
		return N64_ENCODED;
	if (!n64_mime_is_for_session(body->disposition.p,
				     body->disposition.len, body->type,
				     body->typelen))
		return N64_DISPOSITION;
	return N64_DONE;
}

enum n64_mime body64_scan(struct sdp64_families *fam,
			  const struct body64 *body)
{
	struct n64_mime_walk walk;
	struct n64_mime_part part;
	enum n64_mime kind;

	memset(fam, 0, sizeof(*fam));
	if (closed(body) != N64_DONE)
		return N64_MIME_NO_SDP;
	n64_mime_begin(&walk, body->type, body->typelen, body->p, body->len);
	kind = n64_mime_next(&part, &walk);
	if (kind == N64_MIME_SDP)
		sdp64_scan(fam, body->p + part.off, part.len);
	return kind;
}

static size_t print_size(char *dst, size_t value)
{
	char rev[DIGITS];
	size_t n = 0, i;

	do {
		rev[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	for (i = 0; i < n; i++)
		dst[i] = rev[n - 1 - i];
	return n;
}

/** Why a body without an SDP that could be found is left alone as a whole */
static enum n64_reason unread(enum n64_mime kind)
{
	switch (kind) {
	case N64_MIME_SIGNED:
		return N64_SIGNED;
	case N64_MIME_BAD:
		return N64_BAD_PARTS;
	default:
		return N64_DONE; /* there is none */
	}
}

static void add_report(struct sdp64_report *sum,
		       const struct sdp64_report *one)
{
	if (!sum)
		return;
	sum->changed += one->changed;
	sum->repaired += one->repaired;
	for (int i = 0; i < N64_REASONS; i++)
		sum->left[i] += one->left[i];
}

/** Room for the edits of one more part, behind those of the parts before it;
 *  first is for its Content-Length, which stands before its SDP */
static int open_part(struct edits *one, struct edit **first,
		     const struct edits *ed, const struct n64_mime_part *part)
{
	size_t cl = part->cl_len ? 1 : 0;

	if (ed->n + cl > ed->max || ed->used + cl * DIGITS > ed->size)
		return ENOSPC;
	*first = ed->v + ed->n;
	edits_init(one, *first + cl, ed->max - ed->n - cl,
		   ed->buf + ed->used + cl * DIGITS,
		   ed->size - ed->used - cl * DIGITS);
	return 0;
}

/** The edits of a part become edits of the body */
static int rewrite_part(struct edits *ed, const struct body64 *body,
			const struct n64_mime_part *part,
			const struct sdp64_rule *rule,
			struct sdp64_report *rep)
{
	size_t cl = part->cl_len ? 1 : 0;
	char *digits = ed->buf + ed->used;
	struct sdp64_report report;
	struct edit *first;
	struct edits one;
	int err;

	err = open_part(&one, &first, ed, part);
	if (err)
		return err;
	err = sdp64_rewrite(&one, body->p + part->off, part->len, rule,
			    &report);
	if (err)
		return err;
	add_report(rep, &report);
	if (!one.n)
		return 0;
	if (cl)
		*first = (struct edit){
			part->cl_off, part->cl_len, digits,
			print_size(digits, edits_length(&one, part->len))};
	for (size_t i = 0; i < one.n; i++)
		one.v[i].off += part->off;
	ed->n += cl + one.n;
	ed->used += cl * DIGITS + one.used;
	return 0;
}

int body64_rewrite(struct edits *ed, struct body64_room *room,
		   const struct body64 *body, const struct sdp64_rule *rule,
		   struct sdp64_report *rep)
{
	enum n64_reason reason = closed(body);
	struct n64_mime_walk walk;
	struct n64_mime_part part;
	enum n64_mime kind = N64_MIME_NO_SDP;
	bool found = false;
	int err = 0;

	edits_init(ed, room->v, BODY64_EDITS, room->buf, BODY64_ROOM);
	if (rep)
		memset(rep, 0, sizeof(*rep));
	n64_mime_begin(&walk, body->type, body->typelen, body->p, body->len);
	if (reason != N64_DONE) {
		/* what is no SDP anyhow was not left alone for that */
		if (rep && (walk.whole || walk.depth))
			++rep->left[reason];
		return ENOENT;
	}
	while (!err) {
		kind = n64_mime_next(&part, &walk);
		if (kind != N64_MIME_SDP)
			break;
		found = true;
		err = rewrite_part(ed, body, &part, rule, rep);
	}
	if (err) {
		edits_init(ed, room->v, BODY64_EDITS, room->buf, BODY64_ROOM);
		if (rep)
			memset(rep, 0, sizeof(*rep));
		if (rep && err == ENOSPC)
			++rep->left[N64_NO_ROOM];
	} else if (!found) {
		err = ENOENT;
		if (rep && unread(kind) != N64_DONE)
			++rep->left[unread(kind)];
	}
	return err;
}
