# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The arithmetic of utils/fleet-size, on a history whose numbers are known."""
import json
import os
import re
import subprocess
import sys

import pytest

from sipharness.kamailio import ROOT

TOOL = os.path.join(ROOT, "utils", "fleet-size")
MS, KIB = 1000000, 1024
FLEET = {
    "register-udp-edge": 1 * MS, "register-udp-registrar": 1 * MS,
    "register-tcp-edge": 2 * MS, "register-tcp-registrar": 1 * MS,
    "call-udp-edge": 10 * MS, "call-udp-registrar": 4 * MS,
    "call-tcp-edge": 20 * MS, "call-tcp-registrar": 4 * MS,
    "keepalive-edge": 1 * MS, "keepalive-registrar": 1 * MS,
    "binding-udp": 1 * KIB, "binding-tcp": 1 * KIB, "connection": 16 * KIB,
    "flow": 128, "transaction-udp": 16 * KIB, "transaction-tcp": 16 * KIB}
CALLS = {"bare": {"instructions": 200.0}, "nat64": {"instructions": 300.0}}
LOAD = {"bare": {"per_second": 2000.0, "ratio": 1.0},
        "nat64": {"per_second": 1500.0, "ratio": 0.75}}
# 3600 phones of each kind, one call of each in the hour: 1 call a second each
WANTED = ("--phones", "7200", "--busy-hour-calls-per-phone", "1",
          "--register-interval", "36", "--keepalive-interval", "36",
          "--ring-seconds", "10", "--processors", "1", "--use", "0.5",
          "--memory", "1")


@pytest.fixture
def history(tmp_path):
    rows = {"fleet": {name: {"value": v} for name, v in FLEET.items()},
            "calls": CALLS, "load": LOAD}
    for kind, values in rows.items():
        write(tmp_path, kind, values, "2026-01-01T00:00:00Z")
    return tmp_path


def write(folder, kind, values, when):
    with open(folder / f"{kind}.jsonl", "a", encoding="utf-8") as f:
        f.write(json.dumps({"when": when, "rows": [
            {"name": name, **row} for name, row in values.items()]}) + "\n")


def run(history, *words):
    return subprocess.run(
        [sys.executable, "-B", TOOL, "--history", str(history), *words],
        capture_output=True, text=True, timeout=30, check=False)


def line(text, what):
    """(number, the rest) of the one line that begins so"""
    found = re.findall(rf"(?m)^ +{re.escape(what)} +([\d.,]+) +(.*)$", text)
    assert len(found) == 1, (what, found, text)
    return float(found[0][0].replace(",", "")), found[0][1]


@pytest.mark.parametrize("what,wanted,why", [
    ("phones on TCP", 3600, "= 7,200 x 0.50"),
    ("REGISTERs by UDP", 100, "= 3,600 / 36"),
    ("calls by TCP", 1, "= 3,600 x 1 / 3,600"),
    ("keepalives by UDP", 100, "= 3,600 / 36"),
    ("between edges and phones, UDP", 200, "= 2 x 100 "),
    ("between edges and phones, TCP", 120, "= 2 x 3,600 / 60 "),
    ("together", 520, "= 200 + 200 + 120"),
    # 100 x 1 ms + 100 x 2 ms + 10 ms + 20 ms + 100 x 1 ms
    ("busy processors of all edges", 0.43, "0.20"),
    ("edges by processors", 1, "= 0.43 / (1 x 0.50), up"),
    # 57.6 MB of connections, 0.9 MB of flows; 40 + 1000, 40 + 500 transactions
    ("all edges", 0.08, "= 0.05 + "),
    ("edges, each with one that stands by", 2, "= 2 x 1"),
    ("TCP_PHONES of an edge, at least", 3600, "= 3,600 / 1, up"),
    ("FLOW_ROOM of an edge, at least", 7200, "= 7,200 / 1, up"),
    # 57600 KiB + 900 KiB + 540 x 16 KiB + 1040 x 16 KiB
    ("-m of an edge, at least", 82, "GiB x 1,024 / 1, up"),
    # 200 x 1 ms to be told, of 0.5; 100 + 100 + 4 + 4 + 100 ms to do
    ("busy processors of all registrars", 0.31, ""),
    ("registrars by processors", 2, "= 0.31 / (1 x 0.50 - 0.20), up"),
    ("registrars, one of which may die", 3, "= 2 + 1"),
    ("all phones have shown their prefix after", 144, "7,200 / (50 x 1)"),
    ("times as many", 1.5, "= 300 / 200"),
    ("as a ratio, median of the rounds", 0.75, "measured, make bench-load"),
])
def test_arithmetic(history, what, wanted, why):
    done = run(history, *WANTED)
    assert done.returncode == 0, done.stderr
    value, rest = line(done.stdout, what)
    assert value == wanted and why in rest, rest


def test_each_line_says_where_it_is_from(history):
    rows = [text for text in run(history, *WANTED).stdout.splitlines()
            if text.startswith("  ")]
    origin = re.compile(r" (assumed, --|measured, make |as in |= )")
    assert len(rows) > 40
    assert not [text for text in rows if not origin.search(text)]


def test_the_latest_counts(history):
    write(history, "fleet", {name: {"value": 2 * v}
                             for name, v in FLEET.items()},
          "2026-02-02T00:00:00Z")
    done = run(history, *WANTED)
    assert "fleet 2026-02-02" in done.stdout
    assert line(done.stdout, "edges by processors")[0] == 2


def test_too_many_for_one_registrar(history):
    done = run(history, *WANTED, "--memory", "0.01")
    assert "divide the phones" in done.stdout


@pytest.mark.parametrize("kind,target", [
    ("fleet", "make bench-fleet"), ("load", "make bench-load"),
    ("calls", "make bench-calls")])
@pytest.mark.parametrize("how", ["gone", "empty", "broken", "old"])
def test_without_history(history, kind, target, how):
    """Said in one line, with what to do; nothing is made up"""
    path = history / f"{kind}.jsonl"
    if how == "gone":
        path.unlink()
    elif how == "old":
        write(history, kind, {}, "2026-03-03T00:00:00Z")
    else:
        path.write_text("" if how == "empty" else "{")
    done = run(history, *WANTED)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and target in done.stderr


@pytest.mark.parametrize("words", [
    ("--phones", "0"), ("--register-interval", "-1"), ("--tcp", "1.5"),
    ("--use", "2"), ("--keepalive-interval", "nan")])
def test_nonsense_is_refused(history, words):
    assert run(history, *words).returncode == 2
