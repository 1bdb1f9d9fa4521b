/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the tests of the core share: a check that names its row, texts in
 * blocks of exactly their size (so that the address sanitizer sees a read
 * beyond), and the rows of the vectors folder (N64_VECTORS), where there is one.
 */
#ifndef N64_TEST_VECTORS_H
#define N64_TEST_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define CHECK(row, cond)                                        \
	do {                                                    \
		if (!(cond))                                    \
			fail_msg("%s: not so: %s", row, #cond); \
	} while (0)

#define VECTOR_FIELDS 8

/** The text without its NUL; free() it */
__attribute__((unused)) static char *exact_copy(const char *text, size_t *len)
{
	char *copy;

	*len = strlen(text);
	copy = malloc(*len ? *len : 1);
	assert_non_null(copy);
	memcpy(copy, text, *len);
	if (*len)
		return copy;
	/* even the one octet of an empty text may not be read */
	free(copy);
	return NULL;
}

/* Cut a line at its commas; quotes stand around notes only, which come last */
__attribute__((unused)) static unsigned vector_cut(char *line, char **field)
{
	unsigned n = 0;
	char *comma;

	line[strcspn(line, "\r\n")] = '\0';
	do {
		comma = n + 1 < VECTOR_FIELDS ? strchr(line, ',') : NULL;
		if (comma)
			*comma = '\0';
		field[n++] = line;
		line = comma + 1;
	} while (comma);
	return n;
}

/**
 * Call check() for each row of a file, the heading left out. Skips the test
 * where there is no vectors folder.
 *
 * @param fields Least number of fields in a row
 *
 * @return Rows
 */
__attribute__((unused)) static size_t
vectors_each(const char *name, unsigned fields, void (*check)(char **field))
{
	const char *dir = getenv("N64_VECTORS");
	char *field[VECTOR_FIELDS], path[512], line[512];
	size_t rows = 0;
	FILE *file;

	if (!dir || !*dir)
		skip();
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "r");
	if (!file)
		skip();
	while (fgets(line, sizeof(line), file)) {
		if (rows++ == 0)
			continue;
		CHECK(name, vector_cut(line, field) >= fields);
		check(field);
	}
	fclose(file);
	return rows ? rows - 1 : 0;
}

#endif
