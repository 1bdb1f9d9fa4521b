/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The IPv6 addresses that stand for IPv4 ones (RFC 6052 2.3) */

#include "commands.h"
#include "embed.h"

static int synth(const char *text, void *arg)
{
	const struct embed *e = arg;
	struct in6_addr addr;
	struct in_addr v4;

	if (tool_addr4(&v4, text) != TOOL_DONE)
		return TOOL_CANNOT;
	if (e->strict && tool_strict(&e->pref, &v4) != TOOL_DONE)
		return TOOL_NO;
	if (pref64_synthesize(&addr, &e->pref, &v4) != 0)
		return TOOL_CANNOT;
	return tool_print6(&addr);
}

static int run(int argc, char **argv)
{
	struct embed e;

	if (embed_options(&e, argc, argv) != TOOL_DONE)
		return TOOL_CANNOT;
	return tool_operands(argc, argv, synth, &e);
}

const struct command cmd_synth = {
	"synth",
	"the IPv6 address that stands for an IPv4 one",
	"usage: nat64sip synth --prefix PREF64 [--strict] [IPV4...]\n"
	"\n"
	"Prints, one a line, the IPv6 addresses that stand for IPv4 ones\n"
	"(RFC 6052 2.3). Without an operand, or for -, reads lines of stdin.\n"
	"\n"
	"  -p, --prefix PREF64  the NAT64's prefix, such as 64:ff9b::/96\n"
	"  -s, --strict         not what the prefix must not carry\n"
	"                       (RFC 6052 3.1)\n",
	run,
};
