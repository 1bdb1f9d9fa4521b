/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "cfg_walk.h"

#include <string.h>

static struct walk_state run(struct walk *w, const struct cfg_block *block,
			     unsigned called);

static bool is_active(const struct walk *w, const struct cfg_block *block)
{
	unsigned i;

	for (i = 0; i < w->depth; i++) {
		if (w->active[i] == block)
			return true;
	}
	return false;
}

/* route(NAME): as if its words stood here */
static void enter(struct walk *w, struct walk_state *s, const char *name)
{
	const struct cfg_block *block = cfg_route(w->cfg, "route", name);

	if (block && !is_active(w, block) && w->depth < WALK_BRACES_MAX)
		*s = run(w, block, s->called);
}

/* "if (...) exit;" goes on where it does not hold */
static bool conditional(const struct cfg *cfg, size_t i)
{
	return i > 0 &&
		(cfg_is(cfg, i - 1, ")") || cfg_is(cfg, i - 1, "else"));
}

static bool ends(const struct cfg *cfg, size_t i)
{
	return cfg_is(cfg, i, "exit") || cfg_is(cfg, i, "drop") ||
		cfg_is(cfg, i, "break");
}

static void word(struct walk *w, struct walk_state *s,
		 struct walk_state *returned, size_t i)
{
	const struct cfg *cfg = w->cfg;

	if (cfg_is(cfg, i, "case") || cfg_is(cfg, i, "default"))
		s->dead = false;
	if (s->dead)
		return;
	if (cfg_is(cfg, i, "return")) {
		returned->called |= s->called;
		returned->dead = false;
		s->dead = !conditional(cfg, i);
	} else if (ends(cfg, i)) {
		s->dead = !conditional(cfg, i);
	} else if (cfg_is(cfg, i + 1, "(")) {
		if (cfg_is(cfg, i, "route") && i + 2 < cfg->n)
			enter(w, s, cfg->v[i + 2].text);
		else
			s->called |= w->call(w, i, s->called);
	}
}

static struct walk_state run(struct walk *w, const struct cfg_block *block,
			     unsigned called)
{
	struct walk_state saved[WALK_BRACES_MAX], s = {called, false};
	struct walk_state returned = {0, true};
	const struct cfg_tok *t;
	unsigned braces = 0;
	size_t i;

	w->active[w->depth++] = block;
	for (i = block->from; i < block->to; i++) {
		t = &w->cfg->v[i];
		if (t->kind == CFG_WORD) {
			word(w, &s, &returned, i);
		} else if (t->kind == CFG_SIGN && t->text[0] == '{') {
			if (braces < WALK_BRACES_MAX)
				saved[braces] = s;
			++braces;
		} else if (t->kind == CFG_SIGN && t->text[0] == '}') {
			--braces;
			if (braces >= WALK_BRACES_MAX)
				continue;
			if (s.dead)
				s = saved[braces];
		}
	}
	--w->depth;
	if (!s.dead) {
		returned.called |= s.called;
		returned.dead = false;
	}
	return returned;
}

void walk(struct walk *w, const struct cfg_block *block)
{
	w->depth = 0;
	run(w, block, 0);
}
