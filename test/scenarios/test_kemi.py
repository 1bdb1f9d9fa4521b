# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The functions under the same names from KEMI."""
import os

import pytest

from sipharness import kamailio, shapes
from sipharness.lab import HERE
from sipharness.shapes import PAIR, V4, V6, value
from sipharness.pools import messages
from sipharness.texts import (LITERAL, NONE, SDP4, UA4, UE6, Texts, pair,
                              request, response, sdp, values)
from test_notify import OURS, with_header

CFG = os.path.join(HERE, "cfg", "kemi.cfg")
SCRIPT = os.path.join(HERE, "cfg", "kemi.js")


@pytest.fixture
def proxy(lab):
    if not kamailio.has_module("app_jsdt"):
        pytest.skip("Kamailio's module app_jsdt is not installed")
    return lab.proxy(CFG, defines=[f'SCRIPT="{SCRIPT}"'])


def test_invite(lab, proxy):
    lab.play("one-invite", **shapes.invite(
        rr=PAIR.replace(";ftag", ";svc=a;ftag"),
        out="X-Seen: via=1;before=0;route=-1;notify=-1\n",
        body_out=with_header(OURS)))


def test_bye_to_ue6(lab, proxy):
    lab.play("one-bye-from-ua4", **shapes.bye(
        f"Route: {value(V4, 'bn')}\nRoute: {value(V6, 'as')}\n",
        seen="X-Seen: via=-1;before=1;route=1;notify=-1\n",
        header='PortaSIP-Notify: caller=nat64;'
               'caller-pref64="2001:db8:64::/96";callee=ipv4\n'))


NAT64 = "nat64;2001:db8:64::/96"
SOURCE = "source nat64 2001:db8:64::/96 by via (hint)"
PACKET = "ipv4 by packet4 (hint)"
# flags: rc, which parts the INVITE shows, Record-Route, SDP, alias
MANAGED = {"all": (1, True, True, True), "r": (1, False, True, True),
           "s": (1, True, False, True), "a": (1, True, True, False),
           "rSan": (1, False, False, False)}


def script(lab):
    if not kamailio.has_module("app_jsdt"):
        pytest.skip("Kamailio's module app_jsdt is not installed")
    return Texts(lab, f'SCRIPT="{SCRIPT}"', cfg=CFG)


@pytest.mark.parametrize("flags", MANAGED)
def test_manage(lab, flags):
    rc, routed, rewritten, alias = MANAGED[flags]
    with script(lab) as s:
        got = s.call(UE6, request(extra=f"X-Manage: {flags}\n"))
        assert values(got) == (pair("4bn", "6as") if routed else "")
        assert (";alias=192.0.2.1~40001~1>" in got) == alias
        assert ("c=IN IP4 192.0.2.1\n" in sdp(got)) == rewritten
        assert values(got, "X-Managed") == (
            f"X-Managed: {rc};{NAT64};ipv4;<null>;{SOURCE}, target {PACKET}\n")
        back = s.answer(UA4, response(got, body=SDP4), UE6)
        addr = "IP6 2001:db8:64::c000:21e" if rewritten else "IP4 192.0.2.30"
        assert sdp(back) == shapes.SDP.format(addr=addr)
        assert values(back, "X-Managed") == (
            f"X-Managed: ipv4;<null>;{NAT64};source {PACKET}, target nat64 "
            "2001:db8:64::/96 by transaction (hint)\n")


def test_flags_that_are_none(lab):
    with script(lab) as s:
        s.logged = "nat64_manage"
        got = s.call(UE6, request(extra="X-Manage: ax\n"))
        assert values(got, "X-Managed").startswith("X-Managed: -2;nat64;")
        assert messages(s.proxy.log(s.proxy.mark)) == [
            "nat64_manage(\"ax\"): 'x' is none of the flags a, r, n, s"]
        s.drain()


def test_register_in_a_table(lab):
    with script(lab) as s:
        s.phone(UE6)
        s.send(UE6, request(LITERAL, "REGISTER", "sip:sip.example.test",
                            body=NONE))
        got = s.get(UE6, "SIP/2.0 200 ")
        assert values(got, "X-Received") == \
            "X-Received: 1;sip:192.0.2.1:40001\n"
