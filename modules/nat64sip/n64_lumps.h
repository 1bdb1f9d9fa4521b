/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Kamailio's lumps: edits applied, lumps of an earlier call found and undone.
 * In a failure_route the lumps of request_route are in shared memory and must
 * not be touched; every function that would have to says so.
 */
#ifndef N64_LUMPS_H
#define N64_LUMPS_H

#include "../../core/data_lump.h"
#include "../../core/parser/msg_parser.h"
#include "../../nat64sip/pair.h"

#include <stdbool.h>

/** Does any deletion reach over this offset? */
bool n64_lumps_deleted(const struct lump *list, int offset);

/** Does any lump of the list lie in shared memory? */
bool n64_lumps_shared(const struct lump *list);

/** Does any lump add a header field of that name? */
bool n64_lumps_add_header(const struct sip_msg *msg, const str *name);

/**
 * Undo the addition of a header field of that name, by whomever.
 *
 * @return 0, or -1 if one is in shared memory (nothing was changed)
 */
int n64_lumps_drop_header(struct sip_msg *msg, const str *name);

/** Undo a deletion that begins at this offset, if nothing was put in its place;
 *  call only for one that was made just now: it is in private memory */
void n64_lumps_undo_deletion(struct sip_msg *msg, int offset);

/** What is known of the Record-Routes that were added to a message */
struct n64_rr_lumps
{
	unsigned n;	   /**< header fields added, 0 for none */
	bool labelled; /**< they carry our label */
	bool shared;   /**< in shared memory */
};

void n64_lumps_find_rr(struct n64_rr_lumps *dst, struct sip_msg *msg);

/** Are these very texts in the added Record-Routes? */
bool n64_lumps_have_rr(struct sip_msg *msg, const str *text);

/**
 * Gather the parameters that others put on the added Record-Routes ("did" and
 * the like), each once, as ";name=value;...".
 *
 * @param dst  Gets the text, not NUL-terminated; what is there stays
 * @param size Octets at dst->s
 */
void n64_lumps_rr_params(str *dst, int size, struct sip_msg *msg);

/** Undo the added Record-Routes; call only if they are not shared */
void n64_lumps_drop_rr(struct sip_msg *msg);

#endif
