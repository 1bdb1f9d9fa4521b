# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The shipped edge proxy, the shipped registrar behind it, UE6 at the one and
UA4 at the other."""
import os
import re
import socket
from dataclasses import dataclass

from . import netns, shapes
from .compare import visible
from .kamailio import ROOT, Kamailio, Refused
from .shapes import V4
from .texts import (LITERAL, NONE, SDP4, SDP6, UA4, UE6, UE6_B, Texts,
                    request, response, routes)

EDGE = os.path.join(ROOT, "etc", "kamailio-nat64-edge.cfg")
REGISTRAR = os.path.join(ROOT, "etc", "kamailio-nat64-registrar.cfg")
HOST = netns.HOSTS["proxy2"]
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
BEHIND = [f'REGISTRAR_URI="sip:{HOST}:5060"', f'REGISTRAR_NET="{HOST}/32"']
PREF = "2001:db8:64::/96"
MARK = f";pref64={PREF}"
BOB, ALICE = "sip:bob@sip.example.test", "sip:alice@sip.example.test"

CALLEE = "tt"  # the tag of whoever is called
INSTANCE = (';reg-id=1;+sip.instance='
            '"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"')


class Edge(Texts):
    """Nothing is configured of any prefix; who registers, tells"""

    def __init__(self, lab, *defines, proto="udp", cfg=EDGE, **options):
        self.proto, self.cfg = proto, cfg  # the transport is UE6's
        self.ob = "WITH_OUTBOUND" in defines
        self.behind = self.registrar(lab)
        self.defines = [DOMAIN, *BEHIND, *defines]
        super().__init__(lab, *self.defines, cfg=cfg, **options)
        self.n = 0
        self.phone(UA4, proxy=(HOST, 5060))

    @staticmethod
    def registrar(lab):
        folder = os.path.join(lab.folder, "registrar")
        os.mkdir(folder)
        try:
            proxy = Kamailio(
                REGISTRAR, folder, [f"udp:{HOST}:5060", f"tcp:{HOST}:5060"],
                [DOMAIN, f'EDGE_NET="{netns.HOSTS["proxy"]}/32"'],
                probe=(HOST, 5060))
        except Refused as e:
            raise AssertionError(f"the registrar did not start:\n{e}") from None
        lab.running.append(proxy)
        return proxy

    def done(self):
        self.behind.settle()
        super().done()
        assert not self.behind.complaints(), self.behind.complaints()

    def restart(self):
        """The edge, and with it all that it knows"""
        self.proxy.stop()
        self.lab.running.remove(self.proxy)
        self.proxy = self.lab.proxy(self.cfg, defines=self.defines)

    def next(self):
        self.n += 1
        return self.n

    def register(self, asked=False, status="200", **changed):
        """UE6 registers through the edge; what the registrar got of it

        @param asked  The edge asks, and UE6 answers, before it is registered
        """
        before = len(self.lab.wire.read())
        text = self.request(UE6, "REGISTER", "sip:sip.example.test",
                            body=NONE, **changed).replace(BOB, ALICE)
        # usrloc orders by CSeq what has the same Call-ID
        text = text.replace("Call-ID: texts", "Call-ID: register")
        if self.ob:
            text = re.sub(r"(?m)^(Contact: .*)$", rf"\1{INSTANCE}", text)
        self.say(UE6, text)
        if asked:
            self.tell()
        self.hear(UE6, f"SIP/2.0 {status} ")
        found = self.between(before, "REGISTER")
        assert len(found) == 1, found
        return found[0]

    def between(self, before, start):
        """What went between edge and registrar, either way"""
        return [visible(m.data) for m in self.lab.wire.read()[before:]
                if {m.src[0], m.dst[0]} == {HOST, V4}
                and m.data.decode().startswith(start)]

    def tell(self, prefix=PREF):
        """UE6 answers the probe as a phone behind that NAT64 does"""
        asked = self.hear(UE6, "OPTIONS ")
        received = shapes.synthetic(prefix, V4)[1:-1]
        answer = response(asked, contact=LITERAL, body=NONE)
        self.say(UE6, re.sub(r"(?m)^(Via: .*)$", rf"\1;received={received}",
                             answer, count=1))
        if self.proto == "udp":
            self.proxy.settle()

    def bob(self):
        """UA4 registers at the registrar"""
        self.send(UA4, request(
            UA4, "REGISTER", "sip:sip.example.test", n=self.next(),
            body=NONE).replace("Call-ID: texts", "Call-ID: bob"))
        self.get(UA4, "SIP/2.0 200 ")

    def join(self, other):
        """Another phone of UE6's user, at the registrar"""
        self.phone(other, proxy=(HOST, 5060))
        text = request(other, "REGISTER", "sip:sip.example.test",
                       n=self.next(), body=NONE).replace(BOB, ALICE)
        self.send(other, text.replace("Call-ID: texts", "Call-ID: other"))
        self.get(other, "SIP/2.0 200 ")

    def everybody(self):
        """UE6 registers, is asked, and registers again, now with its PREF64;
        UA4 does. What the registrar got at last."""
        self.register(asked=True)
        got = self.register()
        self.bob()
        return got

    def hang_up(self):
        """UE6's connection ends, and the edge has seen it"""
        phone = self.phones.pop(("tcp", UE6))
        phone.sock.shutdown(socket.SHUT_WR)
        while phone.sock.recv(65535):
            pass
        phone.sock.close()

    def connect(self):
        """UE6 anew, and its NAT64 gives it another port"""
        self.phones["tcp", UE6] = self.phone(UE6_B, "tcp")

    def proto_of(self, who):
        return self.proto if who == UE6 else "udp"

    def say(self, who, text):
        self.send(who, text, self.proto_of(who))

    def hear(self, who, start):
        return self.get(who, start, self.proto_of(who))

    def host_of(self, who):
        return UA4 if who == UA4 else LITERAL

    def request(self, who, method="INVITE", uri="", **changed):
        changed.setdefault("n", self.next())
        text = request(self.host_of(who), method, uri,
                       proto=self.proto_of(who), **changed)
        if who == UA4:
            text = turned(text)
        if not self.ob or who != UE6:
            return text
        return re.sub(r"(?m)^(Contact: [^>]*)>", r"\1;ob>", text).replace(
            "\nContact:", "\nSupported: outbound, path\nContact:")

    def dial(self, caller, callee, asked=False):
        """INVITE, 200, ACK; between them the caller may be asked"""
        n = self.next()
        body = {UE6: SDP6, UA4: SDP4}
        self.say(caller, self.request(
            caller, uri=BOB if callee == UA4 else ALICE, n=n,
            body=body[caller]))
        call = Call(caller, callee, self.hear(callee, "INVITE "))
        if asked:
            self.tell()
        contact = self.host_of(callee)
        if self.proto_of(callee) == "tcp":
            contact += ";transport=tcp"
        text = response(call.invite, contact=contact, body=body[callee])
        if callee == UE6:  # as it is registered
            text = text.replace("Contact: <sip:bob@", "Contact: <sip:alice@")
        self.say(callee, text)
        call.ok = self.hear(caller, "SIP/2.0 200 ")
        self.say(caller, self.request(
            caller, "ACK", contact_of(call.ok), n=n, to_tag=CALLEE,
            extra=routes(call.ok), body=NONE))
        call.ack = self.hear(callee, "ACK ")
        return call

    def leave(self, call, who):
        """The BYE of either side"""
        mine = who == call.caller
        has = call.ok if mine else call.invite
        tags = {"to_tag": CALLEE} if mine else {
            "from_tag": CALLEE, "to_tag": shapes.FTAG}
        return self.request(who, "BYE", contact_of(has), body=NONE, **tags,
                            extra=routes(has, reverse=mine))

    def bye(self, call, who):
        """From either side, to the 200; what the other one got"""
        self.say(who, self.leave(call, who))
        other = call.callee if who == call.caller else call.caller
        got = self.hear(other, "BYE ")
        self.say(other, response(got, body=NONE))
        self.hear(who, "SIP/2.0 200 ")
        return got


@dataclass
class Call:
    """Who is in it, and what they got"""
    caller: tuple
    callee: tuple
    invite: str
    ok: str = ""
    ack: str = ""


def turned(text):
    """From Bob to Alice, in place of from Alice to Bob"""
    other = {"alice": "bob", "bob": "alice"}
    return re.sub(r"(?m)^(From|To): <sip:(alice|bob)@",
                  lambda m: f"{m[1]}: <sip:{other[m[2]]}@", text)


def paths(text):
    return re.findall(r"(?m)^Path: (.*)$", text)


def contact_of(text):
    return re.search(r"(?m)^Contact: <([^>]*)>", text)[1]
