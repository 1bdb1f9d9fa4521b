# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Several phones of one callee, at two boxes. Where box 1 forks, each branch goes
to box 2 with a header of its own; where a trunk or a B2BUA calls, the fork is
behind box 2, and box 1 gives each phone the SDP that it can read."""
import shutil

import pytest

from sipharness import netns, shapes
from sipharness.branches import ua4, ue6, ue6_b
from sipharness.pairwise import combinations
from sipharness.texts import NONE, request, response, routes, values
from sipharness.twobox import (Call, OneBox, TwoBoxes, addresses, header,
                               trunk)
from test_twobox import CALLERS, SIDES, TRANSPORTS

needs_relay = pytest.mark.skipif(not shutil.which("rtpengine"),
                                 reason="rtpengine is not installed")
PHONES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
PAIRS = ["ue6-ua4", "ua4-ue6", "ue6-ue6b"]
B2BUA = (netns.HOSTS["proxy2"], 5060)


def bobs(s, pair, proto="udp"):
    return [PHONES[name](s, proto=proto).register("bob", n)
            for n, name in enumerate(pair.split("-"), 101)]


def ring(s, caller, phones, known=True):
    """The caller calls; each phone gets its INVITE, and rings"""
    calls = [Call(s, caller, phone, forked=True, known=known)
             for phone in phones]
    since = s.mark()
    calls[0].open()
    for call in calls[1:]:
        call.sent = calls[0].sent
        call.came(call.callee.receive("INVITE "), since)
    for tag, call in zip("12", calls):
        call.reply("180 Ringing", tag=tag, body=NONE)
    return calls


def one_answers(calls, who, winner):
    """The other one is cancelled; the one that answered hangs up, or the
    caller does"""
    won, lost = calls if winner == 0 else calls[::-1]
    tag = "12"[winner]
    won.reply(tag=tag)
    lost.cancelled("21"[winner])
    won.forked = lost.forked = False
    won.ask(won.caller, "ACK", n=1, tag=tag)
    teller = won.caller if who == "caller" else won.callee
    got = won.ask(teller, "BYE", tag=tag)
    won.answered(teller, got)


@needs_relay
@pytest.mark.parametrize("winner, who, pair, caller, proto", combinations(
    [0, 1], SIDES, PAIRS, list(CALLERS), TRANSPORTS))
def test_fork_at_box_1(lab, winner, who, pair, caller, proto):
    with TwoBoxes(lab) as s:
        one = CALLERS[caller](s, proto=proto)
        calls = ring(s, one, bobs(s, pair, proto))
        # each branch has been told of its own phone
        told = s.told("INVITE")
        assert sorted(told) == sorted([header(one, c.callee)]
                                      for c in calls), told
        one_answers(calls, who, winner)


@needs_relay
@pytest.mark.parametrize("first, caller", combinations(
    [0, 1], list(CALLERS)))
def test_one_of_two_is_busy(lab, first, caller):
    """The relay lets go of that branch only: the other one answers, with media
    """
    with TwoBoxes(lab) as s:
        calls = ring(s, CALLERS[caller](s), bobs(s, "ue6-ua4"))
        lost, won = calls if first == 0 else calls[::-1]
        lost.callee.answer(lost.invite, "486 Busy Here", body=NONE,
                           tag="12"[first])
        lost.callee.receive("ACK ")
        tag = "21"[first]
        won.reply(tag=tag)
        won.forked = False
        won.ask(won.caller, "ACK", n=1, tag=tag)
        got = won.ask(won.callee, "BYE", tag=tag)
        won.answered(won.callee, got)


@needs_relay
@pytest.mark.parametrize("winner, who, pair", combinations(
    [0, 1], SIDES, PAIRS))
def test_fork_behind_box_2(lab, winner, who, pair):
    """A trunk calls: box 2 knows nothing of whom it calls"""
    with TwoBoxes(lab) as s:
        calls = ring(s, trunk(s), bobs(s, pair), known=False)
        one_answers(calls, who, winner)


def b2bua_call(s, n, method="INVITE", **changed):
    """What a B2BUA sends: a call of its own"""
    text = request(B2BUA, method, changed.pop(
        "uri", "sip:bob@sip.example.test"), n=n, **changed)
    return text.replace("Call-ID: texts", "Call-ID: second")


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("pair", PAIRS)
def test_b2bua(lab, pair, who):
    """It is asked once, by name, and calls by itself: another Call-ID, its own
    IPv4 address in the SDP, no header"""
    with OneBox(lab, "WITH_B2BUA") as s:
        b2bua = s.phone(B2BUA)
        caller = ue6(s, 40009)
        phones = bobs(s, pair)
        caller.send(caller.text())
        got = s.get(B2BUA, "INVITE ")
        assert got.startswith("INVITE sip:bob@sip.example.test "), got
        assert s.told("INVITE")[0] in [[header(caller, p)] for p in phones]
        b2bua.send(b2bua_call(s, 7, body=shapes.body("IP4 192.0.2.11")))
        rung = [phone.receive("INVITE ") for phone in phones]
        for phone, invite in zip(phones, rung):
            want = "IP4 192.0.2.11" if not phone.prefix else \
                "IP6 " + shapes.synthetic(phone.prefix, "192.0.2.11")[1:-1]
            assert addresses(invite) == [want] * 2, invite
        phones[1].answer(rung[1], "180 Ringing", body=NONE)
        s.get(B2BUA, "SIP/2.0 180 ")
        phones[0].answer(rung[0])
        s.get(B2BUA, "SIP/2.0 200 ")
        b2bua.send(response(got, contact=B2BUA,
                            body=shapes.body("IP4 192.0.2.11")))
        back = caller.receive("SIP/2.0 200 ")
        assert addresses(back) == [
            "IP6 " + shapes.synthetic(caller.prefix, "192.0.2.11")[1:-1]] * 2
        assert values(back).startswith("Record-Route: <sip:192.0.2.10:5060;"
                                       "r2=on;n64=bn;"), back
        # its call to the phone that lost is cancelled by box 1
        lost = phones[1].receive("CANCEL ")
        phones[1].answer(lost, body=NONE)
        phones[1].answer(rung[1], "487 Request Terminated", body=NONE)
        phones[1].receive("ACK ")
        hang_up(s, who, caller, back, phones[0], rung[0])


def hang_up(s, who, caller, back, callee, invite):
    """Each leg of a B2BUA's is a dialog of its own"""
    if who == "caller":
        caller.send(caller.text("BYE", "sip:bob@192.0.2.11:5060", 9,
                                to_tag="tt", extra=routes(back), body=NONE))
        got = s.get(B2BUA, "BYE ")
        s.send(B2BUA, response(got, contact=B2BUA, body=NONE))
        caller.receive("SIP/2.0 200 ")
        return
    text = callee.text("BYE", "sip:alice@192.0.2.11:5060", 9, from_tag="tt",
                       to_tag=shapes.FTAG, extra=routes(invite, False),
                       body=NONE).replace("Call-ID: texts", "Call-ID: second")
    callee.send(text)
    got = s.get(B2BUA, "BYE ")
    assert "\nCall-ID: second\n" in got, got
    s.send(B2BUA, response(got, contact=B2BUA, body=NONE))
    callee.receive("SIP/2.0 200 ")
