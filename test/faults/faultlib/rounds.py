# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One round of messages through a proxy, which ends early where one that it
needs does not come; and what a round with a fault may differ in.

What is the module's in a message stands there as without a fault, or as with
the module off: the message went out as it came, or with the parts that worked.
"""
import re
from dataclasses import dataclass, field

from sipharness import shapes
from sipharness.shapes import V4, V6

# what the module writes or changes; all else is the same, fault or not
OURS = ("Record-Route", "Contact", "PortaSIP-Notify", "Path", "Route",
        "Content-Length")
VARIES = ((r"z9hG4bK[^;\s]*", "z9hG4bK"), (r"(probe|n64)-[0-9a-f]{16}", r"\1"),
          (r"(?m)^(Call-ID: |CSeq: )\S+", r"\1"), (r"did=[^;>]*", "did"),
          (r"(?m)^(Server|User-Agent): .*\n", ""), (r"tag=[^;>\s]*", "tag"),
          (r"(?m)^(Date|Expires): .*\n", ""), (r"expires=\d+", "expires"))


class Stop(Exception):
    """What the round needs did not come"""


@dataclass
class Got:
    """A message that a phone got"""
    who: str
    text: str

    @property
    def first(self):
        return self.text.partition("\n")[0]

    @property
    def body(self):
        return self.text.partition("\n\n")[2]

    def key(self):
        """Whose, and what: not which"""
        first = self.first
        if first.startswith("SIP/2.0 "):
            method = re.search(r"(?m)^CSeq: \d+ (\S+)", self.text)
            return self.who, first.split(" ")[1], method and method[1]
        return self.who, first.split(" ")[0], None


@dataclass
class Play:
    """All that came of one round"""
    sent: list = field(default_factory=list)
    got: list = field(default_factory=list)
    ended: str = ""  # what did not come; "" when all did

    def keys(self):
        return sorted(map(str, (g.key() for g in self.got)))


class Round:
    """
    @param s      The proxy and its phones, a Texts
    @param names  Who is who: address by name
    """

    def __init__(self, s, names, n):
        self.s, self.n, self.play = s, n, Play()
        self.names = {addr: name for name, addr in names.items()}
        self.addrs, self.waiting = names, {}

    def send(self, who, text):
        """And take all that comes of it: who is sent what, in order"""
        self.play.sent.append(text)
        self.s.send(self.addrs[who], text)
        self.take()

    def take(self):
        self.s.proxy.settle()
        for (_, addr), phone in self.s.phones.items():
            who = self.names.get(addr, "old")
            for text in phone.rest():
                if text.startswith("SIP/2.0 100 ") or not self.mine(text):
                    continue
                self.play.got.append(Got(who, text))
                self.waiting.setdefault(who, []).append(text)

    def mine(self, text):
        """A round that ended early may still have news"""
        call_id = re.search(r"(?m)^Call-ID: (.*)$", text)[1]
        return call_id == f"round{self.n}" or call_id.startswith(
            ("reg", "probe"))

    def need(self, who, start):
        """The next message of that kind"""
        for text in self.waiting.get(who, []):
            if text.startswith(start):
                self.waiting[who].remove(text)
                return text
        raise Stop(f"{who}: no {start}")

    def maybe(self, who, start):
        try:
            return self.need(who, start)
        except Stop:
            return None


def same_shape(text, params=()):
    """Without what differs from round to round"""
    for what, to in (*params, *VARIES):
        text = re.sub(what, to, text)
    return text


def split(text):
    """(lines that are not the module's, {name: lines that are}, body)"""
    head, _, body = text.partition("\n\n")
    rest, ours = [], {name: [] for name in OURS}
    for line in head.split("\n"):
        name = next((n for n in OURS
                     if line.lower().startswith(n.lower() + ":")), None)
        (ours[name] if name else rest).append(line)
    return rest, ours, body


class Judge:
    """Knows what rounds without a fault bring: with the module on, and off"""

    def __init__(self, on, off, scene):
        self.params, self.never = scene.params(), scene.never
        self.on, self.off = map(self._shapes, (on, off))
        self.values = {name: {""} for name in OURS}
        self.bodies, self.heads = set(), set()
        sent = [split(same_shape(text, self.params))
                for text in on.sent + off.sent]
        for rest, ours, body in self.on + self.off + sent:
            self.heads.add("\n".join(self.head(rest)))
            self.bodies.add(body)
            for name, lines in ours.items():
                self.values[name] |= {plain("\n".join(lines)),
                                      *map(plain, lines)}

    def _shapes(self, play):
        return [split(same_shape(g.text, self.params)) for g in play.got]

    @staticmethod
    def head(rest):
        """Neither where a request goes, nor what its Via was given"""
        lines = [re.sub(r";(received|rport|i)(=[^;]*)?", "", line)
                 for line in rest]
        if not lines[0].startswith("SIP/2.0 "):
            lines[0] = lines[0].split(" ")[0]
        return lines

    def same(self, play):
        """As without a fault? Else what differs first"""
        shapes_ = self._shapes(play)
        if play.ended:
            return play.ended
        for got, want in zip(shapes_, self.on):
            if got != want:
                return f"{got}\n  in place of\n{want}"
        if len(shapes_) != len(self.on):
            return f"{play.keys()}"
        return None

    def faults(self, play):
        """What is neither as without a fault nor as it came"""
        out = []
        for g in play.got:
            if refusal(g):
                continue
            rest, ours, body = split(same_shape(g.text, self.params))
            out += self._faults(g, rest, ours, body)
        return out

    def _faults(self, g, rest, ours, body):
        if self.never and re.search(self.never, g.text):
            yield f"{g.who}: may never get\n{g.text}"
        length = re.search(r"(?mi)^Content-Length: *(\d+)", g.text)
        if length and int(length[1]) != shapes.size(g.body):
            yield f"{g.who}: Content-Length is wrong:\n{g.text}"
        if body not in self.bodies:
            yield f"{g.who}: a body of neither form:\n{g.text}"
        if "\n".join(self.head(rest)) not in self.heads:
            yield f"{g.who}: other headers changed:\n{g.text}"
        for name, lines in ours.items():
            if name != "Content-Length" and not self._known(name, lines):
                yield (f"{g.who}: {name} of neither form:\n{g.text}\nbut\n"
                       + "\n".join(self.values[name]))

    def _known(self, name, lines):
        """What was learned by then may have been another thing"""
        return plain("\n".join(lines)) in self.values[name]


def plain(lines):
    """Own values in the IPv4 form, whatever was known of the IPv6 one and of
    the family that was offered; and without what others hang on them"""
    lines = re.sub(';((alias|did)(=[^;>]*)?|received="sip:192.0.2.1:[^"]*")',
                   "", lines.replace(V6, V4))
    return re.sub(r";n64=(.).", r";n64=\1", lines)


def refusal(g):
    """The proxy's own answer to what it could not do"""
    return re.match(r"SIP/2\.0 [45]\d\d ", g.text)
