# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each allocation that is made for nat64sip while messages pass fails once: the
message goes out as it came, with the parts that worked, or is refused; the next
call is as any other; not an octet is lost."""
import re

import pytest

from faultlib import tally
from faultlib.points import passes
from faultlib.proxies import Faulty
from faultlib.scenes import SCENES


# What of the message stays as it came for it, the statistic says; a probe that
# is not sent comes later, and what cannot be parsed may be none
COUNTED = re.compile(r"n64_(alias|body|mend|notify|path|register|rr|tm)\.c:"
                     r"(?!.*parse_contact)")


def one_fault(s, judge, point, nth):
    """(what is wrong with it, did the call go through?)"""
    before = s.stat("failed")
    s.table.arm(point.number, nth)
    play = s.round()
    bad = judge.faults(play)
    if COUNTED.match(str(point)) and s.stat("failed") == before:
        bad.append("not counted as failed")
    if s.table.armed():
        bad.append("was not reached")
    s.table.arm(0)
    return bad + heals(s, judge), not play.ended


def all_fail(s, judge):
    """Each allocation of one round, not one of them alone"""
    s.table.all(True)
    play = s.round()
    s.table.all(False)
    return judge.faults(play) + heals(s, judge)


def heals(s, judge):
    bad = []
    for _ in range(s.scene.heal - 1):
        bad += judge.faults(s.round())
    fault = judge.same(s.round())
    return bad + ([f"the next call: {fault}"] if fault else [])


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.long] if scene.long else [])
    for name, scene in SCENES.items()])
def test_each_fails(lab, name, record_property):
    bad, survived, whole = [], 0, 0
    with Faulty(lab, SCENES[name]()) as s:
        judge = s.learn()
        before = s.used()
        s.round()
        for point, times in passes(s.table, s.round):
            for nth in range(times):
                faults, through = one_fault(s, judge, point, nth)
                bad += [f"{point}, pass {nth + 1}: {f}" for f in faults]
                survived += not faults
                whole += through
        faults = all_fail(s, judge)
        bad += [f"all: {f}" for f in faults]
        survived += not faults
        lost = s.lost(before)
        if lost:
            bad.append(f"lost: {lost}\n{s.owners()}")
        tally.note(s.table)
    print(f"{name}: {survived} faults survived, in {whole} the call went"
          " through")
    record_property("faults", survived)
    assert not bad, f"{len(bad)} faults:\n" + "\n".join(bad)
