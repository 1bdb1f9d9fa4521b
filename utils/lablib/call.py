# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Place a call in a running lab and collect its evidence."""

import time

from . import audio, capture, pcap, phones, proxy, sipmsg
from . import plan as P
from .case import NAMES, OTHER, Case, End, Rtp
from .control import Control
from .errors import LabError
from .wait import until

PACKETS_A_SECOND = 50  # 20 ms each
GRACE = 4.0            # how much longer than asked for media may take
ENDS = {"ue": End("ue", P.UE6_ADDR, "IP6"),
        "ua4": End("core", P.UA4_ADDR, "IP4")}
LANES = (("UE6", {("ue", P.UE6_ADDR)}),
         ("NAT64", {("ue", None), ("core", P.NAT64_ADDR)}),
         ("proxy", {("core", P.PROXY_ADDR)}),
         ("UA4", {("core", P.UA4_ADDR)}))


def _is_rtp(pkt):
    return pkt.proto == "udp" and len(pkt.data) > 12 \
        and pkt.data[0] >> 6 == 2 and pkt.data[1] & 0x7f < 64 \
        and P.SIP_PORT not in (pkt.sport, pkt.dport)


def _count(packets, src, dst):
    return sum(_is_rtp(p) and (p.src, p.dst) == (src, dst) for p in packets)


def _rtp(plan, ue, core):
    return Rtp(_count(ue, P.UE6_ADDR, plan.relay6),
               _count(ue, plan.relay6, P.UE6_ADDR),
               _count(core, P.NAT64_ADDR, P.RELAY_ADDR),
               _count(core, P.RELAY_ADDR, P.NAT64_ADDR))


def _read(plan, point, since):
    return list(pcap.packets(capture.file_of(plan, point), since))


def _talk(plan, since, seconds):
    """Until so many seconds of media crossed the NAT64, or won't any more."""
    def enough():
        rtp = _rtp(plan, _read(plan, "ue", since),
                   _read(plan, "core", since))
        return rtp.least() >= seconds * PACKETS_A_SECOND
    try:
        until(enough, "media", seconds + GRACE, 0.2)
    except LabError:
        pass  # the proofs will tell


def place(plan, caller="ue", hangup="ua4", transport="udp", seconds=3.0):
    """A call from one phone to the other; the Case for the judge."""
    if not 0 < seconds <= audio.WAV_SECONDS - 10:
        raise LabError(f"a call lasts up to {audio.WAV_SECONDS - 10} s")
    phones.bring_up(plan, transport)
    before = {p: phones.recordings(plan, p) for p in phones.PHONES}
    since = time.time()
    callee = OTHER[caller]
    with Control(plan.space(caller)) as mine, \
            Control(plan.space(callee)) as other:
        control = {caller: mine, callee: other}
        mine.command("dial", f"sip:{phones.user(callee)}@{P.DOMAIN}")
        got = mine.event(("CALL_ESTABLISHED", "CALL_CLOSED"), 15)
        if got and got["type"] == "CALL_ESTABLISHED":
            _talk(plan, since, seconds)
            control[hangup].command("hangup")
            if not control[OTHER[hangup]].event(("CALL_CLOSED",), 3):
                # the BYE did not come: don't leave the phone in the call
                control[OTHER[hangup]].command("hangup")
    heard = {p: _heard(plan, p, before[p]) for p in phones.PHONES}
    capture.flush(plan)
    return collect(plan, caller, hangup, transport, since, heard)


def _heard(plan, phone, before):
    path = phones.heard(plan, phone, before)
    return audio.listen(path, phones.wanted_tone(phone)) if path else None


def collect(plan, caller, hangup, transport, since, heard):
    """The Case of what the captures show since a moment."""
    ue, core = _read(plan, "ue", since), _read(plan, "core", since)
    messages = sorted(sipmsg.messages(ue, "ue")
                      + sipmsg.messages(core, "core"), key=lambda m: m.time)
    registers = [m for point in ("ue", "core")
                 for m in sipmsg.messages(_read(plan, point, 0.0), point)
                 if m.method == "REGISTER"]
    return Case(caller=caller, hangup=hangup, transport=transport, ends=ENDS,
                own_hosts=(P.PROXY_ADDR, plan.proxy6, P.DOMAIN),
                messages=[m for m in messages if m.method != "REGISTER"],
                registers=registers, lanes=LANES,
                rtp=_rtp(plan, ue, core), heard=heard,
                wanted={p: phones.wanted_tone(p) for p in phones.PHONES},
                module=proxy.uses_module(plan))


def title(case):
    return (f"{NAMES[case.caller]} calls {NAMES[case.callee]} over "
            f"{case.transport.upper()}, {NAMES[case.hangup]} hangs up")
