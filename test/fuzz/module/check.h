/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A message as it was built, held against the one that is built of the same
 * input without the module.
 */
#ifndef N64_FUZZ_CHECK_H
#define N64_FUZZ_CHECK_H

#include "scene.h"

struct built
{
	char *p;
	size_t len;
	bool parses;
};

/** What may have happened to it */
struct done
{
	const struct scene *scene;
	bool request;
	bool on;		 /**< the module may change messages */
	bool set_notify; /**< set_notify_net() says that it did */
	unsigned calls;	 /**< of the script */
};

/** Aborts where the module did what it must not do */
void check_built(const struct built *with, const struct built *without,
		const struct done *done);

#endif
