/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * nat64sip's parameters, as the module reads them (n64_conf.c).
 */
#include "explain_conf.h"

#include "text.h"
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

static int refuse(const char *name, const char *value, const char *why)
{
	tool_say("%s, \"%s\": %s", name, value, why);
	return -1;
}

static int add_net(struct ex_nets *nets, const char *name, const char *value)
{
	if (nets->n == EX_PEERS)
		return refuse(name, value, "is one too many");
	if (n64_net4_parse(&nets->v[nets->n], value, strlen(value)))
		return refuse(name, value, "is no IPv4 network");
	nets->n++;
	return 0;
}

static int add_pool(struct ex_conf *c, const char *value)
{
	struct n64_pool_entry entry;
	const char *why;

	if (n64_pool_entry_parse(&entry, value, strlen(value), &why))
		return refuse("pool", value, why);
	if (c->pools == EX_POOLS)
		return refuse("pool", value, "is one too many");
	c->pool_v[c->pools++] = entry;
	return 0;
}

static int add_pool_file(struct ex_conf *c, const char *path)
{
	struct n64_pool_entry entry;
	FILE *f = *path ? fopen(path, "r") : NULL;
	const char *why = NULL;
	char line[512];
	int err = 0;

	if (!*path)
		return 0;
	if (!f) {
		tool_say("%s: %m", path);
		return -1;
	}
	while (!why && fgets(line, sizeof(line), f)) {
		err = n64_pool_line_parse(&entry, line, strlen(line), &why);
		if (err == 0 && c->pools < EX_POOLS)
			c->pool_v[c->pools++] = entry;
		else if (err == 0)
			why = "is too long";
	}
	fclose(f);
	return why ? refuse("pool_file", path, why) : 0;
}

static int add_ua(struct ex_conf *c, const char *value)
{
	struct n64_ua_fault fault;

	if (n64_ua_add(&c->ua, value, strlen(value), &fault))
		return refuse("ua_policy", value, fault.what);
	return 0;
}

static int set_prefix(struct ex_conf *c, const char *value)
{
	const char *why;

	memset(&c->policy.pref, 0, sizeof(c->policy.pref));
	if (*value &&
	    pref64_parse(&c->policy.pref, value, strlen(value), &why))
		return refuse("pref64", value, why);
	return 0;
}

static int copy(char dst[EX_NAME_MAX], const char *name, const char *value)
{
	if (strlen(value) >= EX_NAME_MAX)
		return refuse(name, value, "is too long");
	snprintf(dst, EX_NAME_MAX, "%s", value);
	return 0;
}

static bool is(const char *text, const char *word)
{
	return n64_text_is(text, strlen(text), word);
}

/* As the module has them: 1 to 2^24 */
static unsigned bounded(const char *value)
{
	long n = strtol(value, NULL, 10);

	if (n < 1)
		return 1;
	return n < 1 << 24 ? (unsigned)n : 1 << 24;
}

/* Those that hold a number, or one of two words */
static void set_choice(struct ex_conf *c, const char *name, const char *value)
{
	if (is(name, "believe"))
		c->policy.believe_configured = is(value, "configured");
	else if (is(name, "mode")) {
		c->off = is(value, "off");
		c->dryrun = is(value, "dryrun");
	} else if (is(name, "wkp_strict"))
		c->wkp_strict = strtol(value, NULL, 10) != 0;
	else if (is(name, "probe"))
		c->probe = strtol(value, NULL, 10) != 0;
	else if (is(name, "flows"))
		c->flows = bounded(value);
	else if (is(name, "flow_expire"))
		c->flow_expire = bounded(value);
}

int ex_conf_set(struct ex_conf *c, const char *name, const char *value)
{
	if (is(name, "pref64"))
		return set_prefix(c, value);
	if (is(name, "pool"))
		return add_pool(c, value);
	if (is(name, "pool_file"))
		return add_pool_file(c, value);
	if (is(name, "notify_peer"))
		return add_net(&c->peers, name, value);
	if (is(name, "path_peer"))
		return add_net(&c->path_peers, name, value);
	if (is(name, "ua_policy"))
		return add_ua(c, value);
	if (is(name, "notify_header"))
		return copy(c->notify_header, name, value);
	if (is(name, "rr_fqdn"))
		return copy(c->rr_fqdn, name, value);
	if (is(name, "detect")) {
		if (n64_detect_parse(&c->policy.detect, value, strlen(value)))
			return refuse(name, value,
				      "must be a list of via, contact, sdp");
		return 0;
	}
	set_choice(c, name, value);
	return 0;
}

static int read_params(struct ex_conf *c)
{
	static const char *const all[] = {
		"pref64",    "pool",      "pool_file",     "notify_peer",
		"path_peer", "ua_policy", "notify_header", "rr_fqdn",
		"detect",    "believe",   "mode",          "wkp_strict",
		"probe",     "flows",     "flow_expire",
	};
	const struct cfg_tok *v;
	size_t i, at;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		at = 0;
		while ((v = cfg_param_next(&c->cfg, &at, "nat64sip",
					   all[i]))) {
			if (ex_conf_set(c, all[i], v->text))
				return -1;
		}
	}
	return 0;
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
	v = cfg_param(cfg, "tm", "wt_timer");
	c->wait = v ? (int64_t)bounded(v->text) * 1000 : c->wait;
	c->use_domain = is_set(cfg, "usrloc", "use_domain");
	c->case_sensitive = is_set(cfg, "registrar", "case_sensitive");
	script = cfg_calls(cfg, "cfgengine") || cfg_module(cfg, "app_lua") ||
		cfg_module(cfg, "app_jsdt");
	c->manages = script || cfg_calls(cfg, "nat64_manage");
	c->registers = script || cfg_calls(cfg, "fix_nat64_register");
	return read_params(c);
}
