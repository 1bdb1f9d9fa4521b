# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Who calls whom, who holds, who hangs up, over which transport: real phones,
the shipped configuration, nothing configured.

A selection in which each pair of these is once; all with N64_FULL=1.
"""

import os
import re
import subprocess
import sys

import pytest
from conftest import (STOCK, TOP, must_pass, new_plan, on_another_proxy)
from lablib import lab, matrix, namespaces, phones, proofs
from lablib.errors import LabError

sys.path.insert(0, os.path.join(TOP, "test", "scenarios"))

from sipharness import pairwise  # noqa: E402

LAB = os.path.join(TOP, "utils", "lab")


@pytest.fixture(scope="module")
def plan(make_lab):
    return make_lab(networks=2, no_pref64=True, neighbour=True)


@pytest.mark.parametrize("pair,end,transport", pairwise.combinations(
    matrix.PAIRS, matrix.ENDS, matrix.TRANSPORTS))
def test_flow(plan, pair, end, transport):
    flow = matrix.FLOWS[f"{pair}/{end}"]
    case = matrix.place(plan, flow, transport)
    must_pass(case)
    assert bool(case.hold) == end.startswith("hold")


def test_both_are_behind_one_nat64(plan):
    """The proxy sees two phones at one address."""
    first, second = (plan.network_of(p) for p in ("ue", "uen"))
    assert first == second and first.pref64 != plan.networks[1].pref64
    assert not plan.networks[1].pref64.endswith("/96")
    for phone in ("ue", "uen"):
        phones.wait_registered(plan, phone)


def test_a_column_for_each_proof(plan):
    """None is left out of the table, and none is told by two columns."""
    case = matrix.place(plan, matrix.FLOWS["same-nat64/hold-caller"], "udp")
    found = proofs.judge(case)
    for proof in found:
        row = matrix.Row(None, "udp", [proof], [])
        cells = [row.cell(c) for c in matrix.COLUMNS]
        assert sorted(set(cells)) == ["-", "ok"] and cells.count("ok") == 1
    assert set(matrix.LEGEND) == set(matrix.COLUMNS)


def _matrix(*words):
    done = subprocess.run([LAB, "matrix", *words, *on_another_proxy(words)],
                          capture_output=True, text=True, timeout=240,
                          check=False)
    rows = {tuple(line.split()[:2]): line.split()[2:]
            for line in done.stdout.splitlines() if re.match(r"\S+/\S", line)
            and not line.endswith(":")}
    return done, rows


def test_table(permitted):
    """A lab of its own, which is gone afterwards."""
    done, rows = _matrix("--flows", "same-nat64/hold-caller")
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows == {("same-nat64/hold-caller", t): ["ok"] * 12
                    for t in matrix.TRANSPORTS}
    assert "2 of 2 calls passed" in done.stdout
    name = re.search(r"lab '(\w+)' is down", done.stdout)[1]
    plan = matrix.plan_for(name)
    assert not namespaces.existing(plan) and not os.path.exists(plan.dir)


def test_table_of_a_lab_that_is_up(plan):
    done, rows = _matrix("--name", plan.name, "--transport", "udp",
                         "--flows", "ue6-*/bye-callee")
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows == {("ue6-ua4/bye-callee", "udp"): [
        "ok"] * 8 + ["-"] * 2 + ["ok"] * 2}
    assert lab.healthy(plan)


def test_without_the_module(permitted):
    """It says so, in its exit status too; and the next call is judged by
    itself."""
    done, rows = _matrix("--config", STOCK, "--transport", "udp", "--flows",
                         "ue6-ua4/bye-callee", "other-nat64/hold-caller")
    assert done.returncode == 1, done.stdout + done.stderr
    verdict = dict(zip(matrix.COLUMNS, rows["ue6-ua4/bye-callee", "udp"]))
    assert {c for c, v in verdict.items() if v == "FAIL"} == {
        "ACK", "one-200", "media", "tone", "family", "route", "BYE"}
    assert rows["other-nat64/hold-caller", "udp"][0] == "ok"
    assert "0 of 2 calls passed" in done.stdout
    assert "FAIL  ACK arrived at UA4" in done.stdout


def test_a_lab_that_lacks_a_phone(make_lab):
    plan = make_lab(config=STOCK)
    done, rows = _matrix("--name", plan.name, "--flows", "same-nat64/*")
    assert done.returncode == 2 and not rows
    assert "no phone 'uen'" in done.stderr


@pytest.mark.parametrize("words,text", [
    (["--flows", "ue6-ua4/nothing"], "no flow 'ue6-ua4/nothing'"),
    (["--transport", "udp,sctp"], "no transport 'sctp'"),
    (["--name", "nolabhere"], "is not up")])
def test_refused(words, text):
    done, _ = _matrix(*words)
    assert done.returncode == 2 and text in done.stderr
    assert "Traceback" not in done.stderr


def test_a_call_that_cannot_be_played(monkeypatch, capsys):
    """A row of the table, not the end of it."""
    def broken(*_):
        raise LabError("no such luck")
    monkeypatch.setattr(matrix, "place", broken)
    plan = new_plan(networks=2, neighbour=True)
    rows = matrix.play(plan, matrix.choose(["ue6-ua4/*"]), ["udp"])
    assert len(rows) == 4 and not matrix.report(rows)
    assert "no such luck" in capsys.readouterr().out
