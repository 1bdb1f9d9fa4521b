# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones whose SDP has an address family for each m= section.

Where a c= line stands is the writer's choice; what is judged is the address that
serves each section, o=, and that all other lines are as they were.
"""
import re

from . import compare, netns, shapes
from .dialogs import Dialog

RELAY = netns.HOSTS["relay"]
CLAT = "IP4 192.0.0.2"  # a UE6's own, where it offers IP4 (RFC 7335)
MEDIA = [("m=audio {} RTP/AVP 0\n", "a=rtpmap:0 PCMU/8000\n"),
         ("m=video {} RTP/AVP 96\n", "a=rtpmap:96 H264/90000\n")]
# the families of an offer's sections, by the names of the flows
KINDS = {"ip6": ("IP6", "IP6"), "ip4": ("IP4", "IP4"),
         "ip6+ip4": ("IP6", "IP4"), "ip4+ip6": ("IP4", "IP6")}
FORMS = ["session", "media"]  # where the c= lines stand


def served(sdp):
    """(what o= says, [what serves each section]), type and address"""
    origin, session, out = "", "", []
    for line in sdp.split("\n"):
        if line.startswith("o="):
            origin = line.partition(" IN ")[2]
        elif line.startswith("m="):
            out.append(session)
        elif line.startswith("c=") and out:
            out[-1] = line[len("c=IN "):]
        elif line.startswith("c="):
            session = line[len("c=IN "):]
    return origin, out


def kinds_of(text):
    """The type of each section of a message's SDP"""
    return tuple(address.split(" ")[0] for address in served(
        text.partition("\n\n")[2])[1])


def other_lines(sdp):
    return [line for line in sdp.split("\n")
            if line[:2] not in ("o=", "c=")]


class Sections(Dialog):
    """Two phones, each of two m= sections

    @param form  Where their c= lines stand
    """

    def __init__(self, s, caller, callee, form="media", proto="udp"):
        self.form, self.pending = form, None
        super().__init__(s, caller, callee, proto)

    @staticmethod
    def own(ua, kind):
        """This phone's address of that type"""
        return CLAT if ua.prefix and kind == "IP4" else ua.media

    def sdp(self, ua, kinds):
        """With its headers"""
        self.count += 1
        at = [self.own(ua, kind) for kind in kinds]
        session = self.form == "session"
        out = f"v=0\no=- 4711 {self.count} IN {at[0]}\ns=-\n"
        out += f"c=IN {at[0]}\n" if session else ""
        out += "t=0 0\n"
        for n, (address, (head, rest)) in enumerate(zip(at, MEDIA)):
            own = not session or address != at[0]
            out += head.format(30064 + 2 * n)
            out += (f"c=IN {address}\n" if own else "") + rest
        return shapes.content("application/sdp", out)

    def kind_of(self, body):
        kinds = kinds_of(body)
        return "IP6" if "IP6" in kinds else "".join(kinds[:1])

    def through(self, sender, lines, body, offer):
        self.pending = (sender, body, offer) if body.startswith("v=0") \
            else None
        return super().through(sender, lines, body, "")

    def returned(self, sender, text, offer, late):
        """late: what the label of who answers says then, None: as it did"""
        text = super().returned(sender, text, offer, False)
        return re.sub(rf";n64={self.leg(sender)}.;",
                      f";n64={self.leg(sender)}{late};", text) if late \
            else text

    def expect(self, ua, text, title):
        """The rest to the octet"""
        got = self.receive(ua)
        if self.pending:
            head, _, body = got.partition("\n\n")
            self.judge(body, *self.pending, got)
            length = f"Content-Length: {shapes.size(body)}\n"
            text = re.sub(r"(?m)^Content-Length: .*\n", length,
                          text.partition("\n\n")[0] + "\n") + "\n" + body
            self.pending = None
        diff = compare.compare(text, compare.octets(got), self.s.known, title)
        assert not diff, diff
        return got

    def judge(self, body, sender, sent, offer, got):
        """The SDP that came, of the one that was sent"""
        origin, sections = served(sent)
        kinds = offer or ("",) * len(sections)
        want = [self.read(sender, address, kind)
                for address, kind in zip(sections, kinds)]
        six = any(address.startswith("IP6") for address in want)
        assert served(body) == (
            self.read(sender, origin, "" if six else "IP4"), want), got
        assert other_lines(body) == other_lines(sent), got

    # who offers, and what comes back

    def reply_kinds(self, ua, req_text):
        """A phone answers each section in the family that it got"""
        return kinds_of(req_text) if ua.prefix else ("IP4", "IP4")

    def offer(self, sender, kinds, method="INVITE"):
        """An offer and its answer"""
        if not sender.prefix:
            kinds = KINDS["ip4"]
        req = self.request(sender, method, self.sdp(sender, kinds))
        req.offer = kinds
        self.answer(req, body=self.sdp(
            req.to, self.reply_kinds(req.to, req.text)))
        if method == "INVITE":
            self.ack(req)

    def label(self, ua, kinds, first):
        """Of a phone that offers these; IP6 goes without saying"""
        letter = "s" if "IP6" in kinds else "f"
        return letter if ua.prefix and (letter, first) != ("s", True) else None

    def late(self, sender, kinds):
        """An INVITE without SDP; the 200 offers, the ACK answers"""
        req = self.request(sender, "INVITE")
        got = self.answer(req, body=self.sdp(req.to, kinds),
                          late=self.label(req.to, kinds, req.first))
        self.ack(req, self.sdp(sender, self.reply_kinds(sender, got)),
                 answers=kinds)

    def late_early(self, sender, kinds):
        """The same; a reliable 183 offers, the PRACK answers (RFC 3262 5)"""
        req = self.request(sender, "INVITE", extra="Supported: 100rel\n")
        label = self.label(req.to, kinds, req.first)
        got = self.answer(req, "183 Session Progress",
                          self.sdp(req.to, kinds),
                          "Require: 100rel\nRSeq: 1\n", late=label)
        self.answer(self.request(
            sender, "PRACK", self.sdp(sender, self.reply_kinds(sender, got)),
            f"RAck: 1 {req.number} INVITE\n", answers=kinds))
        self.answer(req, late=label)
        self.ack(req)


class Relayed(Sections):
    """Each address is the relay's; so are the ports, and lines that it adds"""

    def read(self, sender, address, offer):
        to = self.other(sender)
        if to.prefix and offer != "IP4":
            return "IP6 " + shapes.synthetic(to.prefix, RELAY)[1:-1]
        return f"IP4 {RELAY}"

    def judge(self, body, sender, sent, offer, got):
        def strip(sdp):
            return re.sub(r"(?m)^(m=\w+) \d+ ", r"\1 ",
                          re.sub(r"(?m)^a=.*\n", "", sdp))
        super().judge(strip(body), sender, strip(sent), offer, got)
