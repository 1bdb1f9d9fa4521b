/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "check.h"
#include "cfg_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void put(struct check *c, enum severity severity, size_t order,
		const char *file, unsigned line, const char *text)
{
	c->v = cfg_more(c->v, c->n, &c->max, sizeof(*c->v));
	c->v[c->n] = (struct finding){severity,
				      order,
				      c->n,
				      file,
				      cfg_keep(&c->cfg, text, strlen(text)),
				      line};
	++c->n;
}

void check_say(struct check *c, enum severity severity,
	       const struct cfg_tok *at, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(c, severity, at ? (size_t)(at - c->cfg.v) + 1 : 0,
	    at ? at->file : c->config, at ? at->line : 1, text);
}

void check_say_line(struct check *c, enum severity severity, const char *file,
		    unsigned line, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(c, severity, 0, file, line, text);
}
