# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""fix_nat64_sdp() behind a real rtpengine: UE6 gets the relay's address in the
form that it can reach, UA4 as it is."""
import shutil

import pytest

CALLS = ["ue6-ua4-baresip-rtp", "ue6-ua4-linphone-rtp", "ue6-ua4-pjsip-rtp",
         "ua4-ue6-baresip-rtp"]


@pytest.fixture
def relay(lab):
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    return lab.relay()


@pytest.mark.parametrize("call", CALLS)
def test_call(lab, relay, call):
    lab.shipped(*relay)
    lab.play(call)
