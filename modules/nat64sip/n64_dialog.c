/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_dialog.h"

#include "../../core/dprint.h"
#include "../../core/parser/contact/parse_contact.h"
#include "../../core/parser/parse_from.h"
#include "../../core/parser/parse_to.h"
#include "../../core/sr_module.h"
#include "../dialog/dlg_hash.h"
#include "../dialog/dlg_load.h"

#include <dlfcn.h>
#include <string.h>

static struct dlg_binds dlgb;

/** Not part of its interface, but of what it exports to the loader */
static int (*update_contact)(
		struct dlg_cell *dlg, unsigned int leg, str *contact);

void n64_dialog_init(void)
{
	struct sr_module *dialog = find_module_by_name("dialog");

	if(!dialog || load_dlg_api(&dlgb) < 0)
		return;
	*(void **)&update_contact = dlsym(dialog->handle, "dlg_update_contact");
	if(!update_contact || !dlgb.get_dlg || !dlgb.release_dlg) {
		update_contact = NULL;
		LM_WARN("this module dialog does not take the phones' aliases: its own"
				" BYE will not reach phones behind NAT64\n");
	}
}

static unsigned int leg_of_sender(
		const struct dlg_cell *dlg, struct sip_msg *msg)
{
	const str *caller = &dlg->tag[DLG_CALLER_LEG], *tag;

	if(parse_from_header(msg) < 0 || parse_to_header(msg) < 0
			|| get_to(msg)->tag_value.len == 0)
		return DLG_CALLER_LEG;
	tag = &get_from(msg)->tag_value;
	return tag->len == caller->len && !memcmp(tag->s, caller->s, tag->len)
				   ? DLG_CALLER_LEG
				   : DLG_CALLEE_LEG;
}

void n64_dialog_contact(struct sip_msg *msg)
{
	const contact_body_t *body;
	struct dlg_cell *dlg;

	if(!update_contact || msg->REQ_METHOD != METHOD_INVITE || !msg->contact
			|| parse_contact(msg->contact) < 0)
		return;
	body = msg->contact->parsed;
	if(!body || !body->contacts)
		return;
	dlg = dlgb.get_dlg(msg);
	if(!dlg)
		return;
	update_contact(dlg, leg_of_sender(dlg, msg), &body->contacts->uri);
	dlgb.release_dlg(dlg);
}
