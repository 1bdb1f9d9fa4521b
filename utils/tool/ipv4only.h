/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * RFC 7050: DNS64 makes AAAA records of the A records of ipv4only.arpa, and
 * by these shows the network's PREF64.
 */
#ifndef N64_IPV4ONLY_H
#define N64_IPV4ONLY_H

#include "pref64.h"

#include <sys/socket.h>

/** More than any DNS64 answers with; what is beyond is left out */
#define IPV4ONLY_MAX 64

struct ipv4only {
	struct pref64 v[IPV4ONLY_MAX]; /**< each once, as they were answered */
	uint8_t seen[IPV4ONLY_MAX];    /**< bit 0: by 192.0.0.170, 1: .171 */
	size_t n;
};

/** Add the PREF64s by which this address embeds 192.0.0.170 or .171 */
void ipv4only_add(struct ipv4only *found, const struct in6_addr *addr);

/**
 * Ask for them by the system's resolver.
 *
 * @param found  Result; n is 0 if none was found
 * @param server Ask this one; AF_UNSPEC: the system's
 * @param why    Gets a text unless TOOL_DONE is returned
 *
 * @return TOOL_DONE; TOOL_NO for an answer that shows no PREF64; TOOL_CANNOT
 *         where there was no answer
 */
int ipv4only_ask(struct ipv4only *found, const struct sockaddr_storage *server,
		 const char **why);

#endif
