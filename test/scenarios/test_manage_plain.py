# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Where nobody is behind NAT64, nat64_manage() is record_route(): the same
phones play the same through the same script with either of them, and the same
octets reach each of them."""
import difflib

import pytest

from sipharness import shapes, watch
from sipharness.pairwise import combinations
from sipharness.plain import Plain
from sipharness.texts import NONE

EVENT = "Event: presence\nExpires: 600\n"
ACTIVE = "Event: presence\nSubscription-State: active;expires=600\n"
RELIABLE = "Require: 100rel\nRSeq: 7\n"
TEXT = shapes.content("text/plain", "c=IN IP4 192.0.2.30\n")
PIDF = shapes.content("application/pidf+xml", "<presence/>\n")
REFER = "Refer-To: <sip:carol@sip.example.test>\n"
FRAG = shapes.content("message/sipfrag", "SIP/2.0 100 Trying\n")
REFERRED = "Event: refer\nSubscription-State: active;expires=60\n"


def up(d):
    got = d.begin(body=d.a.phone.sdp)
    d.reply("b", got, "180 Ringing")
    d.reply("b", got, body=d.b.phone.sdp)
    d.ask("a", "ACK")
    return d


def call(s):
    """Everything that goes on in a call; the caller hangs up"""
    d = up(s.dialog())
    for leg in "ab":
        mine, other = d.sides(leg)
        d.do(leg, "INVITE", body=mine.phone.hold, answer=other.phone.sdp)
        d.do(leg, "INVITE", body=mine.phone.sdp, answer=other.phone.sdp)
        d.do(leg, "UPDATE", body=mine.phone.sdp, answer=other.phone.sdp)
        d.do(leg, "INFO", body=TEXT)
        d.do(leg, "MESSAGE", body=TEXT)
        d.do(leg, "OPTIONS", answer=other.phone.sdp)
        d.do(leg, "REFER", REFER)
        d.do("b" if leg == "a" else "a", "NOTIFY", REFERRED, FRAG)
    d.do("a", "BYE")


def early(s):
    """183 with SDP, PRACK, UPDATE before the 200; the callee hangs up"""
    d = s.dialog()
    invite = d.begin(extra="Supported: 100rel\n", body=d.a.phone.sdp)
    d.reply("b", invite, "183 Session Progress", d.b.phone.sdp, RELIABLE)
    d.do("a", "PRACK", "RAck: 7 1 INVITE\n")
    d.do("a", "UPDATE", body=d.a.phone.sdp, answer=d.b.phone.sdp)
    d.do("b", "UPDATE", body=d.b.phone.sdp, answer=d.a.phone.sdp)
    d.reply("b", invite)
    d.ask("a", "ACK")
    d.do("b", "BYE")


def late_offer(s):
    d = s.dialog()
    got = d.begin()
    d.reply("b", got, "180 Ringing")
    d.reply("b", got, body=d.b.phone.sdp)
    d.ask("a", "ACK", body=d.a.phone.sdp)
    d.do("b", "BYE")


def cancel(s):
    d = s.dialog()
    invite = d.begin(body=d.a.phone.sdp)
    d.send_reply("b", invite, "180 Ringing", tag="bb")
    s.alice.get("SIP/2.0 180 ")
    d.b.tag = ""
    s.alice.send(d.text("a", "CANCEL", "", NONE, f"{d.call_id}-a-1"))
    s.alice.get("SIP/2.0 200 ")
    d.send_reply("b", s.bob.get("CANCEL "))
    d.refused(invite, "487 Request Terminated")


def busy(s):
    d = s.dialog()
    d.refused(d.begin(body=d.a.phone.sdp))


def parallel(s):
    """Bob and carol ring; she answers, and hangs up"""
    d = s.dialog()
    at_bob = d.begin(extra=f"X-Also: {s.carol.uri}\n", body=s.alice.sdp)
    at_carol = s.carol.get("INVITE ")
    d.reply("b", at_bob, "180 Ringing", tag="b1")
    d.a.routes = d.b.routes = ""
    d.reply("b", at_carol, body=s.carol.sdp, phone=s.carol, tag="c1")
    d.ask("a", "ACK")
    cancelled = s.bob.get("CANCEL ")
    d.send_reply("b", cancelled, phone=s.bob, tag="b1")
    d.send_reply("b", at_bob, "487 Request Terminated", phone=s.bob, tag="b1")
    s.bob.get("ACK ")
    d.b.tag = "c1"
    d.do("b", "BYE")


def serial(s):
    """Bob is busy, so carol is called"""
    d = s.dialog()
    at_bob = d.begin(extra=f"X-Next: {s.carol.uri}\n", body=s.alice.sdp)
    d.send_reply("b", at_bob, "486 Busy Here", tag="b1")
    s.bob.get("ACK ")
    got = s.carol.get("INVITE ")
    d.reply("b", got, body=s.carol.sdp, phone=s.carol, tag="c1")
    d.ask("a", "ACK")
    d.do("a", "BYE")


def subscription(s):
    """With its first NOTIFY before the 200"""
    d = s.dialog()
    got = d.begin("SUBSCRIBE", EVENT)
    d.b.tag, d.b.target = "bb", s.alice.uri
    d.reply("b", got, extra="Expires: 600\n")
    d.do("b", "NOTIFY", ACTIVE, PIDF)
    d.do("a", "SUBSCRIBE", EVENT)
    d.do("b", "NOTIFY", ACTIVE, PIDF)


def alone(s):
    """Out of a dialog, those that are record-routed and those that are not"""
    for method, extra, body in (
            ("MESSAGE", "", TEXT), ("OPTIONS", "Accept: application/sdp\n",
                                    NONE),
            ("PUBLISH", EVENT, PIDF), ("INFO", "", TEXT),
            ("NOTIFY", ACTIVE, PIDF), ("REFER", REFER, NONE)):
        d = s.dialog()
        got = d.begin(method, extra, body)
        d.reply("b", got, body=s.bob.sdp if method == "OPTIONS" else NONE)
        d = s.dialog()
        d.reply("b", d.begin(method, extra, body), "480 Gone")


FLOWS = {"INVITE-re-INVITE-UPDATE-INFO-MESSAGE-OPTIONS-REFER-BYE": call,
         "183-PRACK-UPDATE": early, "late-offer": late_offer,
         "CANCEL": cancel, "486": busy, "parallel-fork": parallel,
         "serial-fork": serial, "SUBSCRIBE-NOTIFY": subscription,
         "MESSAGE-OPTIONS-PUBLISH-INFO-NOTIFY-REFER": alone}
BESIDE = {"tm": (), "dialog": ("WITH_DIALOG",)}
SCRIPT = {"bare": (), "alias": ("ALIAS",)}
CONFIGURED = {"nothing": (), "pref64": ('PREF64="2001:db8:64::/96"',)}


def played(lab, flow, proto, defines):
    """What reached whom"""
    before = len(lab.wire.read())
    with Plain(lab, *defines, proto=proto) as s:
        flow(s)
    s.proxy.stop()
    assert not watch.faults(lab.wire.read()[before:])
    return s.seen


@pytest.mark.parametrize("flow, way, beside, script, configured", combinations(
    list(FLOWS), ["udp", "tcp"], list(BESIDE), list(SCRIPT),
    list(CONFIGURED)))
def test_is_record_route(lab, flow, way, beside, script, configured):
    defines = (*BESIDE[beside], *SCRIPT[script], *CONFIGURED[configured])
    stock = played(lab, FLOWS[flow], way, ("STOCK", *defines))
    managed = played(lab, FLOWS[flow], way, defines)
    assert any("Record-Route: " in text for text in stock["bob"])
    assert set(managed) == set(stock)
    for user, texts in stock.items():
        diff = difflib.unified_diff(
            "\n".join(texts).split("\n"), "\n".join(managed[user]).split("\n"),
            f"{user}, record_route()", f"{user}, nat64_manage()", lineterm="")
        assert texts == managed[user], "\n".join(diff)


def asymmetric(s):
    """Bob sends from one port and listens at another, and says so in his Via
    (RFC 3261 18.2.2): nobody is there, so no answer to his BYE comes back"""
    d = s.dialog()
    got = d.begin(body=d.a.phone.sdp)
    d.reply("b", got, body=d.b.phone.sdp)
    d.ask("a", "ACK")
    d.sent_by = f"{d.b.phone.addr[0]}:5999"
    d.send_reply("a", d.ask("b", "BYE"))


def test_answers_go_where_the_via_says(lab):
    stock = played(lab, asymmetric, "udp", ("STOCK", "NO_RPORT"))
    assert played(lab, asymmetric, "udp", ("NO_RPORT",)) == stock
