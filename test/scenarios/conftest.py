# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Fixtures of the scenarios: SIPp phones around a real Kamailio."""
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from sipharness import fixtures, kamailio  # noqa: E402


def pytest_configure(config):
    fixtures.become_root(config)


@pytest.fixture(params=["native", "lua"])
def script(lab, request):
    """Each test that uses it runs twice: the routes of the shipped
    configuration, and the KEMI script that is shipped"""
    lab.kemi = request.param == "lua"
    if lab.kemi and not kamailio.has_module("app_lua"):
        pytest.skip("Kamailio's module app_lua is not installed")


@pytest.fixture
def lab(tmp_path):
    for tool in ("sipp", "ip"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    if not kamailio.binary():
        pytest.skip("kamailio is not installed")
    with fixtures.own_lab(tmp_path) as scene:
        yield scene
