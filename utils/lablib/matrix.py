# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Every flow over every transport, judged: one table of all proofs."""

import fnmatch
from dataclasses import dataclass

from . import call, ladder, phones, process, proofs
from . import plan as P
from .errors import LabError
from .proof import Proof

TRANSPORTS = ("udp", "tcp")
SECONDS = 2.0  # of media before anybody holds or hangs up

# who calls whom; the second network has another PREF64, and no /96
PAIRS = {"ue6-ua4": ("ue", "ua4"), "ua4-ue6": ("ua4", "ue"),
         "same-nat64": ("ue", P.NEIGHBOUR), "other-nat64": ("ue", "ue2")}
# who of the two (0: the caller) holds and resumes, who hangs up
ENDS = {"bye-caller": (None, 0), "bye-callee": (None, 1),
        "hold-caller": (0, 1), "hold-callee": (1, 0)}
# column: the keys of its proofs, without the phone
COLUMNS = {"registered": ("register", "unregistered"),
           "answered": ("answered", "played"), "ACK": ("ack",),
           "one-200": ("no-repeat",), "media": ("rtp",), "tone": ("tone",),
           "family": ("sdp",), "route": ("route",), "hold": ("hold",),
           "resume": ("resume",), "BYE": ("bye",),
           "no-own-route": ("no-own-route",)}
LEGEND = {
    "registered": "each phone is registered, over this transport",
    "answered": "the caller got a 200",
    "ACK": "to each INVITE, it arrived at the phone that answered",
    "one-200": "per INVITE, not one repeated",
    "media": "RTP crossed each NAT64, both ways",
    "tone": "each phone recorded the other's tone",
    "family": "c= and o= as in what the phone itself sent, in each m= section",
    "route": "each phone's first Route is of its own network",
    "hold": "the other was told so, and fell silent",
    "resume": "and each got the other's tone again",
    "BYE": "reached the other, its 200 came back",
    "no-own-route": "no request reached a phone with one"}


@dataclass(frozen=True)
class Flow:
    name: str
    caller: str
    callee: str
    hangup: str
    hold: str = ""


def _flow(pair, end):
    both, (hold, hangup) = PAIRS[pair], ENDS[end]
    return Flow(f"{pair}/{end}", *both, both[hangup],
                "" if hold is None else both[hold])


FLOWS = {f.name: f for f in (_flow(p, e) for p in PAIRS for e in ENDS)}


@dataclass(frozen=True)
class Table:
    """What is played, and how its proofs are told."""
    flows: dict    # name: Flow, or another with name, caller, callee
    columns: dict
    legend: dict
    place: callable  # (plan, flow, transport), a Case
    judge: callable = proofs.judge
    figures: tuple = ()  # columns that show these figures, not "ok"


TALKS = Table(FLOWS, COLUMNS, LEGEND, lambda *call_: place(*call_))


def choose(patterns, table=TALKS):
    """The flows whose names match one of these; all if there are none."""
    found = [f for f in table.flows.values()
             if not patterns or any(fnmatch.fnmatchcase(f.name, p)
                                    for p in patterns)]
    for pattern in patterns or ():
        if not fnmatch.filter(table.flows, pattern):
            raise LabError(f"no flow '{pattern}': there are "
                           + ", ".join(table.flows))
    return found


def read_transports(text):
    found = text.split(",")
    for one in found:
        if one not in TRANSPORTS:
            raise LabError(f"no transport '{one}': there are "
                           + ", ".join(TRANSPORTS))
    return list(dict.fromkeys(found))


def plan_for(name, config=None, libdir=None):
    """A lab in which all flows can be played; nothing is configured."""
    return P.Plan(name, config=config, libdir=libdir, networks=2,
                  no_pref64=True, neighbour=True)


def place(plan, flow, transport):
    return call.place(plan, flow.caller, flow.hangup, transport, SECONDS,
                      flow.callee, flow.hold)


@dataclass
class Row:
    flow: Flow
    transport: str
    found: list  # of Proof
    ladder: list
    table: Table = TALKS

    @property
    def good(self):
        return bool(self.found) and all(p.ok for p in self.found)

    def cell(self, column):
        """"ok", "FAIL", or "-" where there is nothing to judge; or figures."""
        kinds = self.table.columns[column]
        mine = [p for p in self.found
                if p.key in kinds or p.key.rsplit("-", 1)[0] in kinds
                and p.key.rsplit("-", 1)[1] in phones.PHONES]
        if not all(p.ok for p in mine):
            return "FAIL"
        if mine and column in self.table.figures:
            return "/".join(p.figure.split()[0] for p in mine)
        return "ok" if mine else "-"


def play(plan, flows, transports, say=print, table=TALKS):
    """All calls, one after the other; the rows of the table."""
    rows = []
    say(_line(table, "flow", "over", list(table.columns)))
    for transport in transports:
        for flow in flows:
            row = _judged(plan, flow, transport, table)
            say(_line(table, flow.name, transport,
                      [row.cell(c) for c in table.columns]))
            rows.append(row)
    return rows


def _judged(plan, flow, transport, table):
    """One call. After a bad one the phones begin anew, lest they be still in
    it when the next one comes."""
    try:
        case = table.place(plan, flow, transport)
        row = Row(flow, transport, table.judge(case), ladder.draw(case),
                  table)
    except LabError as err:
        row = Row(flow, transport, [Proof("played", "the call can be played",
                                          False, str(err))], [], table)
    if not row.good:
        for phone in (flow.caller, flow.callee):
            process.stop(plan, "phone-" + phone, 1.0)
    return row


def _line(table, name, transport, cells):
    return (f"{name:<{max(map(len, table.flows))}}  {transport:<4}  "
            + "  ".join(cell.ljust(len(column)) for cell, column
                        in zip(cells, table.columns))).rstrip()


def report(rows, say=print):
    """What the columns mean, and all of the calls that failed."""
    say("")
    for column, text in (rows[0].table.legend if rows else {}).items():
        say(f"  {column:<13} {text}")
    for row in rows:
        if not row.good:
            say(f"\n{row.flow.name} over {row.transport.upper()}:")
            for line in row.ladder:
                say(line)
            for proof in row.found:
                say(proof.line())
    bad = sum(not row.good for row in rows)
    say(f"\n{len(rows) - bad} of {len(rows)} calls passed, "
        f"{sum(len(r.found) for r in rows)} proofs")
    return bad == 0 and bool(rows)
