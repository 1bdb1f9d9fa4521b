# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A configuration that cannot work stops the start with one line that names
the parameter and the value."""
import re

import pytest

BAD = {
    "pref64-length": ("pref64", 'PREF64="64:ff9b::/95"', "64:ff9b::/95"),
    "pref64-wkp-length": ("pref64", 'PREF64="64:ff9b::/64"', "64:ff9b::/64"),
    "pref64-text": ("pref64", 'PREF64="nat64"', "nat64"),
    "pref64-ipv4": ("pref64", 'PREF64="192.0.2.0/24"', "192.0.2.0/24"),
    "pref64-host-bits": ("pref64", 'PREF64="2001:db8::1/96"',
                         "2001:db8::1/96"),
    "pref64-no-length": ("pref64", 'PREF64="2001:db8::"', "2001:db8::"),
    "detect": ("detect", 'DETECT="via,contact,smell"',
               "via,contact,smell"),
    "own-address": ("own_address", 'OWN_ADDRESS="192.0.2.300"',
                    "192.0.2.300"),
    "own-address-ipv6": ("own_address", 'OWN_ADDRESS="2001:db8::1"',
                         "2001:db8::1"),
    "notify-peer": ("notify_peer", 'NOTIFY_PEER="192.0.2.0/33"',
                    "192.0.2.0/33"),
    "notify-peer-host-bits": ("notify_peer", 'NOTIFY_PEER="192.0.2.1/24"',
                              "192.0.2.1/24"),
    "notify-header": ("notify_header", 'NOTIFY_HEADER="Porta SIP"',
                      "Porta SIP"),
}


def complaints(log):
    """What nat64sip itself says at the level of an error"""
    return [line for line in log.splitlines()
            if re.search(r"(ERROR|CRITICAL): nat64sip ", line)]


@pytest.mark.parametrize("case", BAD)
def test_bad_parameter(lab, case):
    name, define, value = BAD[case]
    lines = complaints(lab.refused(defines=[define]))
    assert len(lines) == 1, lines
    assert re.search(rf'parameter "{name}", value "{re.escape(value)}": \S',
                     lines[0]), lines


def test_wkp_strict_of_two(lab):
    lines = complaints(lab.refused(defines=["WKP_STRICT=2"]))
    assert len(lines) == 1, lines
    assert re.search(r'parameter "wkp_strict", value "2": \S', lines[0]), lines


def test_no_own_address_known(lab):
    """listen=0.0.0.0 without advertise: there is nothing to synthesize from"""
    lines = complaints(lab.refused(listen=["udp:0.0.0.0:5060"]))
    assert len(lines) == 1, lines
    assert "0.0.0.0:5060" in lines[0] and "own_address" in lines[0], lines
    # either of these makes it known
    for options in ({"defines": ['OWN_ADDRESS="192.0.2.10"'],
                     "listen": ["udp:0.0.0.0:5060"]},
                    {"listen": ["udp:0.0.0.0:5060/192.0.2.10:5060"]}):
        proxy = lab.proxy(**options)
        proxy.stop()
        lab.running.remove(proxy)


def test_double_rr_switched_off(lab):
    """rr's enable_double_rr=0 would leave half of each pair unread"""
    lines = complaints(lab.refused(defines=["NO_DOUBLE_RR"]))
    assert len(lines) == 1 and "enable_double_rr" in lines[0], lines
