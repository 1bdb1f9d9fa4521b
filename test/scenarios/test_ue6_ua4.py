# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls between a phone behind NAT64 and one on IPv4, each message judged."""
import pytest

CALLS = [
    "ue6-ua4-baresip-udp",
    "ue6-ua4-linphone-udp",
    "ue6-ua4-pjsip-udp",
    "ue6-ua4-baresip-tcp",
    "ue6-ua4-linphone-tcp",
    "ue6-ua4-pjsip-tcp",
    "ue6-ua4-bye-from-ua4",
    "ue6-ua4-hold-by-ue6",
    "ue6-ua4-hold-by-ua4",
    "ue6-ua4-cancel",
    "ue6-ua4-late-offer",
    "ua4-ue6-baresip-udp",
    "ua4-ue6-late-offer",
]


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize("call", CALLS)
def test_call(lab, call):
    lab.shipped()
    lab.play(call)
