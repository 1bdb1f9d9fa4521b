/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Own Record-Route values and their label.
 *
 * Each value of an own pair carries, next to r2 and ftag, one parameter:
 * "n64=" and two letters. The first says which leg the value faces: a, the
 * caller's; b, the callee's; x, both (two phones behind the same NAT64 share
 * one value). The second says the address family of that leg's last SDP offer:
 * f, IP4; s, IP6; n, none seen. Read in any case.
 */
#ifndef N64_PAIR_H
#define N64_PAIR_H

#include "own.h"
#include "pref64.h"
#include "sdp64.h"

#include <stdbool.h>
#include <stddef.h>

/** The label's name */
#define N64_PAIR_LABEL "n64"

/** Longest text of n64_pair_print(), without NUL, with host at most 64 long */
#define N64_PAIR_TEXT_MAX 128

enum n64_leg { N64_LEG_NONE, N64_LEG_CALLER, N64_LEG_CALLEE, N64_LEG_BOTH };

/** Read-only text, not NUL-terminated */
struct n64_text {
	const char *p;
	size_t len;
};

/** One value of a pair */
struct n64_pair {
	const struct n64_own *own; /**< address, port, transport; never NULL */
	struct pref64 pref;        /**< none: the IPv4 form */
	enum n64_leg leg;          /**< NONE: an own value without a label */
	enum n64_family family;    /**< of that leg's last SDP offer */
	bool r2;                   /**< one of two values (r2=on) */
	bool labelled;        /**< read only: there is a label, known or not */
	struct n64_text ftag; /**< read only: the caller's tag, or empty */
	struct n64_text host; /**< print only: stands in the address's place
	                                if not empty (a native IPv6 side) */
};

/** A Route or Record-Route URI as its parser cut it */
struct n64_route {
	struct n64_text host;   /**< with or without brackets */
	uint16_t port;          /**< host order, 0 if absent */
	enum n64_transport tp;  /**< of the URI; UDP if it names none */
	struct n64_text params; /**< "lr;r2=on;n64=as", in any order */
};

/**
 * Write what stands between "sip:" and ";lr" of a value:
 * "[2001:db8:64::c000:20a]:5060;transport=tcp;r2=on;n64=as".
 * The port is always written; the transport as the stock rr module does, not
 * for UDP.
 *
 * @return Octets written without the NUL, 0 if size is too small or the
 *         address can't be synthesized; N64_PAIR_TEXT_MAX + 1 is always enough
 */
size_t n64_pair_print(char *dst, size_t size, const struct n64_pair *pair);

/**
 * Read a value back: is it own, which leg, PREF64, transport and family.
 * Parameters may stand in any order and any case.
 *
 * @param dst  Result; text in it points into route; left alone on error
 *
 * @return 0; ENOENT if the address is not own in IPv4 or synthetic form;
 *         EINVAL if route is malformed
 */
int n64_pair_read(struct n64_pair *dst, const struct n64_route *route,
		  const struct n64_owns *owns);

/**
 * Find a URI parameter by name, any case.
 *
 * @param value Gets the value, empty for a parameter without one
 *
 * @return true if it is there; value is left alone otherwise
 */
bool n64_param_find(struct n64_text *value, struct n64_text params,
		    const char *name);

/** The family's letter in a label, the second one */
char n64_pair_family_letter(enum n64_family family);

#endif
