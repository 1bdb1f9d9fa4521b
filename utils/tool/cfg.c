/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* What a configuration says: its modules, parameters, routes, calls */

#include "cfg_read.h"

#include <string.h>

bool cfg_is(const struct cfg *cfg, size_t i, const char *text)
{
	return i < cfg->n && !strcmp(cfg->v[i].text, text);
}

static bool is_sign(const struct cfg *cfg, size_t i, char sign)
{
	return i < cfg->n && cfg->v[i].kind == CFG_SIGN &&
		cfg->v[i].text[0] == sign;
}

static bool is_word(const struct cfg *cfg, size_t i, const char *text)
{
	return cfg_is(cfg, i, text) && cfg->v[i].kind == CFG_WORD;
}

bool cfg_call(const struct cfg *cfg, size_t *i, const char *name)
{
	for (; *i < cfg->n; ++*i) {
		if (is_word(cfg, *i, name) && is_sign(cfg, *i + 1, '('))
			return true;
	}
	return false;
}

bool cfg_calls(const struct cfg *cfg, const char *name)
{
	size_t i = 0;

	return cfg_call(cfg, &i, name);
}

/* "/usr/lib/tm.so", "tm.so", "tm" */
static bool names_module(const char *text, const char *name)
{
	const char *base = strrchr(text, '/');
	size_t len = strlen(name);

	base = base ? base + 1 : text;
	return !strncmp(base, name, len) &&
		(!base[len] || !strcmp(base + len, ".so"));
}

const struct cfg_tok *cfg_module(const struct cfg *cfg, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < cfg->n; i++) {
		if ((is_word(cfg, i, "loadmodule") ||
		     is_word(cfg, i, "loadmodulex")) &&
		    names_module(cfg->v[i + 1].text, name))
			return &cfg->v[i + 1];
	}
	return NULL;
}

/* Is name one of those that stand in text between "|"? */
static bool one_of(const char *text, const char *name)
{
	size_t len = strlen(name), n;

	for (; *text; text += n + (text[n] == '|')) {
		n = strcspn(text, "|");
		if (n == len && !memcmp(text, name, len))
			return true;
	}
	return false;
}

const struct cfg_tok *cfg_param_next(const struct cfg *cfg, size_t *i,
				     const char *module, const char *name)
{
	size_t at;

	for (; *i + 6 < cfg->n; ++*i) {
		at = *i;
		if ((is_word(cfg, at, "modparam") ||
		     is_word(cfg, at, "modparamx")) &&
		    is_sign(cfg, at + 1, '(') &&
		    one_of(cfg->v[at + 2].text, module) &&
		    cfg_is(cfg, at + 4, name)) {
			*i = at + 7;
			return &cfg->v[at + 6];
		}
	}
	return NULL;
}

const struct cfg_tok *cfg_param(const struct cfg *cfg, const char *module,
				const char *name)
{
	const struct cfg_tok *found = NULL, *next;
	size_t i = 0;

	while ((next = cfg_param_next(cfg, &i, module, name)))
		found = next;
	return found;
}

const struct cfg_tok *cfg_core(const struct cfg *cfg, const char *name)
{
	const struct cfg_tok *found = NULL;
	size_t i;

	for (i = 0; i + 2 < cfg->n; i++) {
		if (is_word(cfg, i, name) && is_sign(cfg, i + 1, '='))
			found = &cfg->v[i + 2];
	}
	return found;
}

static bool is_kind(const struct cfg *cfg, size_t i)
{
	static const char *const kinds[] = {
		"route",         "request_route", "reply_route",
		"onreply_route", "failure_route", "branch_route",
		"onsend_route",  "event_route",
	};
	size_t k;

	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		if (is_word(cfg, i, kinds[k]))
			return true;
	}
	return false;
}

/* Behind "[NAME]", if one stands at i */
static size_t block_name(struct cfg *cfg, size_t i, const char **name)
{
	char text[128] = "";

	*name = "";
	if (!is_sign(cfg, i, '['))
		return i;
	for (++i; i < cfg->n && !is_sign(cfg, i, ']'); i++)
		strncat(text, cfg->v[i].text, sizeof(text) - strlen(text) - 1);
	*name = cfg_keep(cfg, text, strlen(text));
	return i + 1;
}

static size_t block_end(const struct cfg *cfg, size_t i)
{
	unsigned depth = 1;

	for (; i < cfg->n; i++) {
		depth += is_sign(cfg, i, '{');
		depth -= is_sign(cfg, i, '}');
		if (depth == 0)
			break;
	}
	return i;
}

void cfg_blocks(struct cfg *cfg)
{
	struct cfg_block b;
	size_t i, at, max = 0;

	for (i = 0; i < cfg->n; i++) {
		if (!is_kind(cfg, i))
			continue;
		at = block_name(cfg, i + 1, &b.name);
		if (!is_sign(cfg, at, '{'))
			continue;
		b.kind = cfg->v[i].text;
		b.from = at + 1;
		b.to = block_end(cfg, b.from);
		cfg->blocks =
			cfg_more(cfg->blocks, cfg->blocks_n, &max, sizeof(b));
		cfg->blocks[cfg->blocks_n++] = b;
		i = b.to;
	}
}

const struct cfg_block *cfg_route(const struct cfg *cfg, const char *kind,
				  const char *name)
{
	size_t i;

	for (i = 0; i < cfg->blocks_n; i++) {
		if (!strcmp(cfg->blocks[i].kind, kind) &&
		    !strcmp(cfg->blocks[i].name, name))
			return &cfg->blocks[i];
	}
	return NULL;
}
