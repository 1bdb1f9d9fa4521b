# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Fixtures of the torture tests, and what they tried, in numbers."""
import os
import sys
from collections import Counter

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "scenarios")]

from sipharness import netns  # noqa: E402
from sipharness.lab import Lab  # noqa: E402
from torturelib.cases import BUILDS  # noqa: E402


def pytest_configure(config):
    """Without root, a user namespace of our own gives network namespaces"""
    if os.geteuid() and not hasattr(config, "workerinput"):
        try:
            netns.become_root_of_own_user_namespace()
        except netns.NoNamespace:
            pass  # the fixture says so, test by test


def pytest_terminal_summary(terminalreporter):
    total = Counter()
    for kind in ("passed", "failed"):
        for report in terminalreporter.stats.get(kind, ()):
            total.update(dict(report.user_properties))
    for name, n in sorted(total.items()):
        terminalreporter.write_line(f"torture: {n} {name}")


@pytest.fixture
def lab(tmp_path):
    try:
        scene = Lab(tmp_path)
    except netns.NoNamespace as e:
        pytest.skip(f"no network namespace for this user: {e}")
    try:
        yield scene
    finally:
        scene.close()


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
