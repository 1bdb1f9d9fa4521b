/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Requests of our own, sent by tm.
 */
#ifndef N64_TM_SEND_H
#define N64_TM_SEND_H

#include "../tm/dlg.h"

#include <stdbool.h>

struct tm_binds;

/** n64_tm_init() calls it. @return 0, or -1 after one line in the log */
int n64_tm_send_init(const struct tm_binds *api);

/**
 * Send an OPTIONS in a transaction of its own, over a connection that is there.
 *
 * @param dlg Where to and from; texts are copied
 * @param con The TCP connection's id, 0 for none; no other is opened
 * @param counted n64_cache_probe_begin() was called for it: its end is told,
 *                also if it cannot be sent
 *
 * @return 0, or -1
 */
int n64_tm_send_options(dlg_t *dlg, int con, bool counted);

#endif
