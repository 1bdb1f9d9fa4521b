/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * An answer that is quicker than the phone's answer to our probe.
 *
 * An IVR or a PSAP answers an INVITE within milliseconds, a mobile phone a probe
 * within a round trip. The first 2xx makes the dialog: with our IPv4 form in its
 * Record-Route the phone's ACK goes nowhere, and no later one makes that good. So
 * it waits (n64_held.h) until the phone has shown its PREF64, or has not for a
 * second or two. What can't be kept and came by UDP is let go of, as if it were
 * lost: who sent it repeats it until the ACK comes (RFC 3261 13.3.1.4); a reliable
 * 1xx likewise (RFC 3262 3).
 */
#ifndef N64_HOLD_H
#define N64_HOLD_H

/** Look at each reply before the script and tm do. Call in mod_init, behind
 *  n64_learn_init(). @return 0, or -1 */
int n64_hold_init(void);

#endif
