# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Messages made from their parts, for what no phone would send, and a proxy
that may log of them what the core logs."""
import os
import re

from . import compare, netns, shapes
from .lab import HERE
from .script import WAIT, Script

BRANCHES = os.path.join(HERE, "cfg", "branches.cfg")
UE6 = (netns.HOSTS["ue6"], 40001)
UE6_B = (netns.HOSTS["ue6"], 40002)
UA4 = (netns.HOSTS["ua4"], 5060)
CALLER4 = (netns.HOSTS["ua4"], 5062)
PEER = (netns.HOSTS["peer"], 5060)
LITERAL = "[2001:db8:1::2]:5062"
SDP4 = shapes.body("IP4 192.0.2.30")
SDP6 = shapes.body("IP6 2001:db8:1::2")
NONE = "Content-Length: 0\n\n"


def host(address):
    """As a URI and a Via name it"""
    return address if isinstance(address, str) else "%s:%d" % address


def request(caller=LITERAL, method="INVITE", uri="sip:bob@192.0.2.30:5060",
            n=1, to_tag="", rport=";rport", extra="", body=SDP6, proto="udp",
            hops=70, from_tag=shapes.FTAG):
    """From the phone that calls itself so in Via and Contact; n tells the
    requests of one test from each other"""
    way = "" if proto == "udp" else f";transport={proto}"
    return "\n".join([
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/{proto.upper()} {host(caller)};"
        f"branch=z9hG4bKt{n}{rport}",
        f"Max-Forwards: {hops}",
        f"From: <sip:alice@sip.example.test>;tag={from_tag}",
        "To: <sip:bob@sip.example.test>" + (to_tag and f";tag={to_tag}"),
        "Call-ID: texts", f"CSeq: {n} {method}",
        f"Contact: <sip:alice@{host(caller)}{way}>", extra + body])


def response(to, status="200 OK", contact=UA4, extra="", body=SDP4,
             record_route=True, tag="tt"):
    """What a phone answers to the request that it got"""
    lines = [f"SIP/2.0 {status}"]
    for line in to.split("\n\n")[0].split("\n")[1:]:
        name = line.partition(":")[0].lower()
        if name == "to" and "tag=" not in line:
            line += f";tag={tag}"
        if name in ("via", "from", "to", "call-id", "cseq") or (
                name == "record-route" and record_route):
            lines.append(line)
    return "\n".join([*lines, f"Contact: <sip:bob@{host(contact)}>",
                      extra + body])


def values(text, name="Record-Route"):
    """The lines of that name, as they stand"""
    return "".join(f"{m}\n" for m in re.findall(
        rf"(?m)^{name}: .*$", text.partition("\n\n")[0]))


def routes(text, reverse=True):
    """The Routes of who got these Record-Routes in a reply"""
    lines = values(text).splitlines()
    return "".join(m.replace("Record-Route", "Route") + "\n"
                   for m in (lines[::-1] if reverse else lines))


def sdp(text):
    return text.partition("\n\n")[2]


def pair(target, source, own=shapes.V4, own6=shapes.V6):
    """A pair between a side with the IPv4 form and one with the synthetic
    one: each label says which, "6bn" or "4an"."""
    def one(form):
        return shapes.value(own6 if form[0] == "6" else own, form[1:])
    return shapes.pair(one(target), one(source))


class Texts(Script):
    """A proxy, and phones that say what the test says"""

    def __init__(self, lab, *defines, cfg=BRANCHES, logged=None, **options):
        self.logged = logged
        super().__init__(lab, *defines, cfg=cfg, **options)

    def done(self):
        """Nothing else came of it but a 100; what the core says of a text that
        is none may stand in the log"""
        self.proxy.settle()
        left = [m for phone in self.phones.values() for m in phone.rest()
                if not m.startswith("SIP/2.0 100 ")]
        assert not left, "one too many:\n" + "\n".join(left)
        complaints = [line for line in self.proxy.complaints() if not (
            self.logged and re.search(self.logged, line))]
        assert not complaints, "logged: " + "\n".join(complaints)

    def send(self, source, text, proto="udp"):
        self.phone(source, proto).send(text)

    def get(self, source, start, proto="udp"):
        """The next message but for a 100, of that kind"""
        phone = self.phone(source, proto)
        while True:
            data = phone.recv(WAIT)
            assert data is not None, (f"no {start} at {source}\n"
                                      + self.proxy.log())
            text = compare.visible(data)
            if not text.startswith("SIP/2.0 100 "):
                break
        assert text.startswith(start), text
        return text

    def call(self, source, text, target=UA4):
        """An INVITE as the target gets it"""
        self.phone(target)  # is there before it comes
        self.send(source, text)
        return self.get(target, "INVITE ")

    def answer(self, source, text, target):
        """A reply as its target gets it"""
        self.send(source, text)
        return self.get(target, text.partition("\n")[0])

    def drain(self):
        """Nobody cares for what else there is"""
        self.proxy.settle()
        for phone in self.phones.values():
            phone.rest()
