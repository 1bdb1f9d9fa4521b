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
from sipharness import netns  # noqa: E402
from sipharness.lab import Lab  # noqa: E402


def pytest_configure(config):
    """Without root, a user namespace of our own gives network namespaces"""
    if os.geteuid() and not hasattr(config, "workerinput"):
        try:
            netns.become_root_of_own_user_namespace()
        except netns.NoNamespace:
            pass  # the fixture says so


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
    try:
        scene = Lab(tmp_path)
    except netns.NoNamespace as e:
        pytest.skip(f"no network namespace for this user: {e}")
    try:
        yield scene
    finally:
        scene.close()
