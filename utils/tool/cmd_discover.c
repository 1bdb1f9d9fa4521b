/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The PREF64s of the network that this runs in (RFC 7050) */

#include "commands.h"
#include "ipv4only.h"
#include "server.h"

static const struct option options[] = {
	{"server", required_argument, NULL, 'S'},
	{0},
};

static int run(int argc, char **argv)
{
	struct sockaddr_storage server = {.ss_family = AF_UNSPEC};
	struct ipv4only found;
	const char *why;
	size_t i;
	int c, code;

	while ((c = getopt_long(argc, argv, ":S:", options, NULL)) != -1) {
		if (c != 'S')
			return tool_option(argv[0], c, argv);
		if (server_parse(&server, optarg) != 0)
			return tool_usage(argv[0], "%s: not ADDRESS[:PORT]",
					  optarg);
	}
	if (optind < argc)
		return tool_usage(argv[0], "no operand is taken");
	code = ipv4only_ask(&found, &server, &why);
	if (code != TOOL_DONE)
		tool_say("ipv4only.arpa: %s", why);
	for (i = 0; i < found.n; i++)
		tool_print_prefix(&found.v[i]);
	return code;
}

const struct command cmd_discover = {
	"discover",
	"the PREF64s of this network, as its DNS64 shows them",
	"usage: nat64sip discover [--server ADDRESS[:PORT]]\n"
	"\n"
	"Asks for the AAAA records of ipv4only.arpa (RFC 7050) and prints\n"
	"each PREF64 that they show, one a line, in the order of the answer.\n"
	"Run it inside the phones' network.\n"
	"\n"
	"  -S, --server ADDRESS[:PORT]  ask this name server and not the\n"
	"                               system's; [IPV6]:PORT with a port\n",
	run,
};
