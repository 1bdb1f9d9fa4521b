# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The watches see what they are for"""
import pytest

from sipharness import watch
from sipharness.wire import Message

PROXY, UE6, UA4 = ("192.0.2.10", 5060), ("192.0.2.1", 40001), (
    "192.0.2.30", 5060)
SDP = "v=0\no=- 1 1 IN {o} h\ns=-\nc=IN {c} h\nt=0 0\nm=audio 4 RTP/AVP 0\n"


def message(src, dst, first, extra="", sdp=None):
    head = f"{first}\nCall-ID: a\nCSeq: 1 INVITE\n{extra}"
    if sdp:
        head += "Content-Type: application/sdp\n"
    text = f"{head}\n{sdp or ''}".replace("\n", "\r\n")
    return Message("udp", src, dst, text.encode())


def offer(family):
    return message(UE6, PROXY, "INVITE sip:b SIP/2.0",
                   sdp=SDP.format(o=family, c=family))


def answer(o="IP6", c="IP6", dst=UE6, extra=""):
    return message(PROXY, dst, "SIP/2.0 200 OK", extra,
                   SDP.format(o=o, c=c))


@pytest.mark.parametrize("route", [
    "<sip:192.0.2.10:5060;lr>", "<sip:[2001:db8:64::c000:20a];lr>",
    "<sip:[2001:DB8:64::192.0.2.10]:5060;lr>"])
def test_own_route(route):
    bye = message(PROXY, UA4, "BYE sip:b SIP/2.0", f"Route: {route}\n")
    assert len(watch.faults([bye])) == 1
    foreign = message(PROXY, UA4, "BYE sip:b SIP/2.0",
                      "Route: <sip:203.0.113.5;lr>\n")
    assert watch.faults([foreign]) == []


@pytest.mark.parametrize("own,o,c,count", [
    ("IP6", "IP6", "IP6", 0), ("IP6", "IP4", "IP6", 1),
    ("IP6", "IP6", "IP4", 1), ("IP4", "IP4", "IP4", 0),
    ("IP4", "IP6", "IP6", 2)])
def test_family(own, o, c, count):
    assert len(watch.faults([offer(own), answer(o, c)])) == count


def test_family_before_it_has_shown_any():
    assert watch.faults([answer(dst=UA4)])
    assert watch.faults([answer("IP4", "IP4", UA4)]) == []


def test_one_200():
    assert watch.faults([answer(), answer()]) == []
    assert len(watch.faults([answer(), answer(extra="X: other\n")])) == 1
