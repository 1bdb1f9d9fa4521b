# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Packet captures: read them (and write them, for tests of the judge).

Ethernet, IPv4 and IPv6 with fragments, UDP and TCP: what the lab's networks
carry, no more.
"""

import functools
import ipaddress
import struct
from dataclasses import dataclass

MAGIC_USEC = 0xa1b2c3d4
MAGIC_NSEC = 0xa1b23c4d
ETH_IP4, ETH_IP6 = 0x0800, 0x86dd
TCP, UDP, IP6_FRAGMENT = 6, 17, 44
LINK_ETHERNET = 1


@dataclass(frozen=True)
class Packet:
    """One UDP datagram or TCP segment."""
    time: float
    proto: str  # "udp" or "tcp"
    src: str
    sport: int
    dst: str
    dport: int
    data: bytes
    seq: int = 0
    syn: bool = False


def frames(path, since=0.0):
    """(time, octets) of each frame; an incomplete last one is left out."""
    with open(path, "rb") as src:
        head = src.read(24)
        if len(head) < 24:
            return
        for order in "<>":
            magic = struct.unpack(order + "I", head[:4])[0]
            if magic in (MAGIC_USEC, MAGIC_NSEC):
                break
        else:
            raise ValueError(f"{path}: not a pcap file")
        unit = 1e-9 if magic == MAGIC_NSEC else 1e-6
        while True:
            head = src.read(16)
            if len(head) < 16:
                return
            sec, frac, size, _ = struct.unpack(order + "4I", head)
            data = src.read(size)
            if len(data) < size:
                return
            if sec + frac * unit >= since:
                yield sec + frac * unit, data


class _Fragments:
    """Put IP fragments together again; in the lab they come in order."""

    def __init__(self):
        self._parts = {}

    def add(self, key, offset, more, data):
        """The whole payload once it is complete, else None."""
        parts = self._parts.setdefault(key, {})
        parts[offset] = (data, more)
        whole = b""
        while len(whole) in parts:
            piece, goes_on = parts[len(whole)]
            whole += piece
            if not goes_on:
                del self._parts[key]
                return whole
            if not piece:
                return None
        return None


def _ip4(data, frags):
    head = (data[0] & 15) * 4
    total, ident, flags = struct.unpack("!HHH", data[2:8])
    proto = data[9]
    src, dst = data[12:16], data[16:20]
    payload = data[head:total]
    offset, more = (flags & 0x1fff) * 8, bool(flags & 0x2000)
    if offset or more:
        payload = frags.add((src, dst, ident, proto), offset, more, payload)
    return src, dst, proto, payload


def _ip6(data, frags):
    size, proto = struct.unpack("!HB", data[4:7])
    src, dst = data[8:24], data[24:40]
    payload = data[40:40 + size]
    if proto == IP6_FRAGMENT:
        proto, _, flags, ident = struct.unpack("!BBHI", payload[:8])
        payload = frags.add((src, dst, ident, proto), flags & 0xfff8,
                            bool(flags & 1), payload[8:])
    return src, dst, proto, payload


def packets(path, since=0.0):
    """Every UDP datagram and TCP segment of a capture, in its order."""
    frags = _Fragments()
    for time, frame in frames(path, since):
        if len(frame) < 34:
            continue
        kind = struct.unpack("!H", frame[12:14])[0]
        if kind == ETH_IP4:
            src, dst, proto, load = _ip4(frame[14:], frags)
        elif kind == ETH_IP6 and len(frame) >= 54:
            src, dst, proto, load = _ip6(frame[14:], frags)
        else:
            continue
        if load is None or proto not in (TCP, UDP) or len(load) < 8:
            continue
        yield _transport(time, src, dst, proto, load)


@functools.lru_cache
def _text(addr):
    return str(ipaddress.ip_address(addr))


def _transport(time, src, dst, proto, load):
    ends = (_text(src), _text(dst))
    sport, dport = struct.unpack("!HH", load[:4])
    if proto == UDP:
        return Packet(time, "udp", ends[0], sport, ends[1], dport, load[8:])
    seq = struct.unpack("!I", load[4:8])[0]
    return Packet(time, "tcp", ends[0], sport, ends[1], dport,
                  load[(load[12] >> 4) * 4:], seq, bool(load[13] & 2))


def write(path, packet_list):
    """Write packets as a capture (checksums left zero)."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", MAGIC_USEC, 2, 4, 0, 0, 65535,
                              LINK_ETHERNET))
        for pkt in packet_list:
            frame = _frame(pkt)
            out.write(struct.pack("<4I", int(pkt.time),
                                  int(pkt.time % 1 * 1e6),
                                  len(frame), len(frame)))
            out.write(frame)


def _frame(pkt):
    src = ipaddress.ip_address(pkt.src)
    dst = ipaddress.ip_address(pkt.dst)
    if pkt.proto == "udp":
        proto = UDP
        load = struct.pack("!4H", pkt.sport, pkt.dport, 8 + len(pkt.data), 0)
    else:
        proto = TCP
        load = struct.pack("!HHIIBBHHH", pkt.sport, pkt.dport, pkt.seq, 0,
                           0x50, 2 if pkt.syn else 0x18, 65535, 0, 0)
    load += pkt.data
    if src.version == 4:
        kind = ETH_IP4
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(load), 0, 0, 64,
                           proto, 0)
    else:
        kind = ETH_IP6
        head = struct.pack("!IHBB", 6 << 28, len(load), proto, 64)
    return b"\0" * 12 + struct.pack("!H", kind) + head + src.packed \
        + dst.packed + load
