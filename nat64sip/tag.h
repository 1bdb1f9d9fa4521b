/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The tag of a From or To header, without parsing the address before it.
 */
#ifndef N64_TAG_H
#define N64_TAG_H

#include "pair.h"

/**
 * Find the tag where it ends the header, as nearly every phone writes it.
 *
 * @param tag  Result, points into body; left alone on error
 * @param body Of the header field, need not end with NUL
 *
 * @return 0, or ENOENT if the header does not end with ";tag=" and a token
 *         (RFC 3261 25.1): then its parser has to say
 */
int n64_tag_find(struct n64_text *tag, const char *body, size_t len);

#endif
