# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proofs of what the phones send each other: when, and what."""

import re

from . import media
from .case import NAMES
from .proof import Proof

FIRST_SECONDS = 1.0  # from the 200 to the first packet of the other's voice
TONE_SECONDS = 0.5   # of the other's tone in a part of a call, at least
PACKETS = 25         # half a second's, on each wire and in each direction
SETTLE = 0.1         # seconds before and after an ACK: RTP may overtake it


def _invites(case, phone):
    """(CSeq, when its 200 was at this phone, when its ACK) of each INVITE of
    the call, in order; 0.0 where there was none."""
    call = case.call()
    mine = case.sent(phone, call) + case.reached(phone, call)
    found = []
    for asked in sorted(mine, key=lambda m: m.time):
        if (asked.method, asked.status) != ("INVITE", 0) \
                or asked.cseq in [f[0] for f in found]:
            continue
        number = asked.cseq.split()[0]
        yes = [m.time for m in mine if m.cseq == asked.cseq
               and m.status == 200]
        ack = [m.time for m in mine if m.cseq == f"{number} ACK"]
        found.append((asked.cseq, min(yes, default=0.0),
                      min(ack, default=0.0)))
    return found


def answered_at(case, phone):
    """When the first 200 was at this phone, 0.0 if never."""
    return next((yes for _, yes, _ in _invites(case, phone)), 0.0)


def again_at(case, phone):
    """When the ACK of the second INVITE was at this phone, 0.0 if never."""
    return next((ack for _, _, ack in _invites(case, phone)[1:]), 0.0)


def waited(case, phone):
    """Seconds from the 200 to the first RTP that reached a phone, or None."""
    at = answered_at(case, phone)
    came = [p.time for p in case.wire[phone].got
            if media.is_rtp(p) and p.time >= at]
    return min(came) - at if at and came else None


def first(case, phone):
    """The other's voice is there soon after the 200."""
    name = f"first RTP at {NAMES[phone]}"
    gone = waited(case, phone)
    if gone is None:
        return Proof(f"first-{phone}", name, False, "none after a 200")
    return Proof(f"first-{phone}", name, gone <= FIRST_SECONDS,
                 f"{gone * 1000:.0f} ms after the 200")


def rtcp(case):
    """Reports go both ways, on both sides of a NAT64."""
    figures, good = [], bool(case.wire)
    for phone, wire in case.wire.items():
        least = wire.least(media.is_rtcp)
        good = good and least > 0
        figures.append(f"{NAMES[phone]} {len(_those(wire.sent))} out, "
                       f"{len(_those(wire.got))} in")
    return Proof("rtcp", "RTCP both ways", good, "; ".join(figures))


def _those(packets):
    return list(filter(media.is_rtcp, packets))


def _rtp(packets, begin, end=float("inf")):
    return [p for p in packets if media.is_rtp(p) and begin <= p.time < end]


def early(case):
    """The callee was heard before it answered, and could hear."""
    caller, callee = case.caller, case.callee
    name = f"{NAMES[callee]} heard before its 200"
    call = case.call()
    came = [m for m in case.reached(caller, call) if m.status == 183
            and "application/sdp" in m.header("content-type")]
    end = answered_at(case, caller)
    if not came or not end:
        return Proof("early", name, False, "no 183 with SDP, or no 200")
    got = _rtp(case.wire[caller].got, 0.0, end)
    heard = media.listen(got, case.wanted[caller])
    back = _rtp(case.wire[callee].got, 0.0, answered_at(case, callee))
    return Proof("early", name, heard.seconds >= TONE_SECONDS
                 and len(back) >= PACKETS,
                 f"{heard.seconds:.2f} s of its tone in {len(got)} RTP "
                 f"packets, {len(back)} went back")


def _types(packets):
    return sorted({media.payload_type(p) for p in packets})


def codec(case):
    """The re-INVITE's codec is what each phone is sent, and it holds the
    other's tone as the first one did."""
    good, figures = True, []
    for phone in case.phones:
        at = again_at(case, phone)
        if not at:
            return Proof("codec", "codec changed", False,
                         f"no second INVITE acknowledged at {NAMES[phone]}")
        got = case.wire[phone].got
        parts = [_rtp(got, 0.0, at - SETTLE), _rtp(got, at + SETTLE)]
        types = [_types(part) for part in parts]
        heard = [media.listen(part, case.wanted[phone]).seconds
                 for part in parts]
        good = good and len(types[0]) == len(types[1]) == 1 \
            and types[0] != types[1] and min(heard) >= TONE_SECONDS
        figures.append(f"{NAMES[phone]} got payload type {types[0]}, then "
                       f"{types[1]} with {heard[1]:.2f} s of tone")
    return Proof("codec", "codec changed", good, "; ".join(figures))


def _port_of(case, phone, kind):
    """Port of the m= section of a kind in the phone's last SDP, 0 if none."""
    mine = [m.body for m in case.sent(phone, case.call())
            if "application/sdp" in m.header("content-type")]
    found = re.findall(rf"^m={kind} (\d+) ", mine[-1] if mine else "",
                       re.MULTILINE)
    return int(found[0]) if found else 0


def _crossed(case, kind, wanted, what):
    """Packets of a section that came with the second offer."""
    good, figures = True, []
    for phone in case.phones:
        at, port = again_at(case, phone), _port_of(case, phone, kind)
        got = [p for p in case.wire[phone].got
               if wanted(p) and p.dport == port and at and p.time >= at]
        good = good and len(got) >= PACKETS
        figures.append(f"{len(got)} to port {port} of {NAMES[phone]}")
    return Proof(kind, f"{what} both ways after the second offer", good,
                 "; ".join(figures))


def video(case):
    return _crossed(case, "video", media.is_rtp, "video")


def _is_udptl(pkt):
    """What a fax is sent in looks like nothing else here (T.38 9.1)"""
    return not any(known(pkt) for known in (
        media.is_rtp, media.is_rtcp, media.is_stun, media.is_dtls))


def image(case):
    return _crossed(case, "image", _is_udptl, "fax (UDPTL)")
