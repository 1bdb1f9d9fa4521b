# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-5: what the module writes into a message is from the configuration or
printed anew from what was read. No value brings a line of its own, or an end of
a URI, with it."""
import re

import pytest

from sipharness import shapes
from sipharness.attacks import (ALICE, BOB, LITERAL, MALLORY, Attack, names,
                                response)
from sipharness.ctl import CFG, Ctl
from sipharness.shapes import FTAG, STATIC
from sipharness.texts import Texts, pair, request, values
from test_proof_limits import SDP_NAT

OCTETS = {"cr": "\\x0d", "nul": "\\x00", "less": "<", "more": ">",
          "quote": '"', "folded": "\n ", "folded-header": "\n Evil: x\n\t",
          "tab": "\t", "delete": "\\x7f", "high": "\\xff",
          "line-in-escapes": "%0d%0aEvil:%20x", "nul-in-escapes": "%00"}


def raw(text):
    """As it is put on the wire: a visible octet is one again"""
    return re.sub(r"\\x(..)", lambda m: chr(int(m[1], 16)), text)


WITHIN = {  # of the phone's request; @ is the octet
    "from-display": ('From: <sip:alice', 'From: "a@b" <sip:alice'),
    "from-user": ("From: <sip:alice", "From: <sip:al@ice"),
    "from-tag": (f"tag={FTAG}", f"tag={FTAG};x=@"),
    "contact-user": ("Contact: <sip:alice", "Contact: <sip:al@ice"),
    "contact-param": (f"{LITERAL}>", f"{LITERAL};x=@>"),
    "via-param": (";rport", ";rport;x=@"),
    "call-id": ("Call-ID: texts", "Call-ID: te@xts"),
    "user-agent": ("Contact: ", "User-Agent: phone @ x\nContact: "),
    "subject": ("Contact: ", "Subject: a@b\nContact: "),
}
SENT = {"record-route", "via", "max-forwards", "from", "to", "call-id", "cseq",
        "contact", "user-agent", "subject", "content-type", "content-length"}
CORE_SAYS = (r"<core> |(ERROR|WARNING): (tm|rr|sl|sanity|nathelper|siputils|pv|"
             r"registrar) ")


@pytest.mark.parametrize("place", WITHIN)
def test_octets_in_a_call(lab, place):
    """Whatever of it the core takes: the pair is ours to the octet, and no
    header field is there that was not sent"""
    old, new = WITHIN[place]
    with Attack(lab, logged=CORE_SAYS).both() as s:
        s.phone(BOB)
        for name, octet in OCTETS.items():
            text = s.say(ALICE, uri="sip:bob@sip.example.test")
            s.drain()
            assert old in text, old
            text = text.replace(old, new.replace("@", raw(octet)), 1)
            s.send(ALICE, again(text, name))
            s.proxy.settle()
            for got in s.phone(BOB).rest():
                if got.startswith("INVITE "):
                    sound(got)
            s.drain()
        got = s.invite()
        sound(got)
        assert got.endswith(SDP_NAT)
        s.busy(got)


def again(text, name):
    return text.replace("branch=z9hG4bKt", f"branch=z9hG4bK{name}").replace(
        "Call-ID: te", f"Call-ID: {name}te")


def sound(got):
    assert values(got) == pair("4bn", "6as"), got
    assert set(names(got)) <= SENT, got
    assert names(got).count("record-route") == 2


LEFT_OUT = ("cr", "nul", "less", "more", "quote", "folded", "folded-header",
            "tab", "delete", "high")


@pytest.mark.parametrize("name", LEFT_OUT)
def test_parameters_of_the_script(lab, name):
    """add_dual_rr("$var(x)") with what a message says: left out, counted"""
    path = f"{lab.folder}/ctl"
    with Texts(lab, STATIC, "RR_PARAMS_OF", f'CTL="unix:{path}"', cfg=CFG) as s:
        got = s.call(ALICE, request(
            extra=f"X-Params: ;svc=a{raw(OCTETS[name])}b\n"))
        assert values(got) == pair("4bn", "6as"), got
        assert "evil" not in names(got)
        assert Ctl(path).stats("bad_params") == {"bad_params": 1}
        s.drain()


PREF64 = {"cr": "2001:db8:77::/96\\x0d", "nul": "2001:db8:77::/96\\x00",
          "more": "2001:db8:77::>/96", "folded": "2001:db8:77::\n /96",
          "header": "2001:db8:77::/96\n Evil: x", "space": "2001:db8:77::/96 ",
          "scope": "2001:db8:77::%0d%0aEvil/96"}


@pytest.mark.parametrize("kind", PREF64)
def test_prefix_that_a_peer_tells(lab, kind):
    """A value that is none is not believed: nothing of it is written"""
    header = f'PortaSIP-Notify: caller=nat64;caller-pref64="{PREF64[kind]}"\n'
    with Attack(lab, 'NOTIFY_PEER="192.0.2.40/32"', "WITH_NOTIFY",
                'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"').both() as s:
        got = s.invite(MALLORY, "sip:alice@sip.example.test", ALICE,
                       caller=MALLORY, extra=raw(header),
                       body=shapes.body("IP4 192.0.2.40"))
        assert values(got) == pair("6bn", "4af"), got
        assert "evil" not in names(got) and "portasip-notify" not in names(got)
        back = s.answer(ALICE, response(got, body=shapes.body(
            "IP6 2001:db8:1::2")), MALLORY)
        assert "2001:db8:77" not in back
        s.drain()


USERS = ("null-%00-null", "line%0d%0aEvil:%20x", "half%", "half%4", "no%zz",
         "high%ff", "delete%7f")


@pytest.mark.parametrize("user", USERS)
def test_user_of_a_registration(lab, user):
    """The registrar refuses it, and says so; the module has nothing to add"""
    with Attack(lab, logged=CORE_SAYS) as s:
        s.send(ALICE, REGISTER.format(user=user))
        got = s.get(ALICE, "SIP/2.0 ")
        assert got[8] in "45", got
        s.drain()
        s.register("alice", ALICE, LITERAL)
        s.register("bob", BOB)
        s.drain()
        sound(s.invite())
        s.drain()
    assert not re.findall("(?:ERROR|WARNING|CRITICAL): nat64sip ",
                          s.proxy.log())


REGISTER = f"""REGISTER sip:sip.example.test SIP/2.0
Via: SIP/2.0/UDP {LITERAL};branch=z9hG4bKu1;rport
Max-Forwards: 70
From: <sip:alice@sip.example.test>;tag=r
To: <sip:{{user}}@sip.example.test>
Call-ID: user
CSeq: 1 REGISTER
Contact: <sip:alice@{LITERAL}>;expires=300
Content-Length: 0

"""
