# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A reply of no transaction, where nat64_manage() is the last word of
reply_route: Kamailio drops the reply if that says no."""
import pytest

from sipharness.ctl import Ctl
from sipharness.script import LEARN
from sipharness.texts import CALLER4, LITERAL, SDP6, UE6, Texts, values
from test_proof_limits import SDP_NAT

STRAY = f"""SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKstray.0
Via: SIP/2.0/UDP 192.0.2.30:5062;branch=z9hG4bKt1
From: <sip:bob@sip.example.test>;tag=a
To: <sip:alice@sip.example.test>;tag=b
Call-ID: stray
CSeq: 1 INVITE
Contact: <sip:alice@{LITERAL}>
{SDP6}"""
LENGTH = values(STRAY, "Content-Length").strip()
ALIAS = ";alias=192.0.2.1~40001~1"  # the script's, for who is not known
ODD = {
    "length": (LENGTH, "Content-Length: -999"),
    "no-header": (LENGTH, "this is no header\n" + LENGTH),
}


def start(lab):
    return Texts(lab, cfg=LEARN, logged=r"<core> |ERROR: (tm|nathelper) ")


def understood(s):
    """A whole one is for who reads IPv4"""
    s.phone(CALLER4)
    assert s.answer(UE6, STRAY, CALLER4).endswith(SDP_NAT)


def unchanged(s, text):
    s.phone(CALLER4).seen.clear()
    got = s.answer(UE6, text, CALLER4).replace(ALIAS, "")
    lines = text.split("\n")
    assert got.split("\n") == [lines[0], *lines[2:]]


@pytest.mark.parametrize("kind", ODD)
def test_not_understood(lab, kind):
    with start(lab) as s:
        understood(s)
        unchanged(s, STRAY.replace(*ODD[kind]))


def test_switched_off(lab):
    with start(lab) as s:
        understood(s)
        assert Ctl(s.ctl).mode("off") == "off"
        unchanged(s, STRAY)


def test_answer_to_the_proxy_itself(lab):
    """To nathelper's ping, say: baresip's has an SDP. It goes to nobody, and
    counts as no call's"""
    with start(lab) as s:
        understood(s)
        before = Ctl(s.ctl).stats()
        lines = STRAY.replace("INVITE", "OPTIONS").split("\n")
        s.send(UE6, "\n".join(lines[:2] + lines[3:]))
        s.proxy.settle()
        assert Ctl(s.ctl).stats() == before
        assert before["sdp_rewritten"] == 1, before
