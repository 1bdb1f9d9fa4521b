# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Real calls through a real NAT64: every proof must hold."""

import pytest
from lablib import call, ladder, proofs

KEYS = {"register-ue", "register-ua4", "answered", "ack", "no-repeat", "rtp",
        "tone-ue", "tone-ua4", "sdp-ue", "sdp-ua4", "route-ue", "route-ua4",
        "bye", "no-own-route"}


@pytest.fixture(scope="module")
def plan(make_lab):
    return make_lab()


@pytest.mark.parametrize("transport,caller,hangup", [
    ("udp", "ue", "ua4"), ("udp", "ua4", "ue"),
    ("udp", "ue", "ue"), ("udp", "ua4", "ua4"),
    ("tcp", "ue", "ua4"), ("tcp", "ua4", "ue"),
])
def test_call(plan, transport, caller, hangup):
    case = call.place(plan, caller, hangup, transport, 2.0)
    found = proofs.judge(case)
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert {p.key for p in found} == KEYS
    assert all(p.ok for p in found), text


def test_other_prefix(make_lab):
    """A /40: the address is not at the end of the synthetic one."""
    plan = make_lab(pref64="2001:db8:100::/40")
    assert plan.proxy6 == "2001:db8:1c0:2:a::"
    case = call.place(plan, "ue", "ua4", "udp", 2.0)
    found = proofs.judge(case)
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert all(p.ok for p in found), text
