# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""SIP messages as the judge needs them: cut out of packets, headers by name.

This reads what crossed the wire in order to judge it; it corrects nothing.
"""

import re
from dataclasses import dataclass, field

START = re.compile(rb"^(SIP/2\.0 \d{3} |[A-Z]+ \S+ SIP/2\.0\r\n)")
COMPACT = {"v": "via", "m": "contact", "i": "call-id", "f": "from",
           "t": "to", "c": "content-type", "l": "content-length"}
TCP_WINDOW = 1 << 31


@dataclass(frozen=True)
class Message:
    """A SIP message on one wire."""
    time: float
    proto: str
    src: str
    sport: int
    dst: str
    dport: int
    raw: bytes
    net: str = ""  # the capture that it was seen in: "ue", "core"
    _head: list = field(default_factory=list, compare=False, repr=False)

    @property
    def start(self):
        return self.raw.split(b"\r\n", 1)[0].decode("utf-8", "replace")

    @property
    def body(self):
        parts = self.raw.split(b"\r\n\r\n", 1)
        return parts[1].decode("utf-8", "replace") if len(parts) > 1 else ""

    @property
    def header_lines(self):
        """Header lines without the start line, folded ones unfolded."""
        if not self._head:
            text = self.raw.split(b"\r\n\r\n", 1)[0].decode("utf-8",
                                                            "replace")
            text = re.sub(r"\r\n[ \t]+", " ", text)
            self._head.extend(text.split("\r\n")[1:])
        return self._head

    def headers(self, name):
        """All values of a header, comma-joined ones kept as they stand."""
        found = []
        for line in self.header_lines:
            key, _, value = line.partition(":")
            key = key.strip().lower()
            if COMPACT.get(key, key) == name.lower():
                found.append(value.strip())
        return found

    def header(self, name):
        return (self.headers(name) or [""])[0]

    @property
    def status(self):
        """The status code, 0 for a request."""
        match = re.match(r"SIP/2\.0 (\d{3})", self.start)
        return int(match[1]) if match else 0

    @property
    def method(self):
        """Of the request itself, or of the one that this responds to."""
        cseq = self.header("cseq").split()
        return cseq[1] if len(cseq) > 1 else ""

    @property
    def call_id(self):
        return self.header("call-id")

    @property
    def cseq(self):
        return self.header("cseq")

    def branches(self):
        """Branch of each Via, topmost first."""
        return re.findall(r"branch=([^;,\s]+)",
                          ",".join(self.headers("via")))


def forwarded(entered, left):
    """Is `left` what the proxy made of `entered`? (RFC 3261 16.6, 16.7)"""
    if (entered.status, entered.cseq, entered.call_id) \
            != (left.status, left.cseq, left.call_id):
        return False
    if left.status:
        return bool(left.branches()) \
            and entered.branches()[1:] == left.branches()
    return len(left.branches()) > 1 \
        and entered.branches() == left.branches()[1:]


def _content_length(head):
    match = re.search(rb"\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", head,
                      re.IGNORECASE)
    return int(match[1]) if match else 0


class _Stream:
    """One direction of a TCP connection: octets in order of sequence."""

    def __init__(self):
        self.next = None
        self.buffer = b""
        self.early = {}

    def add(self, pkt):
        if pkt.syn:
            self.next = (pkt.seq + 1) % (1 << 32)
            return
        if not pkt.data:
            return
        if self.next is None:
            self.next = pkt.seq
        self.early[pkt.seq] = pkt.data
        moved = True
        while moved:
            moved = self._take()

    def _take(self):
        for seq in list(self.early):
            ahead = (seq - self.next) % (1 << 32)
            if ahead == 0 or ahead >= TCP_WINDOW:
                data = self.early.pop(seq)
                fresh = data[(self.next - seq) % (1 << 32):]
                self.buffer += fresh
                self.next = (self.next + len(fresh)) % (1 << 32)
                return True
        return False

    def messages(self):
        """Whole messages so far; keepalive line ends are skipped."""
        while True:
            self.buffer = self.buffer.lstrip(b"\r\n")
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            size = end + 4 + _content_length(self.buffer[:end + 2])
            if len(self.buffer) < size:
                return
            yield self.buffer[:size]
            self.buffer = self.buffer[size:]


def messages(packet_list, net=""):
    """The SIP messages among packets, in order."""
    streams, found = {}, []

    def add(pkt, raw):
        if START.match(raw):
            found.append(Message(pkt.time, pkt.proto, pkt.src, pkt.sport,
                                 pkt.dst, pkt.dport, raw, net))

    for pkt in packet_list:
        if pkt.proto == "udp":
            add(pkt, pkt.data)
            continue
        key = (pkt.src, pkt.sport, pkt.dst, pkt.dport)
        if pkt.syn:  # a new connection may reuse the ports
            streams[key] = _Stream()
        stream = streams.setdefault(key, _Stream())
        stream.add(pkt)
        for raw in stream.messages():
            add(pkt, raw)
    return found
