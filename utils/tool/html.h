/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * HTML: text from the wire, made harmless.
 */
#ifndef N64_TOOL_HTML_H
#define N64_TOOL_HTML_H

#include <stdio.h>

#include "sipmsg.h"

/**
 * Write text as text of an element or of a quoted attribute. What is no UTF-8,
 * control characters, and those that turn the direction of text are shown as
 * escapes.
 */
void html_text(FILE *out, struct span text);
void html_string(FILE *out, const char *text);

#endif
