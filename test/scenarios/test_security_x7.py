# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-7: what names the proxy itself, in whatever form, makes it talk to itself
no oftener than Max-Forwards lets it, and each pass takes off its own pair."""
import pytest

from sipharness.attacks import ALICE, BOB, NONE, Attack
from sipharness.shapes import V4, V6, synthetic, value
from sipharness.texts import pair, values
from test_proof_limits import SDP_NAT

OWN = f"Route: {value(V6, 'as')}\nRoute: {value(V4, 'bn')}\n"
FORMS = {"configured": V6, "well-known": synthetic("64:ff9b::/96", V4),
         "another": synthetic("2001:db8:122:344::/64", V4),
         "mixed": "[2001:db8:64::192.0.2.10]", "ipv4": V4}
CORE_SAYS = r"<core> |(ERROR|WARNING): (tm|rr|sl) "


def to_itself(s):
    """How many messages the proxy sent to its own sockets"""
    return [m for m in s.lab.wire.read() if m.src == m.dst]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("routes", ["", OWN], ids=["alone", "behind-routes"])
def test_request_uri_is_the_proxy(lab, form, routes):
    """Out of a dialog it is an AoR of ours. Within one, where strict routers
    put us there, the proxy asks nobody but itself, and not for ever."""
    with Attack(lab, logged=CORE_SAYS).both() as s:
        s.say(ALICE, uri=f"sip:nobody@{FORMS[form]}:5060",
              to_tag="tt" if routes else "", extra=routes, method="MESSAGE",
              body=NONE, hops=10)
        assert s.first(ALICE)[8] == "4"
        assert len(to_itself(s)) <= 2 * 10
        assert s.invite().endswith(SDP_NAT)
        s.drain()


def test_call_to_the_synthetic_address(lab):
    """The same as one to the domain, in each form"""
    with Attack(lab).both() as s:
        for form in ("mixed", "ipv4", "configured", "well-known", "another"):
            host = FORMS[form]
            got = s.invite(uri=f"sip:bob@{host}:5060")
            # the phone says by it in which network it is
            own6 = V6 if form in ("mixed", "ipv4") else host
            assert values(got) == pair("4bn", "6as", own6=own6)
            s.busy(got)
        assert not to_itself(s)


@pytest.mark.parametrize("hops", (0, 1, 2))
def test_max_forwards(lab, hops):
    """RFC 3261 16.3: 483 at 0, also where the module has work to do; counted
    once per pass"""
    with Attack(lab).both() as s:
        s.phone(BOB)
        s.say(ALICE, uri="sip:bob@sip.example.test", hops=hops)
        if not hops:
            s.get(ALICE, "SIP/2.0 483 ")
            got = s.invite()
        else:
            got = s.get(BOB, "INVITE ")
            assert values(got, "Max-Forwards") == f"Max-Forwards: {hops - 1}\n"
        assert values(got) == pair("4bn", "6as")
        s.busy(got)
        assert not to_itself(s)


@pytest.mark.parametrize("form", FORMS)
def test_pair_twice(lab, form):
    """Two pairs of ours in a row, which no proxy between us wrote: the second
    is followed as an address, by one more turn or not at all"""
    back = f"Route: {value(FORMS[form], 'as')}\nRoute: {value(V4, 'bn')}\n"
    with Attack(lab, logged=CORE_SAYS).both() as s:
        s.phone(BOB)
        s.say(ALICE, method="BYE", to_tag="tt", body=NONE, hops=10,
              uri="sip:bob@192.0.2.30", extra=OWN + back)
        got = s.first(BOB, ALICE)
        assert got.startswith(
            "BYE " if form == "ipv4" else "SIP/2.0 478 "), got
        assert len(to_itself(s)) <= (1 if form == "ipv4" else 0)
        s.drain()
        s.say(ALICE, method="BYE", to_tag="tt", body=NONE, extra=OWN,
              uri="sip:bob@192.0.2.30")
        assert values(s.get(BOB, "BYE "), "Route") == ""
        s.drain()


def test_spiral_through_another_proxy(lab):
    """BOB is a proxy that sends each call back to us for carol: the second
    pass writes its own Record-Route above the first one's"""
    with Attack(lab).both() as s:
        s.register("carol", ("192.0.2.30", 5070))
        got = s.invite()
        first = values(got)
        lines = got.split("\n")
        via = "Via: SIP/2.0/UDP 192.0.2.30:5060;branch=z9hG4bKspiral;rport"
        hops = got.replace("Max-Forwards: 69", "Max-Forwards: 68")
        again = hops.replace(lines[0], "\n".join([
            "INVITE sip:carol@sip.example.test SIP/2.0", via]), 1)
        s.phone(("192.0.2.30", 5070))
        s.send(BOB, again)
        back = s.get(("192.0.2.30", 5070), "INVITE ")
        assert values(back).endswith(first)
        assert "[" not in values(back)[:-len(first)]
        assert back.endswith(SDP_NAT)
        assert not to_itself(s)
        s.drain()
