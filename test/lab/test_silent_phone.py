# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone that never adds `received` (RFC 3261 18.2.1), behind a real NAT64.

It shows no prefix, and nothing is guessed, although its neighbour behind the
same NAT64 shows it: a host name serves its routes, a pool serves all of it.
"""

import itertools
import re

import pytest
from lablib import (capture, dns, ladder, pcap, proofs, proxy, silent,
                    sipmsg)
from lablib.plan import PROXY_ADDR, PROXY_NAME, RELAY_ADDR, SIP_PORT

KEYS = {"register-ue", "register-ua4", "answered", "ack", "no-repeat",
        "sdp-ue", "sdp-ua4", "route-ue", "route-ua4", "bye", "no-own-route"}
FOREIGN = "198.51.100.0/24=2001:db8:300::/56"
# UDP on one port: the proxy sees one flow, and remembers it.  TCP connections
# can't have one port in quick succession.
UDP_PORT = 5070
_tcp_ports = itertools.count(5071)

CALLS = [
    ("udp", "ue", "ua4"), ("udp", "ue", "ue"),
    ("udp", "ua4", "ua4"), ("udp", "ua4", "ue"),
    ("tcp", "ue", "ua4"), ("tcp", "ua4", "ue"),
]


def place(plan, transport, caller, hangup):
    port = UDP_PORT if transport == "udp" else next(_tcp_ports)
    return silent.place(plan, plan.networks[0], caller, hangup, transport,
                        port)


def must_fail_only(case, *keys):
    found = proofs.judge(case)
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert {p.key for p in found} == KEYS
    assert {p.key for p in found if not p.ok} == set(keys), text


def own_values(case, header):
    """Hosts of the Record-Route that the phone got, or Route that it sent."""
    found = case.reached("ue", case.call()) if header == "record-route" \
        else case.sent("ue", case.call())
    return [re.search(r"sip:(\[[^]]*\]|[^:;>]+)", value)[1]
            for m in found for line in m.headers(header)
            for value in line.split(",")]


def media(case):
    """What c= of the SDP that reached the phone says."""
    return {c for m in case.reached("ue", case.call())
            for c in re.findall(r"^c=(.*?)\r$", m.body, re.MULTILINE)}


def _routed_by(case, host, addr):
    """All own values that face the phone have this host; it sent its ACK or
    BYE to the address that the host has in its network, with that Route."""
    assert set(own_values(case, "record-route")) == {host, PROXY_ADDR}
    sent = [m for m in case.sent("ue", case.call())
            if not m.status and m.method in ("ACK", "BYE")]
    for msg in sent:
        assert re.match(rf"<sip:{re.escape(host)}[:;>]", msg.header("route"))
        assert (msg.dst, msg.dport) == (addr, SIP_PORT)
    wanted = ({"ACK"} if case.caller == "ue" else set()) \
        | ({"BYE"} if case.hangup == "ue" else set())
    assert {m.method for m in sent} == wanted


@pytest.fixture(scope="module")
def named(make_lab):
    """The shipped configuration with rr_fqdn, and nothing else."""
    return make_lab(no_pref64=True, fqdn=True)


@pytest.mark.parametrize("transport,caller,hangup", CALLS)
def test_by_name(named, transport, caller, hangup):
    """Set up, acknowledged and hung up. The media are what a name can't give:
    the relay's address stays as it is, rather than one that is guessed."""
    net = named.networks[0]
    addr, = dns.ask_aaaa(named, net, PROXY_NAME)
    assert addr == net.proxy6
    case = place(named, transport, caller, hangup)
    must_fail_only(case, "sdp-ue")
    _routed_by(case, PROXY_NAME, addr)
    assert media(case) == {f"IN IP4 {RELAY_ADDR}"}


@pytest.fixture(scope="module")
def before(make_lab):
    """A pool file that does not have the phone's network; its calls."""
    plan = make_lab(no_pref64=True, pools=[FOREIGN])
    return plan, {caller: place(plan, "udp", caller, "ua4")
                  for caller in ("ue", "ua4")}


def _probes_answered(plan, silent_one):
    """Topmost Via of each answer to an OPTIONS, of this phone or the other."""
    addr = plan.networks[0].ue_addr
    seen = sipmsg.messages(pcap.packets(capture.file_of(plan, "ue")))
    return [m.header("via").split(",")[0] for m in seen
            if m.src == addr and m.status and m.method == "OPTIONS"
            and (m.sport == UDP_PORT) == silent_one]


def test_it_shows_nothing_but_its_neighbour_does(before):
    """It was asked, there was something to guess from, and its flow is taken
    for one of a phone on plain IPv4: the one that a pool must undo."""
    plan, _ = before
    mine, others = (_probes_answered(plan, who) for who in (True, False))
    assert mine and not any("received=" in via for via in mine)
    shown = f";received={plan.proxy6}"
    assert others and all(shown in via for via in others)
    flows = proxy.rpc(plan, "nat64sip.flows")
    assert f"pref64: {plan.pref64}" in flows
    assert re.search(r"state: not_nat64\s", flows), flows


@pytest.mark.parametrize("caller,keys", [
    ("ue", ("ack", "no-repeat", "bye", "sdp-ue", "route-ue")),
    ("ua4", ("sdp-ue", "route-ue"))])
def test_without_its_pool(before, caller, keys):
    """Nothing is guessed: as caller it has no way for its ACK."""
    plan, cases = before
    must_fail_only(cases[caller], *keys)
    assert set(own_values(cases[caller], "record-route")) == {PROXY_ADDR}
    assert media(cases[caller]) == {f"IN IP4 {RELAY_ADDR}"}
    prefix = plan.pref64.split("::")[0].encode() + b":"
    assert not any(prefix in m.raw for m in cases[caller].reached("ue"))


@pytest.fixture(scope="module")
def pooled(before):
    """The same proxy, which never stopped, with the phone's network."""
    plan, _ = before
    net = plan.networks[0]
    proxy.write_pools(plan, [FOREIGN, f"{net.outside}={net.pref64}"])
    proxy.rpc(plan, "nat64sip.reload")
    listed = proxy.rpc(plan, "nat64sip.pools")
    assert re.search(rf"network: {net.outside}/32\s+pref64: {net.pref64}",
                     listed), listed
    return plan


@pytest.mark.parametrize("transport,caller,hangup", CALLS)
def test_with_its_pool(pooled, transport, caller, hangup):
    """The flow is the one of before, what it did not show is known."""
    net = pooled.networks[0]
    case = place(pooled, transport, caller, hangup)
    must_fail_only(case)
    _routed_by(case, f"[{net.proxy6}]", net.proxy6)
    assert media(case) == {f"IN IP6 {net.relay6}"}
