/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Record-Route through the stock rr module: the dual form written, own Routes
 * recognised, the right socket forced.
 */
#ifndef N64_RR_H
#define N64_RR_H

#include "../../core/parser/msg_parser.h"

/**
 * Bind rr, watch its loose_route(). Call in mod_init.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_rr_init(void);

/** Fixup of add_dual_rr()'s argument: a constant that is no list of URI
 *  parameters stops the start, after one line in the log */
int n64_rr_fixup(void **param, int param_no);

/**
 * Record-Route for both sides of a request; where neither is behind NAT64, what
 * record_route() does. Calling it again changes nothing; what record_route() or
 * an earlier call for another target added is replaced.
 *
 * @param params Parameters for both values, ";name=value", or NULL; left out
 *               and counted if they are none
 *
 * @return 1 done, -1 not a request, or nothing that could be done here, -2 error
 */
int n64_rr_add(struct sip_msg *msg, str *params);

/** What record_route() does, as n64_rr_add() where nobody is behind NAT64 */
int n64_rr_plain(struct sip_msg *msg);

#endif
