/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "edits.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

void edits_init(struct edits *ed, struct edit *v, size_t max, char *buf,
		size_t size)
{
	ed->v = v;
	ed->n = 0;
	ed->max = max;
	ed->buf = buf;
	ed->used = 0;
	ed->size = size;
}

/* Put an edit at place i; the caller has looked at the order */
static int put(struct edits *ed, size_t i, const struct edit *e)
{
	char *text = ed->buf;

	if (ed->n >= ed->max || e->n > ed->size - ed->used)
		return ENOSPC;
	if (e->n) {
		text += ed->used;
		memcpy(text, e->p, e->n);
	}
	if (i < ed->n)
		memmove(&ed->v[i + 1], &ed->v[i],
			(ed->n - i) * sizeof(ed->v[0]));
	ed->v[i] = *e;
	ed->v[i].p = text;
	ed->used += e->n;
	ed->n++;
	return 0;
}

int edits_replace(struct edits *ed, size_t off, size_t len, const char *p,
		  size_t n)
{
	struct edit e = {off, len, p, n};

	if (len > SIZE_MAX - off)
		return EINVAL;
	if (ed->n) {
		const struct edit *last = &ed->v[ed->n - 1];

		if (off < last->off + last->len)
			return EINVAL;
	}
	return put(ed, ed->n, &e);
}

int edits_replace_first(struct edits *ed, size_t off, size_t len,
			const char *p, size_t n)
{
	struct edit e = {off, len, p, n};

	if (len > SIZE_MAX - off)
		return EINVAL;
	if (ed->n && off + len > ed->v[0].off)
		return EINVAL;
	return put(ed, 0, &e);
}

size_t edits_length(const struct edits *ed, size_t srclen)
{
	size_t i, n = srclen;

	for (i = 0; i < ed->n; i++)
		n = n + ed->v[i].n - ed->v[i].len;
	return n;
}

/* All edits lie inside a text of srclen octets, in order? */
static int inside(const struct edits *ed, size_t srclen)
{
	size_t i, pos = 0;

	for (i = 0; i < ed->n; i++) {
		const struct edit *e = &ed->v[i];

		if (e->off < pos || e->off > srclen)
			return EINVAL;
		if (e->len > srclen - e->off)
			return EINVAL;
		pos = e->off + e->len;
	}
	return 0;
}

/* memcpy() must not be given NULL, not even for no octets */
static char *copy(char *dst, const char *src, size_t n)
{
	if (n)
		memcpy(dst, src, n);
	return n ? dst + n : dst;
}

int edits_apply(char *dst, size_t size, size_t *out, const char *src,
		size_t srclen, const struct edits *ed)
{
	size_t i, pos = 0, need;

	if (inside(ed, srclen))
		return EINVAL;
	need = edits_length(ed, srclen);
	if (need > size)
		return ENOSPC;
	for (i = 0; i < ed->n; i++) {
		const struct edit *e = &ed->v[i];

		if (e->off > pos)
			dst = copy(dst, src + pos, e->off - pos);
		dst = copy(dst, e->p, e->n);
		pos = e->off + e->len;
	}
	if (srclen > pos)
		copy(dst, src + pos, srclen - pos);
	*out = need;
	return 0;
}
