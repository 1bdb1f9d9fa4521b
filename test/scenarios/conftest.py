# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Fixtures of the scenarios: SIPp phones around a real Kamailio."""
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from sipharness import kamailio, netns  # noqa: E402
from sipharness.lab import Lab  # noqa: E402


def pytest_configure(config):
    """Without root, a user namespace of our own gives network namespaces"""
    if os.geteuid() and not hasattr(config, "workerinput"):
        try:
            netns.become_root_of_own_user_namespace()
        except netns.NoNamespace:
            pass  # the fixture says so, test by test


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
    try:
        scene = Lab(tmp_path)
    except netns.NoNamespace as e:
        pytest.skip(f"no network namespace for this user: {e}")
    try:
        yield scene
    finally:
        scene.close()
