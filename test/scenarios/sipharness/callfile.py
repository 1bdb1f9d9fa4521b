# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A call as one text file: who sends what to whom, in order.

    # comment
    === ue6 192.0.2.1:39859 > 192.0.2.10:5060 udp, from FILE TIME
    INVITE sip:bob@sip.example.test SIP/2.0
    ...

A block from a phone is what SIPp sends; one from the proxy is what must be on
the wire, to the octet. LF stands for CRLF. Placeholders: see compare.py; in a
phone's block they echo what the phone got. @name@ is filled in by the test.
"From" names the capture that the phone's block comes from; port * is one that
the kernel chose.
"""
import re
from dataclasses import dataclass

from . import netns

HEAD = re.compile(r"=== (\S+) (\S+):(\d+|\*) > (\S+) (\S+):(\d+|\*) (udp|tcp)"
                  r"(?:, from (\S+) (\S+))?$")
ANY_PORT = 0
PROXIES = ("proxy", "proxy2", "public", "proxyv6")


@dataclass
class Block:
    who: str     # the sender
    src: tuple
    to: str
    dst: tuple
    proto: str
    origin: tuple
    text: str

    @property
    def by_proxy(self):
        return self.who in PROXIES

    @property
    def phone(self):
        return self.to if self.by_proxy else self.who

    @property
    def phone_addr(self):
        return self.dst if self.by_proxy else self.src

    @property
    def call_id(self):
        return header(self.text, "call-id", "i")

    @property
    def first_line(self):
        return self.text.partition("\n")[0]

    @property
    def method(self):
        """of a request; None for a reply"""
        line = self.first_line
        return None if line.startswith("SIP/2.0 ") else line.split(" ")[0]

    @property
    def status(self):
        return int(self.first_line.split(" ")[1])


def header(text, *names):
    """Value of the first header of that name"""
    for line in text.split("\n\n")[0].split("\n")[1:]:
        name, sep, value = line.partition(":")
        if sep and name.strip().lower() in names:
            return value.strip()
    return None


def parse(text, params=None):
    """The blocks of a call file"""
    for name, value in (params or {}).items():
        text = text.replace(f"@{name}@", value)
    left = re.search(r"@[a-z0-9_]+@", text)
    if left:
        raise ValueError(f"{left[0]} has no value")
    blocks = []
    for chunk in re.split(r"^(?==== )", text, flags=re.M):
        line, _, body = chunk.partition("\n")
        m = HEAD.match(line)
        if not m:
            if line.startswith("==="):
                raise ValueError(f"cannot read {line!r}")
            continue  # comments before the first block
        origin = (m[8], m[9]) if m[8] else None
        blocks.append(Block(m[1], (m[2], port(m[3])), m[4],
                            (m[5], port(m[6])), m[7], origin, unframe(body)))
    return blocks


def port(text):
    return ANY_PORT if text == "*" else int(text)


def unframe(body):
    """A block ends with one empty line of its own that is not the message's"""
    if not body.endswith("\n"):
        raise ValueError("a block ends with an empty line")
    return body[:-1]


def parts(blocks):
    """What one SIPp process plays: the blocks of one phone and one Call-ID"""
    out = {}
    for b in blocks:
        out.setdefault((b.phone, b.call_id), []).append(b)
    return list(out.values())


def address(name):
    return netns.HOSTS[name]
