# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The flows of a call with the media relayed: rtpengine writes its IPv4 address,
and each phone reads it in the form that it can reach."""
import re
import shutil

import pytest

from sipharness import compare, netns, shapes
from sipharness.dialogs import PAIRS, UA4, UE6_OTHER, Dialog, Proxy
from sipharness.pairwise import combinations
from test_manage_calls import (ANSWERS, HOLDS, SIDES, TRANSPORTS,
                               no_such_hold, side)
from test_manage_early import IP4_UE6, LATE_IP4, late_ip4_offer

RELAY = netns.HOSTS["relay"]
ADDRESS = re.compile(r"(?m)^(?:o=|c=).*\n")

pytestmark = pytest.mark.skipif(not shutil.which("rtpengine"),
                                reason="rtpengine is not installed")


class Relayed(Dialog):
    """Of a body, only the o= and c= lines are foretold"""

    def read(self, sender, address, offer):
        to = self.other(sender)
        zero = address.split(" ")[1] in ("0.0.0.0", "::")
        if to.prefix and offer != "IP4":
            return "IP6 ::" if zero else "IP6 " + shapes.synthetic(
                to.prefix, RELAY)[1:-1]
        return "IP4 0.0.0.0" if zero else f"IP4 {RELAY}"

    def expect(self, ua, text, title):
        got = self.receive(ua)
        head, _, body = got.partition("\n\n")
        want = text.partition("\n\n")[2]
        if want.startswith("v=0"):
            assert ADDRESS.findall(body) == ADDRESS.findall(want), got
            length = re.compile(r"(?m)^Content-Length: .*$")
            own = f"Content-Length: {shapes.size(body)}"
            assert length.search(head)[0] == own, got
            text = length.sub(own, text).replace(want, body)
        diff = compare.compare(text, compare.octets(got), self.s.known, title)
        assert not diff, diff
        return got


def relayed(lab):
    return Proxy(lab, *lab.relay())


@pytest.mark.parametrize("kind, who, pair, proto", combinations(
    HOLDS, SIDES, PAIRS, TRANSPORTS, unless=no_such_hold))
def test_hold_and_resume(lab, kind, who, pair, proto):
    way, address = HOLDS[kind]
    with relayed(lab) as s:
        d = Relayed(s, *PAIRS[pair], proto)
        d.call()
        holder = side(d, who)
        for direction, c in ((way, address), ("sendrecv", None)):
            req = d.request(holder, "INVITE", d.body(holder, direction, c=c))
            d.answer(req, body=d.body(
                req.to, ANSWERS.get(direction, "sendrecv")))
            d.ack(req)
        d.bye(d.other(holder))


@pytest.mark.parametrize("where, pair, proto", combinations(
    LATE_IP4, ["ua4", "ue6-other-nat64"], TRANSPORTS))
def test_late_ip4_offer(lab, where, pair, proto):
    """As it was without a relay; and of another phone behind NAT64"""
    caller = UA4 if pair == "ua4" else UE6_OTHER
    with relayed(lab) as s:
        d = Relayed(s, caller, IP4_UE6, proto)
        late_ip4_offer(d, where, None)
        d.bye(d.callee)


@pytest.mark.parametrize("proto", TRANSPORTS)
@pytest.mark.parametrize("pair", PAIRS)
def test_late_offer(lab, pair, proto):
    with relayed(lab) as s:
        d = Relayed(s, *PAIRS[pair], proto)
        req = d.request(d.caller, "INVITE")
        d.answer(req, "180 Ringing")
        d.answer(req, body=d.body(d.callee))
        d.ack(req, d.body(d.caller))
        d.bye(d.caller)
