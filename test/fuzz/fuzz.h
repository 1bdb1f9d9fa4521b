/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the fuzz drivers share. A property that does not hold is a crash.
 */
#ifndef N64_FUZZ_H
#define N64_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(cond)                                                    \
	do {                                                             \
		if (!(cond)) {                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #cond);                        \
			abort();                                         \
		}                                                        \
	} while (0)

/** The input in a block of exactly its size, NULL for none; free() it */
__attribute__((unused)) static char *fuzz_copy(const uint8_t *data,
					       size_t size)
{
	char *copy = size ? malloc(size) : NULL;

	REQUIRE(!size || copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

#endif
