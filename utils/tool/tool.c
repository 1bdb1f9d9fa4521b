/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "tool.h"

#include "literal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static const char blanks[] = " \t\r\n";

void tool_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("nat64sip: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

int tool_usage(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "nat64sip: %s: ", command);
	vfprintf(stderr, format, args);
	fprintf(stderr, "; see nat64sip %s --help\n", command);
	va_end(args);
	return TOOL_CANNOT;
}

int tool_option(const char *command, int c, char **argv)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		return tool_usage(command, "%s needs a value", word);
	/* of several letters in one word, getopt() is still at that word */
	if (optopt && strncmp(word, "--", 2) != 0)
		return tool_usage(command, "no such option: -%c", optopt);
	return tool_usage(command, "no such option: %s", word);
}

static int one_line(char *line, tool_each *f, void *arg)
{
	size_t len;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, blanks);
	len = strlen(line);
	while (len > 0 && strchr(blanks, line[len - 1]))
		line[--len] = '\0';
	return len > 0 ? f(line, arg) : TOOL_DONE;
}

static int each_line(tool_each *f, void *arg)
{
	int code, worst = TOOL_DONE;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) >= 0) {
		code = one_line(line, f, arg);
		worst = code > worst ? code : worst;
	}
	free(line);
	if (!ferror(stdin))
		return worst;
	tool_say("cannot read: %m");
	return TOOL_CANNOT;
}

int tool_operands(int argc, char **argv, tool_each *f, void *arg)
{
	int i, code, worst = TOOL_DONE;

	if (optind == argc)
		return each_line(f, arg);
	for (i = optind; i < argc; i++) {
		code = strcmp(argv[i], "-") != 0 ? f(argv[i], arg)
						 : each_line(f, arg);
		worst = code > worst ? code : worst;
	}
	return worst;
}

int tool_prefix(struct pref64 *dst, const char *text)
{
	const char *why;

	if (pref64_parse(dst, text, strlen(text), &why) == 0)
		return TOOL_DONE;
	tool_say("%s: no PREF64: %s", text, why);
	return TOOL_CANNOT;
}

int tool_addr4(struct in_addr *dst, const char *text)
{
	if (n64_lit4_parse(dst, text, strlen(text)) == 0)
		return TOOL_DONE;
	tool_say("%s: not an IPv4 address", text);
	return TOOL_CANNOT;
}

int tool_addr6(struct in6_addr *dst, const char *text)
{
	if (n64_lit6_parse(dst, text, strlen(text)) == 0)
		return TOOL_DONE;
	tool_say("%s: not an IPv6 address", text);
	return TOOL_CANNOT;
}

int tool_print4(const struct in_addr *addr)
{
	char text[16];

	n64_lit4_print(text, sizeof(text), addr);
	puts(text);
	return TOOL_DONE;
}

int tool_print6(const struct in6_addr *addr)
{
	char text[N64_LIT6_MAX + 1];

	n64_lit6_print(text, sizeof(text), addr);
	puts(text);
	return TOOL_DONE;
}

int tool_print_prefix(const struct pref64 *pref)
{
	char text[PREF64_TEXT_MAX + 1];

	pref64_print(text, sizeof(text), pref);
	puts(text);
	return TOOL_DONE;
}

int tool_strict(const struct pref64 *pref, const struct in_addr *v4)
{
	char prefix[PREF64_TEXT_MAX + 1], addr[16];

	if (pref64_may_carry(pref, v4, true))
		return TOOL_DONE;
	pref64_print(prefix, sizeof(prefix), pref);
	n64_lit4_print(addr, sizeof(addr), v4);
	tool_say("%s: %s must not carry it (RFC 6052 3.1)", addr, prefix);
	return TOOL_NO;
}
