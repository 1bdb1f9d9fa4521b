# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What comes after the INVITE, through both boxes: box 1 tells box 2 of both
networks each time, and each phone reads the relay in its own form."""
import shutil

import pytest

from sipharness.pairwise import combinations
from sipharness.texts import NONE
from sipharness.twobox import TwoBoxes
from test_twobox import CALLEES, CALLERS, SIDES, TRANSPORTS, parties, side

pytestmark = pytest.mark.skipif(not shutil.which("rtpengine"),
                                reason="rtpengine is not installed")
RELIABLE = "Require: 100rel\nRSeq: 1\n"


@pytest.mark.parametrize("method, who, caller, callee, proto", combinations(
    ["INVITE", "UPDATE"], SIDES, list(CALLERS), list(CALLEES), TRANSPORTS))
def test_offer_within_the_dialog(lab, method, who, caller, callee, proto):
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto).up()
        call.again(side(call, who), method)
        call.bye(call.other(side(call, who)))


@pytest.mark.parametrize("caller, callee, proto", combinations(
    list(CALLERS), list(CALLEES), TRANSPORTS))
def test_late_offer(lab, caller, callee, proto):
    """The offer is in the 200, the answer in the ACK"""
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto)
        call.open(body=NONE)
        call.reply()
        call.ask(call.caller, "ACK", call.sdp(call.caller), n=1)
        call.bye(call.callee)


@pytest.mark.parametrize("who, caller, callee, proto", combinations(
    SIDES, list(CALLERS), list(CALLEES), TRANSPORTS))
def test_late_offer_within_the_dialog(lab, who, caller, callee, proto):
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto).up()
        teller, n = side(call, who), s.next()
        got = call.ask(teller, "INVITE", n=n)
        call.answered(teller, got, call.sdp(call.other(teller)))
        call.ask(teller, "ACK", call.sdp(teller), n=n)
        call.bye(teller)


@pytest.mark.parametrize("late, caller, callee, proto", combinations(
    ["offer", "late-offer"], list(CALLERS), list(CALLEES), TRANSPORTS))
def test_prack(lab, late, caller, callee, proto):
    """A reliable 183 (RFC 3262); of a late offer, the PRACK has the answer"""
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto)
        is_late = late == "late-offer"
        call.open(**({"body": NONE} if is_late else {}))
        call.answer = call.reply("183 Session Progress", extra=RELIABLE)
        body = call.sdp(call.caller) if is_late else NONE
        got = call.ask(call.caller, "PRACK", body, extra="RAck: 1 1 INVITE\n")
        call.answered(call.caller, got)
        call.reply(body=NONE)
        call.ask(call.caller, "ACK", n=1)
        call.bye(call.callee)


@pytest.mark.parametrize("caller, callee, proto", combinations(
    list(CALLERS), list(CALLEES), TRANSPORTS))
def test_cancel(lab, caller, callee, proto):
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto)
        call.open()
        call.reply("180 Ringing", body=NONE)
        call.cancel()


@pytest.mark.parametrize("caller, callee, proto", combinations(
    list(CALLERS), list(CALLEES), TRANSPORTS))
def test_busy(lab, caller, callee, proto):
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto)
        call.open()
        call.callee.answer(call.invite, "486 Busy Here", body=NONE)
        call.callee.receive("ACK ")
        call.caller.receive("SIP/2.0 486 ")


@pytest.mark.parametrize("who", SIDES)
def test_an_ip4_offer_gets_an_ip4_answer(lab, who):
    """RFC 6157 4.1: a phone behind NAT64 that offers IP4 (it translates
    itself) is answered in IP4, though the header says nat64"""
    with TwoBoxes(lab) as s:
        call = parties(s, "ue6", "ue6b").up()
        teller = side(call, who)
        listener = call.other(teller)
        n = s.next()
        got = call.ask(teller, "INVITE", call.sdp(teller, "IP4 192.0.0.4"),
                       n=n)
        before = call.check_sdp
        call.check_sdp = lambda *_: None
        back = call.answered(teller, got, call.sdp(listener))
        call.check_sdp = before
        assert "c=IN IP4 192.0.2.20\n" in back, back
        assert "IP6" not in back.partition("\n\n")[2], back
        call.ask(teller, "ACK", n=n)
        call.bye(listener)
