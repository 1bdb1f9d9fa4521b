# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What must hold of a call without a media relay, besides the call.

A NAT64 lets in only what answers a packet of the phone, at the port that it
gave that packet (RFC 6146 3.5). The SDP can name the address, not the port.
"""

import re

from .case import NAMES
from .proof import Proof

PACKETS = 50   # one second's, in each direction
SETTLE = 0.2   # seconds from the first packet until it is answered there

ADDRESS = re.compile(r"^([oc])=.*IN IP[46] (\S+)\r?$", re.MULTILINE)
PORT = re.compile(r"^m=audio (\d+) ", re.MULTILINE)


def _bodies(case, phone):
    return [m.body for m in case.reached(phone, case.call())
            if "application/sdp" in m.header("content-type").lower()]


def no_relay(case):
    """The media go between the NAT64 and the other, and nowhere else."""
    one = list(case.direct.values())
    others = [way for d in one for way in d.others]
    return Proof("direct", "media take the direct way",
                 bool(one) and not others and all(
                     min(len(d.came), len(d.back)) >= PACKETS for d in one),
                 "; ".join(f"{len(d.came)} packets {d.outside} to {d.far}, "
                           f"{len(d.back)} back" for d in one)
                 + f", {len(others)} by another way"
                 + "".join(f", {a} to {b}" for a, b in sorted(set(others))))


def answered_there(case, phone):
    """The other answers to the port that the NAT64 made."""
    media = case.direct[phone]
    other = case.other(phone)
    name = f"{NAMES[other]} answers where the media come from"
    ports = {p.sport for p in media.came}
    if not ports:
        return Proof(f"latched-{phone}", name, False, "none came")
    since = media.came[0].time + SETTLE
    later = [p.dport in ports for p in media.back if p.time > since]
    told = sorted({int(p) for body in _bodies(case, other)
                   for p in PORT.findall(body)})
    return Proof(f"latched-{phone}", name,
                 sum(later) >= PACKETS and all(later),
                 f"SDP says {_list(told)}, they come from "
                 f"{_list(sorted(ports))}: {sum(later)} answers there, "
                 f"{len(later) - sum(later)} elsewhere")


def _list(numbers):
    return " ".join(map(str, numbers)) or "none"


def named(case, phone):
    """o= and each c= that reach a phone name the other as it can reach it."""
    there = case.other(phone)
    want = case.direct[phone].far6 if phone in case.direct \
        else case.direct[there].outside
    found = [pair for body in _bodies(case, phone)
             for pair in ADDRESS.findall(body)]
    bad = [f"{line}={addr}" for line, addr in found if addr != want]
    return Proof(f"named-{phone}",
                 f"SDP to {NAMES[phone]} names {NAMES[there]} by {want}",
                 {line for line, _ in found} == {"o", "c"} and not bad,
                 f"{len(found)} addresses, others: {' '.join(bad) or 'none'}")


def judge(case):
    return [no_relay(case)] \
        + [answered_there(case, p) for p in case.phones if p in case.direct] \
        + ([named(case, p) for p in case.phones] if case.direct else [])
