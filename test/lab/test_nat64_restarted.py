# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The NAT64 is restarted in mid-call and forgets its mappings, between real
phones that talk: what UE6 sends next comes from another port, and the call goes
on with that."""

import time

import pytest
from conftest import must_pass
from lablib import call, ladder, nat64, process, proofs


@pytest.fixture(scope="module")
def plan(make_lab):
    return make_lab(no_pref64=True)


def outer_ports(plan, case, moment):
    """Of what UE6 sent to the proxy, before that moment and since"""
    net, found = plan.networks[0], (set(), set())
    for msg in case.messages:
        if msg.net == "core" and msg.src == net.outside \
                and msg.call_id == case.call_id:
            found[msg.time > moment].add(msg.sport)
    return found


def place(plan, caller, hangup, hold):
    """A call with a phone that has just registered: who did so before the last
    restart can call, and not be called"""
    process.stop(plan, "phone-ue")
    moments = []

    def forget():
        nat64.restart(plan, plan.networks[0])
        moments.append(time.time())

    case = call.place(plan, caller, hangup, "udp", 1.0, hold=hold,
                      between=forget)
    text = "\n".join(ladder.draw(case))
    before, since = outer_ports(plan, case, moments[0])
    assert before and since and not before & since, (before, since, text)
    return case


@pytest.mark.parametrize("caller,hangup", [("ue", "ua4"), ("ua4", "ue")])
def test_call_goes_on(plan, caller, hangup):
    """UE6 holds and resumes: UA4 and the relay learn where it is now, both
    hear each other again, and BYE works from both sides"""
    must_pass(place(plan, caller, hangup, "ue"))


def test_bye_is_the_next_request(plan):
    case = place(plan, "ua4", "ue", "")
    found = {p.key: p for p in proofs.judge(case)}
    for key in ("answered", "ack", "bye", "no-own-route", "route-ue"):
        assert found[key].ok, found[key].line()
