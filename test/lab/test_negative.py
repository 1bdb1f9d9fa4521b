# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The negative control: without the module the proofs must fail.

And for the right reason: the INVITE is answered, the ACK never comes, the 200
is repeated, nobody hears anything. Else the lab would prove nothing.
"""

import pytest
from conftest import STOCK
from lablib import call, ladder, proofs


@pytest.fixture(scope="module")
def judged(make_lab):
    case = call.place(make_lab(config=STOCK), "ue", "ua4", "udp", 2.0)
    found = {p.key: p for p in proofs.judge(case)}
    print("\n".join(ladder.draw(case)))
    print("\n".join(p.line() for p in found.values()))
    return case, found


@pytest.mark.parametrize("key", ["register-ue", "register-ua4", "answered",
                                 "sdp-ua4", "route-ua4"])
def test_holds(judged, key):
    """NAT64, DNS64, registration and the way to the callee do work."""
    assert judged[1][key].ok, judged[1][key].line()


@pytest.mark.parametrize("key", ["ack", "no-repeat", "rtp", "tone-ue",
                                 "tone-ua4", "sdp-ue", "route-ue", "bye"])
def test_fails(judged, key):
    assert not judged[1][key].ok, judged[1][key].line()


def test_reason(judged):
    """UE6 got an IPv4 Record-Route, hence sent no ACK."""
    case, _ = judged
    yes = [m for m in case.reached("ue") if m.method == "INVITE"
           and m.status == 200]
    assert len(yes) > 1, "the 200 was not repeated"
    assert "sip:192.0.2.10" in yes[0].header("record-route")
    assert "IN IP4 192.0.2.20" in yes[0].body
    assert not [m for m in case.sent("ue") if m.method == "ACK"]


def test_two_networks(make_lab):
    """Nor do two UE6 reach each other, registered or not."""
    plan = make_lab(config=STOCK, networks=2, unregistered=["ue2"])
    case = call.place(plan, "ue2", "ue2", "udp", 1.0, "ue")
    found = {p.key: p.ok for p in proofs.judge(case)}
    assert found["register-ue"] and found["unregistered-ue2"]
    assert not any(found[key] for key in ("answered", "ack", "rtp", "tone-ue",
                                          "tone-ue2", "sdp-ue", "bye"))


def test_no_audio(judged):
    case, _ = judged
    assert case.rtp["ue"].out6 == 0
    assert all(h is None or h.seconds == 0 for h in case.heard.values())
