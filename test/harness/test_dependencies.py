# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each module that a configuration loads comes from a package that is named in
utils/deps: what this machine has by chance, another one lacks."""
import glob
import os
import re
import subprocess

import pytest

from sipharness.kamailio import ROOT, stock_modules

LOADS = re.compile(r'^\s*loadmodule\s+"([a-z0-9_]+)\.so"', re.MULTILINE)
CONFIGS = ("etc/*.cfg", "etc/*/*.cfg", "test/scenarios/cfg/*.cfg",
           "test/bench/cfg/*.cfg", "test/lab/*.cfg")
OURS = {"nat64sip", "drop_replies", "faults"}


def named():
    """The packages of the lists that a test or a demo installs"""
    found = set()
    for stage in ("build", "lab", "test"):
        with open(f"{ROOT}/utils/deps/{stage}.list", encoding="ascii") as f:
            found |= {word for line in f
                      for word in line.split("#")[0].split()}
    return found


def loaded():
    found = set()
    for pattern in CONFIGS:
        for path in glob.glob(os.path.join(ROOT, pattern)):
            with open(path, encoding="utf-8") as f:
                found |= set(LOADS.findall(f.read()))
    return sorted(found - OURS)


@pytest.mark.parametrize("module", loaded())
def test_package_is_named(module):
    path = os.path.join(stock_modules().split(":")[0], module + ".so")
    said = subprocess.run(["dpkg-query", "-S", path], capture_output=True,
                          text=True, check=False)
    if said.returncode:
        pytest.fail(f"{path} belongs to no package: {said.stderr.strip()}")
    package = said.stdout.split(":")[0]
    assert package in named()
