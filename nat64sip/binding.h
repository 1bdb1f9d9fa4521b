/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The mark of a registration: a PREF64 as a parameter of the URI that says where
 * the phone is, "sip:192.0.2.1:40001;transport=tcp;pref64=2001:db8:64::/96".
 */
#ifndef N64_BINDING_H
#define N64_BINDING_H

#include "pair.h"
#include "pref64.h"

#include <stdbool.h>

/**
 * Mark a URI.
 *
 * @param uri The URI; a mark that it has already is replaced
 *
 * @return Octets written without the NUL, 0 if size is too small or pref is
 *         none
 */
size_t n64_binding_print(char *dst, size_t size, struct n64_text uri,
			 const struct pref64 *pref);

/**
 * Read a mark from a URI's parameters.
 *
 * @return 0; ENOENT if there is none; EINVAL if it is malformed; dst is left
 *         alone on error
 */
int n64_binding_read(struct pref64 *dst, struct n64_text params);

/**
 * Could a mark be read from this text, now or once somebody has unescaped it
 * (RFC 3261 19.1.2), as the "received" of a Path value?
 */
bool n64_binding_named(struct n64_text text);

#endif
