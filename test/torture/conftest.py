# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Fixtures of the torture tests, and what they tried, in numbers."""
import os
import sys
from collections import Counter

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "scenarios")]

from sipharness import fixtures  # noqa: E402
from torturelib.cases import BUILDS  # noqa: E402


def pytest_configure(config):
    fixtures.become_root(config)


def pytest_terminal_summary(terminalreporter):
    total = Counter()
    for kind in ("passed", "failed"):
        for report in terminalreporter.stats.get(kind, ()):
            total.update(dict(report.user_properties))
    for name, n in sorted(total.items()):
        terminalreporter.write_line(f"torture: {n} {name}")


@pytest.fixture
def lab(tmp_path):
    with fixtures.own_lab(tmp_path) as scene:
        yield scene


@pytest.fixture(name="vectors")
def the_vectors():
    folder = os.environ.get("N64_VECTORS")
    if not folder or not os.path.isdir(folder):
        pytest.skip("no N64_VECTORS: the RFCs' messages are not here")
    return folder


@pytest.fixture(name="build", params=["asan", "qm"])
def one_build(request):
    for name in ("bare", request.param):
        if name not in BUILDS:
            pytest.skip(f"no {name} build: see 'make torture'")
    return BUILDS[request.param]
