/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* nat64sip's own parameters */

#include "check.h"

#include "options.h"
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char module[] = "nat64sip";

static void prefixes(struct check *c)
{
	const struct cfg_tok *v = cfg_param(&c->cfg, module, "pref64");
	struct n64_pool_entry entry;
	struct pref64 pref;
	const char *why;
	size_t i = 0;

	if (v && *v->text &&
	    pref64_parse(&pref, v->text, strlen(v->text), &why) != 0)
		check_say(c, CHECK_ERROR, v, "pref64 \"%s\": %s", v->text,
			  why);
	while ((v = cfg_param_next(&c->cfg, &i, module, "pool"))) {
		if (n64_pool_entry_parse(&entry, v->text, strlen(v->text),
					 &why) != 0)
			check_say(c, CHECK_ERROR, v, "pool \"%s\": %s",
				  v->text, why);
	}
}

static void pool_file(struct check *c)
{
	const struct cfg_tok *v = cfg_param(&c->cfg, module, "pool_file");
	struct n64_pool_entry entry;
	unsigned number = 0;
	const char *why;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *in;

	if (!v)
		return;
	if (cfg_param(&c->cfg, module, "db_url"))
		check_say(c, CHECK_ERROR, v,
			  "pool_file cannot be used together with db_url");
	in = fopen(v->text, "re");
	if (!in) {
		check_say(c, CHECK_ERROR, v, "pool_file %s: %s", v->text,
			  strerror(errno));
		return;
	}
	while ((len = getline(&line, &size, in)) >= 0) {
		++number;
		if (n64_pool_line_parse(&entry, line, (size_t)len, &why) ==
		    EINVAL)
			check_say_line(c, CHECK_ERROR, v->text, number, "%s",
				       why);
	}
	free(line);
	fclose(in);
}

static void peers(struct check *c, const char *name, const char *danger)
{
	const struct cfg_tok *v;
	struct n64_net4 net;
	size_t i = 0;

	while ((v = cfg_param_next(&c->cfg, &i, module, name))) {
		if (n64_net4_parse(&net, v->text, strlen(v->text)) != 0)
			check_say(c, CHECK_ERROR, v,
				  "%s \"%s\": must be an IPv4 network such as "
				  "192.0.2.40/32",
				  name, v->text);
		else if (net.mask.s_addr == 0)
			check_say(c, CHECK_ERROR, v,
				  "%s is everybody: %s; name the network of "
				  "the peer only",
				  name, danger);
	}
}

static void mode(struct check *c)
{
	const struct cfg_tok *v = cfg_param(&c->cfg, module, "mode");

	if (!v || !strcmp(v->text, "on"))
		return;
	if (!strcmp(v->text, "off") || !strcmp(v->text, "dryrun"))
		check_say(
			c, CHECK_WARNING, v,
			"mode is %s: no phone behind NAT64 is served; \"on\" "
			"here, or the RPC nat64sip.mode on",
			v->text);
	else
		check_say(c, CHECK_ERROR, v,
			  "mode \"%s\": must be on, dryrun or off", v->text);
}

static void believe(struct check *c)
{
	const struct cfg_tok *v = cfg_param(&c->cfg, module, "believe");

	if (v && !strcmp(v->text, "configured") &&
	    !cfg_param(&c->cfg, module, "pref64") &&
	    !cfg_param(&c->cfg, module, "pool") &&
	    !cfg_param(&c->cfg, module, "pool_file") &&
	    !cfg_param(&c->cfg, module, "db_url"))
		check_say(
			c, CHECK_ERROR, v,
			"believe is configured, and no pref64 or pool is: no "
			"prefix is ever used");
}

static void fqdn(struct check *c)
{
	const struct cfg_tok *v;
	size_t i = 0;

	while ((v = cfg_param_next(&c->cfg, &i, module, "ua_policy"))) {
		if (!strncmp(v->text, "fqdn ", 5) &&
		    !cfg_param(&c->cfg, module, "rr_fqdn"))
			check_say(c, CHECK_ERROR, v,
				  "ua_policy \"%s\": needs rr_fqdn", v->text);
	}
}

void check_params(struct check *c)
{
	prefixes(c);
	pool_file(c);
	peers(c, "notify_peer",
	      "any phone may say by a header what network the other one is "
	      "in");
	peers(c, "path_peer",
	      "any phone may say by a Route what another one's PREF64 is");
	mode(c);
	believe(c);
	fqdn(c);
}
