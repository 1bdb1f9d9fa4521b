# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A real rtpengine, called before nat64_manage() or after it, in whichever
route: the same on the wire."""
import shutil

import pytest

from sipharness import netns, shapes
from sipharness.branches import (ELSEWHERE, Calls, forwarded, give_way,
                                 hang_up, own_values, passed_back, ua4, ue6,
                                 ue6_b, within)
from sipharness.pairwise import combinations
from sipharness.texts import NONE

OFFERS = ["before", "after", "branch-before", "branch-after"]
ANSWERS = ["reply-before", "reply-after"]
WHERE = ["request", "branch", "request+reply", "request+branch+reply"]
PAIRS = ["ue6-ua4", "ua4-ue6", "ue6-ue6b"]
CALLEES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}
# what rtpengine makes of a phone's; the ports are its own
SDP = """v=0
o=- 2946583446 1678455881 IN {addr}
s=-
c=IN {addr}
t=0 0
a=tool:baresip 1.0.0
m=audio 30064 RTP/AVP 0 101
a=label:1
a=rtcp-rsize
a=ssrc:4065620654 cname:sip:alice@sip.example.test
a=minptime:20
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=rtcp:30065
a=ptime:20
"""


@pytest.fixture
def relay(lab):
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    return lab.relay()


def relayed(reader):
    """The relay's address in the form that the reader can reach"""
    at = netns.HOSTS["relay"]
    addr = (f"IP6 {shapes.synthetic(reader.prefix, at)[1:-1]}"
            if reader.prefix else f"IP4 {at}")
    text = shapes.content("application/sdp", SDP.format(addr=addr))
    return text.replace("30064", "{port-1}").replace("30065", "{port-2}")


def defines(relay, where, *media):
    return [*relay, *(f"IN_{w.upper()}" for w in where.split("+")),
            *(f"MEDIA_{m.upper().replace('-', '_')}" for m in media)]


def ring(s, caller, callees, **changed):
    """They are bob's: the INVITE that each gets"""
    for n, phone in enumerate(callees, 101):
        phone.register("bob", n)
    sent = caller.text(**changed)
    caller.send(sent)
    return [phone.expect(forwarded(
        sent, caller, phone, phone.uri("bob"),
        rr=own_values(caller, phone, late="body" in changed),
        body=changed.get("body") or relayed(phone))) for phone in callees]


@pytest.mark.parametrize("caller, pair, way, where, offer, answer",
                         combinations(list(CALLERS), PAIRS, ["udp", "tcp"],
                                      WHERE, OFFERS, ANSWERS))
def test_order(lab, relay, caller, pair, way, where, offer, answer):
    """Two phones ring; the second one answers"""
    with Calls(lab, *defines(relay, where, offer, answer)) as s:
        who = CALLERS[caller](s, proto=way)
        phones = [CALLEES[kind](s) for kind in pair.split("-")]
        got = ring(s, who, phones)
        for tag, phone, invite in zip("12", phones, got):
            back = phone.answer(invite, "180 Ringing", tag=tag, body=NONE)
            who.expect(passed_back(back, phone, who))
        back = phones[1].answer(got[1], tag="2")
        told = who.expect(passed_back(back, phones[1], who,
                                      body=relayed(who)))
        give_way(phones[0], got[0], ELSEWHERE)
        within("ACK", who, phones[1], told, 2)
        hang_up(phones[1], who, got[1], "2")


@pytest.mark.parametrize("caller, callee, way, where, answer", combinations(
    list(CALLERS), list(CALLEES), ["udp", "tcp"], WHERE, ANSWERS))
def test_late_offer(lab, relay, caller, callee, way, where, answer):
    """The 200 has the offer, the ACK the answer; that one is managed at once,
    behind the relay's"""
    with Calls(lab, *defines(relay, where, "before", answer)) as s:
        who, phone = CALLERS[caller](s, proto=way), CALLEES[callee](s)
        got = ring(s, who, [phone], body=NONE)
        back = phone.answer(got[0])
        told = who.expect(passed_back(back, phone, who, body=relayed(who)))
        within("ACK", who, phone, told, 2, sent=shapes.body(who.inside),
               body=relayed(phone))
        hang_up(phone, who, got[0])
