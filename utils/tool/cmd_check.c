/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* What would not work for phones behind NAT64 with this kamailio.cfg? */

#include "commands.h"
#include "check.h"
#include "cfg_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KAMAILIO "/usr/sbin/kamailio"
#define WORDS_MAX 64

static const struct option options[] = {
	{"define", required_argument, NULL, 'A'},
	{"listen", required_argument, NULL, 'l'},
	{"libdir", required_argument, NULL, 'L'},
	{"kamailio", required_argument, NULL, 'K'},
	{0},
};

static int by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->seq < y->seq ? -1 : 1;
}

/* In the order of the words; @return TOOL_NO if there is a finding */
static int print(struct check *c)
{
	static const char *const names[] = {"error", "warning", "note"};
	const struct finding *f;
	int code = TOOL_DONE;
	size_t i;

	if (c->n > 0)
		qsort(c->v, c->n, sizeof(*c->v), by_place);
	for (i = 0; i < c->n; i++) {
		f = &c->v[i];
		printf("%s:%u: %s: %s\n", f->file, f->line, names[f->severity],
		       f->text);
		if (f->severity != CHECK_NOTE)
			code = TOOL_NO;
	}
	return code;
}

static bool is_script(const struct cfg *cfg)
{
	size_t i;

	for (i = 0; i + 1 < cfg->n; i++) {
		if ((cfg_is(cfg, i, "cfgengine") ||
		     cfg_is(cfg, i, "cfg_engine")) &&
		    !cfg_is(cfg, i + 1, "native") &&
		    !cfg_is(cfg, i + 2, "native"))
			return true;
	}
	return false;
}

static void ask(struct check *c)
{
	c->module = cfg_module(&c->cfg, "nat64sip");
	if (!c->module) {
		check_say(c, CHECK_NOTE, NULL,
			  "does not load nat64sip: nothing to look at");
		return;
	}
	check_modules(c);
	check_params(c);
	check_sockets(c);
	check_media(c);
	if (is_script(&c->cfg))
		check_say(c, CHECK_NOTE, NULL,
			  "the routes are a script, which is not read");
	else if (!cfg_route(&c->cfg, "request_route", "") &&
		 !cfg_route(&c->cfg, "route", ""))
		check_say(c, CHECK_NOTE, NULL,
			  "no request_route: the routes are somewhere else");
	else
		check_order(c);
}

static int check(struct check *c, const struct check_kamailio *k)
{
	int err = cfg_read(&c->cfg, c->config);

	if (err == ENOENT) {
		tool_say("%s: %s", c->config, c->cfg.why);
		return TOOL_CANNOT;
	}
	if (check_kamailio(c, k))
		return TOOL_CANNOT;
	if (err)
		check_say_line(c, CHECK_ERROR, c->cfg.why_file,
			       c->cfg.why_line, "%s", c->cfg.why);
	else
		ask(c);
	return print(c);
}

/* Of -A, -l: Kamailio gets them too */
static int keep(struct check *c, const char **words, size_t *n, int option)
{
	if (*n + 2 > WORDS_MAX)
		return tool_usage("check", "too many options");
	words[(*n)++] = option == 'A' ? "-A" : "-l";
	words[(*n)++] = optarg;
	if (option == 'A' && cfg_define(&c->cfg, optarg) != 0)
		return tool_usage("check", "-A %s: not NAME[=VALUE]", optarg);
	return TOOL_DONE;
}

static int read_options(struct check *c, struct check_kamailio *k,
			const char **words, int argc, char **argv)
{
	int o;

	while ((o = getopt_long(argc, argv, ":A:l:L:", options, NULL)) != -1) {
		switch (o) {
		case 'A':
		case 'l':
			if (keep(c, words, &k->words_n, o) != TOOL_DONE)
				return TOOL_CANNOT;
			break;
		case 'L':
			k->libdir = optarg;
			break;
		case 'K':
			k->path = optarg;
			k->named = true;
			break;
		default:
			return tool_option(argv[0], o, argv);
		}
	}
	if (argc - optind != 1)
		return tool_usage(argv[0], "one CONFIG is wanted");
	c->config = argv[optind];
	return TOOL_DONE;
}

static int run(int argc, char **argv)
{
	const char *words[WORDS_MAX];
	struct check_kamailio k = {.path = KAMAILIO, .words = words};
	struct check c = {.config = NULL};
	int code;

	code = read_options(&c, &k, words, argc, argv);
	if (code == TOOL_DONE)
		code = check(&c, &k);
	free(c.v);
	free(c.sockets);
	cfg_free(&c.cfg);
	return code;
}

const struct command cmd_check = {
	"check",
	"what would not work with a kamailio.cfg",
	"usage: nat64sip check [-A NAME[=VALUE]]... [-l SOCKET]...\n"
	"                      [--libdir DIR] [--kamailio FILE] CONFIG\n"
	"\n"
	"Lets Kamailio read CONFIG (kamailio -c), then looks at sockets, "
	"modules,\n"
	"parameters, rtpengine's flags and the order of calls. Prints each\n"
	"finding as FILE:LINE: error or warning: what is wrong and what "
	"would\n"
	"be right. Nothing is started.\n"
	"\n"
	"  -A, --define NAME[=VALUE]  a define, as kamailio -A\n"
	"  -l, --listen SOCKET        a socket, as kamailio -l\n"
	"  -L, --libdir DIR           where the modules are, as kamailio -L\n"
	"  --kamailio FILE            another Kamailio than " KAMAILIO "\n",
	run,
};
