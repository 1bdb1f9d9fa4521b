/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Words: names, strings, variables, signs */

#include "cfg_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NESTED_MAX 8

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* modules that are loaded are defines, too: MOD_tm */
static void loaded(struct cfg *cfg, const char *text)
{
	const char *base = strrchr(text, '/');
	char name[128];

	base = base ? base + 1 : text;
	snprintf(name, sizeof(name), "MOD_%.*s", (int)strcspn(base, "."),
		 base);
	cfg_define(cfg, name);
}

static int push(struct cfg_at *at, enum cfg_kind kind, const char *text)
{
	struct cfg *cfg = at->cfg;

	if (at->include) {
		at->include = false;
		return cfg_include(at, text);
	}
	if (kind == CFG_TEXT && cfg_is(cfg, cfg->n - 1, "loadmodule"))
		loaded(cfg, text);
	cfg->v = cfg_more(cfg->v, cfg->n, &cfg->max, sizeof(*cfg->v));
	cfg->v[cfg->n++] = (struct cfg_tok){kind, text, at->file, at->line};
	return 0;
}

/* A define's name stands for words */
static int push_define(struct cfg_at *at, const char *value)
{
	struct cfg_at in = *at;
	int err;

	in.p = value;
	in.ifs_n = 0;
	++in.nested;
	err = cfg_lex(&in);
	at->include = in.include;
	return err;
}

static int word(struct cfg_at *at)
{
	const char *p = at->p, *text, *value;

	while (in_word(*at->p))
		++at->p;
	text = cfg_keep(at->cfg, p, (size_t)(at->p - p));
	if (!strcmp(text, "include_file") || !strcmp(text, "import_file")) {
		at->include = true;
		at->optional = *text == 'i' && text[1] == 'm';
		return 0;
	}
	value = cfg_defined(at->cfg, text);
	if (value && *value && at->nested < NESTED_MAX)
		return push_define(at, value);
	return push(at, CFG_WORD, text);
}

static int quoted(struct cfg_at *at)
{
	char quote = *at->p++, *text;
	const char *end = at->p, *kept;
	unsigned line = at->line, lines = 0;
	size_t n = 0;
	int err;

	while (*end && *end != quote)
		end += quote == '"' && *end == '\\' && end[1] ? 2 : 1;
	if (!*end)
		return cfg_wrong(at, "a string does not end");
	text = malloc((size_t)(end - at->p) + 1);
	if (!text)
		return cfg_wrong(at, "out of memory");
	for (; at->p < end; at->p++) {
		lines += *at->p == '\n';
		if (quote == '"' && *at->p == '\\')
			++at->p;
		text[n++] = *at->p;
	}
	kept = cfg_keep(at->cfg, text, n);
	free(text);
	++at->p;
	err = push(at, CFG_TEXT, kept);
	at->line = line + lines;
	return err;
}

static int variable(struct cfg_at *at)
{
	const char *p = at->p++;
	unsigned depth = 0;

	while (in_word(*at->p))
		++at->p;
	if (*at->p != '(')
		return push(at, CFG_PV,
			    cfg_keep(at->cfg, p, (size_t)(at->p - p)));
	do {
		depth += *at->p == '(';
		depth -= *at->p == ')';
		at->line += *at->p == '\n';
		++at->p;
	} while (*at->p && depth > 0);
	return push(at, CFG_PV, cfg_keep(at->cfg, p, (size_t)(at->p - p)));
}

/* Comments nest */
static int comment(struct cfg_at *at)
{
	unsigned depth = 0;

	do {
		if (!strncmp(at->p, "/*", 2)) {
			++depth;
			++at->p;
		} else if (!strncmp(at->p, "*/", 2)) {
			--depth;
			++at->p;
		}
		at->line += *at->p == '\n';
		++at->p;
	} while (*at->p && depth > 0);
	return depth > 0 ? cfg_wrong(at, "a comment does not end") : 0;
}

static int one(struct cfg_at *at)
{
	const char *p = at->p;

	if (cfg_directive_starts(at))
		return cfg_directive(at);
	if (cfg_skips(at) || *p == '#' || !strncmp(p, "//", 2)) {
		at->p += strcspn(p, "\n");
		return 0;
	}
	if (!strncmp(p, "/*", 2))
		return comment(at);
	if (*p == '"' || *p == '\'')
		return quoted(at);
	if (*p == '$')
		return variable(at);
	if (in_word(*p))
		return word(at);
	++at->p;
	return push(at, CFG_SIGN, cfg_keep(at->cfg, p, 1));
}

int cfg_lex(struct cfg_at *at)
{
	int err = 0;

	while (!err && *at->p) {
		if (isspace((unsigned char)*at->p))
			at->line += *at->p++ == '\n';
		else
			err = one(at);
	}
	return err;
}
