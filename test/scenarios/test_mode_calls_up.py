# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A call that was set up while the mode was on goes on in dryrun and off: each
phone is reached, whatever the other one sends, and a caller gets a 200 that
comes again."""
import pytest

from sipharness import captures
from sipharness.ctl import Ctl
from sipharness.parties import one, uri_of
from test_manage_hiders import CALLERS, WAYS, between
from test_manage_late_200 import again, let_go, start, transactions

pytestmark = pytest.mark.skipif(not captures.folder(),
                                reason="the captures are not here")


@pytest.fixture(params=["dryrun", "off"])
def mode(request):
    return request.param


def up(lab, caller, way):
    """(s, call, the callee's INVITE): answered, and the ACK arrived"""
    s, ue6, ua4 = start(lab, "baresip", way, "nothing-configured")
    call = between(caller, ue6, ua4)
    request = call.open(body=call.party["a"].sdp)
    call.reply("b", request, body=call.party["b"].sdp)
    call.ask("a", "ACK")
    return s, call, request


def refresh(call, leg):
    """A re-INVITE: from now on both send to the Contacts that they got with it
    (RFC 3261 12.2.1.2)"""
    source, target, other = call.pair_of(leg)
    d = call.side[leg]
    d.cseq += 1
    source.send(source.within(d, "INVITE", (), source.sdp))
    got = target.get("INVITE ")
    call.side[other].target = uri_of(one(got, "contact"))
    target.send(target.reply(got, "200 OK", (), target.sdp))
    d.target = uri_of(one(source.get("SIP/2.0 200 OK"), "contact"))
    call.ask(leg, "ACK")


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("caller", CALLERS)
def test_phones_are_reached(lab, mode, caller, way):
    s, call, _ = up(lab, caller, way)
    with s:
        Ctl(s.ctl).mode(mode)
        call.do("b", "MESSAGE")
        call.do("a", "MESSAGE")
        refresh(call, "a")
        refresh(call, "b")
        call.do("a", "MESSAGE")
        call.do("b", "BYE")


@pytest.mark.parametrize("caller", CALLERS)
def test_late_200(lab, mode, caller):
    """Not as it was the first time, for the module may not change it; but there
    it is"""
    s, call, request = up(lab, caller, "udp")
    with s:
        let_go(s)
        Ctl(s.ctl).mode(mode)
        again(call, request, call.party["b"].sdp)
        assert transactions(s) == 0
        call.ask("a", "ACK")
