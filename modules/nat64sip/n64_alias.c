/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_alias.h"

#include "n64_lumps.h"
#include "n64_stats.h"

#include "../../core/parser/contact/parse_contact.h"
#include "../../core/route.h"
#include "../../core/sr_module.h"

static cmd_function set_contact_alias, handle_ruri_alias;

void n64_alias_init(void)
{
	set_contact_alias = find_export("set_contact_alias", 0, 0);
	handle_ruri_alias = find_export("handle_ruri_alias", 0, 0);
}

bool n64_alias_ready(void)
{
	return set_contact_alias && handle_ruri_alias;
}

/**
 * The URI of the first Contact, NULL if there is none that could be changed.
 * Whoever changed it (nathelper in all its ways) left its new URI with the
 * parsed header, out of the message's own text; in a failure_route's copy only
 * the lump tells of it.
 */
static str *as_it_came(struct sip_msg *msg)
{
	contact_body_t *body;
	str *uri;

	if(!msg->contact || parse_contact(msg->contact) < 0)
		return NULL;
	body = msg->contact->parsed;
	if(!body || body->star || !body->contacts)
		return NULL;
	uri = &body->contacts->uri;
	if(uri->s < msg->buf || uri->s >= msg->buf + msg->len
			|| n64_lumps_deleted(msg->add_rm, uri->s - msg->buf))
		return NULL;
	return uri;
}

int n64_alias_contact(struct sip_msg *msg)
{
	str *uri = set_contact_alias ? as_it_came(msg) : NULL, before;
	int rc;

	if(!uri)
		return -1;
	before = *uri;
	rc = set_contact_alias(msg, NULL, NULL);
	if(rc != 1) {
		/* without memory for the new URI, nathelper leaves "<>" */
		n64_lumps_undo_deletion(msg, before.s - msg->buf);
		counter_inc(n64_stats.failed);
	}
	/* the change ends with the branch, the parsed header does not: the next
	 * branch starts from what came */
	if(is_route_type(BRANCH_ROUTE))
		*uri = before;
	return rc == 1 ? 1 : -1;
}

int n64_alias_ruri(struct sip_msg *msg)
{
	int rc;

	if(!handle_ruri_alias || msg->dst_uri.len > 0)
		return -1;
	rc = handle_ruri_alias(msg, NULL, NULL);
	if(rc < 0)
		counter_inc(n64_stats.failed);
	return rc == 1 ? 1 : -1;
}
