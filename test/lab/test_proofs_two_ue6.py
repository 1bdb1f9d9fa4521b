# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge and the ladder where both phones are behind a NAT64."""

import pytest
from doctored import (CROSSED, HEARD, OWN_ROUTE, PLAN, case_of, drop, failed,
                      good_call, has, pair_of, relay_for, replace)
from lablib import audio, ladder, proofs
from lablib.case import Rtp

PAIR = ("ue", "ue2")
UE6B = PLAN.network_of("ue2").ue_addr


def _case(tmp_path, wire, **changes):
    return case_of(tmp_path, wire, PAIR, **changes)


@pytest.mark.parametrize("caller,callee", [
    PAIR, PAIR[::-1], ("ue", "ue3"), ("ue3", "ue2"), ("ua4", "ue3"),
    ("ue", "uen"), ("uen", "ue"), ("uen", "ua4")])
def test_good_call(tmp_path, caller, callee):
    case = case_of(tmp_path, good_call(caller, callee), (caller, callee))
    assert not failed(case)
    keys = {p.key for p in proofs.judge(case)}
    assert {f"{k}-{p}" for k in ("register", "tone", "sdp", "route")
            for p in (caller, callee)} <= keys
    assert len(keys) == 14


@pytest.mark.parametrize("net,want,change,keys", [
    ("ue2", has(b"ACK sip"), drop, {"ack"}),
    ("ue", has(b"BYE sip"), drop, {"bye"}),
    ("ue2", has(b"9 BYE", UE6B), drop, {"bye"}),
    ("ue2", has(b"c=IN IP6"), replace(
        b"c=IN IP6 " + relay_for("ue2").encode(), b"c=IN IP4 192.0.2.20"),
     {"sdp-ue2"}),
    # the form that the other's network has is an own Route too
    ("ue2", has(b"ACK sip"), replace(
        b"Call-ID: one", OWN_ROUTE % b"[2001:db8:64::c000:20a]"),
     {"no-own-route"}),
    ("ue", has(b"BYE sip"), replace(
        b"Call-ID: one", OWN_ROUTE % b"[2001:db8:1c0:2:a::]"),
     {"no-own-route"}),
    # the form that the other's network has is no Route of this one
    ("ue2", has(b"1 INVITE", UE6B), replace(
        b"[2001:db8:1c0:2:a::]", b"[2001:db8:64::c000:20a]"),
     {"route-ue2"}),
    ("ue2", has(b"REGISTER", UE6B), drop, {"register-ue2"}),
], ids=["ACK lost", "BYE lost", "BYE unanswered", "IP4 to UE6b",
        "own Route at UE6b", "own Route at UE6", "Route of the other network",
        "not registered"])
def test_fault_is_seen(tmp_path, net, want, change, keys):
    wire = good_call(*PAIR).edit(net, want, change)
    assert failed(_case(tmp_path, wire)) == keys


@pytest.mark.parametrize("changes,keys", [
    ({"rtp": {"ue": CROSSED, "ue2": Rtp(150, 150, 150, 0)}}, {"rtp"}),
    ({"rtp": {"ue": Rtp(150, 0, 150, 150), "ue2": CROSSED}}, {"rtp"}),
    ({"heard": {"ue": HEARD, "ue2": audio.Heard(620, -13, 0, 3)}},
     {"tone-ue2"}),
])
def test_other_evidence(tmp_path, changes, keys):
    assert failed(_case(tmp_path, good_call(*PAIR), **changes)) == keys


def test_never_registered(tmp_path):
    wire = good_call("ue3", "ua4", never=("ue3",))
    case = case_of(tmp_path, wire, ("ue3", "ua4"), unregistered=("ue3",))
    assert not failed(case)
    assert "unregistered-ue3" in {p.key for p in proofs.judge(case)}


def test_a_register_is_noticed(tmp_path):
    """A phone that was to be unknown and did register."""
    case = case_of(tmp_path, good_call(), unregistered=("ue",))
    assert failed(case) == {"unregistered-ue"}


def test_ladder(tmp_path):
    lines = ladder.draw(_case(tmp_path, good_call(*PAIR)))
    assert lines[0].split() == ["UE6", "NAT64", "proxy", "NAT64b", "UE6b"]
    arrows = [x for x in lines if "|" in x]
    assert len(arrows) == 10
    gap = " " * 15
    assert f"|---------------+-------------->|{gap}|{gap}|  INVITE" \
        in arrows[0]
    assert f"|{gap}|{gap}|---------------+-------------->|  INVITE" \
        in arrows[1]
    assert f"|{gap}|{gap}|<--------------+---------------|  BYE" in arrows[6]
    for line in pair_of(*PAIR).strip().split("\n"):
        assert any(x.endswith("+ " + line) for x in lines)


def test_the_caller_may_be_on_the_right(tmp_path):
    case = case_of(tmp_path, good_call("ue3", "ue"), ("ue3", "ue"))
    lines = ladder.draw(case)
    assert lines[0].split() == ["UE6", "NAT64", "proxy", "NAT64c", "UE6c"]
    first = next(x for x in lines if "|" in x)
    assert "|<--------------+---------------|  INVITE" in first
