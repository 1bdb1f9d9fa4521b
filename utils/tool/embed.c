/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "embed.h"

static const struct option options[] = {
	{"prefix", required_argument, NULL, 'p'},
	{"strict", no_argument, NULL, 's'},
	{0},
};

int embed_options(struct embed *dst, int argc, char **argv)
{
	bool seen = false;
	int c;

	*dst = (struct embed){0};
	while ((c = getopt_long(argc, argv, ":p:s", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			if (tool_prefix(&dst->pref, optarg) != TOOL_DONE)
				return TOOL_CANNOT;
			seen = true;
			break;
		case 's':
			dst->strict = true;
			break;
		default:
			return tool_option(argv[0], c, argv);
		}
	}
	if (!seen)
		return tool_usage(argv[0], "--prefix is missing");
	return TOOL_DONE;
}
