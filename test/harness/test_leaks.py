# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The unit tests and the fuzz drivers end with an error where memory leaks."""
import glob
import os
import re
import subprocess

import pytest

from sipharness.kamailio import ROOT

BUILD = os.environ.get("N64_BUILD") or os.path.join(ROOT, "build")
ON = re.compile(r"\tdetect_leaks\n.*\(Current Value: true\)")


def built(pattern):
    found = [p for p in sorted(glob.glob(os.path.join(BUILD, pattern)))
             if os.access(p, os.X_OK) and os.path.isfile(p)]
    if not found:
        pytest.skip(f"nothing is built as {pattern}")
    return found


def says(program, *args):
    """What the sanitizer says of itself"""
    # as it runs for everybody, whatever this shell was told
    env = {k: v for k, v in os.environ.items() if not k.endswith("SAN_OPTIONS")}
    return subprocess.run(
        [program, *args], env={**env, "ASAN_OPTIONS": "help=1"}, check=False,
        capture_output=True, text=True, errors="replace", timeout=60).stderr


def test_unit_tests_look_for_leaks():
    assert ON.search(says(built("unit/test_*")[0]))


def test_fuzz_drivers_look_for_leaks():
    assert ON.search(says(built("fuzz/fuzz_*")[0], "-runs=0"))


def test_nobody_tells_them_not_to():
    """make torture does, where Kamailio itself leaves to the system what it
    holds at its end"""
    words = r"detect_leaks=0|LSAN_OPTIONS"
    found = [p for folder in ("mk", "utils", "test", ".ci") for p in glob.glob(
        os.path.join(ROOT, folder, "**", "*"), recursive=True)
        if os.path.isfile(p) and "/seeds/" not in p and p != __file__
        and re.search(words, open(p, errors="replace").read())]
    assert [os.path.relpath(p, ROOT) for p in found] == [
        "test/torture/torturelib/runs.py"]
