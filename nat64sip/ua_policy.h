/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the operator ordered for phones of a certain make: lines of an action
 * and a pattern (PCRE2) for what a phone says of itself in User-Agent or Server
 * (RFC 3261 20.41, 20.35). An archive of its own, as it needs libpcre2-8 and
 * allocates: at start, not for a message.
 */
#ifndef N64_UA_POLICY_H
#define N64_UA_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#define N64_UA_LINES 64

/** Octets of a text that are looked at; what is longer is no phone's name */
#define N64_UA_TEXT 512

enum n64_ua_action {
	N64_UA_NONE,
	N64_UA_OFF,    /**< never treated as behind NAT64 */
	N64_UA_NO_SDP, /**< its SDP is left alone */
	N64_UA_NO_RR,  /**< its Record-Route is what record_route() writes */
	N64_UA_FQDN,   /**< its Record-Route names the host, not the address */
	N64_UA_FORCE,  /**< behind NAT64 whatever it shows, if it sends IPv4 */
	N64_UA_ACTIONS
};

/** "off", "no-sdp", ...; "none" for what is none. Never NULL */
const char *n64_ua_action_name(enum n64_ua_action action);

struct n64_ua_line {
	enum n64_ua_action action;
	void *pattern; /**< PCRE2's */
};

/** All zero is a policy without lines. Not for two threads at once; a forked
 *  process has one of its own. */
struct n64_ua_policy {
	struct n64_ua_line line[N64_UA_LINES];
	unsigned n;
	bool force;   /**< a line says force */
	void *match;  /**< PCRE2's memory for a match */
	void *limits; /**< PCRE2's context with our limits */
};

/** Why a line was refused */
struct n64_ua_fault {
	bool pattern;  /**< it is the pattern that is wrong */
	size_t offset; /**< in the pattern: where PCRE2 stopped */
	char what[256];
};

/**
 * Append a line.
 *
 * @param p     Left alone on error
 * @param text  "ACTION PATTERN": off, no-sdp, no-rr, fqdn or force, in any
 *              case; blanks; all that follows is the pattern
 * @param len   Its length
 * @param fault Set on error only
 *
 * @return 0, EINVAL for a text that is no such line, ENOSPC for one line too
 *         many, ENOMEM
 */
int n64_ua_add(struct n64_ua_policy *p, const char *text, size_t len,
	       struct n64_ua_fault *fault);

/**
 * Which action is ordered for the phone that says this of itself? The first
 * line that matches decides. A line whose match takes too many steps does not
 * match.
 *
 * @param p        Lines
 * @param text     What the phone says
 * @param len      Its length
 * @param given_up Increased by the lines that took too many steps
 *
 * @return The action, N64_UA_NONE if no line matches
 */
enum n64_ua_action n64_ua_match(const struct n64_ua_policy *p,
				const char *text, size_t len,
				unsigned *given_up);

/** Free what n64_ua_add() allocated; the policy has no lines then */
void n64_ua_free(struct n64_ua_policy *p);

#endif
