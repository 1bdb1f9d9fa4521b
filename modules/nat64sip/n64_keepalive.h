/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The probe as keepalive: the NAT64's mapping of a registered phone stays, over
 * UDP, TCP and TLS, and its reply renews the proof.
 */
#ifndef N64_KEEPALIVE_H
#define N64_KEEPALIVE_H

/**
 * Announce the process that it takes. Call in mod_init.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_keepalive_init(void);

/**
 * Is all there that it takes? Call before Kamailio forks, once all modules have
 * been set up: where the main process stops later, it may wait for its children
 * for a minute.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_keepalive_check(void);

/**
 * Start the process. Call once, in the main process's child_init.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_keepalive_start(void);

#endif
