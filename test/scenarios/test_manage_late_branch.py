# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A branch that comes later goes elsewhere than the first one: what was kept for
that one does not hold for it, neither Record-Routes nor that no connection may
be opened."""
import socket

import pytest

from sipharness.branches import Calls, ua4, ue6
from sipharness.lab import SHIPPED
from sipharness.texts import NONE, values
from test_manage_serial import NEXT

DOMAIN = 'SIP_DOMAIN="sip.example.test"'
SHIPPED_WITH = {
    "prefix": ['NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE"],
    "nothing": ["NAT64_NO_PROBE"],
    "name": ['NAT64_FQDN="proxy.example.test"', "NAT64_NO_PROBE"],
    "probe-unanswered": [],
}


def hang_up(s, phone):
    """Its connection is gone, and the proxy knows"""
    sock = s.phones.pop(("tcp", phone.addr)).sock
    sock.settimeout(3)
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(65535):
        pass
    sock.close()
    s.proxy.settle()


def connections_to(lab, phone, since=0):
    lab.wire.read()
    return [dst for _, dst in lab.wire.syns[since:] if dst[0] == phone.addr[0]]


def refuse(s, first, who):
    """The first target is busy"""
    got = first.receive("INVITE")
    assert values(got), "no Record-Route"
    first.answer(got, "486 Busy Here", body=NONE)
    return who


@pytest.mark.parametrize("between", [False, True])
def test_two_calls_interleaved(lab, between):
    """tm gives the failure_route's request the id of the message before it: what
    was written for that one is not written here"""
    s = Calls(lab, "IN_REQUEST")
    who, bob, dave = ua4(s, 5069), ue6(s), ua4(s)
    bob.register("bob", 101)
    dave.register("dave", 102)
    s.proxy.settle()
    who.send(who.text(n=1).replace("Call-ID: texts", "Call-ID: one"))
    if between:
        s.proxy.settle()
    who.send(who.text(n=2, uri="sip:dave@sip.example.test",
                      extra="X-Next: sip:bob@sip.example.test\n"))
    first = bob.receive("INVITE")
    refuse(s, dave, who)
    assert values(bob.receive("INVITE")) == values(first)
    assert "[2001:db8:64::c000:20a]" in values(first)


@pytest.mark.parametrize("by", ["IN_REQUEST", "IN_REQUEST+IN_FAILURE",
                                "IN_BRANCH"])
def test_ipv4_phone_is_connected_to_after_ue6(lab, by):
    """UE6 by TCP is busy; UA4 listens, and has no connection open"""
    s = Calls(lab, *by.split("+"))
    who, bob = ua4(s, 5069), ue6(s, proto="tcp")
    bob.register("bob", 101)
    carol = ua4(s, 5066, proto="tcp")
    carol.register("carol", 102)
    hang_up(s, carol)
    with socket.create_server(carol.addr) as listener:
        who.send(who.text(extra=NEXT))
        refuse(s, bob, who)
        listener.settimeout(3)
        listener.accept()[0].close()


@pytest.mark.parametrize("by", ["IN_BRANCH", "IN_REQUEST+IN_FAILURE",
                                "IN_BRANCH+IN_FAILURE"])
def test_no_connection_to_ue6_after_an_ipv4_phone(lab, by):
    """UA4 is busy; UE6's connection is gone"""
    s = Calls(lab, *by.split("+"))
    who, bob = ua4(s, 5069), ua4(s)
    bob.register("bob", 101)
    carol = ue6(s, proto="tcp")
    carol.register("carol", 102)
    hang_up(s, carol)
    who.send(who.text(extra=NEXT))
    refuse(s, bob, who).receive()
    s.proxy.settle()
    assert connections_to(lab, carol) == []


@pytest.mark.parametrize("by", ["IN_REQUEST", "IN_BRANCH"])
def test_no_connection_to_a_caller_that_is_gone(lab, by):
    """Its 180 goes nowhere, also where only branch_route knows the module"""
    s = Calls(lab, by)
    who, bob = ue6(s, 40009, proto="tcp"), ua4(s)
    bob.register("bob", 101)
    who.send(who.text())
    got = bob.receive("INVITE")
    assert values(got), "no Record-Route"
    s.proxy.settle()
    hang_up(s, who)
    connections_to(lab, who)
    before = len(lab.wire.syns)
    bob.answer(got, "180 Ringing", body=NONE)
    s.proxy.settle()
    assert connections_to(lab, who, before) == []


@pytest.mark.parametrize("order", ["ue6-last", "ue6-first"])
@pytest.mark.parametrize("how", SHIPPED_WITH)
def test_no_connection_to_a_branch_that_only_hinted(lab, how, order):
    """The fork rings at UA4; UE6 has shown nothing but its Contact"""
    s = Calls(lab, DOMAIN, *SHIPPED_WITH[how], cfg=SHIPPED)
    who, four, six = ua4(s, 5069), ua4(s), ue6(s, proto="tcp")
    phones = (four, six) if order == "ue6-last" else (six, four)
    for n, phone in enumerate(phones, 101):
        phone.send(phone.registration("bob", n))
        while not phone.receive().startswith("SIP/2.0 200"):
            pass
    s.proxy.settle()
    hang_up(s, six)
    who.send(who.text())
    assert values(four.receive("INVITE")), "no Record-Route"
    s.proxy.settle()
    assert connections_to(lab, six) == []
