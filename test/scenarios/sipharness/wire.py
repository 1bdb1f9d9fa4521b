# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Every SIP message on the loopback of the test's namespace, as octets.

A packet socket is opened before anything is started and read at the end: the
kernel queues each packet while it is sent, so nothing can be missed and
nothing has to be waited for.
"""
import socket
import struct
from dataclasses import dataclass

ETH_P_ALL = 3
PACKET_HOST = 0
SOL_PACKET = 263
PACKET_STATISTICS = 6
SO_RCVBUFFORCE = 33
NG_PORT = 2223  # of a relay
BUFFER = 64 << 20
IP_PROTO = {6: "tcp", 17: "udp"}


@dataclass(frozen=True)
class Message:
    """One SIP message as it crossed the wire"""
    proto: str
    src: tuple  # address, port
    dst: tuple
    data: bytes

    def __str__(self):
        return (f"{self.proto} {self.src[0]}:{self.src[1]} > "
                f"{self.dst[0]}:{self.dst[1]}")


def _ip(pkt):
    """(proto, src, dst, transport header and payload), or None"""
    if pkt[0] >> 4 == 4:
        ihl = (pkt[0] & 15) * 4
        total = struct.unpack(">H", pkt[2:4])[0]
        return (IP_PROTO.get(pkt[9]), socket.inet_ntop(socket.AF_INET,
                pkt[12:16]), socket.inet_ntop(socket.AF_INET, pkt[16:20]),
                pkt[ihl:total])
    if pkt[0] >> 4 == 6:
        plen = struct.unpack(">H", pkt[4:6])[0]
        return (IP_PROTO.get(pkt[6]), socket.inet_ntop(socket.AF_INET6,
                pkt[8:24]), socket.inet_ntop(socket.AF_INET6, pkt[24:40]),
                pkt[40:40 + plen])
    return None


def content_length(head):
    """Value of Content-Length (RFC 3261 20.14), None if it has none"""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() in (b"content-length", b"l"):
            return int(value) if value.strip().isdigit() else None
    return None


class Stream:
    """One direction of a TCP connection, cut into messages"""

    def __init__(self):
        self.next = None
        self.buf = b""

    def feed(self, seq, data):
        if self.next is None:
            self.next = seq
        skip = (self.next - seq) & 0xffffffff
        if skip >= 1 << 31:
            raise AssertionError("capture lost a TCP segment")
        if skip < len(data):
            self.buf += data[skip:]
            self.next = (seq + len(data)) & 0xffffffff
        return self._cut()

    def _cut(self):
        out = []
        while True:
            while self.buf.startswith(b"\r\n"):
                self.buf = self.buf[2:]
            head, sep, rest = self.buf.partition(b"\r\n\r\n")
            if not sep:
                return out
            length = content_length(head) or 0
            if len(rest) < length:
                return out
            cut = len(head) + 4 + length
            out.append(self.buf[:cut])
            self.buf = self.buf[cut:]


class Wire:
    """Records from construction on"""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(ETH_P_ALL))
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        except PermissionError:  # as much as anybody may; a loss is noticed
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.sock.bind(("lo", 0))
        self.sock.setblocking(False)
        self.streams = {}
        self.syns = []  # (from, to) of whoever opened a connection
        self.asked = []  # (from, to) of each packet to a name server
        self.commands = []  # what a relay was told, as it was sent
        self.flows = set()  # (from, to) of whatever there was
        self.messages = []

    def close(self):
        self.sock.close()

    def _packet(self, pkt):
        ip = _ip(pkt[14:])
        if not ip or not ip[0]:
            return
        proto, src, dst, seg = ip
        sport, dport = struct.unpack(">HH", seg[:4])
        flow = ((src, sport), (dst, dport))
        self.flows.add(flow)
        if dport == 53:
            self.asked.append(flow)
        if dport == NG_PORT:
            self.commands.append(seg[8:])
        if proto == "udp":
            data = seg[8:]
            if b"SIP/2.0" in data.partition(b"\r\n")[0]:
                self.messages.append(Message(proto, *flow, data))
            return
        seq = struct.unpack(">I", seg[4:8])[0]
        if seg[13] & 2:  # SYN: a new connection
            if not seg[13] & 16:
                self.syns.append(flow)
            self.streams[flow] = Stream()
            self.streams[flow].next = (seq + 1) & 0xffffffff
            return
        data = seg[(seg[12] >> 4) * 4:]
        if data and flow in self.streams:
            for msg in self.streams[flow].feed(seq, data):
                if b"SIP/2.0" in msg.partition(b"\r\n")[0]:
                    self.messages.append(Message(proto, *flow, msg))

    def read(self):
        """All messages so far, in the order in which they crossed"""
        while True:
            try:
                pkt, addr = self.sock.recvfrom(1 << 17)
            except BlockingIOError:
                break
            if addr[2] == PACKET_HOST:
                self._packet(pkt)
        drops = struct.unpack("II", self.sock.getsockopt(
            SOL_PACKET, PACKET_STATISTICS, 8))[1]
        if drops:
            raise AssertionError(f"capture lost {drops} packets")
        return self.messages
