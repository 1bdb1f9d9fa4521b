/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The module's quick looks (n64_short.h): each input that one was enough for is
 * taken the long way, too, and has to come to the same.
 */
#ifndef N64_FUZZ_WAYS_H
#define N64_FUZZ_WAYS_H

#include "../../core/parser/msg_parser.h"

#include <stdbool.h>
#include <stddef.h>

/** What was made of one message, and what the script was told of it */
struct way
{
	char *p; /**< as it was sent on; of malloc(), or NULL */
	size_t len;
	char said[4096];
	size_t said_len;
	int managed; /**< what nat64_manage() said, or 0 */
	bool broken; /**< the module cannot understand it */
};

/** From here on: the long way only, or the quick one where that is enough */
void ways_take(bool quick);

/** Was a quick look enough since? */
bool ways_quick(void);

void ways_begin(struct way *w);

/** What a function or a variable says */
void ways_say(
		struct way *w, const char *name, int rc, const char *text, int len);

/** What is left in the message for the core, just before it is built */
void ways_leave(struct way *w, struct sip_msg *msg);

/** What was sent */
void ways_sent(struct way *w, const char *p, size_t len);

void ways_free(struct way *w);

/** Aborts where they differ */
void ways_check(const struct way *quick, const struct way *full);

#endif
