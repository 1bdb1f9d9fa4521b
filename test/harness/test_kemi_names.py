# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each function that KEMI has is one that a script of the tests calls; and each
that the shipped script calls is there."""
import os
import re

from sipharness.kamailio import ROOT
from sipharness.lab import HERE, KEMI_SCRIPT


def text(*path):
    with open(os.path.join(*path)) as f:
        return f.read()


def exported():
    table = text(ROOT, "modules", "nat64sip", "nat64sip_mod.c").split(
        "sr_kemi_t kemi[]")[1]
    return set(re.findall(r'str_init\("nat64sip"\), str_init\("(\w+)"\)',
                          table))


def called(*path):
    return set(re.findall(r"KSR\.nat64sip\.(\w+)\(", text(*path)))


def test_each_is_called():
    ours, shipped = called(HERE, "cfg", "kemi.js"), called(KEMI_SCRIPT)
    assert ours and shipped and exported() == ours | shipped
