// SPDX-License-Identifier: GPL-2.0-or-later
// SPDX-FileCopyrightText: 2026 The nat64sip authors

var UA4 = "sip:bob-0x56074465aae0@192.0.2.30:5060";

// The answers to all questions, in the message itself
function seen(before)
{
	var via = KSR.nat64sip.is_via_nat64();
	var route = KSR.nat64sip.is_route_nat64();
	var caller = KSR.nat64sip.is_notify_nat64("caller");

	KSR.hdr.insert_before("X-Seen: via=" + via + ";before=" + before
			+ ";route=" + route + ";notify=" + caller + "\r\n",
			"User-Agent");
}

function relay(before)
{
	if (KSR.is_INVITE()) {
		KSR.nathelper.set_contact_alias();
	}
	KSR.tm.t_on_reply("ksr_reply");
	seen(before);
	KSR.nat64sip.set_notify_net();
	KSR.nat64sip.fix_nat64_sdp();
	KSR.tm.t_relay();
}

// nat64_manage(), with the flags that the message asks for, and what it said;
// "all" is the form without flags
function manage(flags)
{
	var rc = flags == "all" ? KSR.nat64sip.nat64_manage()
			: KSR.nat64sip.nat64_manage_flags(flags);

	KSR.hdr.remove("X-Manage");
	KSR.hdr.append("X-Managed: " + rc + ";" + variables() + "\r\n");
	KSR.tm.t_on_reply("ksr_managed");
	KSR.tm.t_relay();
}

function variables()
{
	return KSR.pv.getw("$nat64(source)") + ";"
			+ KSR.pv.getw("$nat64(source_pref64)") + ";"
			+ KSR.pv.getw("$nat64(target)") + ";"
			+ KSR.pv.getw("$nat64(target_pref64)") + ";"
			+ KSR.pv.getw("$nat64(why)");
}

function ksr_managed()
{
	KSR.hdr.append("X-Managed: " + variables() + "\r\n");
}

function register()
{
	var rc = KSR.nat64sip.fix_nat64_register_table("phones");

	KSR.hdr.append_to_reply("X-Received: " + rc + ";"
			+ KSR.pv.getw("$avp(received)") + "\r\n");
	KSR.registrar.save("phones", 0);
}

function ksr_request_route()
{
	var before = 0;
	var flags = KSR.pv.gete("$hdr(X-Manage)");

	KSR.force_rport();
	KSR.maxfwd.process_maxfwd(10);
	if (KSR.is_OPTIONS()) {
		KSR.sl.sl_send_reply(200, "Keepalive");
		return;
	}
	if (KSR.is_REGISTER()) {
		register();
		return;
	}
	if (flags != "") {
		manage(flags);
		return;
	}
	if (KSR.siputils.has_totag() > 0) {
		before = KSR.nat64sip.is_route_nat64();
		if (KSR.rr.loose_route() > 0) {
			KSR.nathelper.handle_ruri_alias();
			relay(before);
		} else if (KSR.is_ACK() && KSR.tm.t_check_trans() > 0) {
			KSR.tm.t_relay();
		}
		return;
	}
	KSR.seturi(UA4);
	KSR.nat64sip.add_dual_rr_params(";svc=a");
	KSR.nat64sip.add_dual_rr();
	relay(before);
}

function ksr_reply()
{
	KSR.nat64sip.fix_nat64_sdp_leg("caller");
}
