# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Two phones in a dialog through the configuration that is shipped.

A test says who sends what. Each message is built as a phone builds it, from
what it got before, and must reach the other phone to the octet: what the proxy
has to write is said here once, in the tests' own words.
"""
import ipaddress
import os
import re
from dataclasses import dataclass

from . import compare, netns, shapes, watch
from .callfile import header
from .lab import SHIPPED
from .script import WAIT, Script

NEAR, FAR = "2001:db8:64::/96", "2001:db8:65::/96"
PROXY = ("192.0.2.10", 5060)
ALIAS = {"udp": 1, "tcp": 2, "tls": 3, "ws": 5}  # nathelper's numbers of the transports
ROUTED = ("INVITE", "SUBSCRIBE", "REFER", "NOTIFY", "UPDATE")
REFRESH = ROUTED + ("OPTIONS",)  # with a Contact (RFC 3261 20, table 3)
LETTER = {"IP4": "f", "IP6": "s"}
SDP = """v=0
o=- 4711 {n} IN {o}
s=-
c=IN {c}
t=0 0
m=audio 30064 RTP/AVP 0
a=rtpmap:0 PCMU/8000
a={way}
"""
ZERO = ("IP4 0.0.0.0", "IP6 ::")
NOTHING = "Content-Length: 0\n\n"


@dataclass(frozen=True)
class Ua:
    """A phone: as the proxy sees it, and as it sees itself"""
    user: str
    addr: tuple
    host: str
    media: str        # in its c= and o=
    prefix: str = ""  # its network's PREF64; none on IPv4

    @property
    def own(self):
        """The proxy's address, as this phone reaches it"""
        return (shapes.synthetic(self.prefix, PROXY[0]) if self.prefix
                else PROXY[0])

    @property
    def aor(self):
        return f"sip:{self.user}@sip.example.test"



UA4 = Ua("bob", (netns.HOSTS["ua4"], 5060), "192.0.2.30:5060",
         "IP4 192.0.2.30")
UE6 = Ua("alice", (netns.HOSTS["ue6"], 40001), "[2001:db8:1::2]:5062",
         "IP6 2001:db8:1::2", NEAR)
UE6_SAME = Ua("carol", (netns.HOSTS["ue6"], 40002), "[2001:db8:1::3]:5062",
              "IP6 2001:db8:1::3", NEAR)
UE6_OTHER = Ua("dave", (netns.HOSTS["peer"], 40003), "[2001:db8:2::2]:5062",
               "IP6 2001:db8:2::2", FAR)
# who calls whom, by the names of the flows
PAIRS = {"ue6-ua4": (UE6, UA4), "ua4-ue6": (UA4, UE6),
         "ue6-ue6-same-nat64": (UE6, UE6_SAME),
         "ue6-ue6-other-nat64": (UE6, UE6_OTHER)}


class Proxy(Script):
    """etc/kamailio-nat64.cfg, one prefix configured, and where the other NAT64
    is. Nobody is asked.

    @param modparams  More of nat64sip, (name, value)
    """

    def __init__(self, lab, *defines, modparams=(), **options):
        pools = os.path.join(lab.folder, "pools.txt")
        with open(pools, "w") as f:
            f.write(f"{UE6_OTHER.addr[0]}/32={FAR}\n")
        super().__init__(
            lab, f'NAT64_PREF64="{NEAR}"', f'NAT64_POOL_FILE="{pools}"',
            "NAT64_NO_PROBE", 'SIP_DOMAIN="sip.example.test"', *defines,
            cfg=self._with(lab, modparams), **options)

    @staticmethod
    def _with(lab, modparams):
        if not modparams:
            return SHIPPED
        path = os.path.join(lab.folder, "more.cfg")
        with open(path, "w") as f:
            f.write(f'include_file "{SHIPPED}"\n' + "".join(
                f'modparam("nat64sip", "{name}", "{value}")\n'
                for name, value in modparams))
        return path

    def done(self):
        super().done()
        # a connection to a phone is never opened: NAT64 lets none in
        self.lab.wire.read()
        assert all(dst[0] == PROXY[0] for _, dst in self.lab.wire.syns)
        watch.check(self.lab, ue6=(UE6.addr[0], UE6_OTHER.addr[0]))


@dataclass
class Request:
    """One that arrived"""
    sender: Ua
    to: Ua
    sent: str     # as it was sent
    text: str     # as its receiver got it
    method: str
    shown: dict   # letter of each leg's family in them
    offer: str    # address type in its c=, "" without SDP
    number: int
    first: bool   # it may make a dialog


def address_type(body):
    found = re.search(r"(?m)^c=IN (IP[46]) ", body)
    return found[1] if found else ""


class Dialog:
    """What both phones know of it. Also of a request outside any dialog, which
    is the first of what could be one."""

    def __init__(self, s, caller, callee, proto="udp", call_id="dialog"):
        self.s, self.proto = s, proto
        self.caller, self.callee = caller, callee
        self.users = {caller: caller.user, callee: callee.user}
        self.count = 0
        for phone in (caller, callee):
            self.register(phone)
        self.afresh(call_id)

    def afresh(self, call_id):
        """Another one of the same two"""
        caller, callee, self.call_id = self.caller, self.callee, call_id
        self.tag = {caller: shapes.FTAG, callee: ""}
        self.routes = {caller: [], callee: []}
        self.shown = {caller: {}, callee: {}}
        self.target = {caller: callee.aor, callee: None}
        self.cseq = {caller: 100, callee: 700}

    def register(self, ua):
        phone = self.phone(ua)
        phone.send("\n".join([
            "REGISTER sip:sip.example.test SIP/2.0",
            self.via(ua, f"r{ua.user}"), "Max-Forwards: 70",
            f"Contact: <{self.contact(ua)}>;expires=300",
            f"To: <{ua.aor}>", f"From: <{ua.aor}>;tag=r{ua.user}",
            f"Call-ID: r{ua.user}", "CSeq: 1 REGISTER", NOTHING]))
        assert self.receive(ua).startswith("SIP/2.0 200 ")

    def kind_of(self, body):
        """The address type that it shows, "" for none"""
        return address_type(body)

    def contact(self, ua):
        proto = self.proto_of(ua)
        way = "" if proto == "udp" else f";transport={proto}"
        return f"sip:{self.users[ua]}@{ua.host}{way}"

    def proto_of(self, ua):
        """Its transport; a phone may have another one than the other"""
        del ua
        return self.proto

    def port_of(self, ua):
        """The proxy's, where this phone comes in"""
        return 5061 if self.proto_of(ua) == "tls" else PROXY[1]

    def phone(self, ua):
        return self.s.phone(ua.addr, self.proto_of(ua),
                            (PROXY[0], self.port_of(ua)))

    def other(self, ua):
        return self.callee if ua is self.caller else self.caller

    def receive(self, ua):
        """The next message but for a 100"""
        while True:
            data = self.phone(ua).recv(WAIT)
            assert data is not None, f"{ua.user} got nothing\n" \
                + self.s.proxy.log()
            if not data.startswith(b"SIP/2.0 100 "):
                return compare.visible(data)

    def expect(self, ua, text, title):
        """This message, to the octet"""
        got = self.receive(ua)
        diff = compare.compare(text, compare.octets(got), self.s.known, title)
        assert not diff, diff
        return got

    def via(self, ua, name):
        return (f"Via: SIP/2.0/{self.proto_of(ua).upper()} {ua.host};"
                f"branch=z9hG4bK{name};rport")

    def value(self, ua, label, r2=True):
        """The own value that faces this phone"""
        proto = self.proto_of(ua)
        params = "" if proto == "udp" else f";transport={proto}"
        text = shapes.value(ua.own, label, self.port_of(ua), params)
        return text if r2 else text.replace(";r2=on", "")

    def leg(self, ua):
        return "a" if ua is self.caller else "b"

    def record_routes(self, sender, method, shown):
        """On top the value that faces the receiver. Two phones behind one NAT64
        share one value, unless a family is to be said of one of them."""
        to = self.other(sender)
        same = self.proto_of(sender) == self.proto_of(to)
        if same and sender.prefix == to.prefix and shown[sender] != "f" and not (
                method == "INVITE" and shown[sender] == "n"):
            return [self.value(sender, "x" + shown[sender], r2=False)]
        return [self.value(ua, self.leg(ua) + shown[ua])
                for ua in (to, sender)]

    def body(self, ua, way="sendrecv", c=None):
        """An SDP of this phone, with its headers; o= stays its own where c=
        only holds"""
        self.count += 1
        c = c or ua.media
        return shapes.content("application/sdp", SDP.format(
            n=self.count, way=way, c=c, o=ua.media if c in ZERO else c))

    # what the proxy makes of a message

    def read(self, sender, address, offer):
        """An address as the other phone must read it; offer: the type that it
        offered itself, where this is the answer"""
        kind, addr = address.split(" ")
        to = self.other(sender)
        if to.prefix:
            if kind == "IP6" or offer == "IP4":
                return address
            if addr == "0.0.0.0":
                return "IP6 ::"
            return "IP6 " + shapes.synthetic(to.prefix, addr)[1:-1]
        if kind == "IP4":
            return address
        return "IP4 " + ("0.0.0.0" if addr == "::" else sender.addr[0])

    def through(self, sender, lines, body, offer):
        """The end of a message, from the Contact on"""
        if body.startswith("v=0"):
            body = re.sub(r"(?m)^(o=.* IN |c=IN )(\S+ \S+)$",
                          lambda m: m[1] + self.read(sender, m[2], offer),
                          body)
        alias = ";alias=%s~%d~%d>" % (*sender.addr, ALIAS[self.proto_of(sender)])
        out = []
        for line in lines:
            name = line.partition(":")[0]
            if name == "Route":
                continue
            if name == "Contact":
                line = line.replace(">", alias)
            elif name == "Max-Forwards":
                line = "Max-Forwards: 69"
            elif name == "Content-Length":
                line = f"Content-Length: {shapes.size(body)}"
            out.append(line)
        return "\n".join(out) + "\n\n" + body

    def forwarded(self, sender, text, rr, offer):
        head, _, body = text.partition("\n\n")
        first, via, *lines = head.split("\n")
        method, uri, _ = first.split(" ")
        to = self.other(sender)
        uri = self.contact(to) if uri == to.aor \
            else re.sub(";alias=[^;]*", "", uri)
        name = f"{self.call_id}{self.count}".lower()
        conn = ""
        if self.proto_of(sender) in ("tcp", "tls"):
            conn = f";i={{conn-{name}}}"
        port = "" if self.port_of(to) == 5060 else f":{self.port_of(to)}"
        via = via.replace(";branch", f";received={sender.addr[0]};branch", 1)
        return "\n".join([
            f"{method} {uri} SIP/2.0", *(f"Record-Route: {v}" for v in rr),
            f"Via: SIP/2.0/{self.proto_of(to).upper()} {PROXY[0]}{port};"
            f"branch={{branch-{name}}}{conn}",
            f"{via}={sender.addr[1]}",
            self.through(sender, lines, body, offer)])

    def returned(self, sender, text, offer, late):
        """The answer, as who asked gets it"""
        head, _, body = text.partition("\n\n")
        first, *lines = head.split("\n")
        lines.remove(next(m for m in lines if m.startswith("Via: ")))
        text = first + "\n" + self.through(sender, lines, body, offer)
        if late:
            leg = self.leg(sender)
            text = text.replace(f";n64={leg}n;", f";n64={leg}f;")
        if int(first.split(" ")[1]) >= 300:
            text = re.sub("(?m)^(Contact: .*);alias=[^>]*>", r"\1>", text)
        return text

    # what the phones say

    def build(self, sender, method, extra, body, number, name):
        to = self.other(sender)
        mine, theirs = self.tag[sender], self.tag[to]
        return "\n".join([
            f"{method} {self.target[sender]} SIP/2.0", self.via(sender, name),
            *([f"Contact: <{self.contact(sender)}>"]
              if method in REFRESH else []),
            "Max-Forwards: 70",
            *(f"Route: {v}" for v in self.routes[sender]),
            f"To: <{to.aor}>" + (theirs and f";tag={theirs}"),
            f"From: <{sender.aor}>;tag={mine}", f"Call-ID: {self.call_id}",
            f"CSeq: {number} {method}", extra + body])

    def request(self, sender, method, body=NOTHING, extra="", answers="",
                number=None):
        """Send it; the other phone gets it as it should.

        @param answers  The type that the other one offered, if body answers
        """
        to = self.other(sender)
        self.count += 1
        if number is None:
            self.cseq[sender] += 1
            number = self.cseq[sender]
        text = self.build(sender, method, extra, body, number,
                          f"{self.call_id}{self.count}")
        kind = self.kind_of(body)
        shown = {sender: "n", to: "n", **self.shown[sender]}
        if kind:
            shown[sender] = LETTER[kind]
        rr = self.record_routes(sender, method, shown) if method in ROUTED else []
        if len(rr) == 1:
            shown[to] = shown[sender]
        want = self.forwarded(sender, text, rr, answers)
        self.phone(sender).send(text)
        got = self.expect(to, want, f"{method} from {sender.user}")
        first = not self.tag[to]
        if first:
            self.routes[to], self.shown[to] = rr, shown
        if method in ROUTED:
            self.target[to] = self.contact_of(got)
        return Request(sender, to, text, got, method, shown, kind, number, first)

    @staticmethod
    def contact_of(text):
        value = header(text, "contact")
        return value and value.strip("<>")

    def answer_text(self, req, status, body, extra):
        """As the phone writes it: received where our sent-by is not where the
        packet came from (RFC 3261 18.2.1)"""
        ua, out = req.to, [f"SIP/2.0 {status}"]
        top = True
        self.tag[ua] = self.tag[ua] or "bb"
        for line in req.text.split("\n\n")[0].split("\n")[1:]:
            name = line.partition(":")[0]
            if name == "Via" and top and ua.prefix:
                line += f";received={ua.own[1:-1]}"
            if name == "Via":
                top = False
            if name == "To" and ";tag=" not in line:
                line += f";tag={self.tag[ua]}"
            if name in ("Via", "From", "To", "Call-ID", "CSeq") or (
                    name == "Record-Route" and status < "300"):
                out.append(line)
        if req.method in REFRESH:
            out.append(f"Contact: <{self.contact(ua)}>")
        return "\n".join([*out, extra + body])

    def answer(self, req, status="200 OK", body=NOTHING, extra="", late=False):
        """Who got the request answers; who asked gets it as it should.

        @param late  An IP4 offer of a phone behind NAT64: its label says so
        """
        text = self.answer_text(req, status, body, extra)
        want = self.returned(req.to, text, req.offer, late)
        self.phone(req.to).send(text)
        got = self.expect(req.sender, want, f"{status} to {req.method}")
        if status < "300":
            self.learn(req, got, late)
        return got

    def refuse(self, req, status):
        """A final answer that is none of 2xx: each hop acknowledges it for
        itself (RFC 3261 17.1.1.3), with nothing that the INVITE had not"""
        text = self.answer_text(req, status, NOTHING, "")
        self.phone(req.to).send(text)
        self.expect_ack(req, header(text, "to"))
        want = self.returned(req.to, text, "", False)
        got = self.expect(req.sender, want, f"{status} to {req.method}")
        self.own_ack(req, header(got, "to"))

    def expect_ack(self, req, to):
        """The proxy's own, to the octet"""
        head = req.text.split("\n")
        uri = head[0].split(" ")[1]
        via = next(m for m in head if m.startswith("Via: "))
        self.expect(req.to, "\n".join([
            f"ACK {uri} SIP/2.0", via, "Max-Forwards: 69", f"To: {to}",
            f"From: {header(req.text, 'from')}", f"Call-ID: {self.call_id}",
            f"CSeq: {req.number} ACK", NOTHING]), "ACK of the proxy")

    def own_ack(self, req, to):
        """The phone's; it ends at the proxy"""
        sent = req.sent.split("\n")
        self.phone(req.sender).send("\n".join([
            "ACK" + sent[0][len(req.method):], sent[1], "Max-Forwards: 70",
            *(m for m in sent if m.startswith("Route: ")), f"To: {to}",
            f"From: {header(req.sent, 'from')}", f"Call-ID: {self.call_id}",
            f"CSeq: {req.number} ACK", NOTHING]))

    def learn(self, req, got, late):
        """The route set is that of the answers to the first request, the
        target that of the last answer (RFC 3261 12.2)"""
        sender = req.sender
        if req.first:
            self.routes[sender] = re.findall(r"(?m)^Record-Route: (.*)$",
                                             got)[::-1]
            self.shown[sender] = dict(req.shown)
            if late:
                self.shown[sender][req.to] = "f"
        if req.method in ROUTED:
            self.target[sender] = self.contact_of(got)

    # what tests ask for most

    def ack(self, req, body=NOTHING, answers=""):
        return self.request(req.sender, "ACK", body, number=req.number,
                            answers=answers)

    def call(self):
        """The caller calls, the callee answers"""
        req = self.request(self.caller, "INVITE", self.body(self.caller))
        self.answer(req, "180 Ringing")
        self.answer(req, body=self.body(self.callee))
        self.ack(req)

    def bye(self, sender):
        self.answer(self.request(sender, "BYE"))
