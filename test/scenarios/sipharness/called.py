# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A configuration that is shipped, or one made of it, and whole calls through
it, whatever it does to them."""
import os
import re
from dataclasses import dataclass

from .branches import Calls, Party
from .ctl import Ctl
from .lab import SHIPPED
from .shapes import FTAG, V4, synthetic
from .texts import NONE, pair, routes, values

PREF = "2001:db8:64::/96"
DUAL = pair("4bn", "6as")  # of a call of UE6 to UA4


@dataclass
class Call:
    """Who is in it, and what each got of the other"""
    caller: Party
    callee: Party
    tags: tuple
    n: int  # of the INVITE
    invite: str
    ok: str
    ack: str = ""
    bye: str = ""


class Called(Calls):
    """The proxy can be asked"""

    def __init__(self, lab, *defines, cfg=SHIPPED, **options):
        door = os.path.join(lab.folder, "ctl")
        self.rpc, self.n = Ctl(door), 0
        super().__init__(
            lab, f'CTL_SOCKET="unix:{door}"', 'SIP_DOMAIN="sip.example.test"',
            *defines, cfg=cfg, **options)

    def next(self):
        self.n += 1
        return self.n

    def status(self, **want):
        got = self.rpc.fields("status")
        assert {name: got.get(name) for name in want} == want, got

    def count(self, **want):
        self.proxy.settle()
        got = self.rpc.stats()
        assert {name: got.get(name, 0) for name in want} == want, got

    def said(self, text):
        """It stands in the log, so often"""
        self.proxy.settle()
        return self.proxy.log(self.proxy.mark).count(text)

    def asked(self, party, user="alice", prefix=PREF):
        """The phone registers, and shows the proxy its prefix"""
        party.send(party.registration(user, 100 + self.next()))
        first, second = party.receive(), party.receive()
        probe = first if first.startswith("OPTIONS ") else second
        assert probe.startswith("OPTIONS "), (first, second)
        self.tell(party, probe, prefix)

    def tell(self, party, probe, prefix=PREF):
        """It answers as a phone behind that NAT64 does"""
        via = values(probe, "Via").splitlines()[0]
        text = "\n".join([
            "SIP/2.0 200 OK", f"{via};received={synthetic(prefix, V4)[1:-1]}",
            *(values(probe, name).strip() for name in
              ("From", "To", "Call-ID", "CSeq")), NONE])
        party.send(text)
        self.proxy.settle()

    def up(self, caller, callee, user="bob", tag="tt", **changed):
        """A call that is answered and acknowledged"""
        n = self.next() * 10
        own = changed.setdefault("from_tag", FTAG)
        caller.send(caller.text("INVITE", f"sip:{user}@sip.example.test", n,
                                **changed))
        invite = callee.receive("INVITE ")
        callee.answer(invite, tag=tag, user=user)
        ok = caller.receive("SIP/2.0 200 ")
        call = Call(caller, callee, (own, tag), n, invite, ok)
        call.ack = self.within(call, "ACK")
        return call

    @staticmethod
    def within(call, method, more=0):
        """The caller's; what the callee got of it"""
        own, tag = call.tags
        call.caller.send(call.caller.text(
            method, re.search("(?m)^Contact: <(.*)>$", call.ok)[1],
            call.n + more, from_tag=own, to_tag=tag, extra=routes(call.ok),
            body=NONE))
        got = call.callee.receive(f"{method} ")
        assert "\nRoute:" not in got, got
        return got

    def call(self, caller, callee, user="bob", **changed):
        """From the INVITE to the caller's BYE"""
        call = self.up(caller, callee, user, **changed)
        call.bye = self.within(call, "BYE", 1)
        callee.answer(call.bye, body=NONE)
        caller.receive("SIP/2.0 200 ")
        return call
