/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A list of changes to a text, described on offsets of the original.
 * The core never changes a text: it says what would change, and who carries
 * the text (a SIP server's lumps, a tool, a test) applies it.
 */
#ifndef N64_EDITS_H
#define N64_EDITS_H

#include <stddef.h>

/** Replace len octets at off (of the original text) by n octets at p */
struct edit {
	size_t off, len;
	const char *p;
	size_t n;
};

/** Ascending, never overlapping. v and buf belong to the caller. */
struct edits {
	struct edit *v;
	size_t n, max;
	char *buf;
	size_t used, size;
};

/** Start an empty list over the caller's storage */
void edits_init(struct edits *ed, struct edit *v, size_t max, char *buf,
		size_t size);

/**
 * Add one change; the new text is copied into the list's own storage.
 *
 * @return 0, EINVAL if off lies before the end of the edit before, ENOSPC if
 *         there is no room; the list is as before on error
 */
int edits_replace(struct edits *ed, size_t off, size_t len, const char *p,
		  size_t n);

/**
 * As edits_replace() for a change that lies before all others: for a line whose
 * fate is known only when the rest of the text has been read.
 *
 * @return 0, EINVAL if it reaches into the first edit, ENOSPC if there is no
 *         room; the list is as before on error
 */
int edits_replace_first(struct edits *ed, size_t off, size_t len,
			const char *p, size_t n);

/** Octets that src will have after the edits */
size_t edits_length(const struct edits *ed, size_t srclen);

/**
 * Write the changed text.
 *
 * @param dst  Result, not NUL-terminated
 * @param size Octets at dst, edits_length() is enough
 * @param out  Octets written
 *
 * @return 0, ENOSPC if size is too small, EINVAL if an edit lies outside src
 */
int edits_apply(char *dst, size_t size, size_t *out, const char *src,
		size_t srclen, const struct edits *ed);

#endif
