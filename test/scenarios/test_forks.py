# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One INVITE to phones of both kinds: each branch has its own Record-Route and
its own SDP."""
import re

import pytest

from sipharness import shapes
from sipharness.shapes import FTAG, PLAIN, V6
from sipharness.texts import (CALLER4, LITERAL, NONE, SDP4, SDP6, UA4, UE6,
                              UE6_B, Texts, pair, request, response, values)

SYN4 = shapes.body("IP6 2001:db8:64::c000:21e")  # UA4's, as UE6 reads it
SDP_NAT = shapes.body("IP4 192.0.2.1")  # UE6's, as UA4 reads it
TO_UA4 = '{0}="sip:{1}@192.0.2.30:5060"', '{0}_HOP="sip:192.0.2.30:5060"'
TO_UE6 = '{0}="sip:{1}@[2001:db8:1::2]:5062"', '{0}_HOP="sip:192.0.2.1:40001"'


def own(text):
    """The own values, and the did of each"""
    found = re.findall(r";did=([0-9a-f]+\.[0-9a-f]+)", values(text))
    return re.sub(r";did=[0-9a-f.]+", "", values(text)), found


def offer(source):
    if source == CALLER4:
        return request(CALLER4, body=SDP4), SYN4, SDP4
    return request(body=SDP6, caller="[2001:db8:1::9]:5062"), SDP6, SDP_NAT


FROM_UA4 = (PLAIN, pair("6bn", "4af"))
FROM_UE6 = (pair("4bn", "6as"),
            f"Record-Route: <sip:{V6}:5060;n64=xs;ftag={FTAG};lr>\n")
# with the dialog module, a single value is written as two
FROM_UE6_DID = (pair("4bn", "6as"), pair("6bn", "6as"))


@pytest.mark.parametrize("dialog", [False, True], ids=["tm", "dialog"])
@pytest.mark.parametrize("source", [CALLER4, UE6_B], ids=["ua4", "ue6"])
def test_parallel(lab, source, dialog):
    """UA4 and UE6 ring at once. With the dialog module each value has did="""
    defines = ["FORK"] + (["WITH_DIALOG"] if dialog else [])
    text, to_ue6, to_ua4 = offer(source)
    want = FROM_UA4 if source == CALLER4 else (
        FROM_UE6_DID if dialog else FROM_UE6)
    with Texts(lab, *defines) as s:
        s.phone(UE6)
        at_ua4 = s.call(source, text)
        at_ue6 = s.get(UE6, "INVITE ")
        for got, body, rr in ((at_ua4, to_ua4, want[0]),
                              (at_ue6, to_ue6, want[1])):
            written, dids = own(got)
            assert written == rr
            assert got.endswith(body), got
            assert len(dids) == (rr.count("<") if dialog else 0), got
            assert len(set(dids)) <= 1
        back = s.answer(UE6, response(at_ue6, contact=LITERAL, body=SDP6),
                        source)
        assert back.endswith(SDP_NAT if source == CALLER4 else SDP6)
        assert own(back)[0] == want[1]
        s.drain()


ORDERS = {"ua4-ue6": (TO_UA4, TO_UE6, UA4, UE6, SDP4, SYN4),
          "ue6-ua4": (TO_UE6, TO_UA4, UE6, UA4, SYN4, SDP4)}


@pytest.mark.parametrize("order", ORDERS)
def test_serial(lab, order):
    """The first phone is busy, the failure_route asks the second one: nothing
    of the first branch is left in its"""
    first, second, one, two, body1, body2 = ORDERS[order]
    rr = dict(zip((UA4, UE6), FROM_UA4))
    defines = [d.format("FIRST", "first") for d in first]
    defines += [d.format("SECOND", "second") for d in second]
    with Texts(lab, "SERIAL", *defines) as s:
        s.phone(two)
        got = s.call(CALLER4, request(CALLER4, body=SDP4), one)
        assert values(got) == rr[one] and got.endswith(body1)
        s.send(one, response(got, "486 Busy Here", body=NONE))
        s.get(one, "ACK ")
        got = s.get(two, "INVITE ")
        assert values(got) == rr[two]
        assert got.endswith(body2), got
        answer = SDP4 if two == UA4 else SDP6
        contact = UA4 if two == UA4 else LITERAL
        back = s.answer(two, response(got, contact=contact, body=answer),
                        CALLER4)
        assert back.endswith(SDP4 if two == UA4 else SDP_NAT)
        s.drain()
