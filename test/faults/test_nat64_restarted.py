# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The NAT64 is restarted in mid-call and forgets its mappings: what the phone
sends comes from another port. By that it is reached again; what was sent to it
before is lost."""
import pytest

from sipharness import netns, shapes
from sipharness.lab import SHIPPED
from sipharness.texts import (LITERAL, NONE, SDP4, SDP6, UA4, Texts, response,
                              routes)

from faultlib.proxies import configuration
from faultlib.rounds import Round
from faultlib.scenes import (ALICE, BOB, DOMAIN, OWN6, contact, register,
                             shown, text)

OLD, NEW = ((netns.HOSTS["ue6"], port) for port in (40001, 52001))
UA4_HOST = "192.0.2.30:5060"


class Call:
    """UE6 is registered and in a call with UA4; nothing is configured"""

    def __init__(self, s):
        names = {"old": OLD, "new": NEW, "ua4": UA4}
        for addr in names.values():
            s.phone(addr)
        self.r = r = Round(s, names, 1)
        register(r, "ua4", BOB, UA4_HOST)
        self.register("old", 1)
        r.send("old", text(r, "INVITE", uri=BOB, body=SDP6))
        self.invite = r.need("ua4", "INVITE ")
        r.send("ua4", response(self.invite, body=SDP4))
        self.ok = r.need("old", "SIP/2.0 200 ")
        self.cseq = 1
        self.from_ue6("old", "ACK", cseq=1)
        r.need("ua4", "ACK ")

    def register(self, who, cseq):
        register(self.r, who, ALICE, LITERAL, cseq=cseq)
        asked = self.r.maybe(who, "OPTIONS ")
        if asked:
            self.r.send(who, shown(response(asked, contact=LITERAL,
                                            body=NONE)))
        self.r.need(who, "SIP/2.0 200 ")

    def from_ue6(self, who, method, body=NONE, cseq=None):
        self.cseq = cseq or self.cseq + 1
        self.r.send(who, text(self.r, method, cseq=self.cseq, body=body,
                              uri=contact(self.ok), to_tag="tt",
                              extra=routes(self.ok)))

    def from_ua4(self, method, body=NONE, cseq=7):
        self.r.send("ua4", text(
            self.r, method, UA4_HOST, cseq, body=body, from_tag="tt",
            to_tag=shapes.FTAG, uri=contact(self.invite),
            extra=routes(self.invite, False)))

    def answer(self, who, got, body=NONE):
        self.r.send(who, shown(response(got, contact=LITERAL, body=body)))

    def bye_from_ua4(self, who, cseq):
        """It reaches that flow of UE6's"""
        self.from_ua4("BYE", cseq=cseq)
        self.answer(who, self.r.need(who, "BYE "))
        self.r.need("ua4", "SIP/2.0 200 ")


@pytest.fixture
def call(lab):
    path, _ = configuration(lab, SHIPPED, first="", timers=())
    with Texts(lab, DOMAIN, cfg=path) as s:
        yield Call(s)
        s.drain()


def test_bye_from_the_new_port(call, record_property):
    call.from_ue6("new", "BYE")
    call.r.send("ua4", response(call.r.need("ua4", "BYE "), body=NONE))
    call.r.need("new", "SIP/2.0 200 ")
    record_property("faults", 1)


def test_reinvite_from_the_new_port(call, record_property):
    """It tells UA4 where UE6 is now: BYE comes there"""
    call.from_ue6("new", "INVITE", SDP6)
    again = call.r.need("ua4", "INVITE ")
    assert f";alias={NEW[0]}~{NEW[1]}~1" in contact(again)
    call.r.send("ua4", response(again, body=SDP4))
    ok = call.r.need("new", "SIP/2.0 200 ")
    assert f"c=IN IP6 {shapes.synthetic('2001:db8:64::/96', UA4[0])[1:-1]}" \
        in ok
    call.from_ue6("new", "ACK", cseq=call.cseq)
    call.r.need("ua4", "ACK ")
    call.invite = call.invite.replace(
        f"Contact: <{contact(call.invite)}>", f"Contact: <{contact(again)}>")
    call.bye_from_ua4("new", 7)
    record_property("faults", 1)


def test_until_the_phone_sends(call, record_property):
    """What UA4 sends before goes where UE6 was: to nobody. A REGISTER is
    enough for the next call, not for this one."""
    call.from_ua4("INVITE", SDP4)
    call.r.need("old", "INVITE ")
    call.register("new", 2)
    call.r.send("ua4", text(call.r, "INVITE", UA4_HOST, 30, uri=ALICE,
                            body=SDP4, from_tag="next"))
    got = call.r.need("new", "INVITE ")
    assert OWN6 in got
    call.answer("new", got, SDP6)
    call.r.need("ua4", "SIP/2.0 200 ")
    record_property("faults", 1)
