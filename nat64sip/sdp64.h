/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Which octets of an SDP body change for a phone behind NAT64 (RFC 8866, 6157,
 * 3605, 8839, 4570, 6947). One pass, nothing copied but the new addresses.
 */
#ifndef N64_SDP64_H
#define N64_SDP64_H

#include "edits.h"
#include "pref64.h"
#include "reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum n64_family { N64_FAMILY_NONE, N64_FAMILY_IP4, N64_FAMILY_IP6 };

/** Sections beyond these follow the last of them */
#define SDP64_SECTIONS 64

/** Address family of each m= section's connection address (c= of its own, else
 *  that of the session). Bit i is section i; neither bit: no usable c=. IP6 as
 *  well where c= is an ICE candidate that a NAT64 made of an IPv6 address. */
struct sdp64_families {
	uint64_t ip4, ip6;
	unsigned n;          /**< m= sections seen */
	enum n64_family any; /**< IP6 if any c= or, without c=, o= is; else IP4
	                          if any is; else NONE */
	bool phone;    /**< an IP6 one that a phone could have (any as above):
	                 not IPv4-mapped, 6to4, link-local ... */
	bool unserved; /**< a section in use has no c= line, neither one of
	                    its own nor the session's (RFC 8866 5.7) */
	bool zero; /**< a c= with 0.0.0.0 or ::, which is how some phones hold
	                a call (RFC 3264 8.4) */
};

/** Read the families of a body. Never fails: what is not SDP has none. */
void sdp64_scan(struct sdp64_families *fam, const char *sdp, size_t len);

/**
 * Is there "IP6" in a text, in any case? Quicker than sdp64_scan(), which finds
 * no IP6 in an SDP without it, but for an address of IPv6 in an IP4 line.
 */
bool sdp64_has_ip6(const char *text, size_t len);

/** Which way to rewrite */
enum sdp64_way {
	SDP64_TO_IP6, /**< towards UE6: IPv4 to synthetic IPv6 */
	SDP64_TO_IP4 /**< towards UA4: synthetic IPv6 back, native IPv6 to v4 */
};

struct sdp64_rule {
	enum sdp64_way way;
	/** TO_IP6: the PREF64 of the phone that will read this. TO_IP4: that of
	 *  the phone that wrote it, or none. */
	struct pref64 pref;
	/** TO_IP4: the address that the phone's packets come from, stands for
	 *  its native IPv6 address; INADDR_ANY: unknown, native ones stay */
	struct in_addr source;
	/** TO_IP6: the families of the offer that this body answers, NULL if it
	 *  is an offer itself or nothing is known (then all goes to IP6).
	 *  A section whose offer was IP4 keeps IP4 (RFC 6157 4.1). */
	const struct sdp64_families *offer;
	bool wkp_strict; /**< see pref64_may_carry() */
};

struct sdp64_report {
	unsigned changed;  /**< lines changed, dropped, added */
	unsigned repaired; /**< of them: "IN IP4" with an IPv6 address */
	unsigned left[N64_REASONS]; /**< lines left alone, by reason */
};

/**
 * Find the edits. Address-bearing lines are o=, c= (session and media level),
 * a=rtcp, a=candidate (connection address and raddr), a=remote-candidates,
 * a=source-filter; a=altc lines go. 0.0.0.0 becomes :: and back, a host name
 * keeps its name and changes its type, multicast and unparsable lines stay.
 * A candidate in which no literal of the other family can be counts as one of
 * the right family, whatever else is in it.
 * A section that wants another family than the session's c= can serve gets a
 * c= of its own. o= goes along with the c= lines.
 * Running it on its own result gives no edits.
 *
 * @param ed   Result, initialised by the caller, empty
 * @param rep  Result, set anew; may be NULL
 *
 * @return 0, also when nothing changes; EINVAL if rule->pref.len is not one of
 *         the six for TO_IP6; ENOSPC if ed has no room: ed is empty then, so
 *         that nobody can apply a part
 */
int sdp64_rewrite(struct edits *ed, const char *sdp, size_t len,
		  const struct sdp64_rule *rule, struct sdp64_report *rep);

#endif
