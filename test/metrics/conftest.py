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

from sipharness import fixtures, kamailio  # noqa: E402


def pytest_configure(config):
    fixtures.become_root(config)


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
    with fixtures.own_lab(tmp_path) as scene:
        yield scene
