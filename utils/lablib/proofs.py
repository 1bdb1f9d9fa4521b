# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proofs of a call: each a name, a verdict and a figure.

Everything is computed from what was captured and recorded. A proof without
anything to judge fails: silence proves nothing.
"""

import ipaddress
import re

from . import proofs_direct, proofs_hold, proofs_two_box
from .case import NAMES
from .proof import Proof

TONE_SECONDS = 1.5   # of the other's tone, at least
RTP_PACKETS = 50     # one second's, on each wire and in each direction


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
    """The ACK to the callee's 200 reached the callee; and so of each INVITE
    within the dialog, whoever sent it."""
    call = case.call()
    name = f"ACK arrived at {NAMES[case.callee]}"
    if not _first(case.sent(case.callee, call), "INVITE", 200):
        return Proof("ack", name, False, "it sent no 200 to the INVITE")
    figures = []
    for phone in (case.callee, case.caller):
        waits = {m.cseq: m for m in reversed(case.sent(phone, call))
                 if (m.method, m.status) == ("INVITE", 200)}
        for yes in sorted(waits.values(), key=lambda m: m.time):
            came = _ack_to(yes, case.reached(phone, call))
            if not came:
                left = sum(m.method == "ACK" for m in
                           case.sent(case.other(phone), call))
                return Proof("ack", name, False,
                             f"none at {NAMES[phone]} to its 200 of "
                             f"{yes.cseq} ({left} left the other)")
            figures.append(f"{_ms(came, yes)} after its 200")
    return Proof("ack", name, True, ", ".join(figures))


def _ack_to(yes, messages):
    for msg in messages:
        if msg.method == "ACK" and msg.time >= yes.time \
                and msg.cseq.split()[0] == yes.cseq.split()[0]:
            return msg
    return None


def not_repeated(case):
    """To each INVITE of each phone, one 200 was sent and one arrived. To a phone
    that nobody ever saw, the first one waits until it has answered its probe, and
    may have come again by then."""
    call, figures, good = case.call(), [], True
    own = case.two_box == "b2bua"  # its leg has CSeqs of its own

    def count(messages, cseq):
        return sum((m.method, m.status) == ("INVITE", 200)
                   and cseq in (m.cseq, None) for m in messages)
    for phone in (case.caller, case.callee):
        there = case.other(phone)
        for cseq in dict.fromkeys(m.cseq for m in case.sent(phone, call)
                                  if m.method == "INVITE" and not m.status):
            sent = count(case.sent(there, call), None if own else cseq)
            got = count(case.reached(phone, call), cseq)
            most = 3 if phone in case.unregistered else 1
            good = good and got == 1 <= sent <= most
            figures.append(f"{sent} sent by {NAMES[there]}, "
                           f"{got} reached {NAMES[phone]}")
    return Proof("no-repeat", "exactly one 200 per INVITE",
                 good and bool(figures), "; ".join(figures) or "no INVITE")


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


def _first_hop(value):
    """Host of the first of a header's values."""
    return (_hosts(value.split(",")[0]) or [""])[0]


def first_route(case, phone):
    """The first Route that a phone has, and uses, is in its own network: what
    it was given in Record-Route (RFC 3261 12.1), and what it then sent. To a
    caller the 2xx counts, which replaces what a 18x said (13.2.2.4)."""
    call = case.call()
    name = f"first Route of {NAMES[phone]} is its own network's"
    given = [",".join(m.headers("record-route"))
             for m in case.reached(phone, call) if m.method == "INVITE"
             and (m.status == 0 if phone == case.callee
                  else 200 <= m.status < 300)]
    # the caller has them in reverse order
    hops = [_first_hop(v if phone == case.callee else v.split(",")[-1])
            for v in given if v]
    used = [_first_hop(m.header("route")) for m in case.sent(phone, call)
            if not m.status and ";tag=" in m.header("to")
            or m.method == "ACK"]
    good = bool(hops) and all(
        any(_same_host(hop, own) for own in case.ends[phone].proxies)
        for hop in hops + used)
    seen = " ".join(dict.fromkeys(hop or "none" for hop in hops + used))
    return Proof(f"route-{phone}", name, good,
                 f"{seen or 'none given'}, {len(used)} times used")


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


def _sections(body):
    """Of an SDP: what is said of the session, then of each m= section."""
    return re.split(r"^(?=m=)", body.replace("\r\n", "\n"),
                    flags=re.MULTILINE)


def _is_outside(part, session):
    """Is the c= of this section an ICE candidate of an IPv6 base: what a
    NAT64 made of it, as STUN says? (RFC 8839 4.4.1)"""
    addr = re.search(r"^c=IN \S+ (\S+)", part, re.MULTILINE) \
        or re.search(r"^c=IN \S+ (\S+)", session, re.MULTILINE)
    return addr and re.search(
        rf"^a=candidate:(?:\S+ ){{4}}{re.escape(addr[1])} \d+ typ "
        r"(?:srflx|prflx) raddr \S*:", part, re.MULTILINE)


def _shown(body):
    """The family of each m= section, by its c= or by the session's."""
    session, *media = _sections(body)
    common = dict(sdp_families(session)).get("c")
    return ["IP6" if _is_outside(part, session)
            else dict(sdp_families(part)).get("c", common) for part in media]


def _strangers(body, shown, default):
    """(m= section, line, family) of each address of another family.

    shown: of each m= section of what the phone itself said.
    """
    def want(number):
        there = shown[number] if number < len(shown) else None
        return there or default
    session, *media = [sdp_families(part) for part in _sections(body)]
    own_c = [any(line == "c" for line, _ in part) for part in media]
    common = [f for f in session if f[0] == "c"]
    # c= of the session is for the sections that have none of their own
    bad = [("", line, family) for line, family in session
           if family != want(0) and (line != "c" or all(own_c))]
    for number, (part, own) in enumerate(zip(media, own_c)):
        bad += [(f"m={number + 1} ", line, family)
                for line, family in part + ([] if own else common)
                if family != want(number)]
    return bad


def _has_sdp(msg):
    return "application/sdp" in msg.header("content-type").lower()


def one_family(case, phone):
    """Every SDP that reached the phone names, in each m= section, addresses
    of the family that the phone's own SDP has there, and no others."""
    default = case.ends[phone].family
    call = case.call()
    mine = [m for m in case.sent(phone, call) if _has_sdp(m)]
    count, bad, good = 0, [], True
    came = [m for m in case.reached(phone, call) if _has_sdp(m)]
    for msg in came:
        before = [m for m in mine if m.time < msg.time] or mine[:1]
        shown = _shown(before[-1].body) if before else []
        found = sdp_families(msg.body)
        count += len(found)
        good = good and bool(found)
        bad += [f"{where}{line}={family}" for where, line, family
                in _strangers(msg.body, shown, default)]
    return Proof(f"sdp-{phone}",
                 f"SDP to {NAMES[phone]} is {default}, as its own",
                 bool(came) and good and not bad,
                 f"{count} addresses in {len(came)} bodies, other "
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
        else "media crossed both NAT64s" if case.direct is None \
        else "media went by IPv6, past the NAT64s"
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
    if case.hold:
        found += [proofs_hold.held(case), proofs_hold.resumed(case)]
    found += [one_family(case, p) for p in case.phones]
    found += [first_route(case, p) for p in case.phones]
    return found + [hung_up(case), no_own_route(case)] + (
        proofs_two_box.judge(case) if case.two_box else []) + (
        proofs_direct.judge(case) if case.direct is not None else [])
