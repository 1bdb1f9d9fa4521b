# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""`make demo`'s program as a newcomer runs it."""

import os
import subprocess

from conftest import STOCK, TOP, on_another_proxy

DEMO = os.path.join(TOP, "utils", "demo")


def _run(*options):
    args = [DEMO, *options, *on_another_proxy(options)]
    return subprocess.run(args, capture_output=True, text=True, timeout=120,
                          check=False)


def test_demo(permitted):
    done = _run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "28 of 28 proofs passed" in done.stdout
    assert "FAIL" not in done.stdout


def test_demo_without_module(permitted):
    """It says so when a proof fails, in its exit status too."""
    done = _run("--config", STOCK, "--seconds", "1")
    assert done.returncode == 1
    assert "FAIL  ACK arrived at UA4" in done.stdout
