# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Own addresses at the start; bad values are in test_bad_parameters.py."""
from sipharness.pools import messages


def test_no_own_address_known(lab):
    """listen=0.0.0.0 without advertise: there is nothing to synthesize from"""
    lines = messages(lab.refused(listen=["udp:0.0.0.0:5060"]))
    assert len(lines) == 1, lines
    assert "0.0.0.0:5060" in lines[0] and "own_address" in lines[0], lines
    # either of these makes it known
    for options in ({"defines": ['OWN_ADDRESS="192.0.2.10"'],
                     "listen": ["udp:0.0.0.0:5060"]},
                    {"listen": ["udp:0.0.0.0:5060/192.0.2.10:5060"]}):
        proxy = lab.proxy(**options)
        proxy.stop()
        lab.running.remove(proxy)
