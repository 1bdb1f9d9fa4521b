/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The longest common subsequence of the lines of two messages.
 */
#include <stdint.h>
#include <stdlib.h>

#include "diff.h"

enum { LINES_MAX = 2000 };

struct lines {
	struct span *v;
	size_t n;
};

static bool split(struct lines *lines, struct span text)
{
	struct span rest = text, line;
	size_t n = 0;

	while (span_line(&rest, &line))
		n++;
	lines->n = 0;
	lines->v = malloc((n + 1) * sizeof(*lines->v));
	while (lines->v && span_line(&text, &line))
		lines->v[lines->n++] = line;
	return lines->v;
}

static void put(struct diff *diff, char mark, struct span text)
{
	diff->line[diff->n++] = (struct diff_line){mark, text};
	diff->added += mark == '+';
	diff->removed += mark == '-';
}

/* common[i * w + k]: lines that what is from i and from k on has in common */
static void walk(struct diff *diff, const struct lines *a,
		 const struct lines *b, const uint16_t *common)
{
	size_t i = 0, k = 0, w = b->n + 1;

	while (i < a->n || k < b->n) {
		if (i < a->n && k < b->n && span_same(a->v[i], b->v[k])) {
			put(diff, ' ', b->v[k]);
			i++;
			k++;
		} else if (i < a->n &&
			   (k == b->n ||
			    common[(i + 1) * w + k] >=
				    common[i * w + k + 1])) {
			put(diff, '-', a->v[i++]);
		} else {
			put(diff, '+', b->v[k++]);
		}
	}
}

static uint16_t *measure(const struct lines *a, const struct lines *b)
{
	size_t i, k, w = b->n + 1;
	uint16_t *common;

	if (a->n > LINES_MAX || b->n > LINES_MAX)
		return NULL;
	common = calloc((a->n + 1) * w, sizeof(*common));
	for (i = a->n; common && i-- > 0;) {
		for (k = b->n; k-- > 0;) {
			uint16_t *here = &common[i * w + k];

			if (span_same(a->v[i], b->v[k]))
				*here = here[w + 1] + 1;
			else
				*here = here[w] > here[1] ? here[w] : here[1];
		}
	}
	return common;
}

void diff_make(struct diff *diff, const struct span *old,
	       const struct span *new)
{
	struct lines a = {NULL, 0}, b = {NULL, 0};
	uint16_t *common = NULL;
	size_t k;

	*diff = (struct diff){0};
	if (split(&b, *new) && (!old || split(&a, *old)))
		diff->line = malloc((a.n + b.n + 1) * sizeof(*diff->line));
	if (diff->line && old)
		common = measure(&a, &b);
	diff->failed = old && !common;
	if (common)
		walk(diff, &a, &b, common);
	for (k = 0; diff->line && !common && k < b.n; k++)
		put(diff, ' ', b.v[k]);
	free(common);
	free(a.v);
	free(b.v);
}

void diff_free(struct diff *diff)
{
	free(diff->line);
}
