/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A proxy between the phones and their registrar: what it knows of a phone goes
 * with the Path value (RFC 3327) that the module path writes, as the parameter
 * "pref64", and comes back as a Route with each request to that phone. So it
 * survives the proxy's restart.
 */
#ifndef N64_PATH_H
#define N64_PATH_H

#include "n64_view.h"

/**
 * A REGISTER that is about to be passed on: ask the phone that hinted, mark the
 * Path value that was added for one that has shown its PREF64.
 *
 * @return 0, or -1 after one line in the log
 */
int n64_path_register(const struct n64_view *v);

/** Did it come from a path_peer? No phone is there. */
bool n64_path_from_peer(const struct sip_msg *msg);

/** Does the request go to a path_peer? */
bool n64_path_to_peer(const struct n64_view *v);

/**
 * Read the mark of an own Route value. Anybody may write one: it is believed
 * from a path_peer only.
 *
 * @param v      Gets path and path_named
 * @param params Of the value's URI
 */
void n64_path_read(struct n64_view *v, struct n64_text params);

#endif
