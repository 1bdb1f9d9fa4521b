# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on doctored calls: each fault must fail its own proof."""

import pytest
from doctored import (HEARD, OWN_ROUTE, Wire, case_of, drop, failed,
                      good_call, has, pair_of, relay_for, replace, twice)
from lablib import audio, ladder, proofs
from lablib import plan as P
from lablib.case import Rtp

RELAY6 = relay_for("ue")


def test_good_call(tmp_path):
    assert not failed(case_of(tmp_path, good_call()))


FAULTS = [
    ("no ACK at the callee", "core", has(b"ACK sip", P.UA4_ADDR), drop,
     {"ack"}),
    ("ACK of another INVITE", "core", has(b"ACK sip", P.UA4_ADDR),
     replace(b"CSeq: 1 ACK", b"CSeq: 2 ACK"), {"ack"}),
    ("INVITE refused", "ue", has(b"200 OK"),
     replace(b"200 OK", b"488 No"),
     {"answered", "no-repeat", "register-ue", "route-ue"}),
    ("200 repeated by the callee", "core", has(b"1 INVITE", P.PROXY_ADDR),
     lambda p: twice(p) if b"200 OK" in p.data else [p], {"no-repeat"}),
    ("200 repeated to the caller", "ue",
     lambda p: b"200 OK" in p.data and b"INVITE" in p.data, twice,
     {"no-repeat"}),
    ("BYE lost", "ue", has(b"BYE sip"), drop, {"bye"}),
    ("BYE unanswered", "core", has(b"9 BYE", P.UA4_ADDR), drop, {"bye"}),
    ("own Route at UE6", "ue", has(b"BYE sip"),
     replace(b"Call-ID: one", OWN_ROUTE % b"192.0.2.10"),
     {"no-own-route"}),
    ("own Route at UA4, other spelling", "core",
     has(b"ACK sip", P.UA4_ADDR),
     replace(b"Call-ID: one", OWN_ROUTE
             % b"[2001:DB8:64:0:0:0:192.0.2.10]:5060"), {"no-own-route"}),
    ("own Route by name", "core", has(b"INVITE sip", P.UA4_ADDR),
     replace(b"Call-ID: one", OWN_ROUTE % b"SIP.example.test"),
     {"no-own-route"}),
    ("IP4 in c= to UE6", "ue", has(b"c=IN IP6 " + RELAY6.encode()),
     replace(b"c=IN IP6 " + RELAY6.encode(), b"c=IN IP4 192.0.2.20"),
     {"sdp-ue"}),
    ("IP4 in o= to UE6", "ue", has(RELAY6.encode()),
     replace(b"o=- 1 1 IN IP6", b"o=- 1 1 IN IP4"), {"sdp-ue"}),
    ("a type that lies", "ue", has(RELAY6.encode()),
     replace(b"c=IN IP6 " + RELAY6.encode(), b"c=IN IP6 192.0.2.20"),
     {"sdp-ue"}),
    ("IP6 in the offer to UA4", "core", has(b"INVITE sip", P.UA4_ADDR),
     replace(b"c=IN IP4 192.0.2.20", b"c=IN IP6 2001:db8::1"), {"sdp-ua4"}),
    ("no SDP to UE6", "ue", has(RELAY6.encode()),
     replace(b"application/sdp", b"text/plain"), {"sdp-ue"}),
    ("IPv4 is UE6's first Route", "ue", has(b"1 INVITE", P.UE6_ADDR),
     replace(b"sip:[2001:db8:64::c000:20a]", b"sip:192.0.2.10"),
     {"route-ue"}),
    ("no Record-Route to UE6", "ue", has(b"1 INVITE", P.UE6_ADDR),
     replace(b"Record-Route", b"X-Route"), {"route-ue"}),
    ("UE6 sends by IPv4", "ue", has(b"ACK sip"),
     replace(b"Route: <sip:[2001:db8:64::c000:20a]",
             b"Route: <sip:192.0.2.10"), {"route-ue"}),
    ("IPv6 is UA4's first Route", "core", has(b"1 INVITE", P.UA4_ADDR),
     replace(b"sip:192.0.2.10", b"sip:[2001:db8:64::c000:20a]"),
     {"route-ua4"}),
    ("no REGISTER", "core", has(b"REGISTER", P.PROXY_ADDR), drop,
     {"register-ua4"}),
    ("REGISTER unanswered", "ue", has(b"1 REGISTER", P.UE6_ADDR), drop,
     {"register-ue"}),
]


@pytest.mark.parametrize("net,want,change,keys",
                         [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_seen(tmp_path, net, want, change, keys):
    wire = good_call().edit(net, want, change)
    assert failed(case_of(tmp_path, wire)) == keys


def test_the_200_replaces_what_a_180_said(tmp_path):
    """RFC 3261 13.2.2.4: the route set is the 2xx's."""
    wire = good_call()
    early = [replace(b"200 OK", b"180 Ringing"),
             replace(b"sip:[2001:db8:64::c000:20a]", b"sip:192.0.2.10")]
    wire.edit("ue", has(b"1 INVITE", P.UE6_ADDR), lambda p: [
        early[1](early[0](p)[0])[0], p])
    assert not failed(case_of(tmp_path, wire))


@pytest.mark.parametrize("changes,keys", [
    ({"rtp": {"ue": Rtp(150, 0, 150, 150)}}, {"rtp"}),
    ({"rtp": {"ue": Rtp(150, 150, 0, 150)}}, {"rtp"}),
    ({"rtp": {}}, {"rtp"}),
    ({"heard": {"ue": None, "ua4": HEARD}}, {"tone-ue"}),
    ({"heard": {"ue": HEARD, "ua4": audio.Heard(620, -13, 0, 3)}},
     {"tone-ua4"}),
    ({"transport": "tcp"}, {"register-ue", "register-ua4"}),
])
def test_other_evidence(tmp_path, changes, keys):
    assert failed(case_of(tmp_path, good_call(), **changes)) == keys


@pytest.mark.parametrize("never", [(), ("ue",)])
def test_nothing_proves_nothing(tmp_path, never):
    case = case_of(tmp_path, Wire(), rtp={}, heard={}, unregistered=never)
    assert all(not p.ok for p in proofs.judge(case))
    assert "no message" in ladder.draw(case)[0]


def test_ladder_marks_what_the_module_wrote(tmp_path):
    lines = ladder.draw(case_of(tmp_path, good_call()))
    arrows = [x for x in lines if "|" in x]
    marks = [x.strip() for x in lines if x.strip().startswith("+ ")][:-1]
    assert len(arrows) == 10
    assert arrows[0].endswith("INVITE sip:b@x SIP/2.0  (UDP)")
    assert "|---------------+-------------->|" in arrows[0]
    assert marks == ["+ " + x for x in pair_of("ue", "ua4").strip()
                     .split("\n")] + [f"+ o=- 1 1 IN IP6 {RELAY6}",
                                      f"+ c=IN IP6 {RELAY6}"]
