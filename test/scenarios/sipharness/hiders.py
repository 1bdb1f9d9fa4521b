# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones in an IPv6-only network that hide it, played from the captures: their
messages are the captured ones but for what they echo; what no capture has (INFO,
REFER, ...) is made of the nearest one that it has.

pjsip      has IPv6 in Via and Contact in its first REGISTER only
linphone   keeps it in its Via, its Contact has the IPv4 address
gruu       linphone that is given a GRUU: its Contact has a host name
baresip    hides nothing
"""
import re

from . import captures, shapes
from .parties import (TARGETED, Dialog, Party, lines_of, name_of, one,
                      rewrite, sdp, tag_of, uri_of, values)

# another phone behind another NAT64: what stands in the captured texts' place
ELSEWHERE = {"192.0.2.1": "192.0.2.40", "2001:db8:1::2": "2001:db8:2::2",
             "alice": "bob"}
ELSEWHERE_PREFIX = "2001:db8:a0::"
KINDS = ("pjsip", "linphone", "gruu")
# phone, transport: where it calls; where it is called; where it is asked
FILES = {
    ("pjsip", "udp"): ("pjsua-ue-ua4-udp", "pjsua-ua4-ue-udp-hold",
                       "pjsua-keepalive"),
    ("pjsip", "tcp"): ("pjsua-ue-ua4-tcp-hold", "pjsua-ue-ua4-tcp-hold",
                       "pjsua-keepalive"),
    ("linphone", "udp"): ("linphone-ue-ua4-udp", "linphone-ua4-ue-udp-hold",
                          "linphone-keepalive"),
    ("linphone", "tcp"): ("linphone-ue-ua4-tcp-hold",
                          "linphone-ue-ua4-tcp-hold", "linphone-keepalive"),
    ("baresip", "udp"): ("baresip-ue-ua4-udp", "baresip-ua4-ue-udp-hold",
                         "baresip-keepalive"),
    ("baresip", "tcp"): ("baresip-ue-ua4-tcp-hold",
                         "baresip-ue-ua4-tcp-hold", "baresip-keepalive"),
}


def pick(name, start, cseq=""):
    """All that the phone of a capture sent of that kind"""
    found = [m for m in captures.spoken(name + "-phone.txt")
             if m.startswith(start) and one(m, "cseq").endswith(cseq)]
    assert found, f"no {start} in {name}"
    return found


class Hider(Party):
    def __init__(self, s, kind, proto, swap=None, prefix=None):
        """
        @param swap    What stands for what in the captured texts
        @param prefix  Its NAT64's, if not that of the captures
        """
        self.kind, self.swap = kind, swap or {}
        model = "linphone" if kind == "gruu" else kind
        calls, called, asked = FILES[model, proto]
        self.invite = self.pick(calls, "INVITE ")[0]
        self.bye = self.pick(calls, "BYE ")[0]
        self.acks = self.pick(calls, "ACK ")[0]
        self.ok = self.pick(called, "SIP/2.0 200 ", "INVITE")[0]
        self.pong = self.pick(asked, "SIP/2.0 200 ", "OPTIONS")[0]
        if proto == "tcp" and not values(self.pong, "content-length"):
            self.pong = self.pong.replace("\n\n", "\nContent-Length: 0\n\n", 1)
        self.registers = self.pick(calls, "REGISTER ")[:2]
        if model == "baresip":
            del self.registers[1:]
        self.model = model
        super().__init__(s, (self.swapped("192.0.2.1"), self._port(calls)),
                         proto, self.swapped("IP6 2001:db8:1::2"))
        self.prefix = prefix or self.prefix
        self.aor = self.swapped("sip:alice@sip.example.test")
        self.contact = next(line for line in lines_of(self.invite)[0]
                            if name_of(line) == "contact")
        self.registered = uri_of(values(self.registers[-1], "contact")[0])
        self.sdp = sdp(lines_of(self.invite)[1])
        self.answer = sdp(lines_of(self.ok)[1])

    def pick(self, *what):
        return [self._sized(self.swapped(text)) for text in pick(*what)]

    @staticmethod
    def _sized(text):
        return re.sub(r"(?m)^(Content-Length: +)\d+$", lambda m: m[1] + str(
            shapes.size(lines_of(text)[1])), text)

    def swapped(self, text):
        for old, new in self.swap.items():
            text = re.sub(rf"{re.escape(old)}(?![0-9])", new, text)
        return text

    @staticmethod
    def _port(name):
        """The one that the phone's packets come from"""
        with open(f"{captures.folder()}/{name}-phone.txt") as f:
            return int(re.search(r"=== \S+ \w+ 2001:db8:1::2:(\d+) >",
                                 f.read())[1])

    def register(self, asked=True):
        """As captured; with the probe's answer the second one is marked"""
        for n, text in enumerate(self.registers):
            self.send(text)
            if asked and n == 0:
                self.proves()
            ok = self.get("SIP/2.0 200 ")
            uri = f"sip:{self.addr[0]}:{self.addr[1]}" + (
                "" if self.proto == "udp" else f";transport={self.proto}")
            marked = f";pref64={self.prefix}/96" if asked and n else ""
            assert f';received="{uri}{marked}"' in one(ok, "contact"), ok
        if asked and len(self.registers) == 1:
            self.settle()
        if self.kind == "gruu":
            gruu = re.search(r'pub-gruu="([^"]*)"', ok)[1]
            assert gruu.startswith(f"{self.aor};gr=urn:uuid:"), ok
            instance = re.search(r"\+sip\.instance=.*", self.contact)[0]
            self.contact = f"Contact: <{gruu}>;{instance}"

    def settle(self):
        """Its own flow is handled in order: the proof is there then"""
        self.send(rewrite(
            self.registers[0], "OPTIONS sip:sip.example.test SIP/2.0",
            {"via": [self._via(self.registers[0])], "contact": [],
             "call-id": ["Call-ID: settle"], "cseq": ["CSeq: 1 OPTIONS"]}))
        assert one(self.get("SIP/2.0 200 "), "cseq") == "1 OPTIONS"

    def proves(self):
        """It is asked, and says where it saw the question come from"""
        self.pongs(self.get("OPTIONS "))

    def pongs(self, question):
        self.send(self.echo(self.pong, question, "SIP/2.0 200 Ok"))

    def route_lines(self, routes):
        return [f"Route: {self.rewritten(r)}" for r in routes]

    def rewritten(self, route):
        """PJSIP writes lr in front of what it does not know"""
        if self.model != "pjsip":
            return route
        way = ";transport=tcp" if ";transport=tcp" in route else ""
        bare = route.replace(";lr>", ">")
        return re.sub(rf"(<[^;>]*{way})", r"\1;lr", bare, count=1)

    def _via(self, text):
        line = next(v for v in lines_of(text)[0] if name_of(v) == "via")
        return re.sub(r"(branch=[^;]+)", rf"\1-{self.next()}", line)

    def opening(self, method, uri, extra=(), body=()):
        """Its INVITE to the octet, or another request in its shape"""
        base = self.invite
        d = Dialog("a", one(base, "call-id"), one(base, "from"),
                   one(base, "to"), int(one(base, "cseq").split()[0]))
        if method == "INVITE" and body == self.sdp and not extra \
                and self.kind != "gruu":
            return d, base
        return d, self._request(base, method, uri, d, extra, body)

    def _request(self, base, method, uri, d, extra, body):
        headers = {
            "via": [self._via(base)], "from": [f"From: {d.local}"],
            "to": [f"To: {d.remote}"], "call-id": [f"Call-ID: {d.call_id}"],
            "cseq": [f"CSeq: {d.cseq} {method}"],
            "route": self.route_lines(d.routes),
            "contact": [self.contact] if method in TARGETED else []}
        for line in extra:
            headers.setdefault(name_of(line), []).append(line)
        return rewrite(base, f"{method} {uri} SIP/2.0", headers, body)

    def within(self, d, method, extra=(), body=()):
        base = self.invite if body else self.bye
        if method == "ACK":
            base = self.acks
        return self._request(base, method, d.target, d, extra, body)

    def echo(self, base, request, first, headers=None, body=None):
        """What it echoes of the request, where its own reply has it"""
        lines, vias = lines_of(request)[0][1:], []
        for line in lines:
            if name_of(line) == "via":
                vias.append(line)
        vias[0] = re.sub(r"^(Via: [^;]+)",
                         rf"\1;received={self.prefix}c000:20a", vias[0])
        to = next(line for line in lines if name_of(line) == "to")
        if not tag_of(to):
            to += f";tag={tag_of(one(base, 'to'))}"
        routes = [self.rewritten(r) for r in values(request, "record-route")]
        name = "Record-Route" if self.model != "linphone" else "Record-route"
        found = {"via": vias, "to": [to],
                 "record-route": [f"{name}: {r}" for r in routes],
                 **(headers or {})}
        for key in ("from", "call-id", "cseq"):
            found[key] = [line for line in lines if name_of(line) == key]
        return rewrite(base, first, found, body)

    def reply(self, request, status, extra=(), body=()):
        method = one(request, "cseq").split()[1]
        contact = [self.contact] if method in TARGETED else []
        headers = {"contact": contact}
        for line in extra:
            headers.setdefault(name_of(line), []).append(line)
        same_body = None if body == self.answer else body
        return self.echo(self.ok, request, f"SIP/2.0 {status}", headers,
                         same_body)


