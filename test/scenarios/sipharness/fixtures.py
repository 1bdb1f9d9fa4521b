# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the conftest.py of each folder that starts a proxy has in common."""
import contextlib
import os

import pytest

from . import netns
from .lab import Lab


def become_root(config):
    """Without root, a user namespace of our own gives network namespaces"""
    if os.geteuid() and not hasattr(config, "workerinput"):
        try:
            netns.become_root_of_own_user_namespace()
        except netns.NoNamespace:
            pass  # own_lab() says so, test by test


@contextlib.contextmanager
def own_lab(folder):
    """A network of its own to start a proxy in"""
    try:
        scene = Lab(folder)
    except netns.NoNamespace as e:
        pytest.skip(f"no network namespace for this user: {e}")
    try:
        yield scene
    finally:
        scene.close()
