# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones that hold a dialog as RFC 3261 12 says: to the remote target that they
were told, by the route set that they were told. What comes out of the proxy is
computed from what went in, line by line, and compared to the octet."""
import re
from dataclasses import dataclass, field

from . import compare, shapes
from .shapes import V4

PREFIX = "2001:db8:64::"
NUMBER = {"udp": 1, "tcp": 2}  # of a transport, in an alias


def lines_of(text):
    head, _, body = text.partition("\n\n")
    return head.split("\n"), body


def name_of(line):
    return line.partition(":")[0].strip().lower()


def values(text, name):
    """Values of all headers of that name, of which each has one"""
    return [line.partition(":")[2].strip() for line in lines_of(text)[0][1:]
            if name_of(line) == name]


def one(text, name):
    found = values(text, name)
    assert len(found) == 1, f"{len(found)} {name}:\n{text}"
    return found[0]


def uri_of(value):
    """The URI of a From, a Contact"""
    m = re.match(r"[^<]*<([^>]*)>", value)
    return m[1] if m else value.partition(";")[0]


def tag_of(value):
    m = re.search(r";tag=([^;]+)", value)
    return m[1] if m else ""


def rewrite(text, first, headers, body=None):
    """A message made of another one: its first line, those headers in place of
    the ones of the same name, at their place, or before the content's; its
    body, (Content-Type, text), or () for none."""
    lines, old = lines_of(text)
    left, out = {k: list(v) for k, v in headers.items()}, [first]
    for line in lines[1:]:
        name = name_of(line)
        if name in ("content-type", "content-length") and body is not None:
            continue
        if name not in headers:
            out.append(line)
        else:
            out += left.pop(name, [])
    rest = [line for new in left.values() for line in new]
    if body is None:
        at = next((i for i, line in enumerate(out)
                   if name_of(line).startswith("content-")), len(out))
        return "\n".join(out[:at] + rest + out[at:]) + "\n\n" + old
    if not body and "content-length" not in map(name_of, lines):
        return "\n".join(out + rest) + "\n\n"
    if not body:
        return "\n".join(out + rest + ["Content-Length: 0"]) + "\n\n"
    return "\n".join(out + rest) + "\n" + shapes.content(*body)


def sdp(text):
    return ("application/sdp", text)


@dataclass
class Dialog:
    """What one of the two knows of it"""
    leg: str          # "a", the caller, or "b"
    call_id: str
    local: str
    remote: str
    cseq: int
    target: str = ""
    routes: list = field(default_factory=list)
    offered: str = "n"  # the family's letter of its own last offer


class Party:
    """A phone at its socket"""

    def __init__(self, s, addr, proto, address):
        self.s, self.addr, self.proto = s, addr, proto
        self.address = address  # as its SDP has it, "IP4 192.0.2.30"
        self.nat64 = address.startswith("IP6 ")
        self.prefix = PREFIX if self.nat64 else ""
        self.n = 0
        s.phone(addr, proto)  # is there before anything comes

    def send(self, text):
        self.s.send(self.addr, text, self.proto)
        return text

    def get(self, start):
        return self.s.get(self.addr, start, self.proto)

    def own_value(self, label, ftag):
        """The own value that faces this phone"""
        params = "" if self.proto == "udp" else f";transport={self.proto}"
        own = f"[{self.prefix}c000:20a]" if self.nat64 else V4
        return shapes.value(own, label, params=params, ftag=ftag)

    def route_lines(self, routes):
        return [f"Route: {r}" for r in routes]

    def next(self):
        self.n += 1
        return self.n


def seen_via(line, party):
    """A Via of that phone, as the proxy passes it on"""
    host, port = party.addr
    line = re.sub(r"^(Via: SIP/2.0/\w+ [^;]+)", rf"\1;received={host}", line)
    return re.sub(r";rport(?=;|$)", f";rport={port}", line)


def with_alias(line, party):
    host, port = party.addr
    alias = f";alias={host}~{port}~{NUMBER[party.proto]}"
    return re.sub(r"^(Contact: <[^>]*)>", rf"\1{alias}>", line)


def readable(body, source, target):
    """An SDP of one, as the other gets it, no media relay between them"""
    if source.nat64 == target.nat64:
        return body
    if target.nat64:
        body = body.replace("IP4 0.0.0.0", "IP6 ::")
        return body.replace("IP4 192.0.2.30", f"IP6 {target.prefix}c000:21e")
    body = re.sub(r"(?m)IP6 ::$", "IP4 0.0.0.0", body)
    return body.replace(source.address, f"IP4 {source.addr[0]}")


def passed(sent, source, target, first, before=()):
    """A message of the source as the target gets it"""
    lines, body = lines_of(sent)
    request = not first.startswith("SIP/2.0 ")
    new = readable(body, source, target) if "application/sdp" in sent else body
    out, vias = [first, *before], 0
    for line in lines[1:]:
        name = name_of(line)
        if name == "via":
            vias += 1
            if vias == 1 and not request:
                continue
            if vias == 1:
                line = seen_via(line, source)
        elif name == "route" or (name == "max-forwards" and not request):
            continue
        elif name == "max-forwards":
            line = f"Max-Forwards: {int(line.split()[1]) - 1}"
        elif name == "contact" and not first.startswith("ACK "):
            line = with_alias(line, source)
        elif name == "content-length" and new != body:
            line = line.rstrip("0123456789") + str(shapes.size(new))
        out.append(line)
    return "\n".join(out) + "\n\n" + new


def own_via(source, target):
    """The proxy's; over TCP it names the connection that the request came by"""
    conn = ";i={conn}" if source.proto == "tcp" else ""
    return (f"Via: SIP/2.0/{target.proto.upper()} {V4};"
            f"branch={{branch}}{conn}")


def same(want, got, title):
    fault = compare.compare(want, compare.octets(got), {}, title)
    assert not fault, fault


class Plain(Party):
    """UA4, in the shape of baresip's messages"""

    def __init__(self, s, addr=("192.0.2.30", 5060), proto="udp", user="bob"):
        super().__init__(s, addr, proto, "IP4 " + addr[0])
        self.aor = f"sip:{user}@sip.example.test"
        way = "" if proto == "udp" else f";transport={proto}"
        self.registered = f"sip:{user}-0x5@{addr[0]}:{addr[1]}{way}"
        self.contact = f"Contact: <{self.registered}>"
        self.sdp = sdp(shapes.SDP.format(addr=self.address))

    def _request(self, method, uri, d, extra, body):
        contact = [self.contact] if method in TARGETED else []
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.proto.upper()} {self.addr[0]}:"
            f"{self.addr[1]};branch=z9hG4bK106e52a4d21d1{self.next()};rport",
            *contact, "Max-Forwards: 70", *self.route_lines(d.routes),
            f"To: {d.remote}", f"From: {d.local}", f"Call-ID: {d.call_id}",
            f"CSeq: {d.cseq} {method}",
            "User-Agent: baresip v1.0.0 (x86_64/linux)", *extra]
        content = shapes.content(*body) if body else "Content-Length: 0\n\n"
        return "\n".join(lines) + "\n" + content

    def register(self):
        aor = f"<{self.aor}>"
        self.send(self._request(
            "REGISTER", "sip:sip.example.test",
            Dialog("a", f"reg-{self.addr[1]}", f"{aor};tag=r4", aor, 1),
            [self.contact], ()))
        self.get("SIP/2.0 200 ")

    def opening(self, method, uri, extra=(), body=()):
        d = Dialog("a", f"434c105b809638c{self.next()}",
                   f"<{self.aor}>;tag=5bdccdae024f4e17", f"<{uri}>", 59260)
        return d, self._request(method, uri, d, extra, body)

    def within(self, d, method, extra=(), body=()):
        return self._request(method, d.target, d, extra, body)

    def reply(self, request, status, extra=(), body=()):
        out = [f"SIP/2.0 {status}"]
        for line in lines_of(request)[0][1:]:
            name = name_of(line)
            if name == "to" and not tag_of(line):
                line += ";tag=6576db283f5acc26"
            if name in ECHOED:
                out.append(line)
        if one(request, "cseq").split()[1] in TARGETED:
            out.append(self.contact)
        content = shapes.content(*body) if body else "Content-Length: 0\n\n"
        return "\n".join([*out, *extra]) + "\n" + content


ECHOED = ("record-route", "via", "to", "from", "call-id", "cseq")
TARGETED = ("INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER")


def is_refresh(method):
    """Requests that may move the target are record-routed, and so are all that
    begin a dialog"""
    return method in TARGETED


class Call:
    """Two parties and what goes between them"""

    def __init__(self, caller, callee):
        self.party = {"a": caller, "b": callee}
        self.side = {}
        self.letter = {"a": "n", "b": "n"}

    def pair_of(self, leg):
        other = "b" if leg == "a" else "a"
        return self.party[leg], self.party[other], other

    def record_routes(self, leg, text):
        source, target, other = self.pair_of(leg)
        mine = self.letter[leg]
        if "application/sdp" in text:
            mine = "s" if source.nat64 else "f"
        ftag = tag_of(self.side["a"].local)
        if (target.prefix, target.proto) == (source.prefix, source.proto):
            # one letter for both, that of the last offer
            mine = mine if "application/sdp" in text else self.letter["a"]
            single = target.own_value(f"x{mine}", ftag)
            return ["Record-Route: " + single.replace(";r2=on", "")]
        return ["Record-Route: " + value for value in (
            target.own_value(other + self.letter[other], ftag),
            source.own_value(leg + mine, ftag))]

    def _goes(self, leg, sent, uri, routed):
        source, target, _ = self.pair_of(leg)
        method = sent.partition(" ")[0]
        source.send(sent)
        got = target.get(method + " ")
        before = self.record_routes(leg, sent) if routed else []
        same(passed(sent, source, target, f"{method} {uri} SIP/2.0",
                    [*before, own_via(source, target)]), got, method)
        return got

    def open(self, method="INVITE", extra=(), body=()):
        """Out of a dialog; what the callee gets"""
        caller, callee = self.party["a"], self.party["b"]
        self.side["a"], sent = caller.opening(method, callee.aor, extra, body)
        got = self._goes("a", sent, callee.registered, is_refresh(method))
        if body and body[0] == "application/sdp":
            self.letter["a"] = "s" if caller.nat64 else "f"
        return got

    def reply(self, leg, request, status="200 OK", extra=(), body=()):
        """The one answers, the other gets it"""
        source, target, _ = self.pair_of(leg)
        sent = source.send(source.reply(request, status, extra, body))
        first = f"SIP/2.0 {status}"
        got = target.get(first)
        same(passed(sent, source, target, first), got, first)
        if "b" not in self.side and values(request, "record-route"):
            self._begin(request, got)
        return got

    def _begin(self, request, answer):
        a = self.side["a"]
        a.remote, a.target = one(answer, "to"), uri_of(one(answer, "contact"))
        a.routes = values(answer, "record-route")[::-1]
        self.side["b"] = Dialog(
            "b", a.call_id, a.remote, a.local, 31570,
            uri_of(one(request, "contact")), values(request, "record-route"))

    def ask(self, leg, method, extra=(), body=(), cseq=None):
        """Within the dialog; what the other gets"""
        d = self.side[leg]
        if method not in ("ACK", "CANCEL"):
            d.cseq += 1
        text = self.party[leg].within(d, method, extra, body)
        uri = re.sub(r";alias=[^;>]*", "", d.target)
        return self._goes(leg, text, uri, is_refresh(method))

    def do(self, leg, method, extra=(), body=(), answer=()):
        """A whole transaction within the dialog"""
        got = self.ask(leg, method, extra, body)
        other = "b" if leg == "a" else "a"
        reply = self.reply(other, got, body=answer)
        if method == "INVITE":
            self.ask(leg, "ACK")
        return reply

    def up(self, caller=None, callee=None):
        """Ringing, answered, acknowledged; the bodies are their SDP unless
        others are given"""
        a, b = self.party["a"], self.party["b"]
        got = self.open(body=caller or a.sdp)
        self.reply("b", got, "180 Ringing")
        self.reply("b", got, body=callee or b.sdp)
        self.ask("a", "ACK")
        return self
