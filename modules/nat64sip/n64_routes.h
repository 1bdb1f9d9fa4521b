/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Route sets as Kamailio parses them, value by value in the core's words.
 */
#ifndef N64_ROUTES_H
#define N64_ROUTES_H

#include "../../core/parser/msg_parser.h"
#include "../../core/parser/parse_rr.h"
#include "../../core/parser/parse_uri.h"
#include "../../nat64sip/pair.h"

#include <stdbool.h>

/** A URI in the core's words; texts point into uri's */
void n64_routes_of_uri(struct n64_route *dst, const struct sip_uri *uri);

/** Read one value: 0, or -1 if it is not own */
int n64_routes_read(struct n64_pair *dst, const rr_t *rr);

/** The same, for who wants the cut URI too; valid where it is own */
int n64_routes_read_route(
		struct n64_pair *dst, struct n64_route *route, const rr_t *rr);

/**
 * Call f for each value of all header fields of a type, in order, until it
 * returns false. At most 64 values are looked at.
 *
 * @param type HDR_ROUTE_T or HDR_RECORDROUTE_T
 *
 * @return 0, or -1 if a header field cannot be parsed
 */
int n64_routes_each(struct sip_msg *msg, hdr_types_t type,
		bool (*f)(void *arg, const rr_t *rr), void *arg);

#endif
