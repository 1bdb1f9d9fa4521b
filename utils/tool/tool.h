/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the commands of nat64sip, the command-line tool, have in common.
 */
#ifndef N64_TOOL_H
#define N64_TOOL_H

#include "pref64.h"

#include <getopt.h>
#include <netinet/in.h>

/** Exit codes; where several things were asked, the highest is told */
enum {
	TOOL_DONE = 0,
	TOOL_NO = 1,     /**< the answer is no: not embedded, none found ... */
	TOOL_CANNOT = 2, /**< wrong usage, or it could not be done */
};

struct command {
	const char *name;
	const char *what; /**< in one line, for the list */
	const char *help; /**< its usage, with a line end */
	/** argv[0] is the name; returns an exit code */
	int (*run)(int argc, char **argv);
};

/** One line on stderr, "nat64sip: ..." */
void tool_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The same of wrong usage, with where to read on. @return TOOL_CANNOT */
int tool_usage(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** For '?' and ':' of getopt_long() with opterr 0. @return TOOL_CANNOT */
int tool_option(const char *command, int c, char **argv);

/** What a command does with one operand, or line; returns an exit code */
typedef int tool_each(const char *text, void *arg);

/**
 * Call f for each operand. Without one, and for "-", for each line of stdin
 * without the blanks around it; empty lines and comments (#) are left out.
 *
 * @return the highest code of f's, TOOL_CANNOT if stdin can't be read
 */
int tool_operands(int argc, char **argv, tool_each *f, void *arg);

/** Read a PREF64, an address; on error say so and return TOOL_CANNOT */
int tool_prefix(struct pref64 *dst, const char *text);
int tool_addr4(struct in_addr *dst, const char *text);
int tool_addr6(struct in6_addr *dst, const char *text);

/** Print as a line of its own on stdout. @return TOOL_DONE */
int tool_print4(const struct in_addr *addr);
int tool_print6(const struct in6_addr *addr);
int tool_print_prefix(const struct pref64 *pref);

/**
 * RFC 6052 3.1: is the prefix one that must not carry this address? Says so.
 *
 * @return TOOL_DONE, or TOOL_NO
 */
int tool_strict(const struct pref64 *pref, const struct in_addr *v4);

#endif
