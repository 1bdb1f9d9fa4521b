# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Every kind of media, called by the UE6 and by the UA4: another table."""

from dataclasses import dataclass

from . import kinds
from . import plan as P
from .kinds import KINDS
from .matrix import Table

# column: keys, legend; of any call
COMMON = {
    "SIP": (("register", "unregistered", "answered", "played", "ack",
             "no-repeat", "route", "bye", "no-own-route"),
            "registered, answered, acknowledged, hung up, as in the matrix"),
    "family": (("sdp",), "c= and o= as in what the phone itself sent, in "
               "each m= section"),
    "media": (("rtp",), "RTP crossed each NAT64, both ways"),
    "tone": (("tone",), "each phone was sent, or recorded, the other's tone"),
    "ms-to-RTP": (("first",), "from the 200 to the first RTP packet, at the "
                  "UE6 and at the UA4")}


@dataclass(frozen=True)
class Flow:
    name: str
    caller: str
    callee: str
    kind: str


def place(plan, flow, transport):
    kind = KINDS[flow.kind]
    return kind.play(plan, kind, flow.caller, flow.callee, transport)


def table():
    """Of all kinds that there are."""
    flows = [Flow(f"{kind}/{way}", *pair, kind)
             for kind in KINDS for way, pair in kinds.DIRECTIONS.items()]
    more = {k.name: (k.keys, k.legend) for k in KINDS.values() if k.keys}
    every = {**COMMON, **more}
    return Table({f.name: f for f in flows},
                 {column: keys for column, (keys, _) in every.items()},
                 {column: text for column, (_, text) in every.items()},
                 place, kinds.judge, ("ms-to-RTP",))


def plan_for(name, config=None, libdir=None):
    """A lab in which all of them can be played; nothing is configured."""
    return P.Plan(name, config=config, libdir=libdir, no_pref64=True)
