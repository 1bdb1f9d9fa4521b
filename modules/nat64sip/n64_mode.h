/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The mode: on, dry run or off, for all workers at once, switched at run time.
 */
#ifndef N64_MODE_H
#define N64_MODE_H

#include "../../core/parser/msg_parser.h"
#include "../../core/str.h"

enum n64_mode
{
	N64_MODE_ON,
	N64_MODE_DRYRUN, /**< decide, count and log as on; change and send nothing */
	N64_MODE_OFF,	 /**< as if the module's functions were not there */
	N64_MODES
};

/** "on", "dryrun", "off" */
const char *n64_mode_name(enum n64_mode mode);

/** Read such a name, any case. @return 0, or -1; dst is left alone then */
int n64_mode_parse(enum n64_mode *dst, const str *text);

/**
 * Take the shared memory. Call in mod_init, before fork.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_mode_init(enum n64_mode mode);

/** The mode that the next message gets */
enum n64_mode n64_mode_now(void);

void n64_mode_switch(enum n64_mode mode);

/** The mode of a message: it keeps the one that it was first asked in */
enum n64_mode n64_mode_of(const struct sip_msg *msg);

#endif
