/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Within cfg_*.c: the reader.
 */
#ifndef N64_CFG_READ_H
#define N64_CFG_READ_H

#include "cfg.h"

#define CFG_IFS_MAX 64
#define CFG_DEPTH_MAX 16

/** Where reading is */
struct cfg_at {
	struct cfg *cfg;
	const char *file, *p;
	unsigned line;
	unsigned nested; /**< defines within defines */
	bool include;    /**< the next text names a file */
	bool optional;   /**< import_file: it need not be there */
	struct {
		bool skips, seen_else;
	} ifs[CFG_IFS_MAX];
	unsigned ifs_n;
};

void *cfg_more(void *v, size_t n, size_t *max, size_t size);

/** @return EINVAL */
int cfg_wrong(struct cfg_at *at, const char *why);

/** Is this text within an #!ifdef that does not hold? */
bool cfg_skips(const struct cfg_at *at);

/** Does a directive, #!NAME, stand at at->p? Then at->p is at its name. */
bool cfg_directive_starts(struct cfg_at *at);

/** Do what it says, up to the end of its line. @return 0 or EINVAL */
int cfg_directive(struct cfg_at *at);

const char *cfg_defined(const struct cfg *cfg, const char *name);

/** Read a file that another one includes */
int cfg_include(struct cfg_at *at, const char *name);

/** Words of a text; a define's value is one */
int cfg_lex(struct cfg_at *at);

/** Find the routes among the words that were read */
void cfg_blocks(struct cfg *cfg);

#endif
