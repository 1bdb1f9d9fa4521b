# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The ways in which a phone behind NAT64 gets the address of a real rtpengine,
and a proxy that uses one of them."""
import re
import shutil

import pytest

from . import netns, shapes
from .branches import MANAGE, Calls, passed_back, ua4, ue6, ue6_b
from .debugging import configuration
from .texts import routes

RELAY = netns.HOSTS["relay"]
NEAR = shapes.synthetic("2001:db8:64::/96", RELAY)[1:-1]
FAR = shapes.synthetic("2001:db8:65::/96", RELAY)[1:-1]
BRIDGES = [f"public/{RELAY}", f"nat64a/{RELAY}!{NEAR}",
           f"nat64b/{RELAY}!{FAR}"]
# interfaces of rtpengine, parameters of nat64sip
WAYS = {
    "rewriting": ([], []),
    "media-address": ([], [("rtpengine_address", RELAY)]),
    "interface": (BRIDGES, [
        ("rtpengine_interface", "2001:db8:64::/96=nat64a"),
        ("rtpengine_interface", "2001:db8:65::/96=nat64b"),
        ("rtpengine_interface", "public")]),
}
# how many bodies of a call a phone behind NAT64 reads
PAIRS = {"ue6-ua4": 1, "ua4-ue6": 1, "ue6-ue6b": 2}
FLAGS = "replace-origin replace-session-connection"

needs_rtpengine = pytest.mark.skipif(not shutil.which("rtpengine"),
                                     reason="rtpengine is not installed")


def upper(word):
    return word.upper().replace("-", "_")


class Ways(Calls):
    """A relay used in that way

    @param where   In which routes nat64_manage() is called
    @param offer   Where rtpengine_manage() is called for a request
    @param answer  The same, for a reply
    @param drop    One of the way's parameters that is not set
    @param flags   Of rtpengine_manage(), before the tag
    @param prefix  Of rtpengine_sock: which set
    @param options Of rtpengine's command line
    """

    def __init__(self, lab, way, where="request", offer="before",
                 answer="reply-before", extra=(), params=(), drop=None,
                 flags="", prefix="", options=()):
        interfaces, own = WAYS[way]
        own = [one for one in own if one[1] != drop]
        path, self.ask = configuration(lab, MANAGE, *own, *params)
        relay = [one.replace("udp:", f"{prefix}udp:")
                 for one in lab.relay(*interfaces, options=options)]
        super().__init__(
            lab, *relay,
            *(f"IN_{upper(one)}" for one in where.split("+")),
            f"MEDIA_{upper(offer)}", f"MEDIA_{upper(answer)}",
            f'MEDIA_FLAGS="{FLAGS}{flags} $nat64(rtpengine)"', *extra,
            cfg=path)

    def parties(self, pair, proto="udp"):
        """Caller, callee"""
        caller, callee = pair.split("-")
        make = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
        return (make[caller](self, 40009 if caller == "ue6" else 5069,
                             proto=proto), make[callee](self))

    def count(self, **want):
        self.proxy.settle()
        got = self.ask.stats()
        assert {name: got.get(name, 0) for name in want} == want, got


def done_by(way, bodies):
    """What nat64sip itself has to do for so many bodies to phones: in the last
    way each has lines of the wrong type"""
    return {"rewriting": {"sdp_rewritten": bodies, "sdp_repaired": 0},
            "media-address": {"sdp_rewritten": 0, "sdp_repaired": 0},
            "interface": {"sdp_rewritten": bodies,
                          "sdp_repaired": bodies}}[way]


def own_form(reader):
    """The relay's address as this phone reaches it"""
    if not reader.prefix:
        return f"IP4 {RELAY}"
    return f"IP6 {shapes.synthetic(reader.prefix, RELAY)[1:-1]}"


def addresses(text):
    """Of o=, c= and a=rtcp with type, of candidates without"""
    return re.findall(r"(?m)^(?:o=.*|c=|a=rtcp:\d+ )IN (.*)$", text), \
        re.findall(r"(?m)^a=candidate:(?:\S+ ){4}(\S+)", text)


def answered(s, who, phone, got, **changed):
    """The 200 as the caller gets it, to the octet"""
    from test_manage_relay import relayed
    back = phone.answer(got, **changed)
    return who.expect(passed_back(back, phone, who, body=relayed(who)))


def request_in(who, learned, sdp, n=3):
    """A re-INVITE, as that INVITE or 200 told the phone to send it"""
    answer = learned.startswith("SIP/2.0")
    tags = [shapes.FTAG, "tt"] if answer else ["tt", shapes.FTAG]
    return who.text("INVITE", re.search("(?m)^Contact: <(.*)>$", learned)[1],
                    n, from_tag=tags[0], to_tag=tags[1],
                    extra=routes(learned, answer),
                    body=shapes.content("application/sdp", sdp))
