/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The PortaSIP-Notify header: believed from peers, removed from everybody
 * else, written.
 */
#ifndef N64_NOTIFY_H
#define N64_NOTIFY_H

#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/notify_net.h"

#include <stdbool.h>

struct n64_view;

/**
 * See to it that an untrusted header is removed from every message before the
 * script runs. Call in mod_init.
 *
 * @return 0, or -1
 */
int n64_notify_init(void);

/**
 * Read the header of a message from a peer.
 *
 * @return 0; -1 if the message has none, has several that differ in nothing but
 *         trust (then none is believed), or does not come from a peer
 */
int n64_notify_believed(struct n64_notify *dst, struct sip_msg *msg);

/**
 * Put exactly one header on the message, replacing any, its own included.
 *
 * @return 1 done, -2 no memory (message as it was)
 */
int n64_notify_set(const struct n64_view *v);

/** Does the request go to a peer? The phone is behind that one. */
bool n64_notify_to_peer(const struct n64_view *v);

/**
 * Put the header on a request that goes to a peer and sets up media, see that
 * one to anybody else has none. Replies lose it before the script runs.
 *
 * @return 1 done, -1 nothing to do, -2 no memory
 */
int n64_notify_manage(const struct n64_view *v);

/** Has a request got a header that n64_notify_manage() might take away? */
bool n64_notify_may_go(const struct sip_msg *msg);

#endif
