/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The options that synth and extract have.
 */
#ifndef N64_EMBED_H
#define N64_EMBED_H

#include "tool.h"

#include <stdbool.h>

struct embed {
	struct pref64 pref;
	bool strict; /**< keep to RFC 6052 3.1 */
};

/** @return TOOL_DONE; TOOL_CANNOT, and it was said why */
int embed_options(struct embed *dst, int argc, char **argv);

#endif
