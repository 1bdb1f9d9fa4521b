# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""No media relay at all: a real NAT64 that changes ports, and a peer on IPv4
that answers media where they come from; or does not. Two phones behind NAT64
need none of that, nor a NAT64: they have IPv6."""

import itertools
import os
import re
import subprocess

import pytest
from conftest import TOP, new_plan
from lablib import (call, echo, lab, ladder, namespaces, process, proofs,
                    proofs_direct)

LAB = os.path.join(TOP, "utils", "lab")
CALLS = [("udp", "ue", "ua4"), ("tcp", "ua4", "ue")]
if os.environ.get("N64_FULL"):
    CALLS = list(itertools.product(("udp", "tcp"), ("ue", "ua4"),
                                   ("ue", "ua4")))
KEYS = {"answered", "ack", "no-repeat", "rtp", "bye", "no-own-route",
        "direct"}
KEYS_EACH = {"register", "tone", "sdp", "route", "named"}


def keys_of(pair):
    return KEYS | {f"{key}-{phone}" for phone in pair for key in KEYS_EACH} \
        | {f"latched-{phone}" for phone in pair if phone != "ua4"}


@pytest.fixture(scope="module")
def plan(make_lab):
    """linphone on IPv4, and nothing configured."""
    return make_lab(networks=2, neighbour=True, no_pref64=True,
                    no_relay="latching")


def must_pass(case, more=()):
    found = proofs.judge(case)
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert {p.key for p in found} == keys_of(case.phones) | set(more)
    assert all(p.ok for p in found), text


def _ports(case):
    """What the SDP said, what the NAT64 made of it."""
    return ({int(p) for m in case.reached("ua4", case.call())
             for p in proofs_direct.PORT.findall(m.body)},
            {p.sport for p in case.direct["ue"].came})


@pytest.mark.parametrize("transport,caller,hangup", CALLS)
def test_call(plan, transport, caller, hangup):
    """Both hear the other, and not because the port happened to be right."""
    case = call.place(plan, caller, hangup, transport, 1.6)
    must_pass(case)
    told, made = _ports(case)
    assert told and made and not told & made


def test_hold_and_resume(plan):
    """With a peer that looks at each packet; of linphone only the first of a
    stream counts, and after a re-INVITE it goes by the SDP again."""
    case = echo.place(plan)
    must_pass(case, {"hold", "resume"})


@pytest.mark.parametrize("transport,callee", [("udp", "ue2"), ("tcp", "uen")])
def test_two_ue6(plan, transport, callee):
    """Their own addresses stay in the SDP: behind two NAT64s neither could know
    where to send first. The firewalls let in what answers."""
    case = call.place(plan, "ue", callee, transport, 1.6, callee)
    must_pass(case)
    assert case.direct["ue"].outside == plan.address("ue")


def test_there_is_no_relay(plan):
    assert lab.healthy(plan)
    assert "relay" not in namespaces.existing(plan)
    assert "rtpengine" not in process.names(plan)
    pid = process.pid_of(plan, "kamailio")
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as src:
        assert "RTPENGINE" not in src.read()


def test_a_peer_that_goes_by_the_sdp(permitted):
    """The same phone, told to: it is heard, the UE6 hears nothing, for no NAT64
    lets in what goes to another port. By the command line, which says so."""
    plan = new_plan(no_relay="strict")
    name = ("--name", plan.name)

    def play(*words):
        return subprocess.run([LAB, *words], capture_output=True, text=True,
                              timeout=60, check=False)
    try:
        done = play("up", *name, "--no-relay", "strict", "--no-pref64",
                    "--libdir", plan.libdir)
        assert done.returncode == 0, done.stderr
        done = play("call", *name, "--seconds", "0.5")
        assert done.returncode == 1, done.stderr
        verdicts = re.findall("^(PASS|FAIL)  (.*?): (.*)", done.stdout, re.M)
        assert len(verdicts) == len(keys_of(("ue", "ua4")))
        assert {n: f for v, n, f in verdicts if v == "FAIL"}.keys() == {
            "media crossed the NAT64", "UE6 hears the other's 1130 Hz",
            "UA4 answers where the media come from"}, done.stdout
        assert re.search(r"in 0 \([1-9]\d+ before it\)", done.stdout)
        done = play("up", *name, "--no-relay")
        assert done.returncode == 2 and "another no_" in done.stderr
    finally:
        lab.down(plan)
    assert not namespaces.existing(plan)
