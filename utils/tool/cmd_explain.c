/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * nat64sip explain: the command.
 */
#include "commands.h"

#include "explain_input.h"
#include "explain_print.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "explain"

struct explain {
	struct ex_conf *conf;
	struct ex_replay *replay;
	struct ex_printer printer;
	const char *config, *when; /**< when: of colour */
	struct place from;         /**< of text that does not say it */
	bool has_from;
};

/* Where a text says nothing of packets: as the proxy wrote it, or the phone
 * itself; behind an IPv6 literal there is an IPv4 address that nobody knows */
static void guess_from(struct ex_msg *msg)
{
	const struct ex_via *via;
	struct span host;
	struct ex_sip sip;

	if (!ex_sip_read(&sip, msg->text))
		return;
	via = &sip.via[0];
	msg->tp = via->tp;
	host = via->has_received ? via->received : via->host;
	place_parse(&msg->src, "0.0.0.0", 7);
	if (!sip.request)
		return;
	if (via->has_received || !memchr(host.p, ':', host.n))
		place_parse(&msg->src, host.p, host.n);
	msg->src.port = via->rport ? via->rport : via->port ? via->port : 5060;
}

static void take(struct ex_msg *msg, void *arg)
{
	struct explain *e = arg;

	if (!msg->addressed) {
		guess_from(msg);
		if (e->has_from)
			msg->src = e->from;
		msg->dst = e->conf->socket[0].listen;
		msg->way = EX_IN;
	}
	ex_replay_take(msg, e->replay);
}

static int explain(struct explain *e, char **paths, size_t n)
{
	struct ex_counts counts;
	int code = TOOL_DONE;
	size_t i;

	e->replay = ex_replay_new(
		e->conf, e->printer.json ? ex_json : ex_print, &e->printer);
	if (!e->replay) {
		tool_say("out of memory");
		return TOOL_CANNOT;
	}
	for (i = 0; i < n; i++) {
		if (ex_input(paths[i], take, e))
			code = TOOL_CANNOT;
	}
	ex_replay_end(e->replay);
	counts = ex_replay_counts(e->replay);
	ex_replay_free(e->replay);
	if (code != TOOL_DONE || e->printer.told)
		return code;
	if (!counts.read)
		tool_say("there is no SIP message in it");
	else if (!counts.proxy)
		tool_say("no message comes to or leaves the proxy's sockets");
	else
		tool_say("there is no such message in it");
	return TOOL_NO;
}

enum { OPT_OWN = 256, OPT_FROM, OPT_COLOUR, OPT_JSON, OPT_NO_DIFF, OPT_SET };

static const struct option known[] = {
	{"config", required_argument, NULL, 'f'},
	{"define", required_argument, NULL, 'A'},
	{"listen", required_argument, NULL, 'l'},
	{"own", required_argument, NULL, OPT_OWN},
	{"set", required_argument, NULL, OPT_SET},
	{"pref64", required_argument, NULL, 'p'},
	{"from", required_argument, NULL, OPT_FROM},
	{"call-id", required_argument, NULL, 'c'},
	{"color", required_argument, NULL, OPT_COLOUR},
	{"json", no_argument, NULL, OPT_JSON},
	{"no-diff", no_argument, NULL, OPT_NO_DIFF},
	{0},
};

static int set_from(struct explain *e, const char *text)
{
	char line[160];
	struct ex_msg msg;
	size_t octets;

	snprintf(line, sizeof(line), "udp %s%s 0.0.0.0:1", text,
		 strchr(text, ':') ? "" : ":5060");
	if (!ex_place_line(&msg, &octets, line))
		return tool_usage(NAME, "--from %s: not ADDRESS:PORT", text);
	e->from = msg.src;
	e->has_from = true;
	return TOOL_DONE;
}

static int set_param(struct explain *e, const char *text)
{
	const char *eq = strchr(text, '=');
	char name[32] = "";

	if (!eq || (size_t)(eq - text) >= sizeof(name))
		return tool_usage(NAME, "--set %s: not NAME=VALUE", text);
	memcpy(name, text, (size_t)(eq - text));
	return ex_conf_set(e->conf, name, eq + 1) ? TOOL_CANNOT : TOOL_DONE;
}

static int one_option(struct explain *e, int c)
{
	switch (c) {
	case 'f':
		e->config = optarg;
		return TOOL_DONE;
	case 'A':
		if (cfg_define(&e->conf->cfg, optarg))
			return tool_usage(NAME, "-A %s: not NAME[=VALUE]",
					  optarg);
		return TOOL_DONE;
	case 'l':
	case OPT_OWN:
		return ex_conf_socket(e->conf, optarg) ? TOOL_CANNOT
						       : TOOL_DONE;
	case 'p':
		return ex_conf_set(e->conf, "pref64", optarg) ? TOOL_CANNOT
							      : TOOL_DONE;
	case 'c':
		e->printer.call_id = optarg;
		return TOOL_DONE;
	case OPT_SET:
		return set_param(e, optarg);
	case OPT_FROM:
		return set_from(e, optarg);
	case OPT_COLOUR:
		e->when = optarg;
		return TOOL_DONE;
	case OPT_JSON:
		e->printer.json = true;
		return TOOL_DONE;
	default:
		e->printer.diffs = false;
		return TOOL_DONE;
	}
}

/* https://no-color.org: set and not empty */
static int choose_colour(struct explain *e)
{
	const char *no = getenv("NO_COLOR");
	bool never = !strcmp(e->when, "never") || (no && *no);

	if (strcmp(e->when, "always") != 0 && strcmp(e->when, "auto") != 0 &&
	    strcmp(e->when, "never") != 0)
		return tool_usage(NAME, "--color %s: not always, auto, never",
				  e->when);
	e->printer.colour = !never &&
		(!strcmp(e->when, "always") || isatty(STDOUT_FILENO));
	return TOOL_DONE;
}

static int options(struct explain *e, int argc, char **argv)
{
	int c, code = TOOL_DONE;

	while (code == TOOL_DONE &&
	       (c = getopt_long(argc, argv, ":f:A:l:p:c:", known, NULL)) !=
		       -1) {
		if (c == '?' || c == ':')
			return tool_option(NAME, c, argv);
		code = one_option(e, c);
	}
	if (code == TOOL_DONE)
		code = choose_colour(e);
	if (code == TOOL_DONE && optind == argc)
		return tool_usage(NAME, "no FILE; - is standard input");
	if (code == TOOL_DONE && e->config && ex_conf_read(e->conf, e->config))
		return TOOL_CANNOT;
	if (code == TOOL_DONE && ex_conf_done(e->conf))
		return TOOL_CANNOT;
	return code;
}

static int run(int argc, char **argv)
{
	struct explain e = {
		.conf = ex_conf_new(),
		.printer = {.out = stdout, .diffs = true},
		.when = "auto",
	};
	int code = TOOL_CANNOT;

	e.printer.room = malloc(sizeof(*e.printer.room));
	if (e.conf && e.printer.room)
		code = options(&e, argc, argv);
	if (code == TOOL_DONE)
		code = explain(&e, argv + optind, (size_t)(argc - optind));
	free(e.printer.room);
	ex_conf_free(e.conf);
	return code;
}

const struct command cmd_explain = {
	NAME,
	"what the module decides and changes, message by message",
	"usage: nat64sip explain [--config FILE | --own ADDRESS[:PORT]]\n"
	"                        [OPTION...] FILE...\n"
	"\n"
	"Replays the SIP messages of FILE, a capture or text (- is standard\n"
	"input), as the proxy had them. Says of each that came to it what "
	"the\n"
	"module decides, what left the proxy for it as a diff, and why "
	"nothing\n"
	"is changed.\n"
	"\n"
	"  -f, --config FILE          the proxy's kamailio.cfg\n"
	"  -A, --define NAME[=VALUE]  a define, as kamailio -A\n"
	"  -l, --listen SOCKET        a socket, as kamailio -l\n"
	"  --own ADDRESS[:PORT]       the proxy's address, for UDP, TCP, TLS\n"
	"  -p, --pref64 PREF64        nat64sip's parameter pref64\n"
	"  --set NAME=VALUE           another parameter of nat64sip\n"
	"  --from ADDRESS:PORT        where a text's messages came from\n"
	"  -c, --call-id ID           this call only\n"
	"  --no-diff                  no changes, only what is decided\n"
	"  --color WHEN               always, auto (on a terminal), never\n"
	"  --json                     an object of JSON in a line for each\n",
	run,
};
