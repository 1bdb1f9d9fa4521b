/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What does not work beside other modules, or without them: one line each at
 * the start.
 */
#ifndef N64_BESIDE_H
#define N64_BESIDE_H

/** The script calls something that writes or reads an alias */
void n64_beside_wants_alias(void);

/** Say what will not work. Call when the script has been read. */
void n64_beside_check(void);

#endif
