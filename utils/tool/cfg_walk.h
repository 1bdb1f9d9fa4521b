/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The way of a message through the routes: what may have been called before
 * each call. Conditions are taken as they come, both ways; a part that ends
 * with exit counts for nothing behind it.
 */
#ifndef N64_CFG_WALK_H
#define N64_CFG_WALK_H

#include "cfg.h"

#define WALK_BRACES_MAX 64

/** What was called, as bits of the caller's choice */
struct walk_state {
	unsigned called;
	bool dead; /**< nothing comes here: exit, return, break */
};

struct walk {
	const struct cfg *cfg;
	/** The function at word i is called; returns the bits that it adds */
	unsigned (*call)(struct walk *w, size_t i, unsigned called);
	void *arg;
	unsigned depth;
	const struct cfg_block *active[WALK_BRACES_MAX];
};

/** Walk from the start of this route, into those that it calls */
void walk(struct walk *w, const struct cfg_block *block);

#endif
