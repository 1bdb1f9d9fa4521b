/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A ladder as one page of HTML, for screens and for paper, without a script.
 */
#ifndef N64_TOOL_PAGE_H
#define N64_TOOL_PAGE_H

#include <stdio.h>

#include "ladder.h"

extern const char page_style[];

/** Write the page; whether that worked is the stream's to tell */
void page_write(FILE *out, const struct ladder *ladder,
		const struct call *call);

/** The section of one message: from where to where, and what was changed */
void page_message(FILE *out, const struct ladder *ladder,
		  const struct call *call, size_t step);

/** A step's rows of the ladder's table, and a bar's */
void page_arrow(FILE *out, const struct ladder *ladder, size_t step,
		int64_t begin);
void page_bar(FILE *out, const struct ladder *ladder, const struct call *call,
	      const struct bar *bar, int64_t begin);

/** The names of the lanes: the head of the table */
void page_lanes(FILE *out, const struct ladder *ladder);

/** Seconds since the first message */
double page_seconds(int64_t time, int64_t begin);

#endif
