/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What a kamailio.cfg says, and the defaults.
 */
#include "explain_conf.h"

#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ex_conf *ex_conf_new(void)
{
	struct ex_conf *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->policy.detect =
		N64_DETECT_VIA | N64_DETECT_CONTACT | N64_DETECT_SDP;
	c->wkp_strict = c->probe = c->manages = c->registers = true;
	c->flows = 16384;
	c->flow_expire = 3600;
	c->wait = 5000000;
	snprintf(c->notify_header, EX_NAME_MAX, "PortaSIP-Notify");
	return c;
}

void ex_conf_free(struct ex_conf *c)
{
	if (!c)
		return;
	n64_ua_free(&c->ua);
	cfg_free(&c->cfg);
	free(c);
}

/* Milliseconds: 1 to 2^24 */
static unsigned bounded(const char *value)
{
	long n = strtol(value, NULL, 10);

	if (n < 1)
		return 1;
	return n < 1 << 24 ? (unsigned)n : 1 << 24;
}

/* The words of a line joined up to "advertise" or "name", and from there on */
static void read_listen(struct ex_conf *c, size_t i)
{
	const struct cfg *cfg = &c->cfg;
	char text[2 * EX_NAME_MAX] = "";
	unsigned line = cfg->v[i].line;

	for (i += 2;
	     i < cfg->n && cfg->v[i].line == line && !cfg_is(cfg, i, "name");
	     i++) {
		const char *word =
			cfg_is(cfg, i, "advertise") ? "/" : cfg->v[i].text;

		strncat(text, word, sizeof(text) - strlen(text) - 1);
	}
	ex_conf_socket(c, text);
}

static bool is_set(const struct cfg *cfg, const char *module, const char *name)
{
	const struct cfg_tok *v = cfg_param(cfg, module, name);

	return v && strtol(v->text, NULL, 10) != 0;
}

int ex_conf_read(struct ex_conf *c, const char *file)
{
	const struct cfg *cfg = &c->cfg;
	const struct cfg_tok *v;
	bool script;
	size_t i;

	if (cfg_read(&c->cfg, file)) {
		tool_say("%s: %s", c->cfg.why_file ? c->cfg.why_file : file,
			 c->cfg.why);
		return -1;
	}
	for (i = 0; i + 2 < cfg->n; i++) {
		if (cfg_is(cfg, i, "listen") && cfg_is(cfg, i + 1, "="))
			read_listen(c, i);
	}
	c->file = file;
	v = cfg_param(cfg, "tm", "wt_timer");
	c->wait = v ? (int64_t)bounded(v->text) * 1000 : c->wait;
	c->use_domain = is_set(cfg, "usrloc", "use_domain");
	c->case_sensitive = is_set(cfg, "registrar", "case_sensitive");
	script = cfg_calls(cfg, "cfgengine") || cfg_module(cfg, "app_lua") ||
		cfg_module(cfg, "app_jsdt");
	c->manages = script || cfg_calls(cfg, "nat64_manage");
	c->registers = script || cfg_calls(cfg, "fix_nat64_register");
	return ex_conf_params(c);
}
