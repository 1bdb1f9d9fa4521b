/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * REGISTER: what fix_nated_register() does, and the mark. The PREF64 that a
 * phone's flow has shown goes with the binding, as a parameter of the received
 * URI: save() stores it, lookup() gives it back on any node.
 */
#ifndef N64_REGISTER_H
#define N64_REGISTER_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/decide.h"

#include <stdbool.h>

/**
 * Bind nathelper and find the AVP that the registrar reads. Call in mod_init.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_register_init(void);

/**
 * Prepare a REGISTER for save().
 *
 * @param table usrloc's table that save() writes to; empty for "location"
 *
 * @return 1 done, -1 not a REGISTER, or nathelper did nothing, -2 error
 */
int n64_register_fix(struct sip_msg *msg, const str *table);

/** Did the phone itself show that it is behind NAT64, now or before? What a
 *  peer says of it is not stored. */
bool n64_register_told(const struct n64_verdict *d);

#endif
