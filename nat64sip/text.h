/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Compare text that does not end with NUL.
 */
#ifndef N64_TEXT_H
#define N64_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/** Is this text that word, in any case (RFC 3261 7.3.1)? */
static inline bool n64_text_is(const char *p, size_t len, const char *word)
{
	return len == strlen(word) && 0 == strncasecmp(p, word, len);
}

/**
 * Does a word stand anywhere in a text, its letter at pivot as it is, the others
 * in any case? Quick where that one is rare.
 *
 * @param text  May be NULL where len is 0
 * @param pivot Offset of that letter in the word
 */
static inline bool n64_text_has_at(const char *text, size_t len,
				   const char *word, size_t pivot)
{
	const char *p = text, *end;
	size_t n = strlen(word);

	/* what is not there may be NULL */
	if (!len)
		return false;
	end = text + len;
	while (p < end &&
	       (p = memchr(p, word[pivot], (size_t)(end - p))) != NULL) {
		/* most differ in the letter before */
		if ((size_t)(p - text) >= pivot &&
		    (size_t)(end - p) >= n - pivot &&
		    (!pivot || !((p[-1] ^ word[pivot - 1]) & ~0x20)) &&
		    !strncasecmp(p - pivot, word, n))
			return true;
		p++;
	}
	return false;
}

#endif
