# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Fixtures of the tests of make itself. Nothing is built in the checkout, and
nothing is fetched from a network."""
import os
import shutil
import sys
import tempfile

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "scenarios")]

import making  # noqa: E402
from sipharness import fixtures  # noqa: E402


def pytest_configure(config):
    fixtures.become_root(config)


def need(*tools):
    """Skips where one is not there, and says which"""
    for tool in tools:
        if not shutil.which(tool, path=making.environment()["PATH"]):
            pytest.skip(f"{tool} is not installed")


@pytest.fixture(scope="session")
def tree():
    """A copy of the checkout, with a folder of its own to build in"""
    need("make", making.kamailio())
    src = making.kamailio_src()
    if not src:
        pytest.skip("no Kamailio source in build/kamailio-src: run 'make' "
                    "first, or give KAMAILIO_SRC")
    with tempfile.TemporaryDirectory(prefix="nat64sip-build-") as top:
        yield making.Tree(top, src)


@pytest.fixture(scope="session")
def built(tree):
    """The same, with the module built in tree.top/build"""
    tree.right("-j2", "all")
    return tree


@pytest.fixture
def lab(tmp_path):
    """A network of its own to start a proxy in, as the scenarios have it"""
    need("ip", making.kamailio())
    with fixtures.own_lab(tmp_path) as scene:
        yield scene
