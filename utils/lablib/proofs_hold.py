# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proofs of a call that was put on hold and resumed (RFC 3264 8.4)."""

import re
from dataclasses import dataclass

from . import media
from .case import NAMES
from .proof import Proof

SETTLE = 0.3       # seconds until the held phone has fallen silent
STRAY = 2          # packets that it may still send then
TONE_SECONDS = 0.5  # of the other's tone after the resume, at least


@dataclass(frozen=True)
class Offer:
    """One re-INVITE of the phone that holds, and what became of it."""
    way: str       # direction that the other phone was offered, "" if none
    begin: float   # when it left
    acked: float   # when its ACK reached the other, 0.0 if never
    what: str      # for people


def _way(body):
    found = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", body,
                      re.MULTILINE)
    return found[1] if found else "sendrecv"


def _find(messages, method, status, cseq):
    number = cseq.split()[0]
    for msg in messages:
        if (msg.method, msg.status) == (method, status) \
                and msg.cseq.split()[0] == number:
            return msg
    return None


def _offers(case):
    """What the phone that holds sent within the dialog, in order."""
    call, found, done = case.call(), [], set()
    for msg in case.sent(case.hold, call):
        if msg.method == "INVITE" and not msg.status \
                and ";tag=" in msg.header("to") and msg.cseq not in done:
            done.add(msg.cseq)
            found.append(_offer(case, call, msg))
    return found


def _offer(case, call, left):
    there = case.reached(case.other(case.hold), call)
    came = _find(there, "INVITE", 0, left.cseq)
    back = _find(case.reached(case.hold, call), "INVITE", 200, left.cseq)
    acked = _find(there, "ACK", 0, left.cseq)
    what = "did not arrive" if not came else "no 200 came back" if not back \
        else "its ACK did not arrive" if not acked else "acknowledged"
    good = came and back and acked
    return Offer(_way(came.body) if came else "", left.time,
                 acked.time if good else 0.0, what)


def held(case):
    """The other phone was told, agreed, and fell silent."""
    there = case.other(case.hold)
    name = f"{NAMES[case.hold]} holds, {NAMES[there]} falls silent"
    offers = _offers(case)
    if not offers:
        return Proof("hold", name, False, "no re-INVITE")
    first = offers[0]
    if not first.acked or first.way not in ("sendonly", "inactive"):
        return Proof("hold", name, False,
                     f"offer '{first.way}' {first.what}")
    end = offers[1].begin if len(offers) > 1 else 0.0
    since = first.acked + SETTLE
    sent = [p.time for p in case.voice[there][0]]
    stray = sum(since < at < end for at in sent)
    before = sum(at < first.begin for at in sent)
    return Proof("hold", name, end > since and bool(before)
                 and stray <= STRAY,
                 f"{first.way} {first.what}, {before} RTP packets before, "
                 f"{stray} in {max(0.0, end - since):.1f} s of hold")


def resumed(case):
    """Both were told, and each was sent the other's tone again."""
    name = f"{NAMES[case.hold]} resumes"
    offers = _offers(case)
    if len(offers) < 2:
        return Proof("resume", name, False, "no second re-INVITE")
    last = offers[-1]
    if not last.acked or last.way != "sendrecv":
        return Proof("resume", name, False, f"offer '{last.way}' {last.what}")
    figures, good = [], True
    for phone in case.phones:
        got = [p for p in case.voice[phone][1] if p.time > last.acked]
        heard = media.listen(got, case.wanted[phone])
        good = good and heard.seconds >= TONE_SECONDS
        figures.append(f"{heard.seconds:.2f} s of the other's tone to "
                       f"{NAMES[phone]}")
    return Proof("resume", name, good,
                 f"sendrecv {last.what}, then {', '.join(figures)}")
