/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "commands.h"

#include "../../modules/nat64sip/n64_version.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* In the order of --help */
static const struct command *const commands[] = {
	&cmd_synth, &cmd_extract, &cmd_infer,   &cmd_discover,
	&cmd_check, &cmd_ladder,  &cmd_explain,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	size_t i;

	printf("usage: nat64sip COMMAND [OPTION...] [OPERAND...]\n\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-10s%s\n", commands[i]->name, commands[i]->what);
	printf("\nnat64sip COMMAND --help tells more, nat64sip --version "
	       "which "
	       "one this is.\n"
	       "Exit status: 0 done, 1 the answer is no, 2 usage or "
	       "cannot.\n");
	return TOOL_DONE;
}

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static bool asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (is_help(argv[i]))
			return true;
	}
	return false;
}

/* What was printed must have arrived, on a full disk too */
static int flushed(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	tool_say("cannot write: %m");
	return TOOL_CANNOT;
}

int main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		tool_say("which command? See nat64sip --help");
		return TOOL_CANNOT;
	}
	if (is_help(argv[1]))
		return flushed(help());
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("nat64sip " N64_VERSION);
		return flushed(TOOL_DONE);
	}
	c = find(argv[1]);
	if (!c) {
		tool_say("%s: no such command; see nat64sip --help", argv[1]);
		return TOOL_CANNOT;
	}
	if (asks_for_help(argc - 1, argv + 1)) {
		fputs(c->help, stdout);
		return flushed(TOOL_DONE);
	}
	opterr = 0;
	return flushed(c->run(argc - 1, argv + 1));
}
