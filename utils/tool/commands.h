/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The commands; a new one gets a line here and one in main.c.
 */
#ifndef N64_COMMANDS_H
#define N64_COMMANDS_H

#include "tool.h"

extern const struct command cmd_synth;
extern const struct command cmd_extract;
extern const struct command cmd_infer;
extern const struct command cmd_discover;
extern const struct command cmd_check;
extern const struct command cmd_ladder;
extern const struct command cmd_explain;

#endif
