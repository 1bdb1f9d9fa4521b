# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Kamailio crashes in mid-call, and a supervisor starts it again: what both
phones send in the dialog arrives, to the octet."""
import pytest

from sipharness.dialogs import PAIRS, Dialog, Proxy

from faultlib.phones import again
from faultlib.supervisor import Supervisor


@pytest.mark.parametrize("how", ["all", "one-worker"])
@pytest.mark.parametrize("pair", PAIRS)
def test_in_mid_call(lab, pair, how, record_property):
    with Proxy(lab) as s, Supervisor(s.proxy) as supervisor:
        d = Dialog(s, *PAIRS[pair])
        d.call()
        took = supervisor.crash(how)
        for ua in (d.caller, d.callee):
            req = d.request(ua, "INVITE", d.body(ua, "sendonly"))
            d.answer(req, body=d.body(d.other(ua), "recvonly"))
            d.ack(req)
        supervisor.crash(how)
        d.bye(d.callee)
    print(f"{pair}, {how}: there again after {took:.2f} s")
    record_property("faults", 2)


@pytest.mark.parametrize("how", ["all", "one-worker"])
def test_before_the_ack(lab, how, record_property):
    """The 200 has arrived; nobody knows of the transaction any more"""
    with Proxy(lab) as s, Supervisor(s.proxy) as supervisor:
        d = Dialog(s, *PAIRS["ue6-ua4"])
        req = d.request(d.caller, "INVITE", d.body(d.caller))
        d.answer(req, body=d.body(d.callee))
        supervisor.crash(how)
        d.ack(req)
        d.bye(d.caller)
    record_property("faults", 1)


def test_registrations(lab, record_property):
    """They are in memory: a phone is reached again when it has registered"""
    with Proxy(lab) as s, Supervisor(s.proxy) as supervisor:
        d = Dialog(s, *PAIRS["ua4-ue6"])
        d.call()
        supervisor.crash("all")
        d.bye(d.caller)
        d.afresh("next")
        phone = d.phone(d.caller)
        phone.send(d.build(d.caller, "INVITE", "", d.body(d.caller), 101, "x"))
        assert d.receive(d.caller).startswith("SIP/2.0 404 ")
        for ua in (d.caller, d.callee):
            d.phone(ua).send(again(d, ua))
            assert d.receive(ua).startswith("SIP/2.0 200 ")
        d.afresh("after")
        d.call()
        d.bye(d.callee)
        s.proxy.settle()
    record_property("faults", 1)
