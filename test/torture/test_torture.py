# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Every message of RFC 4475 and RFC 5118, as it is and with more on top,
through every function in every route: what goes without the module goes with
it, and where it has nothing to do, nothing is changed."""
import os
from dataclasses import dataclass

import pytest

from sipharness.kamailio import has_module
from sipharness.secure import authority
from torturelib import verdicts
from torturelib.cases import BUILDS, cases
from torturelib.runs import Run

HERE = os.path.dirname(os.path.abspath(__file__))
CFG = os.path.join(HERE, "torture.cfg")


@dataclass(frozen=True)
class Function:
    """What a script calls, and what it calls without the module

    @param without  What it writes even where it has nothing to do
    @param writes   Something, somewhere
    """
    call: str
    places: str  # letters of PLACES
    bare: str = ""
    without: tuple = ()
    writes: bool = True


ASK = "".join(f"$var(x) = $nat64({name});" for name in (
    "source", "target", "source_pref64", "target_pref64", "why", "rtpengine",
    "sdp"))
FUNCTIONS = {
    "questions": Function(
        "is_via_nat64();is_route_nat64();is_notify_nat64(\"caller\");"
        f"is_notify_nat64(\"callee\");{ASK}", "qbrfst",
        writes=False),
    "add_dual_rr": Function("add_dual_rr();", "qbfst", "record_route();"),
    "add_dual_rr_params": Function("add_dual_rr(\";svc=a\");", "qbf",
                                   "record_route(\";svc=a\");"),
    "set_notify_net": Function("set_notify_net();", "qbrfst", "",
                               (verdicts.NOTIFY,)),
    "fix_nat64_sdp": Function("fix_nat64_sdp();", "qbrfst"),
    "fix_nat64_sdp_caller": Function("fix_nat64_sdp(\"caller\");", "qbrf"),
    "fix_nat64_sdp_callee": Function("fix_nat64_sdp(\"callee\");", "qbrf"),
    "fix_nat64_register": Function("fix_nat64_register();", "qt",
                                   "fix_nated_register();", writes=False),
    "nat64_manage": Function("nat64_manage();", "qbrfstl", "",
                             (verdicts.OWN_ROUTE,)),
}
PLACES = {"q": "AT_REQUEST", "b": "AT_BRANCH", "r": "AT_REPLY",
          "f": "AT_FAILURE", "s": "AT_REQUEST", "t": "AT_REQUEST",
          "l": "AT_REQUEST"}
CASES = [(name, place) for name, f in FUNCTIONS.items() for place in f.places]


def defines(place, call):
    return ([f"{PLACES[place]}={call}"] if call else []) + (
        ["STATELESS"] if place == "s" else [])


def certificates(lab):
    if not has_module("tls"):
        pytest.skip("no tls.so: kamailio-tls-modules")
    return authority(lab.folder)


@pytest.mark.parametrize("name,place", CASES)
def test_function(lab, vectors, build, name, place, record_property):
    function = FUNCTIONS[name]
    todo = cases(vectors, place)
    tls = certificates(lab) if place == "l" else None
    with Run(lab, BUILDS["bare"], CFG, defines(place, function.bare),
             tls) as bare:
        wanted = [play(bare, g.bare) for g, play in todo]
        before = verdicts.Process(bare)
    judge = verdicts.Judge(function.without)
    with Run(lab, build, CFG, defines(place, function.call), tls) as run:
        for (given, play), want in zip(todo, wanted):
            judge.see(given, want, play(run, given.data))
        judge.faults += verdicts.Process(run).trouble(before)
    judge.end(record_property, must_change=function.writes)
