# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The selection that 'make test' plays has every pair of values"""
import itertools

from sipharness import pairwise

FLOWS, TRANSPORTS, PHONES = "abcde", ("udp", "tcp"), ("x", "y", "z")


def rows(params):
    return [p.values for p in params]


def pairs(some):
    return {pair for row in some
            for pair in itertools.combinations(enumerate(row), 2)}


def test_every_pair_is_there(monkeypatch):
    monkeypatch.delenv("N64_FULL", raising=False)
    few = rows(pairwise.combinations(FLOWS, TRANSPORTS, PHONES))
    every = list(itertools.product(FLOWS, TRANSPORTS, PHONES))
    assert pairs(few) == pairs(every) and len(few) < len(every)
    assert few == rows(pairwise.combinations(FLOWS, TRANSPORTS, PHONES))


def test_full_is_everything(monkeypatch):
    monkeypatch.setenv("N64_FULL", "1")
    assert rows(pairwise.combinations(FLOWS, TRANSPORTS, PHONES)) == list(
        itertools.product(FLOWS, TRANSPORTS, PHONES))


def test_what_cannot_be_is_left_out(monkeypatch):
    monkeypatch.delenv("N64_FULL", raising=False)
    few = rows(pairwise.combinations(
        FLOWS, TRANSPORTS, unless=lambda flow, tp: flow + tp == "atcp"))
    assert ("a", "tcp") not in few and ("a", "udp") in few
