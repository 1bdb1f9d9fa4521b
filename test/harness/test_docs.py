# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The module's reference names all that the module has, and nothing else."""
import os
import re

from sipharness.kamailio import ROOT

MODULE = os.path.join(ROOT, "modules", "nat64sip")


def source(name):
    with open(os.path.join(MODULE, name)) as f:
        return f.read()


def documented(kind):
    return set(re.findall(rf'<section id="nat64sip\.{kind}\.(\w+)">',
                          source("doc/nat64sip_admin.xml")))


def test_parameters():
    table = source("n64_conf.c").split("n64_conf_params[]")[1]
    assert documented("p") == set(re.findall(r'\{"(\w+)", PARAM_', table))


def test_functions():
    table = source("nat64sip_mod.c").split("cmds[]")[1].split("};")[0]
    assert documented("f") == set(re.findall(r'\{"(\w+)", \(cmd', table))


def test_rpc():
    assert documented("rpc") == set(
        re.findall(r'\{"nat64sip\.(\w+)"', source("n64_rpc.c")))


def test_statistics():
    text = source("doc/nat64sip_admin.xml").split(
        "<title>Statistics</title>")[1].split(
            '<section id="nat64sip.metrics">')[0]
    names = set(re.findall(r'&n64_stats\.\w+, "(\w+)"', source("n64_stats.c")))
    now = set(re.findall(r'\{0, "(\w+)", 0', source("n64_stats_flows.c")))
    assert names and now
    assert names | now <= set(re.findall(r"<emphasis>(\w+)", text))


def test_conftest_sees_the_module():
    assert documented("p") and documented("f") and documented("rpc")
