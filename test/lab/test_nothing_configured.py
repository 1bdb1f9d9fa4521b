# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Three NAT64s and a proxy that is told none of their prefixes.

Each phone shows its own PREF64, in the replies to what the proxy asks it. So
every call must pass on the first try: nothing here is tried twice, and what a
phone is given is good in its own network and in no other.
"""

import pytest
from conftest import must_pass
from lablib import call, process

UE_PREFIXES = ("2001:db8:64:", "2001:db8:1c0:", "2001:db8:300:")


@pytest.fixture(scope="module")
def plan(make_lab):
    """All phones have registered, nobody has called yet."""
    return make_lab(networks=3, no_pref64=True)


def _no_prefix_is_configured(plan):
    """Neither on the command line nor in the configuration."""
    pid = process.pid_of(plan, "kamailio")
    with open(f"/proc/{pid}/cmdline", "rb") as src:
        words = src.read()
    assert b"SIP_DOMAIN" in words and b"PREF64" not in words
    with open(plan.config, encoding="utf-8") as src:
        code = "\n".join(line for line in src.read().splitlines()
                         if not line.lstrip().startswith("#"))
    assert not any(prefix in code for prefix in UE_PREFIXES)


def _own_relay_only(plan, case):
    """Each UE6 was given the relay in its own network's form."""
    for net in plan.networks:
        if net.phone not in case.ends:
            continue
        bodies = [m.body for m in case.reached(net.phone, case.call())
                  if m.body]
        assert bodies, f"no SDP reached {net.phone}"
        assert all(f"c=IN IP6 {net.relay6}\r\n" in b for b in bodies), bodies


CALLS = [
    ("ue", "ua4", "ua4"), ("ua4", "ue", "ua4"), ("ue2", "ua4", "ue2"),
    ("ua4", "ue2", "ue2"), ("ue3", "ua4", "ue3"), ("ua4", "ue3", "ua4"),
    ("ue", "ue2", "ue"), ("ue2", "ue", "ue"),
    ("ue", "ue3", "ue3"), ("ue3", "ue", "ue3"),
    ("ue2", "ue3", "ue2"), ("ue3", "ue2", "ue2"),
]


def _check(plan, case):
    _no_prefix_is_configured(plan)
    must_pass(case)
    _own_relay_only(plan, case)


@pytest.mark.parametrize("caller,callee,hangup", CALLS)
def test_call(plan, caller, callee, hangup):
    _check(plan, call.place(plan, caller, hangup, "udp", 2.0, callee))


@pytest.mark.parametrize("caller,callee,hangup", [
    ("ue", "ua4", "ue"), ("ua4", "ue2", "ua4"), ("ue3", "ue2", "ue2")])
def test_call_over_tcp(plan, caller, callee, hangup):
    _check(plan, call.place(plan, caller, hangup, "tcp", 2.0, callee))


@pytest.fixture(scope="module", params=["udp", "tcp"])
def strangers(request, permitted, make_lab):
    """A lab whose UE6 never register: nobody ever saw them."""
    plan = make_lab(transport=request.param, networks=3, no_pref64=True,
                    unregistered=["ue", "ue2", "ue3"])
    return plan, request.param


# one call each: at the second one the phone is no stranger any more
@pytest.mark.parametrize("caller,hangup", [
    ("ue", "ua4"), ("ue2", "ue2"), ("ue3", "ua4")])
def test_first_call_of_a_stranger(strangers, caller, hangup):
    """An emergency call: no registration, and its INVITE is all we know."""
    plan, transport = strangers
    _check(plan, call.place(plan, caller, hangup, transport, 2.0))
