# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The media of a call, as the captures show them."""

import struct
from dataclasses import dataclass

from . import audio, ways
from . import plan as P
from .case import Rtp
from .g711 import LAWS


STUN_COOKIE = 0x2112a442


@dataclass(frozen=True)
class Wire:
    """All UDP between a phone and the relay but SIP."""
    sent: list
    got: list
    sent4: list = None  # the same behind a UE6's NAT64
    got4: list = None   # and before it

    def each(self):
        """What was seen: of the phone's wire, and of the other side."""
        return [side for side in (self.sent, self.got, self.sent4, self.got4)
                if side is not None]

    def least(self, wanted):
        """How many of them, where there were fewest."""
        return min(sum(map(wanted, side)) for side in self.each())


def _is_media(pkt):
    return pkt.proto == "udp" and P.SIP_PORT not in (pkt.sport, pkt.dport)


def _is_rtp_like(pkt):
    return _is_media(pkt) and len(pkt.data) > 7 and pkt.data[0] >> 6 == 2


def payload_type(pkt):
    return pkt.data[1] & 0x7f


def is_rtp(pkt):
    """RTP, and not RTCP of the same port (RFC 5761 4)"""
    return _is_rtp_like(pkt) and len(pkt.data) > 12 \
        and payload_type(pkt) not in range(64, 96)


def ssrc(pkt):
    """Which stream a packet of RTP is of (RFC 3550 5.1)"""
    return pkt.data[8:12]


def is_rtcp(pkt):
    return _is_rtp_like(pkt) and payload_type(pkt) in range(64, 96)


def is_stun(pkt):
    """RFC 8489 5; without the cookie it may be UDPTL"""
    return _is_media(pkt) and len(pkt.data) >= 20 and pkt.data[0] < 4 \
        and struct.unpack("!I", pkt.data[4:8])[0] == STUN_COOKIE


def is_dtls(pkt):
    """RFC 9443 3"""
    return _is_media(pkt) and len(pkt.data) > 13 \
        and 20 <= pkt.data[0] < 64


def _flow(packets, src, dst, wanted=is_rtp):
    """From one of some addresses to one of others"""
    return [p for p in packets
            if p.src in src and p.dst in dst and wanted(p)]


def wires(plan, pair, seen):
    """phone: its Wire. seen: packets of each capture.

    Two phones behind one NAT64 have one address outside; the relay has a port
    for each, which no NAT64 changes.
    """
    found = {}
    for phone in pair:
        net, addr = plan.network_of(phone), plan.address(phone)
        far, as_seen = ways.far(plan, phone, pair)
        packets = seen[phone if net else "core"]
        sent = _flow(packets, (addr,), as_seen, _is_media)
        got = _flow(packets, as_seen, (addr,), _is_media)
        if not net:
            found[phone] = Wire(sent, got)
            continue
        beyond, outside = ways.beyond(plan, phone, pair, seen)
        ports = {p.dport for p in sent} | {p.sport for p in got}
        found[phone] = Wire(
            sent, got,
            [p for p in _flow(beyond, (outside,), far, _is_media)
             if p.dport in ports],
            [p for p in _flow(beyond, far, (outside,), _is_media)
             if p.sport in ports])
    return found


def crossed(plan, pair, seen):
    """Of each UE6 of the call, an Rtp."""
    count = {phone: [sum(map(is_rtp, side)) for side in wire.each()]
             for phone, wire in wires(plan, pair, seen).items()}
    return {phone: Rtp(*found) for phone, found in count.items()
            if len(found) == 4}


def voices(plan, pair, seen):
    """phone: (the RTP packets that it sent, those that reached it)"""
    return {phone: tuple(list(filter(is_rtp, side))
                         for side in (wire.sent, wire.got))
            for phone, wire in wires(plan, pair, seen).items()}


def listen(packets, wanted):
    """Look for a tone of wanted Hz in RTP packets of PCMU and PCMA."""
    samples = [LAWS[payload_type(p)][octet] for p in packets
               if payload_type(p) in LAWS for octet in p.data[12:]]
    return audio.analyse(audio.RATE, samples, wanted)
