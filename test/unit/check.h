/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What every table of tests needs. Include it behind cmocka.h.
 */
#ifndef N64_TEST_CHECK_H
#define N64_TEST_CHECK_H

/** Rows of a table */
#define N(array) (sizeof(array) / sizeof((array)[0]))

/** As assert_true(), but a failure names the row */
#define CHECK(row, cond)                                        \
	do {                                                    \
		if (!(cond))                                    \
			fail_msg("%s: not so: %s", row, #cond); \
	} while (0)

#endif
