/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What a phone's replies tell: each reply to a request of ours says in
 * "received" from which address the phone saw our packet come (RFC 3261
 * 18.2.1). Behind NAT64 that is our address in synthetic form.
 */
#ifndef N64_LEARN_H
#define N64_LEARN_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/pref64.h"

/**
 * Watch all replies. Call in mod_init, after n64_tm_init().
 *
 * @return 0, or -1
 */
int n64_learn_init(void);

/**
 * The PREF64 that this very reply showed and that is believed.
 *
 * @return It, or NULL
 */
const struct pref64 *n64_learn_shown(const struct sip_msg *msg);

#endif
