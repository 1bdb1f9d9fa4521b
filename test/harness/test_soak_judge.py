# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Does the soak's judge see what is wrong, and do its phones repeat what they
must (RFC 3261 17)?"""
import collections
import os
import sys
import time

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", name) for name in ("soak", "bench")]

from soaklib import loop, modes, report, weather  # noqa: E402
from test_bench import Rest  # noqa: E402


def counts(nat64=(), plain=(), lossy=()):
    """By outcome, of one flow"""
    out = collections.Counter()
    for kind, given in (("nat64", nat64), ("plain", plain)):
        for what, n in zip(report.OUTCOMES, given):
            out["flow", "UE6 > UA4", kind, what] = n
    for (kind, what), n in dict(lossy).items():
        out["lossy", "", kind, what] = n
    return out


def test_good_calls():
    assert not list(report.calls_faults(counts((70, 0, 0, 30), (100, 0, 0))))


@pytest.mark.parametrize("given,fault", [
    (counts((70, 1, 0, 29), (100, 0, 0)), "1 calls behind NAT64 failed"),
    (counts((70, 0, 0, 30), (99, 1, 0)), "1 calls on IPv4 failed"),
    (counts((0, 0, 0, 9), (9, 0, 0)), "no call behind NAT64 succeeded"),
    (counts((15, 0, 0, 85), (99, 0, 0)), "only 15% of the calls"),
    (counts((70, 0, 1, 29), (100, 0, 0),
            {("nat64", "lost"): 1, ("nat64", "ok"): 9}), "10.00% failed"),
])
def test_bad_calls(given, fault):
    assert any(fault in line for line in report.calls_faults(given))


def test_those_who_lost_something_may_fail_as_often_as_on_ipv4():
    lossy = {("nat64", "lost"): 1, ("nat64", "ok"): 99,
             ("plain", "lost"): 1, ("plain", "ok"): 99}
    assert not list(report.calls_faults(counts((70, 0, 1, 29), (99, 0, 1),
                                               lossy)))


FLAT = [(second, 50000000 + second % 7) for second in range(200)]
RISING = [(second, 50000000 + 100000 * second) for second in range(200)]


@pytest.mark.parametrize("end,points,faults", [
    (Rest(1000, udp=10), FLAT, 0),
    (Rest(1000 + 2 * report.FLAT, udp=10), FLAT, 1),
    (Rest(1000, udp=10 + 2 * report.OWN), FLAT, 1),
    (Rest(1000, udp=10), RISING, 1),
    (Rest(1000, udp=10), RISING[:50], 0),
])
def test_memory(end, points, faults):
    found = list(report.memory_faults(Rest(1000, udp=10), end, points, 1000))
    assert len(found) == faults, found


def test_repeats_until_it_is_answered(monkeypatch):
    monkeypatch.setattr(loop, "T1", 0.02)
    monkeypatch.setattr(loop, "GIVE_UP", 0.3)
    sent, failed = [], []
    turning = loop.Loop()

    def run(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            turning.once(0.01)

    turning.repeat("a", lambda: sent.append("a"), lambda: failed.append("a"))
    turning.repeat("b", lambda: sent.append("b"), lambda: failed.append("b"))
    turning.repeat("c", lambda: sent.append("c"), lambda: failed.append("c"),
                   again=False)
    run(0.1)
    assert turning.stop("a") and not turning.stop("a")
    before = sent.count("a")
    run(0.4)
    assert sent.count("a") == before >= 2
    assert sent.count("b") > before and sent.count("c") == 1
    assert sorted(failed) == ["b", "c"]


def test_weather_is_the_same_again():
    first, second = weather.Phones(3), weather.Phones(3)
    fates = [first.fate() for _ in range(10000)]
    assert fates == [second.fate() for _ in range(10000)]
    assert first.lost == fates.count(()) > 100
    assert first.doubled > 50 and first.late > 100


def test_a_turn_ends_with_each_switch():
    shared = modes.Modes()
    assert shared.on() and shared.turn() == 0
    shared.begin()
    assert not shared.on()
    shared.end("on")
    assert shared.on() and shared.turn() == 2
    shared.begin()
    shared.end("off")
    assert not shared.on()
