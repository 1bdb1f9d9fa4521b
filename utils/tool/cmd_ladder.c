/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * nat64sip ladder: the command.
 */
#include "commands.h"
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "ladder"

/* A page that is not whole must not be taken for one; never a device */
static void take_away(const char *path, FILE *out)
{
	struct stat st;

	if (!fstat(fileno(out), &st) && S_ISREG(st.st_mode))
		unlink(path);
}

static int write_page(const char *path, const struct ladder *ladder,
		      const struct call *call)
{
	bool to_stdout = !strcmp(path, "-");
	FILE *out = to_stdout ? stdout : fopen(path, "w");
	int code = TOOL_DONE;

	if (!out) {
		tool_say("%s: %m", path);
		return TOOL_CANNOT;
	}
	page_write(out, ladder, call);
	if (fflush(out) || ferror(out)) {
		tool_say("%s: %m", path);
		code = TOOL_CANNOT;
	}
	if (to_stdout)
		return code;
	if (code != TOOL_DONE)
		take_away(path, out);
	fclose(out);
	return code;
}

static int draw(struct call *call, char **paths, size_t n, const char *output)
{
	struct ladder *ladder = calloc(1, sizeof(*ladder));
	int code = ladder ? call_read(call, paths, n) : TOOL_CANNOT;

	if (code == TOOL_DONE && ladder_make(ladder, call))
		code = TOOL_CANNOT;
	if (code == TOOL_DONE && !ladder->steps) {
		tool_say("no message of the call goes from one to another");
		code = TOOL_NO;
	}
	if (code == TOOL_DONE)
		code = write_page(output, ladder, call);
	if (ladder)
		ladder_free(ladder);
	free(ladder);
	return code;
}

static int options(struct call *call, const char **output, int argc,
		   char **argv)
{
	static const struct option known[] = {
		{"output", required_argument, NULL, 'o'},
		{"call-id", required_argument, NULL, 'c'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, ":o:c:", known, NULL)) != -1) {
		if (c == 'o')
			*output = optarg;
		else if (c != 'c')
			return tool_option(NAME, c, argv);
		else if (call->ids == CALL_IDS)
			return tool_usage(NAME, "too many Call-IDs");
		else
			call->id[call->ids++] = optarg;
	}
	if (!**output)
		return tool_usage(NAME, "no -o FILE");
	if (optind == argc)
		return tool_usage(NAME, "no capture");
	return TOOL_DONE;
}

static int run(int argc, char **argv)
{
	struct call *call = calloc(1, sizeof(*call));
	const char *output = "";
	int code = TOOL_CANNOT;

	if (!call)
		return TOOL_CANNOT;
	code = options(call, &output, argc, argv);
	if (code == TOOL_DONE)
		code = draw(call, argv + optind, (size_t)(argc - optind),
			    output);
	call_free(call);
	free(call);
	return code;
}

const struct command cmd_ladder = {
	NAME,
	"a call of a capture as a page of HTML",
	"usage: nat64sip ladder PCAP... -o FILE [--call-id ID]...\n"
	"\n"
	"Draws a call as a ladder: a page of HTML that needs no network. "
	"Give\n"
	"it the captures of both sides of a NAT64 to see what crosses it.\n"
	"\n"
	"  -o, --output FILE  the page; - for standard output\n"
	"  -c, --call-id ID   this call, not that of the first INVITE; once\n"
	"                     more for the other leg of a B2BUA\n",
	run,
};
