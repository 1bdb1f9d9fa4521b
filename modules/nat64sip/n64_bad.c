/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_bad.h"

#include "n64_stats.h"

#include "../../core/dprint.h"

static const char *const lines[N64_BADS] = {
		[N64_BAD_HEADERS] = "bad header fields: message left as it came",
		[N64_BAD_ROUTES] = "bad route set: message left as it came",
		[N64_BAD_RURI] = "bad Request-URI: message left as it came",
		[N64_BAD_NOTIFY] =
				"notify header of a peer repeated or malformed, ignored",
		[N64_BAD_RECEIVED] = "received of a reply is no address, ignored",
		[N64_BAD_MARK] = "mark of a registration malformed, ignored",
		[N64_BAD_LABEL] = "label of an own Record-Route malformed, ignored",
};

int n64_bad(const struct sip_msg *msg, enum n64_bad what)
{
	/* one message at a time in a worker */
	static msg_ctx_id_t id;
	static unsigned said;

	if(msg_ctx_id_match(msg, &id) != 1) {
		msg_ctx_id_set(msg, &id);
		said = 0;
	}
	if(said & 1u << what)
		return -1;
	said |= 1u << what;
	counter_inc(n64_stats.bad_message);
	LM_DBG("%s\n", lines[what]);
	return -1;
}
