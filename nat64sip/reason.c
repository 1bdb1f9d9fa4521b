/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "reason.h"

static const char *const names[N64_REASONS] = {
	[N64_DONE] = "done",
	[N64_FAMILY_RIGHT] = "family_right",
	[N64_NAME] = "name",
	[N64_MULTICAST] = "multicast",
	[N64_NOT_CARRIED] = "not_carried",
	[N64_NOT_IN_PREF] = "not_in_pref",
	[N64_OFFER_FAMILY] = "offer_family",
	[N64_BAD_LINE] = "bad_line",
	[N64_NOT_IN] = "not_in",
	[N64_NO_PREF] = "no_pref",
	[N64_NO_ROOM] = "no_room",
	[N64_ENCODED] = "encoded",
	[N64_DISPOSITION] = "disposition",
	[N64_SIGNED] = "signed",
	[N64_BAD_PARTS] = "bad_parts",
};

const char *n64_reason_name(enum n64_reason reason)
{
	if ((unsigned)reason >= N64_REASONS)
		return "unknown";
	return names[reason];
}
