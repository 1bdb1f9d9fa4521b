# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Place a call in a running lab and collect its evidence."""

import time

from . import audio, capture, direct, media, pcap, phones, proxy, sipmsg
from . import plan as P
from .case import NAMES, Case, End
from .errors import LabError
from .wait import until

PACKETS_A_SECOND = 50  # 20 ms each
GRACE = 4.0            # how much longer than asked for media may take
HOLD = 1.0             # seconds on hold
RESUMED = 1.0          # seconds of media after it


def end_of(plan, phone):
    """Where a phone is seen, see case.End."""
    net, names = plan.network_of(phone), (P.DOMAIN, P.PROXY_NAME)
    return End(phone, plan.address(phone), "IP6",
               proxies=(net.proxy6, *names)) if net \
        else End("core", P.UA4_ADDR, "IP4", proxies=(P.PROXY_ADDR, *names))


def lanes(plan, pair, messages=()):
    """The ladder's lanes: a UE6 on the left, the proxy in the middle.

    messages: of the call; needed where both phones are behind one NAT64.
    """
    left, right = [p for p in NAMES if p in pair]
    return (*_lanes_to(plan, left, messages),
            ("proxy", {("core", P.PROXY_ADDR)}),
            *((("box 2", {("core", P.BOX2_ADDR)}),) if plan.two_box else ()),
            *(_fleet_lanes() if plan.fleet else ()),
            *reversed(_lanes_to(plan, right, messages)))


def _fleet_lanes():
    return [(name, {("core", P.FLEET[host]) for host in hosts})
            for name, hosts in (("registrars", P.REGISTRARS),
                                ("media", P.MEDIA))]


def _lanes_to(plan, phone, messages):
    """A phone and the NAT64 that is between it and the proxy, if any."""
    net, end = plan.network_of(phone), end_of(plan, phone)
    lane = (NAMES[phone], {(end.net, end.addr)})
    if not net:
        return (lane,)
    box = NAMES[net.phone].replace("UE6", "NAT64")
    outside = {("core", net.outside)} if len(net.phones) == 1 else \
        {("core", f"{net.outside}:{port}")
         for port in _outer_ports(net, phone, messages)}
    return lane, (box, {(end.net, None)} | outside)


def _outer_ports(net, phone, messages):
    """What its NAT64 made of a phone's ports: the octets tell."""
    mine = {m.raw for m in messages if m.net == phone}
    for msg in messages:
        if msg.net == "core" and msg.raw in mine:
            if msg.src == net.outside:
                yield msg.sport
            if msg.dst == net.outside:
                yield msg.dport


def own_hosts(plan):
    """Addresses and names of the proxy, as each network knows them."""
    return (P.PROXY_ADDR, *(n.proxy6 for n in plan.networks), P.DOMAIN,
            P.PROXY_NAME)


def _read(plan, pair, since):
    """Packets of each capture that shows one of these phones, and of core."""
    nets = [end_of(plan, phone).net for phone in sorted(pair)]
    return {net: list(pcap.packets(capture.file_of(plan, net), since))
            for net in (*nets, "core")}


def talk(plan, pair, since, seconds):
    """Until so many seconds of media crossed the NAT64s, or won't any more."""
    def enough():
        rtp = media.crossed(plan, pair, _read(plan, pair, since))
        return all(r.least() >= seconds * PACKETS_A_SECOND
                   for r in rtp.values())
    try:
        until(enough, "media", seconds + GRACE, 0.2)
    except LabError:
        pass  # the proofs will tell


def hold_on(plan, pair, control):
    """A phone holds for a moment, resumes, and both talk again."""
    control.command("hold")
    time.sleep(HOLD)  # this is how long the hold takes
    since = time.time()
    control.command("resume")
    talk(plan, pair, since, RESUMED)


def _check(plan, caller, callee, hangup, seconds, hold):
    for phone in (caller, callee):
        plan.must_have(phone)
    if caller == callee:
        raise LabError(f"{caller} can't call itself")
    if hold and hold not in (caller, callee):
        raise LabError(f"{hold} is not in the call and can't hold it")
    if hangup not in (caller, callee):
        raise LabError(f"{hangup} is not in the call and can't hang up")
    if callee in plan.unregistered:
        raise LabError(f"{callee} never registers: nobody can call it")
    if not 0 < seconds <= audio.WAV_SECONDS - 10:
        raise LabError(f"a call lasts up to {audio.WAV_SECONDS - 10} s")


def place(plan, caller="ue", hangup=None, transport="udp", seconds=3.0,
          callee=None, hold="", style=phones.PLAIN, kind="", between=None):
    """A call from one phone to another; the Case for the judge.

    Unless said otherwise the UA4 is called, or calls the first UE6, and the
    UA4 hangs up, or the callee where there is no UA4. hold: the phone that
    puts the call on hold after those seconds, and resumes it. kind: what it
    is for, see kinds.KINDS. between: called when both have talked, before
    anything else happens.
    """
    callee = callee or ("ue" if caller == "ua4" else "ua4")
    hangup = hangup or ("ua4" if caller == "ua4" else callee)
    _check(plan, caller, callee, hangup, seconds, hold)
    phones.bring_up(plan, transport, style)
    pair = (caller, callee)
    before = {p: phones.recordings(plan, p) for p in pair}
    since = time.time()
    with phones.control(plan, caller) as mine, \
            phones.control(plan, callee) as other:
        control = {caller: mine, callee: other}
        for phone in pair:
            control[phone].prepare()
        mine.command("dial", f"sip:{phones.user(callee)}@{P.DOMAIN}")
        got = mine.event(("CALL_ESTABLISHED", "CALL_CLOSED"), 15)
        if got and got["type"] == "CALL_ESTABLISHED":
            talk(plan, pair, since, seconds)
            if between:
                between()
            if hold:
                hold_on(plan, pair, control[hold])
            left = control[callee if hangup == caller else caller]
            control[hangup].command("hangup")
            if not left.event(("CALL_CLOSED",), 3):
                # the BYE did not come: don't leave the phone in the call
                left.command("hangup")
    heard = {p: listen(phones.heard(plan, p, before[p]), pair, p)
             for p in pair}
    capture.flush(plan)
    return collect(plan, pair, hangup, transport, since, heard, hold, kind)


def wanted(pair):
    """phone: the tone that it must hear, the other's"""
    return {p: phones.tone_of(q) for p, q in (pair, pair[::-1])}


def listen(path, pair, phone):
    """What a phone of the pair recorded; path: None for nothing."""
    return audio.listen(path, wanted(pair)[phone]) if path else None


def collect(plan, pair, hangup, transport, since, heard, hold="", kind=""):
    """The Case of what the captures show since a moment."""
    seen = _read(plan, pair, since)
    found = [m for point, packets in seen.items()
             for m in sipmsg.messages(packets, point)
             if m.method != "REGISTER"]
    ever = _read(plan, pair, 0.0)
    registers = [m for point, packets in ever.items()
                 for m in sipmsg.messages(packets, point)
                 if m.method == "REGISTER"]
    return Case(caller=pair[0], hangup=hangup, transport=transport,
                ends={p: end_of(plan, p) for p in pair},
                own_hosts=own_hosts(plan),
                messages=sorted(found, key=lambda m: m.time),
                registers=sorted(registers, key=lambda m: m.time),
                lanes=lanes(plan, pair, found),
                rtp=media.crossed(plan, pair, seen),
                heard=heard, wanted=wanted(pair),
                module=proxy.uses_module(plan),
                unregistered=plan.unregistered, hold=hold or "",
                two_box=plan.two_box,
                voice=media.voices(plan, pair, seen) if hold else {},
                direct=direct.of(plan, pair, seen,
                                 [p for p in ever["core"] if p.time < since])
                if plan.no_relay else None,
                kind=kind, wire=media.wires(plan, pair, seen) if kind else {})


def title(case):
    holds = f"{NAMES[case.hold]} holds and resumes, " if case.hold else ""
    return (f"{NAMES[case.caller]} calls {NAMES[case.callee]} over "
            f"{case.transport.upper()}, {holds}{NAMES[case.hangup]} hangs up")
