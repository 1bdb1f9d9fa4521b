/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: the messages of its input, a capture or text.
 */
#ifndef N64_TOOL_EXPLAIN_INPUT_H
#define N64_TOOL_EXPLAIN_INPUT_H

#include "explain_state.h"

#include <stdio.h>

/** Longest message that is read */
#define EX_MESSAGE_MAX 131072

/** Take a message, which is whole; its sip is not read yet */
typedef void ex_msg_h(struct ex_msg *msg, void *arg);

/**
 * Read all of a file; "-" is stdin. A capture is told from text by how it
 * begins.
 *
 * Text is one message after the other. In front of one may stand a line that
 * says where it was seen: [in|out] TRANSPORT FROM:PORT TO:PORT [at SECONDS]
 * [OCTETS octets]. Where lines end with LF alone they are read as if with CRLF.
 *
 * @return 0, or -1 after a line on stderr
 */
int ex_input(const char *path, ex_msg_h *h, void *arg);

/** Text: within ex_input() */
int ex_input_text(FILE *f, const char *path, ex_msg_h *h, void *arg);

/** The line in front of a message. @return false if it is none */
bool ex_place_line(struct ex_msg *dst, size_t *octets, const char *line);

#endif
