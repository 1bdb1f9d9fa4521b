# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-8: an address is no name. What the core's own reader of IPv6 literals takes
for a host name must not become a question to a name server, which would block a
worker per request. The name servers are on this loopback: each is seen."""
from itertools import product

import pytest

from sipharness.attacks import (ALICE, BOB, MALLORY, NONE, Attack,
                                response)
from sipharness.shapes import V4, V6, value
from sipharness.texts import SDP6, pair, values
from test_proof_limits import SDP_NAT

MIXED = {
    "own": "[2001:db8:64::192.0.2.10]",
    "own-well-known": "[64:ff9b::192.0.2.10]",
    "foreign": "[2001:db8:64::192.0.2.33]",
    "foreign-well-known": "[64:ff9b::192.0.2.33]",
    "loopback": "[64:ff9b::127.0.0.1]",
    "mapped": "[::ffff:192.0.2.10]",
    "three-colons": "[2001:db8:::192.0.2.10]",
    "scope": "[fe80::1%25lo]",
    "no-address": "[2001:db8::g]",
}
PORTS = (":5060", "", ";transport=tcp")
OWN = f"Route: {value(V6, 'as')}\nRoute: {value(V4, 'bn')}\n"
CORE_SAYS = (r"<core> |(ERROR|WARNING): (tm|rr|sl|sanity|nathelper|siputils|"
             r"registrar|pv) ")


def nobody_asked(s):
    s.lab.wire.read()
    assert not s.lab.wire.asked, s.lab.wire.asked


def served(s):
    """Still there, and at work"""
    s.drain()
    got = s.invite()
    assert values(got) == pair("4bn", "6as") and got.endswith(SDP_NAT)
    s.busy(got)
    nobody_asked(s)


@pytest.fixture(name="s")
def an_attack(lab):
    with Attack(lab, logged=CORE_SAYS).both() as s:
        yield s


@pytest.mark.parametrize("host", MIXED)
def test_in_the_request_uri(s, host):
    """Out of a dialog and within one; without a port, it would be a service
    that is asked for (RFC 3263)"""
    s.phone(BOB)
    for (extra, tag), port in product((("", ""), (OWN, "tt")), PORTS):
        s.say(ALICE, method="MESSAGE", uri=f"sip:x@{MIXED[host]}{port}",
              body=NONE, extra=extra, to_tag=tag, hops=3)
        s.drain()
    served(s)


@pytest.mark.parametrize("host", MIXED)
def test_in_a_route(s, host):
    """Alone, in front of ours, behind ours"""
    s.phone(BOB)
    for port, tag in product(PORTS, ("", "tt")):
        route = f"Route: <sip:{MIXED[host]}{port};lr>\n"
        for extra in (route, route + OWN, OWN + route):
            s.say(ALICE, method="MESSAGE", body=NONE, to_tag=tag,
                  uri="sip:bob@192.0.2.30", extra=extra, hops=3)
            s.drain()
    served(s)


@pytest.mark.parametrize("host", MIXED)
def test_in_via_contact_and_sdp(s, host):
    """What a phone shows, and where its replies would go without rport"""
    literal = MIXED[host]
    s.phone(BOB)
    for rport in (";rport", ""):
        s.say(ALICE, caller=f"{literal}:5062", rport=rport,
              uri="sip:bob@sip.example.test",
              body=SDP6.replace("2001:db8:1::2", literal[1:-1]))
        s.proxy.settle()
        for got in s.phone(BOB).rest():
            if got.startswith("INVITE "):
                s.send(BOB, response(got, "180 Ringing", body=NONE))
                s.send(BOB, response(got, contact=f"{literal}:5060"))
        s.drain()
    served(s)


@pytest.mark.parametrize("host", MIXED)
def test_in_a_received_and_in_a_stray_reply(s, host):
    """Of a Via that says it goes back there"""
    literal = MIXED[host]
    s.send(MALLORY, "\n".join([
        "SIP/2.0 200 OK", "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKx.0"
        f";received={literal[1:-1]}",
        f"Via: SIP/2.0/UDP {literal}:5062;branch=z9hG4bKy",
        "From: <sip:a@b>;tag=a", "To: <sip:b@b>;tag=b", "Call-ID: stray",
        "CSeq: 1 INVITE", f"Contact: <sip:x@{literal}>", SDP6]))
    s.drain()
    served(s)


def test_the_watch_sees_a_name(s):
    """So that it can: a name is asked for"""
    s.say(ALICE, method="MESSAGE", uri="sip:x@nobody.example.test", body=NONE,
          extra=OWN, to_tag="tt")
    s.drain()
    with pytest.raises(AssertionError):
        nobody_asked(s)
    assert s.invite().endswith(SDP_NAT)
    s.drain()
