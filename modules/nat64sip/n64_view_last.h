/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The last request that was looked at: each function of a script, and each
 * branch, asks for the same message, and looking is what costs.
 */
#ifndef N64_VIEW_LAST_H
#define N64_VIEW_LAST_H

#include "n64_view.h"

/**
 * What was decided of this request before, if it still goes where it went then.
 *
 * @return It, valid until another message is looked at, or NULL
 */
const struct n64_view *n64_view_last(const struct sip_msg *msg);

/** Remember. A view of a reply is not: what its transaction knows may change. */
void n64_view_keep(const struct n64_view *v);

/** Remember of a request that was not looked at, for n64_plain() was enough */
void n64_view_keep_plain(const struct sip_msg *msg);

/** Was n64_plain() enough, and does it still go where it went then? */
bool n64_view_was_plain(const struct sip_msg *msg);

#endif
