-- SPDX-License-Identifier: GPL-2.0-or-later
-- SPDX-FileCopyrightText: 2026 The nat64sip authors
--
-- The routes of kamailio-nat64.cfg as a KEMI script, function by function; for
-- kamailio-nat64-kemi.cfg. A module that is not loaded is nil here, such as
-- KSR.rtpengine without WITH_RTPENGINE.

local RELAY = "replace-origin replace-session-connection "

-- The value of a define, as text
local function define(name)
	return (KSR.pv.gete("$def(" .. name .. ")"):gsub('"', ""))
end

function ksr_request_route()
	-- first of all: any reply to a phone must go to its source port
	KSR.force_rport()
	if not request_init() then
		return
	end

	if KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then
			KSR.tm.t_relay()
		end
		return
	end

	if KSR.siputils.has_totag() > 0 then
		route_withindlg()
		return
	end

	-- 0: it came again, and tm has sent its last reply again
	if not KSR.is_ACK() and KSR.tm.t_check_trans() == 0 then
		return
	end
	if is_emergency() then
		route_emergency()
		return
	end
	if not authorized() then
		return
	end

	-- preloaded Routes: none is followed, ours neither
	if KSR.rr.loose_route_preloaded() > 0 or not KSR.pv.is_null("$du") then
		KSR.notice("preloaded Route from " .. KSR.pv.gete("$fu") .. " at "
			.. KSR.pv.gete("$si") .. " refused\n")
		KSR.sl.sl_send_reply(403, "Preloaded Route")
		return
	end

	if KSR.is_REGISTER() then
		route_registrar()
	elseif KSR.pv.is_null("$rU") then
		KSR.sl.sl_send_reply(484, "Address Incomplete")
	else
		route_location()
	end
end

-- False: it has been answered
function request_init()
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops")
		return false
	end
	if KSR.is_OPTIONS() and KSR.is_myself_ruri()
			and KSR.pv.is_null("$rU") then
		KSR.sl.sl_send_reply(200, "Keepalive")
		return false
	end
	-- no refusal that need not be
	if is_emergency() then
		return true
	end
	-- all but Content-Length: over UDP a phone may leave it out (RFC 3261 18.3)
	if KSR.sanity.sanity_check(17767, 7) < 0 then
		return false
	end
	-- an offer that does not say where to send a stream (RFC 8866 5.7)
	if (KSR.is_INVITE() or KSR.is_UPDATE() or KSR.is_PRACK())
			and KSR.pv.gete("$nat64(sdp)") == "bad" then
		KSR.sl.sl_send_reply(488, "Not Acceptable Here")
		return false
	end
	return true
end

function route_withindlg()
	if KSR.rr.loose_route() > 0 then
		relay()
	elseif not KSR.is_ACK() then
		KSR.sl.sl_send_reply(404, "Not here")
	elseif KSR.tm.t_check_trans() > 0 then
		KSR.tm.t_relay()
	end
end

-- The number that is called, without escapes and separators
local function number()
	local user = KSR.pv.gete("$(rU{s.unescape.user})")
	if not user:find("^%+?%d[-%d.()]*$") then
		return nil
	end
	return (user:gsub("%D", ""))
end

-- Is it a call for help? See kamailio-nat64-emergency.inc
function is_emergency()
	if define("EMERGENCY_NEXT_HOP") == "" or not KSR.is_INVITE()
			or KSR.siputils.has_totag() > 0 then
		return false
	end
	local uri = KSR.pv.gete("$ru"):lower()
	local service = uri:match("^urn:service:([%w.-]+)$")
	if service then
		service = service:gsub("^test%.", "") .. "."
		return service:sub(1, 4) == "sos." and not service:find("..", 1, true)
	end
	return (uri:find("^tel:") or KSR.is_myself_ruri()) and number()
		and KSR.textops.in_list(number(), define("EMERGENCY_NUMBERS"),
			",") > 0
end

-- To EMERGENCY_NEXT_HOP, and nowhere that the caller names; nobody is asked for
-- a password, so nothing of the caller's may pass for ours
function route_emergency()
	local uri = KSR.pv.gete("$ru"):lower()
	if uri:find("^tel:") then
		KSR.seturi("tel:" .. number())
	elseif not uri:find("^urn:") then
		KSR.seturi("sip:" .. number() .. "@" .. KSR.pv.gete("$rd"))
	end
	for _, name in ipairs({"Route", "P-Asserted-Identity",
			"Remote-Party-ID", "Diversion", "Proxy-Authorization"}) do
		KSR.textops.remove_hf(name)
	end
	KSR.setdsturi(define("EMERGENCY_NEXT_HOP"))
	relay()
end

-- Passwords come from wherever you keep them; here, from a hash table that is
-- filled by: kamcmd htable.sets passwords alice secret
local function has_password()
	local realm = KSR.pv.gete("$fd")
	local password = KSR.pv.get("$sht(passwords=>$fU)")

	if password and KSR.auth.pv_auth_check(realm, password, 0, 1) > 0 then
		if not KSR.is_method_in("RP") then
			KSR.auth.consume_credentials()
		end
		return true
	end
	KSR.auth.auth_challenge(realm, 0)
	return false
end

function authorized()
	local from_us = KSR.is_myself_furi()

	if KSR.auth and (KSR.is_REGISTER() or from_us) and not has_password() then
		return false
	end
	if not from_us and not KSR.is_myself_ruri() then
		KSR.sl.sl_send_reply(403, "Not relaying")
		return false
	end
	return true
end

-- Behind authorized(): who has no password cannot make us send anything
function route_registrar()
	KSR.setbflag(6)
	KSR.setbflag(7)
	if KSR.nat64sip.fix_nat64_register() < 0
			or KSR.registrar.save("location", 0) < 0 then
		KSR.sl.sl_reply_error()
	end
end

function route_location()
	-- calls go through a B2BUA; what it sends back goes to the phone
	local peer = define("NOTIFY_PEER")
	if peer ~= "" and KSR.ipops.is_in_subnet(KSR.pv.gete("$si"), peer) < 0 then
		KSR.setdsturi(define("NOTIFY_NEXT_HOP"))
		relay()
		return
	end
	local rc = KSR.registrar.lookup("location")
	if rc < 0 then
		KSR.tm.t_newtran()
		if rc == -2 then
			KSR.sl.send_reply(405, "Method Not Allowed")
		else
			KSR.sl.send_reply(404, "Not Found")
		end
		return
	end
	relay()
end

-- nat64_manage() is all that phones behind NAT64 need: the alias in Contact and
-- Request-URI, Record-Route, the SDP, the header for the next element; for each
-- branch, and for each reply. rtpengine may come before it or later, but for an
-- ACK, which is managed at once.
function relay()
	if KSR.is_ACK() then
		media()
	else
		KSR.tm.t_on_branch("ksr_branch")
		KSR.tm.t_on_reply("ksr_reply")
	end
	if KSR.rtpengine and KSR.is_INVITE()
			and KSR.siputils.has_totag() < 0 then
		KSR.tm.t_on_failure("ksr_gone")
	end
	nat44()
	KSR.nat64sip.nat64_manage()
	if KSR.tm.t_relay() < 0 and not KSR.is_ACK()
			and KSR.pv.get("$nat64(target)") == "nat64" then
		-- the phone's connection is gone, and NAT64 lets none in
		KSR.sl.send_reply(480, "Temporarily Unavailable")
	end
end

function ksr_branch()
	media()
end

function ksr_reply()
	if KSR.pv.get("$rs") < 300 then
		nat44()
	end
	media()
end

-- A reply of a transaction is managed with it. One that comes again when tm has
-- let go of the call meets nothing but this.
function ksr_reply_route()
	if KSR.tm.t_check_trans() < 0 then
		ksr_reply()
		KSR.nat64sip.nat64_manage()
	end
	return 1
end

-- For Prometheus: WITH_METRICS
function metrics()
	if KSR.xhttp_prom and KSR.pv.get("$rm") == "GET"
			and KSR.xhttp_prom.check_uri() > 0
			and KSR.ipops.is_in_subnet(KSR.pv.gete("$si"),
				define("METRICS_NET")) > 0 then
		KSR.xhttp_prom.dispatch()
		return true
	end
	return false
end

-- The only thing that is served over HTTP: WITH_WEBSOCKET, WITH_METRICS
function ksr_xhttp()
	KSR.set_reply_close()
	KSR.set_reply_no_connect()
	if metrics() then
		return
	end
	if KSR.websocket and KSR.pv.get("$rm") == "GET"
			and KSR.pv.gete("$hdr(Upgrade)"):lower():find("websocket")
			and KSR.websocket.handle_handshake() > 0 then
		return
	end
	KSR.xhttp.xhttp_reply(404, "Not Found", "", "")
end

-- An IPv4 phone, maybe behind an ordinary NAT: later requests go to where this
-- one came from. For phones behind NAT64, nat64_manage() does the same.
function nat44()
	if KSR.siputils.is_first_hop() > 0
			and KSR.pv.get("$nat64(source)") ~= "nat64" then
		KSR.nathelper.set_contact_alias()
	end
end

-- The relay's address in the SDP; nat64_manage() gives it the form that the
-- reader can reach. $nat64(rtpengine) is empty but for a phone behind NAT64: the
-- relay is told where to look for its media.
function media()
	if KSR.rtpengine and (KSR.sdpops.sdp_content() > 0
			or KSR.is_method_in("BC")) then
		KSR.rtpengine.rtpengine_manage(RELAY
				.. KSR.pv.gete("$nat64(rtpengine)"))
	end
end

-- refused, cancelled or not answered by anybody: the relay need not wait
function ksr_gone()
	KSR.rtpengine.rtpengine_delete0()
end
