# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The RTP of a call, as the captures show it."""

from . import audio, ways
from . import plan as P
from .case import Rtp


def is_rtp(pkt):
    return pkt.proto == "udp" and len(pkt.data) > 12 \
        and pkt.data[0] >> 6 == 2 and pkt.data[1] & 0x7f < 64 \
        and P.SIP_PORT not in (pkt.sport, pkt.dport)


def _flow(packets, src, dst):
    return [p for p in packets if (p.src, p.dst) == (src, dst) and is_rtp(p)]


def crossed(plan, pair, seen):
    """Of each UE6 of the call, an Rtp. seen: packets of each capture.

    Two phones behind one NAT64 have one address outside; the relay has a port
    for each, which no NAT64 changes.
    """
    found = {}
    for phone in pair:
        net, addr = plan.network_of(phone), plan.address(phone)
        if not net:
            continue
        far, far6 = ways.far(plan, phone, pair)
        beyond, outside = ways.beyond(plan, phone, pair, seen)
        out6 = _flow(seen[phone], addr, far6)
        in6 = _flow(seen[phone], far6, addr)
        ports = {p.dport for p in out6} | {p.sport for p in in6}
        out4 = [p for p in _flow(beyond, outside, far) if p.dport in ports]
        in4 = [p for p in _flow(beyond, far, outside) if p.sport in ports]
        found[phone] = Rtp(len(out6), len(in6), len(out4), len(in4))
    return found


def voices(plan, pair, seen):
    """phone: (the RTP packets that it sent, those that reached it)"""
    found = {}
    for phone in pair:
        addr, (_, far) = plan.address(phone), ways.far(plan, phone, pair)
        packets = seen[phone if plan.network_of(phone) else "core"]
        found[phone] = (_flow(packets, addr, far), _flow(packets, far, addr))
    return found


def _linear(octet):
    """A sample of PCMU (ITU-T G.711, mu-law)."""
    octet = ~octet & 0xff
    size = (((octet & 0x0f) << 3) + 0x84 << (octet >> 4 & 7)) - 0x84
    return -size if octet & 0x80 else size


PCMU = tuple(_linear(octet) for octet in range(256))


def listen(packets, wanted):
    """Look for a tone of wanted Hz in RTP packets of PCMU."""
    samples = [PCMU[octet] for p in packets for octet in p.data[12:]]
    return audio.analyse(audio.RATE, samples, wanted)
