# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The fleet that is shipped: phone, edge, registrar, media box, edge, phone."""
import re

import pytest

from sipharness.branches import ua4, ue6, ue6_b
from sipharness.fleet import BOXES, Fleet
from sipharness.relays import (addresses, needs_rtpengine, own_form,
                               request_in)
from sipharness.shapes import SDP
from sipharness.texts import values
from sipharness.twobox import facing, plain

pytestmark = needs_rtpengine
PAIRS = {"ue6-ua4": (ue6, ua4), "ua4-ue6": (ua4, ue6),
         "ue6-ue6b": (ue6, ue6_b)}


def register(s, phone, user):
    """One behind NAT64 is asked, and its Path has its PREF64 from then on. Not
    at once: dmq does not keep the order of what comes within milliseconds."""
    known = f"AoR: {user}\n"
    if phone.prefix:
        s.asked(phone, user, phone.prefix)
        s.replicated(known)
        known = f"pref64={phone.prefix}"
    phone.register(user, 100 + s.next())
    s.replicated(known)


def start(s, pair):
    one, two = (make(s) for make in PAIRS[pair])
    register(s, one, "alice")
    register(s, two, "bob")
    return one, two


def reads(phone, text):
    """The relay's address, as this phone can reach it"""
    assert addresses(text)[0] == [own_form(phone)] * 2, text


def check_routes(one, two, text):
    """Each phone's own pass through the edge, the media box between them"""
    box = re.search("sip:(192.0.2.1[45]);", values(text))[1]
    assert box in BOXES and values(text) == (
        facing(two, "b", "n", "f") + plain(box)
        + facing(one, "a", "s" if one.prefix else "f", "n")), text


@pytest.mark.parametrize("pair", PAIRS)
def test_call(lab, pair):
    with Fleet(lab) as s:
        one, two = start(s, pair)
        got = s.call(one, two)
        for text, reader in ((got.invite, two), (got.ok, one)):
            reads(reader, text)
            check_routes(one, two, text)


@pytest.mark.parametrize("again", ["caller", "callee"])
@pytest.mark.parametrize("pair", PAIRS)
def test_offer_within_the_call(lab, pair, again):
    """Either side's: the other one is told of the relay as it was before"""
    with Fleet(lab) as s:
        one, two = start(s, pair)
        call = s.up(one, two)
        teller, listener, learned = (one, two, call.ok) if again == "caller" \
            else (two, one, call.invite)
        teller.send(request_in(teller, learned, SDP.format(
            addr=teller.inside), n=77))
        got = listener.receive("INVITE ")
        reads(listener, got)
        listener.answer(got)
        reads(teller, teller.receive("SIP/2.0 200 "))
        s.drain()
