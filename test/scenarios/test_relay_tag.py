# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""$nat64(rtpengine): the whole text, for each side of a call."""
import os
import re

import pytest

from sipharness import shapes
from sipharness.ctl import Ctl
from sipharness.debugging import configuration
from sipharness.lab import HERE
from sipharness.texts import (CALLER4, LITERAL, NONE, PEER, SDP4, SDP6, UA4,
                              UE6, Texts, request, response)

CFG = os.path.join(HERE, "cfg", "tag.cfg")
UE6_B = ("192.0.2.2", 40001)
LITERAL_B = "[2001:db8:2::2]:5062"
SDP6_B = shapes.body("IP6 2001:db8:2::2")
HOP = "X-Hop: sip:192.0.2.1:40001\n"
HOP_B = "X-Hop: sip:192.0.2.2:40001\n"
LATCH = "endpoint-learning-immediate "
LEARN = "SIP-source-address " + LATCH
IP4 = "DTLS-reverse=passive address-family=IP4"
NEAR = " media-address=2001:db8:64::c000:214"
FAR = " media-address=2001:db8:65::c000:214"
ADDRESS = [("rtpengine_address", "192.0.2.20")]
INTERFACES = [("rtpengine_interface", "2001:db8:64::/96=nat64a"),
              ("rtpengine_interface", "2001:db8:65::/96=nat64b")]
PUBLIC = [*INTERFACES, ("rtpengine_interface", "public")]


class Tags(Texts):
    def __init__(self, lab, *modparams, **options):
        cfg, self.ask = configuration(lab, CFG, *modparams)
        super().__init__(lab, cfg=cfg, **options)

    def count(self, **want):
        self.proxy.settle()
        got = self.ask.stats()
        assert {name: got.get(name, 0) for name in want} == want, got


def tag(text):
    return re.findall(r"(?m)^X-Tag: <(.*)>$", text)


def directions(one, other):
    return f" direction={one} direction={other}"


# who calls whom: the request, its target; the reply
CALLS = {
    "ue6-ua4": (UE6, request(), UA4, {}),
    "ua4-ue6": (CALLER4, request(CALLER4, uri=f"sip:alice@{LITERAL}",
                                 extra=HOP, body=SDP4), UE6,
                {"contact": LITERAL, "body": SDP6}),
    "ue6-ue6b": (UE6, request(uri=f"sip:bob@{LITERAL_B}", extra=HOP_B), UE6_B,
                 {"contact": LITERAL_B, "body": SDP6_B}),
    "ua4-ua4": (CALLER4, request(CALLER4, body=SDP4), UA4, {}),
}
# parameters; then for each call the tag of the INVITE and of its 200
WAYS = {
    "rewriting": ([], {
        "ue6-ua4": (LEARN + IP4, IP4), "ua4-ue6": (IP4, LEARN + IP4),
        "ue6-ue6b": (LEARN + IP4, LEARN + IP4), "ua4-ua4": ("", "")}),
    "media-address": (ADDRESS, {
        "ue6-ua4": (LEARN + IP4, IP4 + NEAR),
        "ua4-ue6": (IP4 + NEAR, LEARN + IP4),
        "ue6-ue6b": (LEARN + IP4 + FAR, LEARN + IP4 + NEAR),
        "ua4-ua4": ("", "")}),
    "interface": (INTERFACES, {
        "ue6-ua4": (LEARN + IP4 + directions("nat64a", "default"), IP4),
        "ua4-ue6": (IP4 + directions("default", "nat64a"), LEARN + IP4),
        "ue6-ue6b": (LEARN + IP4 + directions("nat64a", "nat64b"),
                     LEARN + IP4), "ua4-ua4": ("", "")}),
    "interface-named": (PUBLIC, {
        "ue6-ua4": (LEARN + IP4 + directions("nat64a", "public"), IP4),
        "ua4-ue6": (IP4 + directions("public", "nat64a"), LEARN + IP4),
        "ua4-ua4": ("", "")}),
    "both": (ADDRESS + PUBLIC, {
        "ua4-ue6": (IP4 + NEAR, LEARN + IP4)}),
}


@pytest.mark.parametrize("way, call", [
    (way, call) for way, (_, calls) in WAYS.items() for call in calls])
def test_tag(lab, way, call):
    modparams, calls = WAYS[way]
    source, text, target, answer = CALLS[call]
    with Tags(lab, *modparams) as s:
        got = s.call(source, text, target)
        back = s.answer(target, response(got, **answer), source)
        assert (tag(got), tag(back)) == tuple([one] for one in calls[call])
        # as it is for the relay, so it is decided
        assert call == "ua4-ua4" or "n64=" in got
        s.drain()


def offered(addr):
    return request(body=shapes.body(addr))


ZERO = shapes.body("IP4 0.0.0.0")
MULTI = request(body=shapes.multipart(shapes.SDP.format(
    addr="IP6 2001:db8:1::2")))
BEHIND = request().replace("\nMax-Forwards", (
    "\nVia: SIP/2.0/UDP [2001:db8:1::9]:5060;branch=z9hG4bKbelow"
    "\nMax-Forwards"))
# parameters, an INVITE of UE6 to UA4, its tag
REQUESTS = {
    "no-sdp": ([], request(body=NONE), ""),
    "other-body": ([], request(body=shapes.content("text/plain", "hi\n")),
                   ""),
    "multipart": ([], MULTI, LEARN + IP4),
    "hold-by-zeroes": ([], offered("IP6 ::"),
                       LATCH + IP4),
    # the address in its SDP is not the unreachable one
    "offers-ip4": (INTERFACES, offered("IP4 198.51.100.7"),
                   LATCH + IP4),
    # the packets' source is that proxy
    "behind-a-proxy": ([("detect", "via")], BEHIND,
                       LATCH + IP4),
    "dryrun": ([("mode", "dryrun")], request(), ""),
    "off": ([("mode", "off")], request(), ""),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_tag_of_a_request(lab, case):
    modparams, text, want = REQUESTS[case]
    with Tags(lab, *modparams) as s:
        # what would be said of another one, with nothing in its way
        assert tag(s.call(UE6, request(n=7, from_tag="other"))) == [
            "" if case in ("dryrun", "off") else LEARN + IP4 + (
                directions("nat64a", "default") if case == "offers-ip4"
                else "")]
        assert tag(s.call(UE6, text)) == [want]
        if case in ("dryrun", "off"):
            Ctl(s.ask.path).mode("on")
            assert tag(s.call(UE6, request(n=8, from_tag="on"))) == [
                LEARN + IP4]
        s.drain()


ANSWERS = {  # of UA4 to UE6: what UE6 offered, the answer, its tag
    "to-ip4": (shapes.body("IP4 198.51.100.7"), SDP4, IP4),
    "by-zeroes": (SDP6, ZERO, IP4),
    "to-ip6": (SDP6, SDP4, IP4 + NEAR),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_tag_of_an_answer(lab, case):
    offer, answer, want = ANSWERS[case]
    with Tags(lab, *ADDRESS) as s:
        got = s.call(UE6, request(body=offer))
        back = s.answer(UA4, response(got, body=answer), UE6)
        assert tag(back) == [want]
        s.drain()


def test_phone_on_ipv6(lab):
    """The family of the outgoing side"""
    with Tags(lab, listen=["udp:192.0.2.10:5060",
                           "udp:[2001:db8:10::10]:5060"]) as s:
        s.send(UE6, request(uri="sip:bob@[2001:db8:1::2]:5080"))
        assert received6(s) == [LEARN + "DTLS-reverse=passive address-family=IP6"]
        s.drain()


def received6(s):
    """The tag of what goes to [2001:db8:1::2]:5080"""
    s.proxy.settle()
    return [one for m in s.lab.wire.read() if m.dst[1] == 5080
            for one in tag(m.data.decode().replace("\r\n", "\n"))][:1]


WKP = [("pref64", "64:ff9b::/96"), ("pool", "192.0.2.40=64:ff9b::/96")]
RELAYS = {  # RFC 6052 3.1: the relay's address, parameters; the tag
    "not-global": ("192.0.2.20", [], IP4, {"relay_not_carried": 1}),
    "not-strict": ("192.0.2.20", [("wkp_strict", 0)],
                   IP4 + " media-address=64:ff9b::c000:214",
                   {"relay_not_carried": 0}),
    "global": ("198.41.0.4", [], IP4 + " media-address=64:ff9b::c629:4",
               {"relay_not_carried": 0}),
}


@pytest.mark.parametrize("case", RELAYS)
def test_well_known_prefix(lab, case):
    """A relay's address that it may not carry is refused, and counted, once for
    each message"""
    relay, modparams, want, counted = RELAYS[case]
    with Tags(lab, *WKP, ("rtpengine_address", relay), *modparams) as s:
        for n in (1, 2):
            got = s.call(UA4, request(
                UA4, uri=f"sip:alice@{LITERAL}", n=n, body=SDP4,
                from_tag=f"f{n}", extra="X-Hop: sip:192.0.2.40:5060\n"), PEER)
            assert tag(got) == [want]
            s.count(**{name: n * each for name, each in counted.items()})
        s.drain()
