# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Media written by hand, as a lab's captures would show them."""

import dataclasses

from doctored import PLAN, case_of, good_call, relay_for
from lablib import kinds, media, pcap, plays
from lablib.plan import RELAY_ADDR

PAIR = ("ue", "ua4")
NET = PLAN.network_of("ue")
HERTZ = 1130
TONE = {"PCMU": plays.tone("PCMU", HERTZ), "PCMA": plays.tone("PCMA", HERTZ)}


def rtp(begin, count, make=TONE["PCMU"]):
    """(time, octets) of packets, one each 20 ms."""
    return [(begin + n * plays.EACH, make(n)) for n in range(count)]


def noise(n):
    """RTP that nobody can listen to."""
    return TONE["PCMU"](n)[:12] + bytes((n * 7919 + k * k * 104729) % 251
                                        for k in range(plays.FRAME))


def rtcp(begin):
    return [(begin, b"\x80\xc8\x00\x06" + bytes(24))]


def stun(kind, ident, begin=1001.0):
    return [(begin, kind.to_bytes(2, "big") + b"\x00\x00\x21\x12\xa4\x42"
             + ident.ljust(12, b"."))]


def dtls(*records, begin=1001.0):
    """records: (content type, first octet)"""
    return [(begin, b"".join(
        bytes([kind]) + b"\xfe\xfd" + bytes(8) + b"\x00\x02"
        + bytes([first, 0]) for kind, first in records))]


def wire(phone, sent, got, port=30000, there=31000):
    """What a phone sent and got, on both sides of its NAT64.

    there: the relay's port
    """
    def side(src, dst, packets, ports):
        return [pcap.Packet(at, "udp", src, ports[0], dst, ports[1], data)
                for at, data in sorted(packets)]
    relay = relay_for(phone)
    own = PLAN.address(phone)
    inner = (side(own, relay, sent, (port, there)),
             side(relay, own, got, (there, port)))
    if phone == "ua4":
        return media.Wire(*inner)
    return media.Wire(*inner,
                      side(NET.outside, RELAY_ADDR, sent, (1500, there)),
                      side(RELAY_ADDR, NET.outside, got, (there, 1500)))


def case(folder, kind, sent, got, call=None, port=30000):
    """A call of a kind; sent, got: (time, octets), of each phone alike."""
    found = case_of(folder, call or good_call(*PAIR), PAIR, kind=kind)
    found.wire = {p: wire(p, sent, got, port) for p in PAIR}
    return found


def without(found, phone, side, bad):
    """The same call, less the packets of one wire that are bad()."""
    old = found.wire[phone]
    less = [p for p in getattr(old, side) if not bad(p)]
    assert len(less) < len(getattr(old, side))
    found.wire[phone] = dataclasses.replace(old, **{side: less})
    return found


def failed(found):
    return {p.key for p in kinds.judge(found) if not p.ok}


SIDES = [("ue", "sent"), ("ue", "got"), ("ue", "sent4"), ("ue", "got4"),
         ("ua4", "sent"), ("ua4", "got")]
