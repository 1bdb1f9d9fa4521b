/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Which PREF64 makes an IPv6 address embed an IPv4 one? */

#include "commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct option options[] = {
	{"strict", no_argument, NULL, 's'},
	{0},
};

static int infer(const char *text6, const char *text4, bool strict)
{
	struct in6_addr addr;
	struct pref64 pref;
	struct in_addr v4;

	if (tool_addr6(&addr, text6) != TOOL_DONE ||
	    tool_addr4(&v4, text4) != TOOL_DONE)
		return TOOL_CANNOT;
	if (pref64_infer(&pref, &addr, &v4) != 0) {
		tool_say("%s: no PREF64 embeds %s like that", text6, text4);
		return TOOL_NO;
	}
	if (strict && tool_strict(&pref, &v4) != TOOL_DONE)
		return TOOL_NO;
	return tool_print_prefix(&pref);
}

static int infer_line(const char *line, void *arg)
{
	const bool *strict = arg;
	char v6[64], v4[64], more;

	if (sscanf(line, "%63s %63s %c", v6, v4, &more) == 2)
		return infer(v6, v4, *strict);
	tool_say("%s: not an IPv6 and an IPv4 address", line);
	return TOOL_CANNOT;
}

static int run(int argc, char **argv)
{
	bool strict = false;
	int c, n;

	while ((c = getopt_long(argc, argv, ":s", options, NULL)) != -1) {
		if (c != 's')
			return tool_option(argv[0], c, argv);
		strict = true;
	}
	n = argc - optind;
	if (n == 0 || (n == 1 && !strcmp(argv[optind], "-")))
		return tool_operands(argc, argv, infer_line, &strict);
	if (n != 2)
		return tool_usage(argv[0],
				  "an IPv6 and an IPv4 address, or "
				  "lines of both on stdin");
	return infer(argv[optind], argv[optind + 1], strict);
}

const struct command cmd_infer = {
	"infer",
	"the PREF64 by which an IPv6 address embeds an IPv4 one",
	"usage: nat64sip infer [--strict] [IPV6 IPV4]\n"
	"\n"
	"Prints the PREF64 that makes the IPv6 address embed the IPv4 one;\n"
	"of several lengths the longest. Without operands, or for -, reads\n"
	"lines of stdin with both.\n"
	"\n"
	"  -s, --strict  not a prefix that must not carry the address\n"
	"                (RFC 6052 3.1)\n",
	run,
};
