# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""As test_learn_hold.py has it, with UE6 over TCP: its probe goes by its own
connection, and by that, UA4's 200 when it has waited."""
import pytest

from sipharness.attacks import BOB, GOOD, LITERAL, REGISTER, Attack
from sipharness.secure import reply
from sipharness.shapes import V4, V6, pair, value
from sipharness.texts import NONE, SDP4, UE6, request, response, values

TCP = ";transport=tcp"


def call(s, way):
    """UE6 calls; (what it was asked, UA4's INVITE)"""
    text = REGISTER.format(user="bob", n=1, via="192.0.2.30:5060",
                           contact="" if way == "udp" else TCP)
    s.send(BOB, text.replace("/UDP ", f"/{way.upper()} "), way)
    s.get(BOB, "SIP/2.0 200 ", way)
    s.send(UE6, request(LITERAL, uri="sip:bob@sip.example.test",
                        proto="tcp"), "tcp")
    question = s.get(UE6, "OPTIONS ", "tcp")
    assert "\nVia: SIP/2.0/TCP 192.0.2.10;" in question
    return question, s.get(BOB, "INVITE ", way)


def handled(s, who, way):
    """All that came from there: a request behind it has been answered"""
    if way == "udp":
        s.proxy.settle()
        return
    s.send(who, request(who, "OPTIONS", "sip:sip.example.test", n=s.next(),
                        proto=way, body=NONE), way)
    s.get(who, "SIP/2.0 200 Keepalive", way)


def come(s, answer, way):
    """The answer is sent; what UE6 got by it"""
    s.send(BOB, answer, way)
    handled(s, BOB, way)
    return [m for m in s.phone(UE6, "tcp").rest()
            if m.startswith("SIP/2.0 200 ")]


@pytest.mark.parametrize("way", ["udp", "tcp"])
def test_answer_before_the_probes(lab, way):
    with Attack(lab, known=False) as s:
        question, got = call(s, way)
        answer = response(got, body=SDP4)
        for _ in range(2):
            assert not come(s, answer, way)
        s.send(UE6, reply(question, GOOD), "tcp")
        back = s.get(UE6, "SIP/2.0 200 ", "tcp")
        callee = TCP if way == "tcp" else ""
        assert values(back) == pair(value(V4, "bn", params=callee),
                                    value(V6, "as", params=TCP))
        assert "c=IN IP6 2001:db8:64::c000:21e" in back
        s.stats(held=2, mended=1)
        s.drain()


def test_silent_phone_is_not_waited_for(lab):
    """What has waited gets through in the end, over the connection that the call
    came by"""
    with Attack(lab, known=False) as s:
        _, got = call(s, "tcp")
        assert not come(s, response(got, body=SDP4), "tcp")
        s.get(UE6, "SIP/2.0 200 ", "tcp")
        s.stats(held=1, mended=0)
        s.drain()
