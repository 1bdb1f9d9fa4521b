/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The quick look at an ACK or BYE: most carry nothing that anybody could have to
 * change, whichever networks its phones are in.
 */
#ifndef N64_QUIET_H
#define N64_QUIET_H

#include "../../core/parser/msg_parser.h"

#include <stdbool.h>

/**
 * Would nat64_manage() change nothing but where the reply goes, whatever n64_view()
 * found? So it is where there is no body and no header for peers, no alias in the
 * Request-URI, and no connection that would have to be reused; false says nothing.
 */
bool n64_quiet(struct sip_msg *msg);

#endif
