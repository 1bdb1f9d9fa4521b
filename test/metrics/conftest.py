# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Fixtures of the tests of what is shipped for Prometheus and Grafana: those
of the scenarios."""
import os
import shutil
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "scenarios")]

from sipharness import kamailio, netns  # noqa: E402
from sipharness.lab import Lab  # noqa: E402


def pytest_configure(config):
    """Without root, a user namespace of our own gives network namespaces"""
    if os.geteuid() and not hasattr(config, "workerinput"):
        try:
            netns.become_root_of_own_user_namespace()
        except netns.NoNamespace:
            pass  # the fixture says so, test by test


@pytest.fixture(autouse=True)
def tools():
    for tool in ("prometheus", "promtool"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")


@pytest.fixture
def lab(tmp_path):
    if not kamailio.binary() or not shutil.which("ip"):
        pytest.skip("kamailio or ip is not installed")
    if not kamailio.has_module("xhttp_prom"):
        pytest.skip("Kamailio's module xhttp_prom is not installed")
    try:
        scene = Lab(tmp_path)
    except netns.NoNamespace as e:
        pytest.skip(f"no network namespace for this user: {e}")
    try:
        yield scene
    finally:
        scene.close()
