# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proofs of a call: each a name, a verdict and a figure.

Everything is computed from what was captured and recorded. A proof without
anything to judge fails: silence proves nothing.
"""

import ipaddress
import re
from dataclasses import dataclass

from .case import NAMES

TONE_SECONDS = 1.5   # of the other's tone, at least
RTP_PACKETS = 50     # one second's, on each wire and in each direction


@dataclass(frozen=True)
class Proof:
    key: str    # for tests and scripts
    name: str   # for people
    ok: bool
    figure: str

    def line(self, colour=False):
        word = "PASS" if self.ok else "FAIL"
        if colour:
            word = f"\033[{32 if self.ok else 31}m{word}\033[0m"
        return f"{word}  {self.name}: {self.figure}"


def _ms(later, earlier):
    return f"{(later.time - earlier.time) * 1000:.0f} ms"


def _first(messages, method, status):
    for msg in messages:
        if msg.method == method and msg.status == status:
            return msg
    return None


def registered(case, phone):
    """A 200 to the phone's latest REGISTER reached it."""
    name = f"{NAMES[phone]} registered"
    key = f"register-{phone}"
    asked = [m for m in case.sent(phone, case.registers)
             if not m.status and "expires=0" not in m.header("contact")
             and m.header("expires") != "0"]
    if not asked:
        return Proof(key, name, False, "no REGISTER seen")
    last = asked[-1]
    for msg in case.reached(phone, case.registers):
        if (msg.call_id, msg.cseq, msg.status) \
                == (last.call_id, last.cseq, 200):
            return Proof(key, name, last.proto == case.transport,
                         f"200 after {_ms(msg, last)}, over {last.proto} "
                         f"to {last.dst}")
    return Proof(key, name, False, "no 200 to its REGISTER")


def unregistered(case, phone):
    """The phone never sent a REGISTER: its INVITE was the first of it."""
    asked = case.sent(phone, case.registers)
    calls = case.sent(phone, case.call())
    return Proof(f"unregistered-{phone}", f"{NAMES[phone]} never registered",
                 bool(calls) and not asked,
                 f"{len(asked)} REGISTER before {len(calls)} messages of "
                 "the call")


def answered(case):
    """The caller got a 200 to its INVITE."""
    call = case.call()
    name = f"INVITE from {NAMES[case.caller]} answered"
    asked = _first(case.sent(case.caller, call), "INVITE", 0)
    got = [m for m in case.reached(case.caller, call)
           if m.method == "INVITE" and m.status >= 200]
    if not asked or not got:
        return Proof("answered", name, False, "no final response")
    return Proof("answered", name, got[0].status == 200,
                 f"{got[0].status} after {_ms(got[0], asked)}")


def acknowledged(case):
    """The ACK to the callee's 200 reached the callee."""
    call = case.call()
    name = f"ACK arrived at {NAMES[case.callee]}"
    yes = _first(case.sent(case.callee, call), "INVITE", 200)
    if not yes:
        return Proof("ack", name, False, "it sent no 200 to the INVITE")
    for msg in case.reached(case.callee, call):
        if msg.method == "ACK" and msg.time >= yes.time \
                and msg.cseq.split()[0] == yes.cseq.split()[0]:
            return Proof("ack", name, True, f"{_ms(msg, yes)} after its 200")
    left = [m for m in case.sent(case.caller, call) if m.method == "ACK"]
    return Proof("ack", name, False, f"none ({len(left)} left the caller)")


def not_repeated(case):
    """The 200 to the INVITE was sent once and arrived once."""
    call = case.call()

    def count(messages):
        return sum(m.method == "INVITE" and m.status == 200
                   for m in messages)
    sent = count(case.sent(case.callee, call))
    got = count(case.reached(case.caller, call))
    return Proof("no-repeat", "no retransmitted 200", sent == got == 1,
                 f"{sent} sent by {NAMES[case.callee]}, "
                 f"{got} reached {NAMES[case.caller]}")


def hung_up(case):
    """The BYE reached the other phone and its 200 came back."""
    call = case.call()
    there = case.other(case.hangup)
    name = f"BYE from {NAMES[case.hangup]} to {NAMES[there]}"
    left = _first(case.sent(case.hangup, call), "BYE", 0)
    came = _first(case.reached(there, call), "BYE", 0)
    back = _first(case.reached(case.hangup, call), "BYE", 200)
    if not left:
        return Proof("bye", name, False, "none left the phone")
    if not came:
        return Proof("bye", name, False, "did not arrive")
    if not back:
        return Proof("bye", name, False, "arrived, but no 200 came back")
    return Proof("bye", name, True, f"arrived after {_ms(came, left)}, "
                                    f"200 back after {_ms(back, left)}")


def _hosts(value):
    """Host of each SIP URI in a Route value."""
    found = []
    for uri in re.findall(r"sips?:([^>,]+)", value, re.IGNORECASE):
        uri = uri.split("@")[-1]
        match = re.match(r"\[([^\]]*)\]|([^:;?>\s]+)", uri)
        if match:
            found.append(match[1] or match[2])
    return found


def _same_host(one, other):
    try:
        return ipaddress.ip_address(one) == ipaddress.ip_address(other)
    except ValueError:
        return one.lower() == other.lower()


def no_own_route(case):
    """No request that reached a phone had a Route naming the proxy."""
    requests = [m for phone in case.phones for m in case.reached(phone)
                if not m.status]
    own = sum(_same_host(host, mine)
              for m in requests for value in m.headers("route")
              for host in _hosts(value) for mine in case.own_hosts)
    return Proof("no-own-route", "no own Route at a phone",
                 bool(requests) and own == 0,
                 f"{own} in {len(requests)} requests")


# lines of an SDP that name an address: the type, if written, and the address
SDP_ADDRESS = re.compile(
    r"^(?P<line>[oc])=(?:\S+ \S+ \S+ )?IN (?P<type>\S+) (?P<addr>[^\s/]+)"
    r"|^a=(?P<rtcp>rtcp):\d+ IN (?P<rtype>\S+) (?P<raddr>\S+)"
    r"|^a=(?P<cand>candidate):\S+ \S+ \S+ \S+ (?P<caddr>\S+)", re.MULTILINE)


def sdp_families(body):
    """(line, family) of each address; a type that lies gives "IP4!IP6"."""
    found = []
    for match in SDP_ADDRESS.finditer(body.replace("\r\n", "\n")):
        line = match["line"] or match["rtcp"] or match["cand"]
        kind = match["type"] or match["rtype"]
        addr = match["addr"] or match["raddr"] or match["caddr"]
        try:
            really = f"IP{ipaddress.ip_address(addr).version}"
        except ValueError:
            really = kind
        if kind and kind != really:
            really = f"{kind}!{really}"
        if really:
            found.append((line, really))
    return found


def one_family(case, phone):
    """Every SDP that reached the phone has the family it asked for, only."""
    want = case.ends[phone].family
    name = f"SDP to {NAMES[phone]} is {want} only"
    bodies = [m.body for m in case.reached(phone, case.call())
              if "application/sdp" in m.header("content-type").lower()]
    seen = [f for body in bodies for f in sdp_families(body)]
    bad = [f"{line}={family}" for line, family in seen if family != want]
    good = bool(bodies) and not bad \
        and all(sdp_families(body) for body in bodies)
    return Proof(f"sdp-{phone}", name, good,
                 f"{len(seen)} addresses in {len(bodies)} bodies, other "
                 f"family: {' '.join(bad) if bad else 'none'}")


def tone(case, phone):
    """The phone's recording holds the other's tone."""
    want = case.wanted[phone]
    name = f"{NAMES[phone]} hears the other's {want} Hz"
    got = case.heard.get(phone)
    if not got:
        return Proof(f"tone-{phone}", name, False, "nothing recorded")
    what = f"found {got.hertz:.1f} Hz at {got.level:.1f} dBFS" \
        if got.hertz else "no tone found"
    return Proof(f"tone-{phone}", name, got.seconds >= TONE_SECONDS,
                 f"{what}, wanted tone for {got.seconds:.2f} s "
                 f"of {got.length:.2f} s")


def media_crossed(case):
    """RTP went through the NAT64 of each UE6 both ways."""
    figures = [f"out {r.out6} packets ({r.out4} behind it), in {r.in6} "
               f"({r.in4} before it)" for r in case.rtp.values()]
    name = "media crossed the NAT64" if len(figures) < 2 \
        else "media crossed both NAT64s"
    return Proof("rtp", name,
                 bool(figures) and all(r.least() >= RTP_PACKETS
                                       for r in case.rtp.values()),
                 "; ".join(figures))


def judge(case):
    """All proofs of a call."""
    found = [(unregistered if p in case.unregistered else registered)(case, p)
             for p in case.phones]
    found += [answered(case), acknowledged(case), not_repeated(case)]
    if case.rtp is not None:
        found.append(media_crossed(case))
    if case.heard is not None:
        found += [tone(case, p) for p in case.phones]
    found += [one_family(case, p) for p in case.phones]
    return found + [hung_up(case), no_own_route(case)]
