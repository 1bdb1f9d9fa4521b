# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Bodies that no phone should send, through a real rtpengine, as offers, answers
and re-INVITEs of either side: what the other one gets is what the relay makes of
the same body for two phones on IPv4 with the module off, its addresses in the
form that this reader can reach."""
import itertools
import re

import pytest

from sipharness import kamailio, shapes
from sipharness.badbodies import AUDIO, GOOD, KINDS, Bad, Kind, headers, send
from sipharness.branches import Calls, ua4, ue6
from sipharness.compare import visible
from sipharness.relays import needs_rtpengine, own_form
from sipharness.texts import NONE, response, routes
from test_media_refused import REFUSED

pytestmark = needs_rtpengine
CORE_SAYS = r"ERROR: (rtpengine|<core>) |WARNING: rtpengine "
ADDRESS = re.compile(r"(?m)^(o=[^\n]* IN |c=IN )IP4 ([0-9.]+)(?=(\\x0d)?$)")


# rtpengine writes its own a= lines behind what it read, line end or not
BROKEN = {"no-final-line-end"}
# it reads no further than to the NUL
MENDED = {"nul-in-c"}
FTAG, TAG = shapes.FTAG, "tt"
WAYS = ["ua4-to-ue6", "ue6-to-ua4"]


def body_of(got):
    """The relay's ports differ from call to call; a LF is a line end, too"""
    text = got.partition("\n\n")[2].replace("\\x0a", "\n")
    return re.sub(r"(?m)^(m=\w+ |a=rtcp:)[1-9]\d*", r"\1PORT", text)


def readable(text, writer, reader):
    """Each o= and c= line with an IPv4 address in the form for that reader's
    network; what the relay left of the writer, as on a direct way"""
    if not reader.prefix:
        return text.replace(writer.inside, writer.seen_by(reader))
    return ADDRESS.sub(lambda m: f"{m[1]}IP6 " + shapes.synthetic(
        reader.prefix, m[2])[1:-1], text)


class Relayed(Bad):
    """With the module off all is as it should not be. The relay has the ports
    that 500 sections take, of each side and call."""

    def __init__(self, lab):
        self.numbers = itertools.count(1)
        super().__init__(lab, *lab.relay(options=["--port-max=50000"]),
                         logged=CORE_SAYS)

    def done(self):
        super(Calls, self).done()


class Talk:
    """A call, without a look at how its messages are routed

    @param kind  Of the bad body
    @param raw   Its octets
    """

    def __init__(self, s, pair, kind, raw):
        self.s, self.kind, self.raw = s, kind, raw
        self.caller, self.callee = pair
        self.n = next(s.numbers)
        self.user = f"b{self.n}"
        self.has = {}  # what each was told last, an INVITE or a 200
        self.routes = {}
        self.callee.register(self.user, 1000 + self.n)

    def content(self, phone, bad):
        """Headers, and octets"""
        if bad:
            return headers(self.kind, self.raw), self.raw
        return shapes.body(phone.inside), b""

    def offer(self, asker, bad):
        """Of either, within the call if it is up; what the other got"""
        other = self.callee if asker is self.caller else self.caller
        head, raw = self.content(asker, bad)
        text = self.text(asker, "INVITE", next(self.s.numbers), head)
        send(asker, text, raw)
        self.has[other] = self.whole(other, other.receive("INVITE "))
        return self.has[other]

    def text(self, asker, method, n, body):
        """Of a request, as the call has come so far"""
        uri, tags, extra = f"sip:{self.user}@sip.example.test", {}, ""
        if asker in self.has:
            learned, mine = self.has[asker], asker is self.caller
            uri = re.search("(?m)^Contact: <(.*)>$", learned)[1]
            tags = {"from_tag": FTAG if mine else TAG,
                    "to_tag": TAG if mine else FTAG}
            extra = self.routes[asker]
        text = asker.text(method, uri, n, extra=extra, body=body, **tags)
        return text.replace("Call-ID: texts", f"Call-ID: bad{self.n}")

    def answer(self, asker, bad):
        """To what the other one got; what this one got"""
        other = self.callee if asker is self.caller else self.caller
        asked = self.has[other]
        head, raw = self.content(other, bad)
        send(other, response(asked, contact=other.name, body=head, tag=TAG),
             raw)
        told = self.has[asker] = self.whole(
            asker, asker.receive("SIP/2.0 200 "))
        if not self.routes:
            self.routes = {self.caller: routes(told),
                           self.callee: routes(asked, False)}
        n = int(re.search("(?m)^CSeq: (.*) INVITE$", told)[1])
        asker.send(self.text(asker, "ACK", n, NONE))
        other.receive("ACK ")
        return told

    def whole(self, phone, got):
        """Its length is that of its body"""
        length = int(re.search(r"(?m)^Content-Length: (\d+)$", got)[1])
        raw = next(m.data for m in self.s.lab.wire.read()[::-1]
                   if m.dst == phone.addr and visible(m.data) == got
                   ).partition(b"\r\n\r\n")[2]
        assert length == len(raw), got
        return got


def offer(talk):
    """The writer calls"""
    return talk.offer(talk.caller, True)


def answer(talk):
    """The writer is called"""
    talk.offer(talk.caller, False)
    return talk.answer(talk.caller, True)


def reoffer(talk):
    """The writer has been called, and offers anew"""
    talk.offer(talk.caller, False)
    talk.answer(talk.caller, False)
    return talk.offer(talk.callee, True)


MOVES = {"offer": (offer, True), "answer": (answer, False),
         "reoffer": (reoffer, False)}
# an offer like that is refused
ALL = {**KINDS, "no-c": REFUSED["no-c"]}


def play(s, move, writer, reader, kind, raw):
    """The body that the reader got"""
    make, calls = MOVES[move]
    pair = (writer, reader) if calls else (reader, writer)
    got = body_of(make(Talk(s, pair, kind, raw)))
    s.drain()
    return got


def parties(s, ways):
    """Who writes, who reads"""
    return (ua4(s, 5061), ue6(s)) if ways == "ua4-to-ue6" else (
        ue6(s), ua4(s, 5061))


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("name", ALL)
def test_bad_body(lab, name, ways):
    kind = ALL[name]
    left = (kind.left and name not in MENDED) or name in BROKEN
    with Relayed(lab) as s:
        writer, reader = parties(s, ways)
        raw = kind.raw(writer.inside)
        for move in MOVES if name != "no-c" else ["answer"]:
            s.ask.mode("off")
            alone = play(s, move, ua4(s, 5062), ua4(s, 5069), kind, raw)
            s.ask.mode("on")
            got = play(s, move, writer, reader, kind, raw)
            assert got == (alone if left else readable(
                alone, writer, reader)), move


@pytest.mark.parametrize("ways", WAYS)
def test_more_than_the_relay_can_say(lab, ways):
    """Its answer fits no datagram: nothing comes of it, and the next call has
    the relay again"""
    kind = Kind(GOOD + 150 * AUDIO + "a=x:" + 59000 * "x" + "\r\n")
    with Relayed(lab) as s:
        writer, reader = parties(s, ways)
        raw = kind.raw(writer.inside)
        same = play(s, "offer", writer, reader, kind, raw) == readable(
            body_of("\n\n" + visible(raw)), writer, reader)
        assert same  # a diff of it takes a minute
        talk = Talk(s, (writer, reader), kind, raw)
        got = body_of(talk.offer(writer, False))
        # 6.0's rtpengine module leaves such a relay alone for a while
        if kamailio.version() < (6, 0):
            assert f"c=IN {own_form(reader)}\n" in got, got
        s.drain()
