# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones on IPv4, of which it only counts what reaches them: it is written
down, without what the proxy makes up by chance."""
import os
import re

from . import compare, netns, shapes
from .lab import HERE
from .script import WAIT, Script
from .texts import NONE, host, values

CFG = os.path.join(HERE, "cfg", "plain.cfg")
RANDOM = ((r";branch=z9hG4bK(?!plain)[^;\s]+", ";branch=*"),
          (r";i=[0-9a-f]+", ";i=*"),
          (r";did=[0-9a-f]+\.[0-9a-f]+", ";did=*"))


def normal(text):
    """Our branches, dialog's ids and connection numbers are of one run only"""
    for pattern, star in RANDOM:
        text = re.sub(pattern, star, text)
    return text


class Phone:
    def __init__(self, plain, user, name, port, proto):
        self.plain, self.user, self.proto = plain, user, proto
        self.addr = (netns.HOSTS[name], port)
        way = "" if proto == "udp" else f";transport={proto}"
        self.uri = f"sip:{user}@{host(self.addr)}{way}"
        self.sdp = shapes.body(f"IP4 {self.addr[0]}")
        self.hold = self.sdp.replace("sendrecv", "sendonly")
        self.socket = plain.phone(self.addr, proto)

    def send(self, text):
        self.socket.send(text)

    def get(self, start):
        """The next message but for a 100; written down like that one"""
        while True:
            data = self.socket.recv(WAIT)
            assert data is not None, f"no {start} at {self.user}\n" \
                + self.plain.proxy.log()
            text = compare.visible(data)
            self.plain.note(self, text)
            if not text.startswith("SIP/2.0 100 "):
                break
        assert text.startswith(start), text
        return text


class Plain(Script):
    """Alice, bob and carol around a proxy"""

    def __init__(self, lab, *defines, proto="udp"):
        self.seen = {}
        super().__init__(lab, *defines, cfg=CFG)
        self.alice = Phone(self, "alice", "ua4", 5062, proto)
        self.bob = Phone(self, "bob", "ua4", 5060, "udp")
        self.carol = Phone(self, "carol", "peer", 5060, "udp")
        self.calls = 0

    def note(self, phone, text):
        self.seen.setdefault(phone.user, []).append(normal(text))

    def done(self):
        self.proxy.settle()
        for phone in (self.alice, self.bob, self.carol):
            for text in phone.socket.rest():
                self.note(phone, text)
        complaints = self.proxy.complaints()
        assert not complaints, "logged: " + "\n".join(complaints)

    def dialog(self, to=None):
        self.calls += 1
        return Dialog(self, self.alice, to or self.bob)


class Side:
    """What one of the two knows"""

    def __init__(self, phone, name, tag):
        self.phone, self.name, self.tag = phone, name, tag
        self.target, self.routes, self.cseq = "", "", 0


class Dialog:
    """Between a, who began, and b"""

    def __init__(self, plain, caller, callee):
        self.call_id, self.sent = f"plain{plain.calls}", {}
        self.sent_by = None  # in place of rport, where answers are to go
        self.a = Side(caller, "a", "aa")
        self.b = Side(callee, "b", "")

    def sides(self, leg):
        return (self.a, self.b) if leg == "a" else (self.b, self.a)

    def begin(self, method="INVITE", extra="", body=NONE):
        """Out of the dialog; what reaches the callee"""
        self.a.target = "sip:someone@sip.example.test"
        return self.ask("a", method, f"X-To: {self.b.phone.uri}\n" + extra,
                        body)

    def text(self, leg, method, extra, body, branch):
        mine, other = self.sides(leg)
        tag = other.tag and f";tag={other.tag}"
        return "\n".join([
            f"{method} {mine.target} SIP/2.0",
            f"Via: SIP/2.0/{mine.phone.proto.upper()} "
            f"{self.sent_by or host(mine.phone.addr)};"
            f"branch=z9hG4bKplain{branch}{'' if self.sent_by else ';rport'}",
            "Max-Forwards: 70",
            f"From: <sip:{mine.phone.user}@sip.example.test>;tag={mine.tag}",
            f"To: <sip:{other.phone.user}@sip.example.test>{tag}",
            f"Call-ID: {self.call_id}", f"CSeq: {mine.cseq} {method}",
            f"Contact: <{mine.phone.uri}>", mine.routes + extra + body])

    def ask(self, leg, method, extra="", body=NONE):
        """What reaches the other side"""
        mine, other = self.sides(leg)
        mine.cseq += method not in ("ACK", "CANCEL")
        branch = f"{self.call_id}-{leg}-{mine.cseq}" + (
            "-ack" if method == "ACK" else "")
        mine.phone.send(self.text(leg, method, extra, body, branch))
        return other.phone.get(f"{method} ")

    def reply(self, leg, got, status="200 OK", body=NONE, extra="",
              phone=None, tag=None):
        """What reaches the other side of this answer"""
        mine, other = self.sides(leg)
        self.send_reply(leg, got, status, body, extra, phone, tag)
        back = other.phone.get(f"SIP/2.0 {status}")
        if phone:
            mine.phone = phone
        self.learn(mine, other, got, back)
        return back

    def send_reply(self, leg, got, status="200 OK", body=NONE, extra="",
                   phone=None, tag=None):
        mine, _ = self.sides(leg)
        who = phone or mine.phone
        mine.tag = tag or mine.tag or "bb"
        lines = [f"SIP/2.0 {status}"]
        for line in got.split("\n\n")[0].split("\n")[1:]:
            name = line.partition(":")[0].lower()
            if name == "to" and ";tag=" not in line:
                line += f";tag={mine.tag}"
            if name in ("via", "from", "to", "call-id", "cseq",
                        "record-route"):
                lines.append(line)
        who.send("\n".join([*lines, f"Contact: <{who.uri}>", extra + body]))

    @staticmethod
    def learn(mine, other, got, back):
        """Routes and targets (RFC 3261 12)"""
        def target(text):
            found = re.search(r"(?m)^Contact: <(.*)>", text)
            return found and found[1]
        if " 1" in back[:9] or " 2" in back[:9]:
            other.target = target(back) or other.target
            mine.target = target(got) or mine.target
        if not other.routes and not mine.routes:
            rows = values(back).splitlines()[::-1]
            other.routes = "".join(f"Route: {r[14:]}\n" for r in rows)
            mine.routes = values(got).replace("Record-Route", "Route")

    def do(self, leg, method, extra="", body=NONE, answer=NONE):
        """A whole transaction within the dialog"""
        got = self.ask(leg, method, extra, body)
        self.reply("b" if leg == "a" else "a", got, body=answer)
        if method == "INVITE":
            self.ask(leg, "ACK")

    def refused(self, got, status="486 Busy Here", phone=None):
        """To an INVITE: the proxy acknowledges it, then the caller does"""
        phone = phone or self.b.phone
        self.send_reply("b", got, status, phone=phone)
        phone.get("ACK ")
        self.a.phone.get(f"SIP/2.0 {status}")
        self.a.phone.send(self.text("a", "ACK", "", NONE,
                                    f"{self.call_id}-a-{self.a.cseq}"))
