# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proofs of a call with ICE (RFC 8445, RFC 8839)."""

import ipaddress
import re

from . import media
from .case import NAMES
from .proof import Proof

REQUEST, SUCCESS = 0x0001, 0x0101  # of a Binding (RFC 8489 18.2)


def _value(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    return found.groups() if found else ()


def _rtcp(part, addr, port):
    """Where RTCP goes: as a=rtcp says (RFC 3605), else the next port"""
    given = _value(r"^a=rtcp:(\d+)", part)
    other = _value(r"^a=rtcp:\d+ IN IP[46] (\S+)", part)
    return (*(other or (addr,)), *(given or (str(int(port) + 1),)))


def _candidates(part, component):
    return set(re.findall(
        rf"^a=candidate:\S+ {component} \S+ \S+ (\S+) (\d+) typ", part,
        re.MULTILINE))


def _sections(body):
    """(component, address and port that the lines without ICE name for it,
    those of its candidates), of each section that has candidates. RTCP has a
    component of its own, unless it may share the other's (RFC 5761)"""
    session, *parts = re.split(r"^(?=m=)", body.replace("\r\n", "\n"),
                               flags=re.MULTILINE)
    connection = r"^c=IN IP[46] (\S+)"
    for part in parts:
        rtp = (*(_value(connection, part) or _value(connection, session)),
               *_value(r"^m=\S+ (\d+)", part))
        both = [_candidates(part, n) for n in (1, 2)]
        if not any(both):
            continue
        yield 1, rtp, both[0]
        if both[1] or "\na=rtcp-mux\n" not in part:
            yield 2, _rtcp(part, *rtp), both[1]


def candidates(case, phone):
    """In each SDP that reached the phone, c= is one of the candidates, and
    where RTCP goes is one (RFC 8839 4.2.5), and it can reach all of them."""
    name = f"candidates to {NAMES[phone]} agree with c="
    count, bad = [0, 0], []
    for msg in case.reached(phone, case.call()):
        for component, shown, found in _sections(msg.body):
            count[component - 1] += 1
            if shown not in found:
                bad.append(f"{' '.join(shown)} is none of component "
                           f"{component}")
            bad += [f"{addr} is not {case.ends[phone].family}"
                    for addr, _ in found
                    if f"IP{ipaddress.ip_address(addr).version}"
                    != case.ends[phone].family]
        if "a=ice-mismatch" in msg.body:
            bad.append("the other says that they do not")
    return Proof(f"candidates-{phone}", name, count[0] > 0 and not bad,
                 f"{count[0]} sections, {count[1]} with RTCP apart"
                 + "".join(f", {b}" for b in bad))


def _kind(pkt):
    return int.from_bytes(pkt.data[:2], "big")


def _of(packets, kind):
    return {p.data[8:20] for p in packets
            if media.is_stun(p) and _kind(p) == kind}


def _answered(sent, got):
    """The transactions of what was asked one way and granted the other"""
    return _of(sent, REQUEST) & _of(got, SUCCESS)


def _path(wire, port):
    """(out, back) of what is between a phone and a port of the relay, where
    there is a NAT64 on both sides of it"""
    def pair(sent, got):
        return ([p for p in sent if p.dport == port],
                [p for p in got if p.sport == port])
    yield pair(wire.sent, wire.got)
    if wire.sent4 is not None:
        yield pair(wire.sent4, wire.got4)


def _ports(case, phone):
    """The relay's port for each component, as the phone was told last"""
    found = {}
    for msg in case.reached(phone, case.call()):
        for component, (_, port), _ in _sections(msg.body):
            found[component] = int(port)
    return found


def checks(case):
    """Both ends of each phone's path asked, and were answered, for RTP; one of
    them for RTCP where that has a component of its own: a pair is valid by
    either's check (RFC 8445 7.2.5.3.2), and the call may be over before the
    relay's next one is due."""
    good, figures = bool(case.wire), []
    for phone, wire in case.wire.items():
        ports = _ports(case, phone)
        good = good and 1 in ports
        for component, port in ports.items():
            paths = list(_path(wire, port))
            out = set.intersection(*(_answered(o, b) for o, b in paths))
            came = set.intersection(*(_answered(b, o) for o, b in paths))
            good = good and (bool(out) and bool(came) if component == 1
                             else bool(out or came))
            figures.append(f"{NAMES[phone]} asked {len(out)} times, was "
                           f"asked {len(came)} times for component "
                           f"{component}")
    return Proof("checks", "ICE checks succeed both ways", good,
                 "; ".join(figures))
