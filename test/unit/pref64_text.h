/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file Addresses and prefixes from text, for tests; a bad text fails */
#ifndef N64_TEST_PREF64_TEXT_H
#define N64_TEST_PREF64_TEXT_H

#include "../../nat64sip/pref64.h"

#include "vectors.h"

#include "pref_of.h"

#include <arpa/inet.h>

__attribute__((unused)) static struct in_addr v4_of(const char *text)
{
	struct in_addr v4;

	CHECK(text, inet_pton(AF_INET, text, &v4) == 1);
	return v4;
}

__attribute__((unused)) static struct in6_addr v6_of(const char *text)
{
	struct in6_addr v6;

	CHECK(text, inet_pton(AF_INET6, text, &v6) == 1);
	return v6;
}

#endif
