# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones that register, call and are called at the same time, each message of
theirs judged whole: where a phone is says what the others get to see of it."""
import os
import re

from . import compare, netns, shapes, watch
from .lab import HERE
from .shapes import FTAG, V4
from .texts import NONE, Texts, host, request, response, routes

MANAGE = os.path.join(HERE, "cfg", "manage.cfg")
PREFIX, PREFIX_B = "2001:db8:64::/96", "2001:db8:65::/96"
NET_B = netns.HOSTS["ue6b"]
NUMBER = {"udp": 1, "tcp": 2}
ELSEWHERE = 'Reason: SIP;cause=200;text="Call completed elsewhere"\n'


class Party:
    """A phone, and what it is to the proxy"""

    def __init__(self, script, addr, literal=None, prefix=None, proto="udp",
                 own=V4):
        self.s, self.addr, self.proto, self.own = script, addr, proto, own
        self.prefix = prefix
        self.name = literal or host(addr)
        self.inside = (f"IP6 {literal[1:].partition(']')[0]}" if literal
                       else f"IP4 {addr[0]}")
        self.tp = "" if proto == "udp" else f";transport={proto}"
        self.phone = script.phone(addr, proto, (own, 5060))

    @property
    def alias(self):
        return f";alias={self.addr[0]}~{self.addr[1]}~{NUMBER[self.proto]}"

    def uri(self, user):
        return f"sip:{user}@{self.name}{self.tp}"

    def seen_by(self, reader):
        """The address in this phone's SDP, as the reader gets it"""
        if not reader.prefix:
            return f"IP4 {self.addr[0]}"
        if self.prefix:
            return self.inside
        return "IP6 " + shapes.synthetic(reader.prefix, self.addr[0])[1:-1]

    def form(self, label, r2=True):
        """The own value that faces this phone"""
        at = shapes.synthetic(self.prefix, self.own) if self.prefix \
            else self.own
        r2 = ";r2=on" if r2 else ""
        return (f"Record-Route: <sip:{at}:5060{self.tp}{r2};n64={label};"
                f"ftag={FTAG};lr>\n")

    def send(self, text):
        self.phone.send(text)

    def receive(self, start=""):
        """The next message but for a 100"""
        return self.s.get(self.addr, start, self.proto)

    def expect(self, text):
        """The next message, to the octet"""
        return self.judge(text, self.receive())

    def judge(self, text, got):
        fault = compare.compare(text, compare.octets(got), {},
                                f"at {host(self.addr)}")
        assert not fault, fault
        return got

    def registration(self, user, n):
        text = request(self.name, "REGISTER", "sip:sip.example.test", n=n,
                       body=NONE, proto=self.proto)
        for own, other in (("alice@", f"{user}@"), ("bob@", f"{user}@"),
                           ("Call-ID: texts", f"Call-ID: r{user}")):
            text = text.replace(own, other)
        return text

    def register(self, user, n):
        self.send(self.registration(user, n))
        self.receive("SIP/2.0 200 ")
        return self

    def text(self, method="INVITE", uri="sip:bob@sip.example.test", n=1,
             **changed):
        """A request of this phone's"""
        changed.setdefault("body", shapes.body(self.inside))
        return request(self.name, method, uri, n, proto=self.proto, **changed)

    def answer(self, got, status="200 OK", **changed):
        """A reply of this phone's, and its text"""
        changed.setdefault("body", shapes.body(self.inside))
        changed.setdefault("contact", f"{self.name}{self.tp}")
        user = changed.pop("user", "bob")
        text = response(got, status, **changed).replace(
            "\nContact: <sip:bob@", f"\nContact: <sip:{user}@")
        self.send(text)
        return text


def ue6(script, port=40001, **changed):
    """Behind the first NAT64"""
    return Party(script, (netns.HOSTS["ue6"], port),
                 f"[2001:db8:1::2]:{port - 40000 + 5061}", PREFIX, **changed)


def ue6_b(script, port=40001, **changed):
    """Behind the second one"""
    return Party(script, (NET_B, port),
                 f"[2001:db8:2::2]:{port - 40000 + 5061}", PREFIX_B, **changed)


def ua4(script, port=5060, **changed):
    return Party(script, (netns.HOSTS["ua4"], port), **changed)


def own_values(caller, callee, late=False):
    """What stands in front of an INVITE: the value on top faces the callee

    @param late  The offer is still to come
    """
    same_socket = caller.tp == callee.tp and caller.own == callee.own
    if not caller.prefix and not callee.prefix:
        if same_socket:
            return (f"Record-Route: <sip:{caller.own}{caller.tp};lr;"
                    f"ftag={FTAG}>\n")
        return "".join(f"Record-Route: <sip:{p.own}{p.tp};r2=on;lr;"
                       f"ftag={FTAG}>\n" for p in (callee, caller))
    if late:
        return callee.form("bn") + caller.form("an")
    if caller.prefix == callee.prefix and same_socket:
        return caller.form("xs", r2=False)
    return callee.form("bn") + caller.form("as" if caller.prefix else "af")


def via(caller, callee):
    """tm's; it notes which connection the request came by"""
    return (f"Via: SIP/2.0/{callee.proto.upper()} {callee.own};"
            "branch={branch}" + (";i={conn}" if caller.tp else ""))


def content(sdp):
    return shapes.body(sdp) if sdp else NONE


def with_body(lines, text):
    """These header lines, with that body's headers and body"""
    kept = [m for m in lines if not m.startswith("Content-")]
    return "\n".join(kept) + "\n" + text


def forwarded(sent, caller, callee, uri, **changed):
    """A request of the caller's as the callee must get it

    @param rr     The Record-Routes
    @param alias  That of the Contact
    @param sdp    The address in the SDP, None for no body
    @param body   Content headers and body
    """
    rr = changed.get("rr", own_values(caller, callee))
    alias = changed.get("alias", caller.alias)
    sdp = changed.get("sdp", caller.seen_by(callee))
    first, *lines = sent.partition("\n\n")[0].split("\n")
    out = [f"{first.split()[0]} {uri} SIP/2.0", *rr.splitlines(),
           via(caller, callee)]
    for line in lines:
        if line.startswith("Via: "):
            line = re.sub(r";branch=([^;]*);rport", rf";received="
                          rf"{caller.addr[0]};branch=\1;rport="
                          rf"{caller.addr[1]}", line)
        elif line.startswith("Contact: "):
            line = line.replace(">", f"{alias}>")
        elif line.startswith("Max-Forwards: "):
            line = "Max-Forwards: 69"
        elif line.startswith("X-"):
            continue  # for the script alone
        out.append(line)
    return with_body(out, changed.get("body") or content(sdp))


def passed_back(sent, callee, caller, **changed):
    """A reply of the callee's as the caller must get it"""
    alias = changed.get("alias", callee.alias)
    sdp = changed.get("sdp", callee.seen_by(caller)) if "\nv=0" in sent \
        else None
    lines = sent.partition("\n\n")[0].split("\n")
    del lines[next(i for i, m in enumerate(lines) if m.startswith("Via: "))]
    lines = [m.replace(">", f"{alias}>") if m.startswith("Contact: ") else m
             for m in lines]
    return with_body(lines, changed.get("body") or content(sdp))


def cancelled(got, why=""):
    """The CANCEL that goes after this INVITE: nothing is added to it"""
    lines = got.partition("\n\n")[0].split("\n")
    top = next(m for m in lines if m.startswith("Via: "))
    kept = [m for m in lines if re.match("From|To|Call-ID|CSeq", m)]
    return "\n".join([lines[0], top, "Max-Forwards: 69", *kept,
                      f"Content-Length: 0\n{why}\n"]).replace(
        "INVITE", "CANCEL")


def acknowledged(got, tag="tt"):
    """The proxy's ACK for a refusal of this INVITE: nothing is added to it"""
    text = cancelled(got).replace("CANCEL", "ACK")
    return re.sub("(?m)^(To: .*)$", rf"\1;tag={tag}", text)


def refuse(callee, got, status="486 Busy Here", tag="tt", **changed):
    """The phone refuses the INVITE, and gets its ACK"""
    callee.answer(got, status, body=NONE, tag=tag, **changed)
    callee.expect(acknowledged(got, tag))


def give_way(callee, got, why="", tag="tt"):
    """The phone is cancelled"""
    cancel = callee.expect(cancelled(got, why))
    callee.answer(cancel, body=NONE, tag=tag)
    refuse(callee, got, "487 Request Terminated", tag)


def within(method, teller, listener, learned, n, **changed):
    """A request within the dialog, as who sends it was told to by that 200 or
    that INVITE; what the other got of it"""
    answer = learned.startswith("SIP/2.0")
    contact = re.search("(?m)^Contact: <(.*)>$", learned)[1]
    tags = [FTAG, re.search("(?m)^To: .*;tag=(.*)$", learned)[1]] if answer \
        else [changed.pop("tag", "tt"), FTAG]
    text = teller.text(method, contact, n, from_tag=tags[0], to_tag=tags[1],
                       extra=routes(learned, answer),
                       body=changed.pop("sent", NONE))
    # theirs is no target (RFC 3261 20.10); the script gives others one
    alias = "" if method in ("ACK", "BYE") and teller.prefix else teller.alias
    teller.send(text)
    without = re.sub("(?m)^Route: .*\n", "", text)
    changed.setdefault("sdp", None)
    return listener.expect(forwarded(
        without, teller, listener, contact.partition(";alias=")[0], rr="",
        alias=alias, **changed))


def hang_up(callee, caller, invite, tag="tt", n=9):
    """The callee does"""
    bye = within("BYE", callee, caller, invite, n, tag=tag)
    caller.answer(bye, body=NONE)
    callee.receive("SIP/2.0 200 ")


class Calls(Texts):
    """A proxy and parties; at the end, what no phone may ever see is looked
    for as well

    @param several  A caller gets several 200s for its INVITE
    """
    families = True  # False: the SDP is left alone on purpose

    def __init__(self, lab, *defines, cfg=MANAGE, several=False, **options):
        self.several = several
        super().__init__(lab, *defines, cfg=cfg, **options)

    def done(self):
        super().done()
        found = watch.faults(self.lab.wire.read(), families=self.families,
                             ue6=(netns.HOSTS["ue6"], NET_B))
        if self.several:
            more = [f for f in found if "different 200s" in f]
            assert more, "there should have been several 200s"
            found = [f for f in found if f not in more]
        assert not found, "\n".join(found)
