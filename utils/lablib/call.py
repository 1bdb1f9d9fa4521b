# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Place a call in a running lab and collect its evidence."""

import time

from . import audio, capture, pcap, phones, proxy, sipmsg
from . import plan as P
from .case import NAMES, Case, End, Rtp
from .control import Control
from .errors import LabError
from .wait import until

PACKETS_A_SECOND = 50  # 20 ms each
GRACE = 4.0            # how much longer than asked for media may take


def end_of(plan, phone):
    """Where a phone is seen, see case.End."""
    net = plan.network_of(phone)
    return End(phone, net.ue_addr, "IP6") if net \
        else End("core", P.UA4_ADDR, "IP4")


def lanes(plan, pair):
    """The ladder's lanes: a UE6 on the left, the proxy in the middle."""
    left, right = [p for p in NAMES if p in pair]
    return (*_lanes_to(plan, left), ("proxy", {("core", P.PROXY_ADDR)}),
            *reversed(_lanes_to(plan, right)))


def _lanes_to(plan, phone):
    """A phone and the NAT64 that is between it and the proxy, if any."""
    net, end = plan.network_of(phone), end_of(plan, phone)
    lane = (NAMES[phone], {(end.net, end.addr)})
    if not net:
        return (lane,)
    box = NAMES[phone].replace("UE6", "NAT64")
    return lane, (box, {(end.net, None), ("core", net.outside)})


def own_hosts(plan):
    """Addresses and names of the proxy, as each network knows them."""
    return (P.PROXY_ADDR, *(n.proxy6 for n in plan.networks), P.DOMAIN,
            P.PROXY_NAME)


def _is_rtp(pkt):
    return pkt.proto == "udp" and len(pkt.data) > 12 \
        and pkt.data[0] >> 6 == 2 and pkt.data[1] & 0x7f < 64 \
        and P.SIP_PORT not in (pkt.sport, pkt.dport)


def _count(packets, src, dst):
    return sum(_is_rtp(p) and (p.src, p.dst) == (src, dst) for p in packets)


def _rtp(plan, pair, seen):
    """Of each UE6 of the call. seen: packets of each capture."""
    found = {}
    for net in plan.networks:
        if net.phone in pair:
            inner, core = seen[net.phone], seen["core"]
            found[net.phone] = Rtp(
                _count(inner, net.ue_addr, net.relay6),
                _count(inner, net.relay6, net.ue_addr),
                _count(core, net.outside, P.RELAY_ADDR),
                _count(core, P.RELAY_ADDR, net.outside))
    return found


def _read(plan, pair, since):
    """Packets of each capture that shows one of these phones, and of core."""
    nets = [end_of(plan, phone).net for phone in sorted(pair)]
    return {net: list(pcap.packets(capture.file_of(plan, net), since))
            for net in (*nets, "core")}


def _talk(plan, pair, since, seconds):
    """Until so many seconds of media crossed the NAT64s, or won't any more."""
    def enough():
        rtp = _rtp(plan, pair, _read(plan, pair, since))
        return all(r.least() >= seconds * PACKETS_A_SECOND
                   for r in rtp.values())
    try:
        until(enough, "media", seconds + GRACE, 0.2)
    except LabError:
        pass  # the proofs will tell


def _check(plan, caller, callee, hangup, seconds):
    for phone in (caller, callee):
        plan.must_have(phone)
    if caller == callee:
        raise LabError(f"{caller} can't call itself")
    if hangup not in (caller, callee):
        raise LabError(f"{hangup} is not in the call and can't hang up")
    if callee in plan.unregistered:
        raise LabError(f"{callee} never registers: nobody can call it")
    if not 0 < seconds <= audio.WAV_SECONDS - 10:
        raise LabError(f"a call lasts up to {audio.WAV_SECONDS - 10} s")


def place(plan, caller="ue", hangup=None, transport="udp", seconds=3.0,
          callee=None):
    """A call from one phone to another; the Case for the judge.

    Unless said otherwise the UA4 is called, or calls the first UE6, and the
    UA4 hangs up, or the callee where there is no UA4.
    """
    callee = callee or ("ue" if caller == "ua4" else "ua4")
    hangup = hangup or ("ua4" if caller == "ua4" else callee)
    _check(plan, caller, callee, hangup, seconds)
    phones.bring_up(plan, transport)
    pair = (caller, callee)
    before = {p: phones.recordings(plan, p) for p in pair}
    since = time.time()
    with Control(plan.space(caller)) as mine, \
            Control(plan.space(callee)) as other:
        control = {caller: mine, callee: other}
        mine.command("dial", f"sip:{phones.user(callee)}@{P.DOMAIN}")
        got = mine.event(("CALL_ESTABLISHED", "CALL_CLOSED"), 15)
        if got and got["type"] == "CALL_ESTABLISHED":
            _talk(plan, pair, since, seconds)
            left = control[callee if hangup == caller else caller]
            control[hangup].command("hangup")
            if not left.event(("CALL_CLOSED",), 3):
                # the BYE did not come: don't leave the phone in the call
                left.command("hangup")
    heard = {p: _heard(plan, p, before[p], pair) for p in pair}
    capture.flush(plan)
    return collect(plan, pair, hangup, transport, since, heard)


def _wanted(pair):
    """phone: the tone that it must hear, the other's"""
    return {p: phones.tone_of(q) for p, q in (pair, pair[::-1])}


def _heard(plan, phone, before, pair):
    path = phones.heard(plan, phone, before)
    return audio.listen(path, _wanted(pair)[phone]) if path else None


def collect(plan, pair, hangup, transport, since, heard):
    """The Case of what the captures show since a moment."""
    seen = _read(plan, pair, since)
    found = [m for point, packets in seen.items()
             for m in sipmsg.messages(packets, point)
             if m.method != "REGISTER"]
    registers = [m for point, packets in _read(plan, pair, 0.0).items()
                 for m in sipmsg.messages(packets, point)
                 if m.method == "REGISTER"]
    return Case(caller=pair[0], hangup=hangup, transport=transport,
                ends={p: end_of(plan, p) for p in pair},
                own_hosts=own_hosts(plan),
                messages=sorted(found, key=lambda m: m.time),
                registers=sorted(registers, key=lambda m: m.time),
                lanes=lanes(plan, pair), rtp=_rtp(plan, pair, seen),
                heard=heard, wanted=_wanted(pair),
                module=proxy.uses_module(plan),
                unregistered=plan.unregistered)


def title(case):
    return (f"{NAMES[case.caller]} calls {NAMES[case.callee]} over "
            f"{case.transport.upper()}, {NAMES[case.hangup]} hangs up")
