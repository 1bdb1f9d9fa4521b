# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-9: what the module knows of a phone's network it tells to nobody but a
notify_peer, and of phones it writes no address into an operator's log."""
import re

import pytest

from sipharness import shapes
from sipharness.attacks import (ALICE, BOB, GOOD, LITERAL, MALLORY, NONE,
                                Attack, names, response)
from sipharness.debugging import configuration
from sipharness.script import LEARN
from sipharness.texts import pair, values
from test_proof_limits import SDP_NAT
from test_security_x4 import shown

PEER = ("WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
        'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"')


def test_header_is_for_the_peer_alone(lab):
    """Towards it, in the INVITE and in no reply; a phone gets none"""
    with Attack(lab, *PEER).both() as s:
        got = s.invite(to=MALLORY)
        assert names(got).count("portasip-notify") == 1
        back = s.answer(MALLORY, response(
            got, body=shapes.body("IP4 192.0.2.40"),
            extra="PortaSIP-Notify: caller=ipv4;callee=ipv4\n"), ALICE)
        assert "portasip-notify" not in names(back)
        s.say(MALLORY, caller=MALLORY, uri="sip:bob@sip.example.test",
              body=shapes.body("IP4 192.0.2.40"),
              extra="PortaSIP-Notify: caller=nat64;caller-pref64="
              '"2001:db8:64::/96";callee=ipv4\n')
        got = s.get(BOB, "INVITE ")
        assert "portasip-notify" not in names(got)
        assert "2001:db8:64::/96" not in got
        s.drain()


def test_probe_says_nothing_of_who_is_there(lab):
    """OPTIONS, to an address: no user, no domain"""
    with Attack(lab, known=False) as s:
        asked = s.register("alice", ALICE, LITERAL)
        assert "alice" not in asked and "example" not in asked
        s.send(ALICE, shown(asked, GOOD))
        s.stats(proofs=1)


ADDRESS = re.compile(r"2001:db8|192\.0\.2\.(?:1|2|30|40)\b")


@pytest.mark.parametrize("debug", [2, 3])
def test_addresses_are_logged_for_debugging_only(lab, debug):
    """Calls, registrations, lies, texts that are none: nothing in the log at
    the level that is shipped; at the debug level they are there"""
    cfg, _ = configuration(lab, LEARN)
    with open(cfg) as f:
        text = f.read().replace("debug=3", f"debug={debug}")
    with open(cfg, "w") as f:
        f.write(text)
    with Attack(lab, f'CTL_SOCKET="unix:{lab.folder}/ctl"',
                'SIP_DOMAIN="sip.example.test"', known=False, cfg=cfg,
                logged=r"<core> |ERROR: (tm|rr|sl) ") as s:
        s.register("bob", BOB)
        asked = s.register("alice", ALICE, LITERAL)
        s.send(ALICE, shown(asked, "2001:db8:bad::c000:21e"))
        s.send(ALICE, shown(asked, GOOD))
        got = s.invite(extra="PortaSIP-Notify: caller=x\n")
        assert got.endswith(SDP_NAT)
        s.send(BOB, response(got, extra="this is no header\n"))
        s.drain()
        s.say(MALLORY, method="BYE", to_tag="tt", body=NONE, uri="sip:b@x",
              extra="Route: <sip:[2001:db8:64::7f00:1];lr>\n")
        s.drain()
        lines = [line for line in s.proxy.log(s.proxy.mark).splitlines()
                 if ": nat64sip [" in line and ADDRESS.search(line)]
        assert all("DEBUG: " in line for line in lines), lines
        assert bool(lines) == (debug == 3), lines


def test_pair_shows_the_proxy_and_nothing_else(lab):
    """RFC 5658 8: both of its addresses, no phone's"""
    with Attack(lab).both() as s:
        got = s.invite()
        assert values(got) == pair("4bn", "6as")
        assert not re.search(r"192\.0\.2\.1\b|2001:db8:1:", values(got))
        s.busy(got)
