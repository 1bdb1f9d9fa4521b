# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Two boxes of which none is configured with a prefix: box 1 asks, and tells box
2. What comes after a restart, and what a phone that shows no IPv6 any more gets.
"""
import re
import shutil

import pytest

from sipharness import netns, shapes
from sipharness.branches import Party, ua4, ue6, ue6_b
from sipharness.pairwise import combinations
from sipharness.texts import NONE, response
from sipharness.twobox import Call, TwoBoxes
from test_twobox import CALLEES, SIDES, side

pytestmark = pytest.mark.skipif(not shutil.which("rtpengine"),
                                reason="rtpengine is not installed")
IP4_LATE = "IP4 192.0.0.4"  # 464XLAT, RFC 7335


def tell(s, phone):
    """A phone behind NAT64 is asked, and answers as RFC 3261 18.2.1 says"""
    asked = phone.receive("OPTIONS ")
    received = shapes.synthetic(phone.prefix, phone.own)[1:-1]
    text = response(asked, contact=phone.name, body=NONE)
    phone.send(re.sub(r"(?m)^(Via: .*)$", rf"\1;received={received}", text,
                      count=1))
    s.proxy.settle()


def join(s, phone, user, n):
    """It registers, is asked where it hints at NAT64, and registers again: its
    binding has the PREF64 now"""
    if phone.prefix:
        phone.send(phone.registration(user, n))
        tell(s, phone)
        phone.receive("SIP/2.0 200 ")
    return phone.register(user, n + 1)


@pytest.mark.parametrize("who, caller, callee, proto", combinations(
    SIDES, ["ue6", "ua4"], list(CALLEES), ["udp", "tcp"]))
def test_nothing_configured(lab, who, caller, callee, proto):
    with TwoBoxes(lab, pools=False) as s:
        make = {"ue6": ue6, "ua4": ua4}[caller]
        one = join(s, make(s, 40009 if caller == "ue6" else 5069,
                           proto=proto), "alice", 101)
        two = join(s, CALLEES[callee](s, proto=proto), "bob", 201)
        call = Call(s, one, two).up()
        call.again(side(call, who))
        call.bye(side(call, who))


def pjsip(s, phone, user, n):
    """After its first 200 it writes the NAT64's address into Via and Contact;
    its SDP stays as it is"""
    join(s, phone, user, n)
    later = Party(s, phone.addr, prefix=phone.prefix)
    later.inside = phone.inside
    later.register(user, n + 50)
    phone.send(re.sub(r"(?m)^(Contact: .*)$", r"\1;expires=0",
                      phone.registration(user, n + 51)))
    phone.receive("SIP/2.0 200 ")
    return later


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("which", SIDES)
def test_pjsip(lab, which, who):
    with TwoBoxes(lab, pools=False) as s:
        if which == "caller":
            call = Call(s, pjsip(s, ue6(s, 40009), "alice", 101),
                        ua4(s).register("bob", 201))
        else:
            call = Call(s, ua4(s, 5069), pjsip(s, ue6(s), "bob", 201))
        call.up()
        call.again(side(call, who))
        call.bye(call.other(side(call, who)))


@pytest.mark.parametrize("pools", [True, False])
@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("caller, callee", [
    ("ue6", "ue6b"), ("ue6", "ua4"), ("ua4", "ue6")])
def test_restart_within_a_call(lab, caller, callee, who, pools):
    """Of both boxes. The dialog's own route set tells all that box 1 must know
    and tell."""
    with TwoBoxes(lab, pools=pools) as s:
        one = ue6(s, 40009) if caller == "ue6" else ua4(s, 5069)
        two = CALLEES[callee](s)
        for n, (phone, user) in enumerate(((one, "alice"), (two, "bob")), 1):
            if pools:
                phone.register(user, 100 * n)
            else:
                join(s, phone, user, 100 * n)
        call = Call(s, one, two).up()
        s.restart()
        teller = side(call, who)
        call.again(teller)
        call.again(call.other(teller))
        call.bye(teller)


@pytest.mark.parametrize("caller, callee", [
    ("ue6", "ue6b"), ("ue6", "ua4"), ("ua4", "ue6")])
def test_200_that_meets_no_transaction(lab, caller, callee):
    """Both boxes have forgotten the call when the callee answers"""
    with TwoBoxes(lab) as s:
        one = ue6(s, 40009) if caller == "ue6" else ua4(s, 5069)
        call = Call(s, one, CALLEES[callee](s).register("bob", 101))
        call.open()
        s.restart()
        call.reply()
        call.ask(call.caller, "ACK", n=1)
        call.bye(call.callee)


@pytest.mark.parametrize("callee", [ue6, ue6_b])
def test_late_ip4_offer(lab, callee):
    """RFC 6157 4.1: who offered IP4 in its 200 gets IP4 in the ACK"""
    with TwoBoxes(lab) as s:
        call = Call(s, ua4(s, 5069), callee(s).register("bob", 101))
        call.open(body=NONE)
        call.callee.answer(call.invite, body=shapes.body(IP4_LATE))
        got = call.caller.receive("SIP/2.0 200 ")
        call.check_sdp(got, call.caller)
        call.answer, check = got, call.check_sdp
        call.check_sdp = lambda *_: None
        ack = call.ask(call.caller, "ACK", call.sdp(call.caller), n=1)
        call.check_sdp = check
        assert f"c=IN IP4 {netns.HOSTS['relay']}\n" in ack, ack
        assert "IP6" not in ack.partition("\n\n")[2], ack
        call.bye(call.callee)
