/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Directives: #!define, #!ifdef ... */

#include "cfg_read.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum directive {
	DEFINE,
	TRYDEF,
	REDEF,
	IFDEF,
	IFNDEF,
	IFEXP,
	ELSE,
	ENDIF,
	INCLUDE,
	IMPORT,
	OTHER
};

static const struct {
	const char *name;
	enum directive what;
} names[] = {
	{"define", DEFINE},      {"def", DEFINE},
	{"trydefine", TRYDEF},   {"trydef", TRYDEF},
	{"redefine", REDEF},     {"redef", REDEF},
	{"ifdef", IFDEF},        {"ifndef", IFNDEF},
	{"ifexp", IFEXP},        {"else", ELSE},
	{"endif", ENDIF},        {"include_file", INCLUDE},
	{"import_file", IMPORT}, {"subst", OTHER},
	{"substdef", OTHER},     {"substdefs", OTHER},
	{"defenv", OTHER},       {"defenvs", OTHER},
	{"trydefenv", OTHER},    {"trydefenvs", OTHER},
	{"defexp", OTHER},       {"defexps", OTHER},
	{"KAMAILIO", OTHER},     {"SER", OTHER},
	{"OPENSER", OTHER},      {"MAXCOMPAT", OTHER},
	{"ALL", OTHER},
};

static size_t word_len(const char *p)
{
	size_t len = 0;

	while (isalnum((unsigned char)p[len]) || p[len] == '_')
		++len;
	return len;
}

static size_t blanks(const char *p)
{
	return strspn(p, " \t\r");
}

/* Index in names, or -1 */
static int which(const char *p)
{
	size_t i, len = word_len(p);

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) == len &&
		    !memcmp(names[i].name, p, len))
			return (int)i;
	}
	return -1;
}

const char *cfg_defined(const struct cfg *cfg, const char *name)
{
	size_t i;

	for (i = cfg->defines_n; i > 0; i--) {
		if (!strcmp(cfg->defines[i - 1].name, name))
			return cfg->defines[i - 1].value;
	}
	return NULL;
}

static void define(struct cfg *cfg, const char *name, const char *value)
{
	cfg->defines = cfg_more(cfg->defines, cfg->defines_n,
				&cfg->defines_max, sizeof(*cfg->defines));
	cfg->defines[cfg->defines_n++] = (struct cfg_define){name, value};
}

int cfg_define(struct cfg *cfg, const char *text)
{
	size_t len = word_len(text);

	if (len == 0 || (text[len] && text[len] != '='))
		return EINVAL;
	define(cfg, cfg_keep(cfg, text, len),
	       text[len]
		       ? cfg_keep(cfg, text + len + 1, strlen(text + len + 1))
		       : "");
	return 0;
}

bool cfg_skips(const struct cfg_at *at)
{
	return at->ifs_n > 0 && at->ifs[at->ifs_n - 1].skips;
}

bool cfg_directive_starts(struct cfg_at *at)
{
	if ((at->p[0] != '#' && at->p[0] != '!') || at->p[1] != '!' ||
	    which(at->p + 2) < 0)
		return false;
	at->p += 2;
	return true;
}

static int open_if(struct cfg_at *at, bool holds)
{
	bool skips = cfg_skips(at);

	if (at->ifs_n == CFG_IFS_MAX)
		return cfg_wrong(at, "too many #!ifdef within each other");
	/* all of what is within a part that is skipped is skipped: seen_else
	 * keeps its #!else from turning that */
	at->ifs[at->ifs_n].skips = skips || !holds;
	at->ifs[at->ifs_n++].seen_else = skips;
	return 0;
}

static int turn_if(struct cfg_at *at)
{
	if (at->ifs_n == 0)
		return cfg_wrong(at, "#!else without #!ifdef");
	if (!at->ifs[at->ifs_n - 1].seen_else)
		at->ifs[at->ifs_n - 1].skips = !at->ifs[at->ifs_n - 1].skips;
	at->ifs[at->ifs_n - 1].seen_else = true;
	return 0;
}

/* Up to the end of the line, "\" at whose end takes the next one in */
static const char *rest(struct cfg_at *at)
{
	const char *p = at->p;
	size_t len;

	while (*at->p && *at->p != '\n') {
		if (at->p[0] == '\\' && at->p[1] == '\n') {
			++at->line;
			++at->p;
		}
		++at->p;
	}
	len = (size_t)(at->p - p);
	while (len > 0 && blanks(p + len - 1))
		--len;
	return cfg_keep(at->cfg, p, len);
}

static void define_rest(struct cfg_at *at, enum directive what,
			const char *name)
{
	const char *value;
	bool known = cfg_defined(at->cfg, name);

	at->p += blanks(at->p);
	value = rest(at);
	if (!cfg_skips(at) && (what != TRYDEF || !known))
		define(at->cfg, name, value);
}

int cfg_directive(struct cfg_at *at)
{
	enum directive what = names[which(at->p)].what;
	const char *name;
	int err = 0;

	at->p += word_len(at->p);
	if (what == INCLUDE || what == IMPORT) {
		at->include = !cfg_skips(at);
		at->optional = what == IMPORT;
		return 0; /* the name is read as any text */
	}
	at->p += blanks(at->p);
	name = cfg_keep(at->cfg, at->p, word_len(at->p));
	if (what == IFDEF || what == IFNDEF)
		err = open_if(at,
			      !cfg_defined(at->cfg, name) == (what == IFNDEF));
	else if (what == IFEXP)
		err = open_if(at, true);
	else if (what == ELSE)
		err = turn_if(at);
	else if (what == ENDIF && at->ifs_n == 0)
		err = cfg_wrong(at, "#!endif without #!ifdef");
	else if (what == ENDIF)
		--at->ifs_n;
	else if (what != OTHER && *name) {
		at->p += strlen(name);
		define_rest(at, what, name);
	}
	rest(at);
	return err;
}
