/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * nathelper's alias: where a phone really is, in its Contact for us to read
 * back from the Request-URI. Its literal cannot be sent to from IPv4.
 */
#ifndef N64_ALIAS_H
#define N64_ALIAS_H

#include "../../core/parser/msg_parser.h"

#include <stdbool.h>

/** Find nathelper's functions. Call in mod_init. */
void n64_alias_init(void);

/** Is nathelper there? */
bool n64_alias_ready(void);

/**
 * Note a message's source in its Contact, unless somebody has changed that
 * Contact already.
 *
 * @return 1 done, -1 nothing to do
 */
int n64_alias_contact(struct sip_msg *msg);

/**
 * Take the alias out of the Request-URI and make it the destination, unless
 * there is a destination.
 *
 * @return 1 done, -1 nothing to do
 */
int n64_alias_ruri(struct sip_msg *msg);

#endif
