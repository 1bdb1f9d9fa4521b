/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * For a scenario: a module whose callback ends each reply that has an X-Drop
 * before the script and tm get it, as a callback of any module may.
 */
#include "../../core/script_cb.h"
#include "../../core/sr_module.h"
#include "../../core/parser/hf.h"
#include "../../core/parser/msg_parser.h"

#include <strings.h>

MODULE_VERSION

static int on_reply(struct sip_msg *msg, unsigned int flags, void *param)
{
	static const char name[] = "X-Drop";
	const struct hdr_field *h;

	(void)flags;
	(void)param;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return 1;
	for(h = msg->headers; h; h = h->next)
		if(h->name.len == sizeof(name) - 1
				&& !strncasecmp(h->name.s, name, sizeof(name) - 1))
			return 0;
	return 1;
}

static int mod_init(void)
{
	return register_script_cb(on_reply, PRE_SCRIPT_CB | ONREPLY_CB, 0);
}

struct module_exports exports = {
		"drop_replies", DEFAULT_DLFLAGS, 0, 0, 0, 0, 0, mod_init, 0, 0};
