# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A trunk at box 2, and what others write into the header: it leaves the platform
towards nobody, and only box 1 is believed."""
import re
import shutil

import pytest

from sipharness import netns, shapes
from sipharness.branches import ue6
from sipharness.pairwise import combinations
from sipharness.texts import NONE, UE6, request
from sipharness.twobox import HOST2, NOTIFY, Call, TwoBoxes, trunk
from test_twobox import CALLEES, CALLERS, SIDES, TRANSPORTS, parties, side

pytestmark = pytest.mark.skipif(not shutil.which("rtpengine"),
                                reason="rtpengine is not installed")
LIE = (f'{NOTIFY}: caller=nat64;caller-pref64="2001:db8:bad::/96";'
       'callee=nat64;callee-pref64="2001:db8:bad::/96"\n')
NUMBER = "+498912345"


@pytest.mark.parametrize("who, caller, proto", combinations(
    SIDES, list(CALLERS), TRANSPORTS))
def test_to_the_trunk(lab, who, caller, proto):
    """It answers with a header of its own, and so are its requests"""
    with TwoBoxes(lab) as s:
        one = CALLERS[caller](s, proto=proto).register("alice", 101)
        call = Call(s, one, trunk(s), user=NUMBER)
        call.open()
        call.reply("183 Session Progress", extra=LIE)
        call.reply(extra=LIE)
        call.ask(call.caller, "ACK", n=1)
        call.again(call.caller)
        n = s.next()
        got = call.ask(call.callee, "INVITE", call.sdp(call.callee), n=n,
                       extra=LIE)
        call.answered(call.callee, got, call.sdp(call.caller))
        call.ask(call.callee, "ACK", n=n, extra=LIE)
        call.bye(side(call, who), LIE)


@pytest.mark.parametrize("who, callee, proto", combinations(
    SIDES, list(CALLEES), TRANSPORTS))
def test_from_the_trunk(lab, who, callee, proto):
    """Its header says that it is behind NAT64: nobody believes it"""
    with TwoBoxes(lab) as s:
        two = CALLEES[callee](s, proto=proto).register("bob", 101)
        call = Call(s, trunk(s), two, known=False)
        call.open(extra=LIE)
        call.reply("180 Ringing", body=NONE, extra=LIE)
        call.reply(extra=LIE)
        call.ask(call.caller, "ACK", n=1, extra=LIE)
        call.again(call.callee)
        call.again(call.callee, "UPDATE")
        call.bye(side(call, who), LIE)


@pytest.mark.parametrize("who", SIDES)
def test_from_the_trunk_cancelled(lab, who):
    with TwoBoxes(lab) as s:
        two = ue6(s).register("bob", 101)
        call = Call(s, trunk(s), two, known=False)
        call.open(extra=LIE)
        call.reply("180 Ringing", body=NONE, extra=LIE)
        if who == "caller":
            call.cancel()
        else:
            two.answer(call.invite, "486 Busy Here", body=NONE, extra=LIE)
            two.receive("ACK ")
            call.caller.receive("SIP/2.0 486 ")


@pytest.mark.parametrize("who, caller, callee", combinations(
    SIDES, list(CALLERS), list(CALLEES)))
def test_a_phone_lies(lab, who, caller, callee):
    """In each kind of message; box 1 says what is so"""
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee)
        call.open(extra=LIE)
        call.reply("180 Ringing", body=NONE, extra=LIE)
        call.reply(extra=LIE)
        call.ask(call.caller, "ACK", n=1, extra=LIE)
        teller, n = side(call, who), s.next()
        got = call.ask(teller, "INVITE", call.sdp(teller), n=n, extra=LIE)
        call.answered(teller, got, call.sdp(call.other(teller)))
        call.ask(teller, "ACK", n=n, extra=LIE)
        call.bye(teller, LIE)


def test_strangers_are_refused_at_box_2(lab):
    """A phone cannot come to box 2 itself, with a header or without"""
    with TwoBoxes(lab) as s:
        call = parties(s, "ue6", "ua4").up()
        stranger = (netns.HOSTS["ua4"], 5077)
        s.phone(stranger, proxy=(HOST2, 5060))
        s.send(stranger, request(stranger, extra=LIE,
                                 body=shapes.body("IP4 192.0.2.30")))
        s.get(stranger, "SIP/2.0 403 ")
        call.bye(call.caller)


def test_no_trunk(lab):
    """Whom box 1 does not know is nobody then"""
    with TwoBoxes(lab, to_trunk=False) as s:
        call = parties(s, "ue6", "ua4").up()
        one = call.caller
        one.send(one.text(uri=f"sip:{NUMBER}@sip.example.test", n=50))
        one.receive("SIP/2.0 404 ")
        call.bye(one)


def test_preloaded_routes_are_refused(lab):
    """Only box 1 says by a Route for which phone a call is"""
    route = "Route: <sip:192.0.2.10;lr;received=sip:192.0.2.1:40001>\n"
    with TwoBoxes(lab) as s:
        call = parties(s, "ue6", "ua4").up()
        since, one = s.mark(), call.caller
        one.send(one.text(n=50, extra=route))
        one.receive("SIP/2.0 403 ")
        other = trunk(s)
        other.send(other.text(uri=f"sip:bob@{HOST2}", n=51, extra=route))
        other.receive("SIP/2.0 403 ")
        assert not [m for m in lab.wire.read()[since:] if m.dst == UE6
                    and m.data.startswith(b"INVITE ")]
        call.bye(one)


@pytest.mark.parametrize("who", ["phone", "trunk"])
def test_an_offer_without_an_address_is_refused(lab, who):
    """By the box that it comes to first; the call that is up goes on"""
    bad = shapes.body("IP4 192.0.2.30").replace("c=IN IP4 192.0.2.30\n", "")
    bad = re.sub("Content-Length: .*", "Content-Length: "
                 f"{shapes.size(bad.partition(chr(10) * 2)[2])}", bad)
    with TwoBoxes(lab) as s:
        call = parties(s, "ue6", "ua4").up()
        since = s.mark()
        one = call.caller if who == "phone" else trunk(s)
        host = "sip.example.test" if who == "phone" else HOST2
        one.send(one.text(uri=f"sip:bob@{host}", n=50, body=bad))
        one.receive("SIP/2.0 488 ")
        assert not s.told("INVITE", since)
        call.bye(call.callee)
