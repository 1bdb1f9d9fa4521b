# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Several IPv6-only networks in one lab; the proxy is told the PREF64."""

import os
import subprocess

import pytest
from conftest import TOP, must_pass, new_plan
from lablib import (call, capture, dns, lab, namespaces, pcap, phones, proxy,
                    sipmsg)
from lablib.plan import PREF64, PREF64S


@pytest.fixture(scope="module")
def three(make_lab):
    """Three networks, each with a PREF64 of its own."""
    return make_lab(networks=3)


@pytest.fixture(scope="module")
def alike(make_lab):
    """Three networks with one PREF64, as carriers with the WKP have it.

    A /56: the address goes around octet 8 of the synthetic one.
    """
    return make_lab(pref64=[PREF64S[2]] * 3, unregistered=["ue3"])


@pytest.mark.parametrize("number,address", [
    (1, "2001:db8:64::c000:20a"), (2, "2001:db8:1c0:2:a::"),
    (3, "2001:db8:300:c0:0:20a::")])
def test_each_has_its_own_dns64_and_nat64(three, number, address):
    net = three.networks[number - 1]
    assert dns.ask_aaaa(three, net) == [address]
    assert proxy.probe_from(three, net.phone, 2.0)
    phones.wait_registered(three, net.phone)


def _ports(plan, net):
    """A phone's port on either side of its NAT64, by its REGISTER."""
    def of(point, addr):
        seen = sipmsg.messages(pcap.packets(capture.file_of(plan, point)))
        return {m.call_id: m.sport for m in seen
                if m.src == addr and m.method == "REGISTER"}
    capture.flush(plan)
    inner, outer = of(net.phone, net.ue_addr), of("core", net.outside)
    assert inner and inner.keys() == outer.keys()
    return [(inner[key], outer[key]) for key in inner]


@pytest.mark.parametrize("number,kept", [(1, False), (2, True), (3, False)])
def test_what_the_nat64_makes_of_ports(three, number, kept):
    net = three.networks[number - 1]
    for inner, outer in _ports(three, net):
        assert (inner == outer) == kept, net.ports


def test_networks_do_not_reach_each_other(three):
    """Only the relay and the proxy join them."""
    for net in three.networks:
        text = namespaces.run(["ip", "-n", three.space(net.phone), "route",
                               "show", "table", "all"])
        assert "192.0.2." not in text
        for other in three.networks:
            if other != net:
                assert other.ue_addr.rsplit("::", 1)[0] not in text


@pytest.mark.parametrize("caller,callee,hangup", [
    ("ue", "ue2", "ue"), ("ue2", "ue", "ue"), ("ua4", "ue2", "ua4")])
def test_call(alike, caller, callee, hangup):
    must_pass(call.place(alike, caller, hangup, "udp", 2.0, callee))


def test_unregistered(alike):
    """No registration: the INVITE is all that the proxy ever saw."""
    must_pass(call.place(alike, "ue3", "ua4", "udp", 2.0))
    assert phones.transport_of(alike, "ue3") == "udp"


def _lab(*words):
    return subprocess.run([os.path.join(TOP, "utils", "lab"), *words],
                          capture_output=True, text=True, timeout=60,
                          check=False)


def test_command_line(permitted):
    plan = new_plan(pref64=[PREF64, PREF64], unregistered=["ue2"])
    name = ("--name", plan.name)
    try:
        done = _lab("up", *name, "--pref64", PREF64, "--pref64", PREF64,
                    "--unregistered", "ue2", "--config", plan.config,
                    "--libdir", plan.libdir)
        assert done.returncode == 0, done.stderr
        assert lab.healthy(plan)
        done = _lab("call", *name, "--from", "ue2", "--to", "ue",
                    "--hangup", "ue2", "--seconds", "2")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "UE6b calls UE6 over UDP, UE6b hangs up" in done.stdout
        assert done.stdout.count("PASS") == 14
        done = _lab("status", *name)
        assert done.returncode == 0
        assert "carol (ue2) never registers" in done.stdout
        done = _lab("up", *name, "--config", plan.config,
                    "--libdir", plan.libdir)
        assert done.returncode == 2
        assert "another pref64, unregistered" in done.stderr
        assert _lab("down", *name).returncode == 0
        assert not namespaces.existing(plan)
        assert not os.path.exists(plan.dir)
    finally:
        lab.down(plan)
