# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-6: what is large is carried or left, never half edited: many Vias, Routes,
long hosts, bodies up to what a datagram holds."""
import os
import re

import pytest

from sipharness import shapes, versions
from sipharness.attacks import (ALICE, BOB, LITERAL, NONE, Attack, head,
                                response)
from sipharness.script import LEARN
from sipharness.shapes import V4, V6, value
from sipharness.texts import SDP6, pair, values
from test_proof_limits import SDP_NAT

CORE_SAYS = r"<core> |(ERROR|WARNING|CRITICAL): (tm|rr|sl|sanity|nathelper) "
MANY = (63, 64, 65, 200, 500)
VIA = "Via: SIP/2.0/UDP [2001:db8:7::{:x}]:5062;branch=z9hG4bKm{}\n"


def roomy(lab):
    """The core takes what a datagram holds, in each version of it"""
    path = os.path.join(lab.folder, "roomy.cfg")
    with open(path, "w") as f:
        f.write(f'include_file "{LEARN}"\n' + versions.large_messages())
    return path, ('SIP_DOMAIN="sip.example.test"',)


@pytest.mark.parametrize("n", MANY)
def test_many_vias(lab, n):
    """The reply goes back by all of them. The SDP's address, whose packets come
    from where nobody here knows, stays."""
    vias = "".join(VIA.format(i, i) for i in range(n))
    with Attack(lab).both() as s:
        got = s.invite(extra=vias)
        assert head(got).count("\nVia: ") == n + 2
        assert values(got) == pair("4bn", "6as") and "c=IN IP6 2001:db8:" in got
        back = s.busy(got)
        assert head(back).count("\nVia: ") == n + 1


@pytest.mark.parametrize("n", MANY)
def test_many_routes(lab, n):
    """Of other proxies behind ours: they stay, all of them, in order"""
    own = f"Route: {value(V6, 'as')}\nRoute: {value(V4, 'bn')}\n"
    more = "Route: <sip:192.0.2.30:5060;lr>\n" + "".join(
        f"Route: <sip:p{i}.example.net;lr>\n" for i in range(n))
    with Attack(lab).both() as s:
        s.phone(BOB)
        s.say(ALICE, method="BYE", to_tag="tt", body=NONE,
              uri="sip:bob@192.0.2.77", extra=own + more)
        got = s.get(BOB, "BYE ")
        assert values(got, "Route") == more
        s.drain()


@pytest.mark.parametrize("n", MANY)
def test_many_own_routes(lab, n):
    """Half of them synthetic: the first pair is ours, what is behind it goes
    by another turn or not at all; the proxy goes on"""
    own = "".join(f"Route: {value(V6 if i % 2 else V4, 'bn' if i % 2 else 'as')}\n"
                  for i in range(n))
    cfg, defines = roomy(lab)
    with Attack(lab, *defines, cfg=cfg, logged=CORE_SAYS).both() as s:
        s.phone(BOB)
        s.say(ALICE, method="BYE", to_tag="tt", body=NONE, hops=20,
              uri="sip:bob@192.0.2.30", extra=own)
        assert s.first(ALICE, BOB).startswith(("SIP/2.0 483 ", "BYE "))
        got = s.invite()
        assert values(got) == pair("4bn", "6as")
        s.busy(got)


LONG = {
    "via": (f"SIP/2.0/UDP {LITERAL}", "SIP/2.0/UDP [{}]:5062"),
    "contact": (f"alice@{LITERAL}", "alice@[{}]:5062"),
    "sdp": ("c=IN IP6 2001:db8:1::2", "c=IN IP6 {}"),
}


@pytest.mark.parametrize("place", LONG)
@pytest.mark.parametrize("n", (46, 64, 255, 4096, 30000))
def test_long_address(lab, place, n):
    """No IPv6 address is that long: it is not read, nor written over"""
    old, new = LONG[place]
    text = "0" * (n - 7) + "2001::2"
    cfg, defines = roomy(lab)
    with Attack(lab, *defines, cfg=cfg, logged=CORE_SAYS).both() as s:
        s.phone(BOB)
        got = s.invite()
        assert got.endswith(SDP_NAT)
        s.busy(got)
        body = SDP6
        if place == "sdp":
            sdp = SDP6.partition("\n\n")[2].replace(old, new.format(text))
            body = shapes.content("application/sdp", sdp)
        sent = s.say(ALICE, uri="sip:carol@sip.example.test", body=body)
        s.get(ALICE, "SIP/2.0 404 ")
        sent = sent.replace("carol", "bob").replace("z9hG4bKt", "z9hG4bKl")
        if place != "sdp":
            assert old in sent
            sent = sent.replace(old, new.format(text), 1)
        s.send(ALICE, sent)
        s.proxy.settle()
        for got in s.phone(BOB).rest():
            whole(got)
            if place == "sdp":
                assert f"c=IN IP6 {text}\n" in got
        s.drain()


def whole(text):
    """Content-Length is right, there are all Record-Routes or none"""
    length = re.search(r"(?m)^Content-Length: (\d+)$", text)[1]
    assert int(length) == shapes.size(text.partition("\n\n")[2])
    assert values(text).count("\n") in (1, 2)


def padded(size):
    """An INVITE whose SDP has so many octets"""
    sdp = SDP6.partition("\n\n")[2]
    line = "a=pad:" + "x" * 70 + "\n"
    rest = size - shapes.size(sdp)
    count, last = divmod(rest, shapes.size(line))
    sdp += line * count
    if last > 10:
        sdp += "a=pad:" + "x" * (last - 8) + "\n"
    return shapes.content("application/sdp", sdp)


@pytest.mark.parametrize("size", (8000, 32000, 60000, 64000, 64400, 64500,
                                  64600, 64700, 64800, 64900, 65000))
def test_up_to_64_kib(lab, size):
    """It arrives whole and rewritten, at the very end with its SDP as it came,
    or the caller is told that it does not; and the next call is as ever"""
    cfg, defines = roomy(lab)
    with Attack(lab, *defines, cfg=cfg, logged=CORE_SAYS).both() as s:
        s.phone(BOB)
        s.say(ALICE, uri="sip:bob@sip.example.test", body=padded(size))
        s.proxy.settle()
        there = [m for m in s.phone(BOB).rest() if m.startswith("INVITE ")]
        told = [m for m in s.phone(ALICE).rest()
                if not m.startswith("SIP/2.0 100 ")]
        assert len(there) + len(told) == 1, (there, told)
        for got in there:
            whole(got)
            assert "c=IN IP4 192.0.2.1\n" in got or (
                size > 64000 and got.endswith(padded(size)))
            assert values(got) == pair("4bn", "6as")
            s.send(BOB, response(got, "486 Busy Here", body=NONE))
        assert there or size > 64000
        s.drain()
        got = s.invite()
        assert got.endswith(SDP_NAT)
        s.busy(got)


@pytest.mark.parametrize("lines", (10, 100, 500))
def test_many_media(lab, lines):
    """An m= with its own c= each: every one of them or none"""
    sdp = SDP6.partition("\n\n")[2] + "".join(
        "m=audio 9 X 0\nc=IN IP6 2001:db8:1::2\n" for _ in range(lines))
    with Attack(lab, logged=CORE_SAYS).both() as s:
        got = s.invite(body=shapes.content("application/sdp", sdp))
        whole(got)
        assert (got.count("IN IP6") == 0) or (got.count("IN IP4") == 0)
        s.busy(got)
        assert s.invite().endswith(SDP_NAT)
        s.drain()
