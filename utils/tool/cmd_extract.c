/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The IPv4 addresses in IPv6 ones (RFC 6052 2.3) */

#include "commands.h"
#include "embed.h"

static int extract(const char *text, void *arg)
{
	const struct embed *e = arg;
	char prefix[PREF64_TEXT_MAX + 1];
	struct in6_addr addr;
	struct in_addr v4;

	if (tool_addr6(&addr, text) != TOOL_DONE)
		return TOOL_CANNOT;
	if (pref64_extract(&v4, &e->pref, &addr) != 0) {
		pref64_print(prefix, sizeof(prefix), &e->pref);
		tool_say("%s: embeds no IPv4 address by %s", text, prefix);
		return TOOL_NO;
	}
	if (e->strict && tool_strict(&e->pref, &v4) != TOOL_DONE)
		return TOOL_NO;
	return tool_print4(&v4);
}

static int run(int argc, char **argv)
{
	struct embed e;

	if (embed_options(&e, argc, argv) != TOOL_DONE)
		return TOOL_CANNOT;
	return tool_operands(argc, argv, extract, &e);
}

const struct command cmd_extract = {
	"extract",
	"the IPv4 address in an IPv6 one",
	"usage: nat64sip extract --prefix PREF64 [--strict] [IPV6...]\n"
	"\n"
	"Prints, one a line, the IPv4 addresses that IPv6 ones stand for\n"
	"(RFC 6052 2.3). Without an operand, or for -, reads lines of stdin.\n"
	"\n"
	"  -p, --prefix PREF64  the NAT64's prefix, such as 64:ff9b::/96\n"
	"  -s, --strict         not what the prefix must not carry\n"
	"                       (RFC 6052 3.1)\n",
	run,
};
