/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Statistics, group "nat64sip_flows": how many flows are known, by state. These
 * go up and down, so they are no part of the group of counters.
 */
#ifndef N64_STATS_FLOWS_H
#define N64_STATS_FLOWS_H

/** Call in mod_init. @return 0, or -1 after one line in the log */
int n64_stats_flows_init(void);

#endif
