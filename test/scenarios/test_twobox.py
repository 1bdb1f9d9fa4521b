# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The two shipped boxes: a proxy without media, and behind it the relay, which
knows of the phones what PortaSIP-Notify tells it. Each call passes box 1 twice.
"""
import shutil

import pytest

from sipharness.branches import ua4, ue6, ue6_b
from sipharness.pairwise import combinations
from sipharness.twobox import Call, TwoBoxes

pytestmark = pytest.mark.skipif(not shutil.which("rtpengine"),
                                reason="rtpengine is not installed")

CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}
CALLEES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
SIDES = ["caller", "callee"]
TRANSPORTS = ["udp", "tcp"]


def parties(s, caller, callee, proto="udp"):
    """Both registered"""
    one = CALLERS[caller](s, proto=proto).register("alice", 101)
    two = CALLEES[callee](s, proto=proto).register("bob", 102)
    return Call(s, one, two)


def side(call, name):
    return call.caller if name == "caller" else call.callee


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("proto", TRANSPORTS)
@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize("caller", CALLERS)
def test_call_and_bye(lab, caller, callee, proto, who):
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto).up()
        call.bye(side(call, who))
