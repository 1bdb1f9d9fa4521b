/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Two texts compared line by line.
 */
#ifndef N64_TOOL_DIFF_H
#define N64_TOOL_DIFF_H

#include "sipmsg.h"

/** A line of both (' '), of the old text only ('-'), of the new one ('+') */
struct diff_line {
	char mark;
	struct span text;
};

struct diff {
	struct diff_line *line;
	size_t n, added, removed;
	bool failed; /**< too long to compare: all of the new one, unmarked */
};

/** Compare; old may be NULL: the new one alone, unmarked */
void diff_make(struct diff *diff, const struct span *old,
	       const struct span *new);
void diff_free(struct diff *diff);

#endif
