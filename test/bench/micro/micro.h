/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What a micro-benchmark shares: callgrind counts between begin() and end()
 * only, what comes before runs uncounted and fast. Without valgrind the
 * programs run and count nothing.
 */
#ifndef N64_BENCH_MICRO_H
#define N64_BENCH_MICRO_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

/** For a result that nobody reads: the compiler may not leave out its making */
extern volatile uintptr_t micro_sink;

static inline void micro_begin(void)
{
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
}

/** Dump what was counted as "WHAT|SIZE|TIMES" */
#define micro_end(what, size, times)                                     \
	do {                                                             \
		char micro_label[128];                                   \
                                                                         \
		CALLGRIND_STOP_INSTRUMENTATION;                          \
		snprintf(micro_label, sizeof(micro_label), "%s|%zu|%zu", \
			 (what), (size_t)(size), (size_t)(times));       \
		CALLGRIND_DUMP_STATS_AT(micro_label);                    \
	} while (0)

/** What must hold, or the numbers mean nothing */
static inline void micro_must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/** A number that is the same in each run, all of 32 bits */
static inline uint32_t micro_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state ^ *state >> 15;
}

#endif
