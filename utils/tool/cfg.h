/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A kamailio.cfg as a list of words, files that it includes and #!ifdef
 * honoured, as far as 'check' needs it: whether it is right is Kamailio's own
 * question. Not known: #!subst, #!substdef; #!ifexp counts as true.
 */
#ifndef N64_CFG_H
#define N64_CFG_H

#include <stdbool.h>
#include <stddef.h>

enum cfg_kind {
	CFG_WORD, /**< a name, a number, an address: letters, digits, _ and . */
	CFG_TEXT, /**< a string, without its quotes */
	CFG_PV,   /**< $name, $name(...) */
	CFG_SIGN  /**< one character of anything else */
};

struct cfg_tok {
	enum cfg_kind kind;
	const char *text;
	const char *file;
	unsigned line;
};

struct cfg_define {
	const char *name, *value;
};

struct cfg {
	struct cfg_tok *v;
	size_t n, max;
	struct cfg_define *defines;
	size_t defines_n, defines_max;
	struct cfg_block *blocks; /**< set by cfg_blocks() */
	size_t blocks_n;
	char **texts; /**< each text of all this */
	size_t texts_n, texts_max;
	unsigned depth;             /**< of files within files */
	const char *why, *why_file; /**< set on error */
	unsigned why_line;
};

/** A route: request_route, branch_route[NAME] ... */
struct cfg_block {
	const char *kind, *name; /**< name: "" for none */
	size_t from, to;         /**< its words; from is behind "{" */
};

/** NAME, NAME=VALUE, as kamailio -A. Call before cfg_read(). */
int cfg_define(struct cfg *cfg, const char *text);

/** @return 0, or ENOENT, EINVAL: then cfg's why* are set */
int cfg_read(struct cfg *cfg, const char *file);

void cfg_free(struct cfg *cfg);

/** A copy that lives as long as cfg */
const char *cfg_keep(struct cfg *cfg, const char *text, size_t len);

/** Is word i this one? false behind the last one */
bool cfg_is(const struct cfg *cfg, size_t i, const char *text);

/** The next word from i on that is a call of this function: NAME ( */
bool cfg_call(const struct cfg *cfg, size_t *i, const char *name);

/** Is it called anywhere? */
bool cfg_calls(const struct cfg *cfg, const char *name);

/** Find loadmodule "NAME.so", with or without a path and the end */
const struct cfg_tok *cfg_module(const struct cfg *cfg, const char *name);

/**
 * The next modparam("...|MODULE|...", "NAME", VALUE) from *i on.
 *
 * @return Its VALUE, or NULL; *i is then behind it
 */
const struct cfg_tok *cfg_param_next(const struct cfg *cfg, size_t *i,
				     const char *module, const char *name);

/** The last one, which is the one that counts; NULL if not set */
const struct cfg_tok *cfg_param(const struct cfg *cfg, const char *module,
				const char *name);

/** The last NAME = VALUE outside of routes; NULL if not set */
const struct cfg_tok *cfg_core(const struct cfg *cfg, const char *name);

/** The route of this kind and name, NULL if there is none */
const struct cfg_block *cfg_route(const struct cfg *cfg, const char *kind,
				  const char *name);

#endif
