/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_beside.h"

#include "n64_alias.h"

#include "../../core/dprint.h"
#include "../../core/kemi.h"
#include "../../core/sr_module.h"

#include <stdbool.h>

static bool wants_alias;

void n64_beside_wants_alias(void)
{
	wants_alias = true;
}

void n64_beside_check(void)
{
	if(find_module_by_name("topos"))
		LM_WARN("module topos stores and replaces what nat64sip writes in"
				" Record-Route and Contact, and hides what phones say to it:"
				" not supported, load topos on another proxy\n");
	/* nobody knows what a KEMI script calls before it does */
	if((wants_alias || sr_kemi_eng_get()) && !n64_alias_ready())
		LM_WARN("nat64_manage() needs the module nathelper to reach phones"
				" behind NAT64 within a dialog: load nathelper.so, or leave"
				" the alias to the script by nat64_manage(\"a\")\n");
}
