/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The next hop of a request, as far as it is known without asking DNS.
 */
#ifndef N64_HOP_H
#define N64_HOP_H

#include "../../core/ip_addr.h"
#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/literal.h"
#include "../../nat64sip/own.h"

#include <stdbool.h>

struct n64_hop
{
	int af;					 /**< AF_INET, AF_INET6, 0 if it is a name */
	union sockaddr_union to; /**< valid if af is not 0 */
	int proto;				 /**< PROTO_*, as its URI says, else UDP */
	enum n64_host contact;	 /**< host of the Request-URI */
	struct pref64 marked; /**< of the binding that lookup() found, or none */
	bool direct;		  /**< no Route of another proxy is left */
};

/**
 * Where will this request go? In this order: the destination that the script or
 * loose_route() set, the first Route that is not own, the alias that nathelper
 * put into the Request-URI, the Request-URI.
 *
 * @param foreign URI of the first Route that is not own, NULL if none is left
 *
 * @return 0, or -1 if the Request-URI cannot be parsed
 */
int n64_hop(struct n64_hop *hop, struct sip_msg *msg, const str *foreign);

#endif
