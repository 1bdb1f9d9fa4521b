/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "body64.h"

#include <errno.h>
#include <string.h>

/** Digits of a size_t, no NUL */
#define DIGITS 20

enum n64_mime body64_scan(struct sdp64_families *fam,
			  const struct body64 *body)
{
	struct n64_mime_part part;
	enum n64_mime kind;

	memset(fam, 0, sizeof(*fam));
	kind = n64_mime_find_sdp(&part, body->type, body->typelen, body->p,
				 body->len);
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

/** The edits of the part become edits of the body; the number of the part's
 *  header comes first, since it stands first */
static int lift(struct edits *ed, const struct n64_mime_part *part,
		struct edit *first)
{
	char digits[DIGITS];
	size_t n = print_size(digits, edits_length(ed, part->len));
	size_t shift = part->cl_len ? 1 : 0;

	if (shift && (ed->used + n > ed->size))
		return ENOSPC;
	for (size_t i = 0; i < ed->n; i++)
		ed->v[i].off += part->off;
	if (!shift)
		return 0;
	memcpy(ed->buf + ed->used, digits, n);
	*first = (struct edit){part->cl_off, part->cl_len, ed->buf + ed->used,
			       n};
	ed->used += n;
	ed->v = first;
	++ed->n;
	++ed->max;
	return 0;
}

int body64_rewrite(struct edits *ed, struct body64_room *room,
		   const struct body64 *body, const struct sdp64_rule *rule,
		   struct sdp64_report *rep)
{
	struct n64_mime_part part;
	int err;

	/* v[0] is kept free for the part's Content-Length */
	edits_init(ed, room->v + 1, BODY64_EDITS, room->buf, BODY64_ROOM);
	if (rep)
		memset(rep, 0, sizeof(*rep));
	if (n64_mime_find_sdp(&part, body->type, body->typelen, body->p,
			      body->len) != N64_MIME_SDP)
		return ENOENT;
	err = sdp64_rewrite(ed, body->p + part.off, part.len, rule, rep);
	if (!err && ed->n)
		err = lift(ed, &part, room->v);
	if (err)
		edits_init(ed, room->v + 1, BODY64_EDITS, room->buf,
			   BODY64_ROOM);
	return err;
}
