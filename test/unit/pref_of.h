/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A prefix from text, for tables of tests. Include it behind cmocka.h.
 */
#ifndef N64_TEST_PREF_OF_H
#define N64_TEST_PREF_OF_H

#include "../../nat64sip/pref64.h"

#include <string.h>

/* No text, or an empty one, is none; a bad one fails the test */
static inline struct pref64 pref_of(const char *text)
{
	struct pref64 pref;

	memset(&pref, 0, sizeof(pref));
	if (text && *text)
		assert_int_equal(pref64_parse(&pref, text, strlen(text), NULL),
				 0);
	return pref;
}

#endif
