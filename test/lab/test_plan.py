# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a lab may consist of, and what is refused before anything is made."""

import os
import re
import subprocess

import pytest
from conftest import TOP
from lablib import call, fleet
from lablib.errors import LabError
from lablib.plan import FLEET, MEDIA, PREF64, PREF64S, REGISTRARS, Plan


def test_one_network_unless_told_otherwise():
    plan = Plan("x")
    assert plan.phones == ("ue", "ua4")
    assert len(plan.spaces) == 7
    assert plan.told_pref64 == PREF64


@pytest.mark.parametrize("options,prefixes", [
    ({"networks": 3}, list(PREF64S)),
    ({"pref64": "2001:db8:9::/48", "networks": 2},
     ["2001:db8:9::/48", PREF64S[1]]),
    ({"pref64": [PREF64, PREF64]}, [PREF64, PREF64]),
])
def test_networks(options, prefixes):
    plan = Plan("x", **options)
    assert [n.pref64 for n in plan.networks] == prefixes
    assert plan.phones == (*("ue", "ue2", "ue3")[:len(prefixes)], "ua4")
    assert len({n.outside for n in plan.networks}) == len(prefixes)


def test_a_neighbour():
    """A second phone in the first network, with all that is there."""
    plan = Plan("x", networks=2, neighbour=True)
    assert plan.phones == ("ue", "uen", "ue2", "ua4")
    assert len(plan.spaces) == 5 + 3 + 2
    assert plan.network_of("uen") == plan.network_of("ue")
    assert plan.address("uen") != plan.address("ue")


def test_a_fleet():
    """In place of proxy and relay; what is dispatched to is where it says"""
    plan = Plan("t", fleet="kamailio")
    assert set(FLEET) < set(plan.spaces)
    assert not {"proxy", "relay", "box2"} & set(plan.spaces)
    assert plan.relays == (FLEET["media-1"], FLEET["media-2"])
    with open(fleet.shipped(plan, "dispatcher.list"), encoding="ascii") as src:
        listed = re.findall(r"(?m)^(\d) sip:([\d.]+):5060$", src.read())
    assert listed == [(n, FLEET[host]) for n, hosts in (("1", REGISTRARS),
                                                        ("2", MEDIA))
                      for host in hosts]


@pytest.mark.parametrize("options", [
    {"config": "x.cfg"}, {"two_box": "b2bua"}, {"fqdn": True},
    {"pools": ["192.0.2.1=2001:db8:64::/96"]}])
def test_a_fleet_has_its_own(options):
    with pytest.raises(LabError, match="fleet"):
        Plan("t", fleet="kamailio", **options)


def test_synthetic_addresses():
    """RFC 6052 2.2: with /40 and /56 the address goes around octet 8."""
    plan = Plan("x", networks=3)
    assert [n.proxy6 for n in plan.networks] == [
        "2001:db8:64::c000:20a", "2001:db8:1c0:2:a::",
        "2001:db8:300:c0:0:20a::"]


@pytest.mark.parametrize("options,words", [
    ({"networks": 4}, "4 IPv6-only networks"),
    ({"networks": 0}, "0 IPv6-only networks"),
    ({"networks": 1, "pref64": [PREF64, PREF64]}, "2 prefixes"),
    ({"pref64": [PREF64] * 4}, "4 prefixes"),
    ({"pref64": "2001:db8::/97"}, "length is none of"),
    ({"pref64": [PREF64, "192.0.2.0/24"]}, "PREF64 192.0.2.0/24"),
    ({"unregistered": ["ue2"]}, "no phone 'ue2'"),
    ({"unregistered": ["uen"]}, "no phone 'uen'"),
    ({"name": "No"}, "lab name"),
    ({"no_relay": "latching", "two_box": "kamailio"}, "need a media relay"),
    ({"no_relay": "latching", "bridges": True}, "need a media relay"),
])
def test_refused(options, words):
    with pytest.raises(LabError, match=words):
        Plan(**{"name": "x", **options})


def test_options_are_kept(tmp_path):
    """What the proxy is told too: 'call' and 'status' begin from it."""
    plan = Plan("x", top=str(tmp_path), networks=2, no_pref64=True,
                unregistered=["ue2"], fqdn=True, neighbour=True,
                pools=[f"192.0.2.1={PREF64}"], no_relay="strict")
    os.makedirs(plan.dir)
    plan.save()
    assert plan.like_saved().options() == plan.options()
    other = Plan("x", top=str(tmp_path), networks=2).options()
    assert {k for k, v in plan.options().items() if other[k] != v} \
        == {"no_pref64", "unregistered", "fqdn", "pools", "neighbour",
            "no_relay"}


@pytest.mark.parametrize("words,options", [
    ("no phone 'ue3'", {"caller": "ue3"}),
    ("no phone 'ue3'", {"caller": "ue", "callee": "ue3"}),
    ("can't call itself", {"caller": "ue", "callee": "ue"}),
    ("not in the call", {"caller": "ue", "hangup": "ue2"}),
    ("can't hold it", {"caller": "ue", "hold": "ue2"}),
    ("never registers", {"caller": "ua4", "callee": "ue2"}),
    ("a call lasts", {"caller": "ue", "seconds": 0}),
])
def test_call_refused(words, options):
    plan = Plan("x", networks=2, unregistered=["ue2"])
    with pytest.raises(LabError, match=words):
        call.place(plan, **options)


@pytest.mark.parametrize("words,options", [
    ("invalid choice", ["call", "--from", "ue4"]),
    ("invalid choice", ["up", "--networks", "4"]),
    ("2 prefixes", ["up", "--networks", "1", "--pref64", PREF64,
                    "--pref64", PREF64]),
    ("no phone 'ue3'", ["up", "--unregistered", "ue3"]),
    ("is not up", ["call", "--name", "nolabhere"]),
])
def test_command_line_refuses(words, options):
    done = subprocess.run([os.path.join(TOP, "utils", "lab"), *options],
                          capture_output=True, text=True, timeout=20,
                          check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
