/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Private to the core: compare text that does not end with NUL.
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

#endif
