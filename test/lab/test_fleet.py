# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The fleet of etc/fleet, as it is shipped: an edge is killed within a call and
the other one takes its address, a registrar dies, a media box dies."""

import contextlib
import dataclasses
import os
import re
import time

import pytest
import spoken
from conftest import must_pass
from lablib import (call, capture, fleet, ladder, pcap, process, proofs,
                    sipmsg)
from lablib import plan as P
from lablib.wait import until
from spoken import UA4, UE6

B2BUA = "/usr/lib/baresip/modules/b2bua.so"


@pytest.fixture(scope="module")
def up(make_lab):
    """No prefix is configured anywhere. No keepalive interferes but where it is
    what is tested."""
    plan = make_lab(fleet="kamailio", no_pref64=True)
    ping(plan, False)
    return plan


def ping(plan, on):
    for host in P.REGISTRARS:
        fleet.rpc(plan, host, "nathelper.enable_ping", str(int(on)))


def flows(plan, edge):
    return fleet.rpc(plan, edge, "nat64sip.flows")


def alone(plan):
    """(the edge that has the address, the other one, which knows nothing)"""
    have = fleet.holder(plan)
    other, = set(P.EDGES) - {have}
    fleet.restart(plan, other)
    assert "pref64" not in flows(plan, other)
    return have, other


def process_dies(plan):
    """Kamailio, all of its processes at once; keepalived sees it"""
    have, other = alone(plan)
    process.kill(plan, have)
    fleet.wait_address(plan, other)
    return have


def host_dies(plan):
    """From one moment to the next nothing of it is on the network"""
    have, other = alone(plan)
    fleet.cut_off(plan, have)
    process.kill(plan, have)
    process.kill(plan, "keepalived-" + have)
    fleet.wait_address(plan, other)
    return have


DIES = {"process": process_dies, "host": host_dies}


def mend(plan, edge):
    """It comes back, and does not take the address back"""
    fleet.restart(plan, edge)
    assert fleet.holder(plan) not in (None, edge)


@pytest.mark.parametrize("dies,caller,hold,hangup", [
    ("process", "ue", "ua4", "ue"), ("host", "ua4", "ue", "ua4")])
def test_call_goes_on(up, dies, caller, hold, hangup):
    """UDP, real phones that talk: one holds and resumes, the other hangs up"""
    gone = []
    case = call.place(up, caller, hangup, "udp", 1.0, None, hold,
                      between=lambda: gone.append(DIES[dies](up)))
    must_pass(case)
    mend(up, gone[0])


@pytest.fixture
def script(up):
    """Phones that do what a test says"""
    made = []

    def make(proto):
        made.append(spoken.Phones(up, proto))
        made[-1].everybody()
        return made[-1]

    yield make
    for one in made:
        one.__exit__()


def check_sdp(plan, got, who):
    """Each side was given the relay in its own family"""
    shown = re.findall(r"(?m)^c=IN (IP[46]) (.*)$", got)
    net = plan.networks[0]
    good = [("IP6", net.synthetic(r)) for r in plan.relays] if who == UE6 \
        else [("IP4", relay) for relay in plan.relays]
    assert len(shown) == 1 and shown[0] in good, got


@pytest.mark.parametrize("first,last", [(UE6, UA4), (UA4, UE6)])
def test_tcp_after_the_phone_reconnected(up, script, first, last):
    """Its connection is gone with the edge. Once it has registered by another
    one, either side is the first to say something in the call."""
    phones = script("tcp")
    a_call = phones.dial(UE6, UA4)
    gone = host_dies(up)
    phones.phones[UE6].connect()
    phones.register(UE6)
    for who in (first, last):
        got, ok = phones.again(a_call, who)
        check_sdp(up, got, phones.other(a_call, who))
        check_sdp(up, ok, who)
    phones.bye(a_call, last)
    mend(up, gone)


def test_tcp_bye_after_the_phone_reconnected(up, script):
    """Nothing else was said in the call since"""
    phones = script("tcp")
    a_call = phones.dial(UA4, UE6)
    gone = host_dies(up)
    phones.phones[UE6].connect()
    phones.register(UE6)
    phones.bye(a_call, UA4)
    mend(up, gone)


def bindings(plan, registrar):
    return fleet.rpc(plan, registrar, "ul.dump")


def known(plan, user):
    """Both registrars have the phone's registration, and in its Path what it
    has shown to the edge"""
    mark = rf"AoR: {user}\n(?:(?!AoR:).)*Path: \S*;pref64={plan.pref64}>"
    for host in P.REGISTRARS:
        until(lambda host=host: re.search(mark, bindings(plan, host), re.S),
              f"{user} at {host}", 5)


def test_new_call_after_the_edge_died(up, script):
    """UDP, and nobody has registered since: the edge has the prefix from the
    registration"""
    phones = script("udp")
    known(up, "gina")
    gone = host_dies(up)
    assert "pref64" not in flows(up, fleet.holder(up))
    a_call = phones.dial(UA4, UE6)
    check_sdp(up, a_call.invite, UE6)
    check_sdp(up, a_call.ok, UA4)
    assert f"Record-Route: <sip:[{up.proxy6}]" in a_call.invite
    phones.bye(a_call, UE6)
    phones.bye(phones.dial(UE6, UA4), UA4)
    mend(up, gone)


def test_keepalive(up, script):
    """A phone on UDP is asked along its Path, by one registrar alone; what it
    answers shows its prefix to an edge that knows nothing"""
    phones = script("udp")
    gone, since = process_dies(up), time.time()
    ping(up, True)
    try:
        for _ in range(2):
            # the edge has a probe of its own, too
            while "sip:keepalive@" not in phones.phones[UE6].get("OPTIONS "):
                pass
    finally:
        ping(up, False)
    shown = f"pref64: {up.pref64}"
    until(lambda: shown in flows(up, fleet.holder(up)), "the prefix", 3)
    mend(up, gone)
    capture.flush(up)
    packets = pcap.packets(capture.file_of(up, "core"), since)
    askers = [m.src for m in sipmsg.messages(packets)
              if m.start.startswith("OPTIONS sip:gina@")
              and m.dst == P.PROXY_ADDR]
    assert len(askers) >= 2 and len(set(askers)) == 1, askers


def taken_for_alive(plan, host):
    """By all that probe it"""
    who = P.REGISTRARS if host in P.MEDIA else [fleet.holder(plan)]
    row = rf"URI: sip:{P.FLEET[host]}:5060\s+FLAGS: A"
    return all(re.search(row, fleet.rpc(plan, one, "dispatcher.list"))
               for one in who)


@contextlib.contextmanager
def dead(plan, host, *processes):
    """A host that is gone for a while; nobody has noticed at first"""
    assert taken_for_alive(plan, host)
    fleet.cut_off(plan, host)
    for name in (host, *processes):
        process.kill(plan, name)
    try:
        yield
    finally:
        fleet.restart(plan, host)
        until(lambda: taken_for_alive(plan, host), f"{host} to be probed", 15)


@pytest.mark.parametrize("host", P.REGISTRARS)
def test_registrar_dies(up, script, host):
    """The other one has all registrations; the one that comes back gets them.
    A call that is set up needs none of them."""
    phones = script("udp")
    known(up, "gina")
    a_call = phones.dial(UE6, UA4)
    with dead(up, host):
        phones.again(a_call, UE6)
        phones.bye(a_call, UA4)
        for caller, callee in ((UE6, UA4), (UA4, UE6)):
            a_call = phones.dial(caller, callee)
            check_sdp(up, a_call.invite, callee)
            check_sdp(up, a_call.ok, caller)
            phones.bye(a_call, callee)
        phones.register(UE6)
    known(up, "gina")


@pytest.mark.parametrize("host", P.MEDIA)
def test_media_box_dies(up, host):
    """New calls go through the other one"""
    with dead(up, host, "rtpengine-" + host):
        case = call.place(up, "ua4", "ue", "udp", 2.0)
    must_pass(case)
    relays = {m.dst for m in case.messages
              if m.dst in up.relays and m.method == "ACK"}
    assert relays == set(up.relays) - {P.FLEET[host]}


def test_call_goes_on_through_a_b2bua(make_lab):
    """It makes calls of its own, and knows nothing of NAT64: the edges relay the
    media, and the one that takes over finds the relay that the other one chose.
    baresip's answers a re-INVITE itself, so the other phone is told of no hold."""
    if not os.path.exists(B2BUA):
        pytest.skip("baresip's b2bua module is not installed")
    plan = make_lab(fleet="b2bua", no_pref64=True)
    ping(plan, False)
    case = call.place(plan, "ue", "ua4", "udp", 1.0, "ua4", "ue",
                      between=lambda: process_dies(plan))
    case = dataclasses.replace(case, two_box="b2bua")
    found = [p for p in proofs.judge(case)
             if p.key not in ("told", "hold", "resume")]
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert {"second-leg", "not-told"} <= {p.key for p in found}
    assert all(p.ok for p in found), text
    answers = [m for m in case.reached("ue", case.call())
               if m.status == 200 and m.method == "INVITE"]
    relays = {c for m in answers for c in re.findall(r"c=IN IP6 (\S+)", m.body)}
    assert len(answers) == 3 and len(relays) == 1, text
