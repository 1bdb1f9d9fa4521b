# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The configuration that is shipped, two phones that do no harm, and who does:
on IPv4, or behind the NAT64 of one of them."""
import re
import subprocess
import time

from .script import LEARN, WAIT
from .secure import let_questions_be_seen
from .texts import (LITERAL, NONE, PEER, UA4, UE6, UE6_B, Texts, host,
                    request, response)

ALICE, BOB, EVE, MALLORY = UE6, UA4, UE6_B, PEER
EVE_LITERAL = "[2001:db8:1::66]:5062"
GOOD, EVIL = "2001:db8:64::c000:20a", "2001:db8:bad::c000:20a"
KNOWN = ('NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE")
OWN_ROUTE = "Route: <sip:192.0.2.10;lr>\n"
# who must never hear of us, and can: the addresses are on this loopback
INSIDE = ("127.0.0.1", "169.254.169.254", "10.0.0.1", "172.16.0.1",
          "192.168.1.1")
REGISTER = """REGISTER sip:sip.example.test SIP/2.0
Via: SIP/2.0/UDP {via};branch=z9hG4bKreg{user}{n};rport
Max-Forwards: 70
From: <sip:{user}@sip.example.test>;tag=r{user}
To: <sip:{user}@sip.example.test>
Call-ID: r{user}
CSeq: {n} REGISTER
Contact: <sip:{user}@{via}{contact}>;expires=300
Content-Length: 0

"""


class Attack(Texts):
    """@param known  The PREF64 is configured, and nobody is asked"""

    def __init__(self, lab, *defines, known=True, cfg=LEARN, logged=None):
        let_questions_be_seen()
        lines = "".join(f"addr add {a}/32 dev lo\n" for a in INSIDE
                        if not a.startswith("127."))
        subprocess.run(["ip", "-batch", "-"], input=lines, text=True,
                       check=True)
        super().__init__(lab, *(KNOWN if known else ()), *defines, cfg=cfg,
                         logged=logged)
        self.n = 0

    def next(self):
        self.n += 1
        return self.n

    def register(self, user, source, via=None, contact=""):
        """What it is asked, if it is"""
        self.send(source, REGISTER.format(
            user=user, via=via or host(source), n=self.next(),
            contact=contact))
        got = self.get(source, "")
        if got.startswith("OPTIONS "):
            self.get(source, "SIP/2.0 200 ")
            return got
        assert got.startswith("SIP/2.0 200 "), got
        return None

    def both(self):
        self.register("alice", ALICE, LITERAL)
        self.register("bob", BOB)
        return self

    def say(self, source, **parts):
        """A request of its own, the next one"""
        parts.setdefault("n", self.next())
        text = request(**parts)
        self.send(source, text)
        return text

    def invite(self, source=ALICE, uri="sip:bob@sip.example.test", to=BOB,
               **parts):
        """As the callee gets it"""
        self.phone(to)
        self.say(source, uri=uri, **parts)
        return self.get(to, "INVITE ")

    def busy(self, got, source=ALICE, at=BOB):
        """The end of a call"""
        self.send(at, response(got, "486 Busy Here", body=NONE))
        self.get(at, "ACK ")
        return self.get(source, "SIP/2.0 486 ")

    def first(self, *sources):
        """What comes to any of them, but for a 100; the proxy may have talked
        to itself before"""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            self.proxy.settle()
            got = [m for source in sources for m in self.phone(source).rest()
                   if not m.startswith("SIP/2.0 100 ")]
            if got:
                assert len(got) == 1, got
                return got[0]
        raise AssertionError("nothing came\n" + self.proxy.log())

    def drain(self):
        """Also what the proxy still has to say to itself"""
        before = None
        while before != (now := sum(m.src == m.dst
                                    for m in self.lab.wire.read())):
            before = now
            super().drain()

    def hears(self, addresses):
        """What has been sent to any of them, or to a name server"""
        self.lab.wire.read()
        return [flow for flow in self.lab.wire.flows
                if flow[1][0] in addresses or flow[1][1] == 53]

    def nobody_inside_hears(self):
        heard = self.hears(INSIDE)
        assert not heard, heard


def head(text):
    return text.partition("\n\n")[0]


def names(text):
    """Of the header fields, in lower case"""
    return [line.partition(":")[0].strip().lower()
            for line in re.sub(r"\n[ \t]+", " ", head(text)).split("\n")[1:]]
