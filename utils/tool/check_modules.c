/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Modules: there, in order, and with parameters that go with nat64sip */

#include "check.h"

#include <stdlib.h>
#include <string.h>

static bool is_zero(const struct cfg_tok *value)
{
	return value && !strcmp(value->text, "0");
}

static void needs(struct check *c, const char *name)
{
	const struct cfg_tok *m = cfg_module(&c->cfg, name);

	if (!m)
		check_say(c, CHECK_ERROR, c->module,
			  "nat64sip needs the module %s: loadmodule \"%s.so\" "
			  "before it",
			  name, name);
	else if (m > c->module)
		check_say(c, CHECK_ERROR, c->module,
			  "nat64sip is loaded before %s (line %u): load it "
			  "behind",
			  name, m->line);
}

static void rr(struct check *c)
{
	const struct cfg_tok *v = cfg_param(&c->cfg, "rr", "enable_double_rr");

	if (is_zero(v))
		check_say(c, CHECK_ERROR, v,
			  "rr's enable_double_rr is 0: nat64sip needs 1, its "
			  "default, or does not start");
	v = cfg_param(&c->cfg, "rr", "append_fromtag");
	if (is_zero(v))
		check_say(c, CHECK_WARNING, v,
			  "rr's append_fromtag is 0: without the tag the legs "
			  "of a dialog are mixed up where a phone sends its "
			  "Routes in another order; leave it at 1");
}

static void nathelper(struct check *c)
{
	size_t i = 0;

	if (cfg_module(&c->cfg, "nathelper"))
		return;
	if (cfg_call(&c->cfg, &i, "fix_nat64_register"))
		check_say(c, CHECK_ERROR, &c->cfg.v[i],
			  "fix_nat64_register() needs the module nathelper: "
			  "it does nothing without");
	for (i = 0; cfg_call(&c->cfg, &i, "nat64_manage"); i++) {
		/* the script sees to the alias itself */
		if (c->cfg.v[i + 2].kind == CFG_TEXT &&
		    strchr(c->cfg.v[i + 2].text, 'a'))
			continue;
		check_say(c, CHECK_WARNING, &c->cfg.v[i],
			  "nat64_manage() needs the module nathelper to reach "
			  "phones within a dialog: load nathelper.so");
		return;
	}
}

static void received_avp(struct check *c)
{
	const struct cfg_tok *r, *n;
	size_t i = 0;

	if (!cfg_call(&c->cfg, &i, "fix_nat64_register") ||
	    !cfg_module(&c->cfg, "registrar"))
		return;
	r = cfg_param(&c->cfg, "registrar", "received_avp");
	n = cfg_param(&c->cfg, "nathelper", "received_avp");
	if (!r)
		check_say(c, CHECK_ERROR, &c->cfg.v[i],
			  "registrar's received_avp is not set: where a phone "
			  "is does not go with its binding; modparam("
			  "\"registrar|nathelper\", \"received_avp\", "
			  "\"$avp(received)\")");
	else if (!n || strcmp(r->text, n->text) != 0)
		check_say(c, CHECK_ERROR, r,
			  "registrar's received_avp is %s and nathelper's is "
			  "%s: they must be the same",
			  r->text, n ? n->text : "not set");
}

static void hiders(struct check *c)
{
	const struct cfg_tok *m = cfg_module(&c->cfg, "topos");

	if (m)
		check_say(
			c, CHECK_ERROR, m,
			"topos replaces what nat64sip writes in Record-Route "
			"and Contact: not supported, load it on another "
			"proxy");
	m = cfg_module(&c->cfg, "topoh");
	if (m)
		check_say(
			c, CHECK_WARNING, m,
			"topoh hides what phones behind NAT64 show, and what "
			"they are told: not tested with nat64sip, load it on "
			"another proxy");
}

static void database(struct check *c)
{
	static const char *const schemes[][2] = {
		{"sqlite:", "db_sqlite"},
		{"mysql:", "db_mysql"},
		{"postgres:", "db_postgres"},
	};
	const struct cfg_tok *url = cfg_param(&c->cfg, "nat64sip", "db_url");
	const struct cfg_tok *m;
	size_t i;

	for (i = 0; url && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strncmp(url->text, schemes[i][0], strlen(schemes[i][0])))
			continue;
		m = cfg_module(&c->cfg, schemes[i][1]);
		if (!m || m > c->module)
			check_say(c, CHECK_ERROR, url,
				  "db_url needs the module %s, loaded before "
				  "nat64sip",
				  schemes[i][1]);
	}
}

static void keepalive(struct check *c)
{
	const struct cfg_tok *v =
		cfg_param(&c->cfg, "nat64sip", "probe_interval");
	const struct cfg_tok *mode = cfg_param(&c->cfg, "usrloc", "db_mode");

	if (!v || is_zero(v))
		return;
	if (!cfg_module(&c->cfg, "usrloc") ||
	    (mode && cfg_is(&c->cfg, (size_t)(mode - c->cfg.v), "3")))
		check_say(c, CHECK_ERROR, v,
			  "probe_interval needs the module usrloc with a "
			  "db_mode other than 3");
	if (is_zero(cfg_param(&c->cfg, "nat64sip", "probe")))
		check_say(c, CHECK_ERROR, v,
			  "probe_interval needs probe=1, and that is 0");
}

void check_modules(struct check *c)
{
	needs(c, "tm");
	needs(c, "rr");
	rr(c);
	nathelper(c);
	received_avp(c);
	hiders(c);
	database(c);
	keepalive(c);
}
