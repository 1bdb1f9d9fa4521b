# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The ways from the relay's address to the phone's c= line, each by the defines
of the configuration that is shipped and nothing else."""
import pytest

from sipharness import shapes
from sipharness.branches import Party, ua4, ue6
from sipharness.called import DUAL, PREF, Called
from sipharness.relays import (BRIDGES, NEAR, RELAY, addresses,
                               needs_rtpengine)
from sipharness.texts import values

pytestmark = [needs_rtpengine, pytest.mark.usefixtures("script")]
# rtpengine's interfaces, defines; SDPs that are rewritten and that are repaired,
# of a call from UE6 to UA4
WAYS = {
    "rewriting": ([], [], (1, 0)),
    "address": ([], [f'RTPENGINE_ADDRESS="{RELAY}"'], (0, 0)),
    "interface": ([RELAY, BRIDGES[1]],
                  [f'RTPENGINE_INTERFACE="{PREF}=nat64a"'], (1, 1)),
}


def start(lab, way):
    interfaces, defines, _ = WAYS[way]
    return Called(lab, f'NAT64_PREF64="{PREF}"', "NAT64_NO_PROBE",
                  *lab.relay(*interfaces), *defines)


def reads(text, address):
    assert addresses(text)[0] == [address] * 2, text


@pytest.mark.parametrize("way", WAYS)
def test_from_ue6(lab, way):
    with start(lab, way) as s:
        got = s.call(ue6(s), ua4(s).register("bob", 101))
        assert values(got.invite) == values(got.ok) == DUAL
        reads(got.invite, f"IP4 {RELAY}")
        reads(got.ok, f"IP6 {NEAR}")
        rewritten, repaired = WAYS[way][2]
        s.count(pairs=1, sdp_rewritten=rewritten, sdp_repaired=repaired)


@pytest.mark.parametrize("way", WAYS)
def test_to_ue6(lab, way):
    with start(lab, way) as s:
        callee = ue6(s).register("alice", 101)
        got = s.call(Party(s, ("192.0.2.30", 5069)), callee, "alice")
        assert values(got.invite) == shapes.pair(
            shapes.value(shapes.V6, "bn"), shapes.value(shapes.V4, "af"))
        reads(got.invite, f"IP6 {NEAR}")
        reads(got.ok, f"IP4 {RELAY}")
