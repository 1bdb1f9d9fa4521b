# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The module's reference names all that the module has, and nothing else; each
has an example, and each example a check that starts it and calls through it."""
import os
import re

import pytest

import test_examples_functions
import test_examples_parameters
from sipharness import examples
from sipharness.kamailio import ROOT
from test_completeness import statistics

MODULE = os.path.join(ROOT, "modules", "nat64sip")


def source(name):
    with open(os.path.join(MODULE, name)) as f:
        return f.read()


def parameters():
    table = source("n64_conf.c").split("n64_conf_params[]")[1]
    return re.findall(r'\{"(\w+)", PARAM_', table)


def calls():
    """(function, number of its arguments)"""
    table = source("nat64sip_mod.c").split("cmds[]")[1].split("};")[0]
    return re.findall(r'\{"(\w+)", \(cmd_function\)\w+, (\d)', table)


def functions():
    return {name for name, _ in calls()}


def variables():
    """The names of $nat64(), which is the only one"""
    text = source("n64_pv.c")
    assert re.findall(r'\{\{\{"(\w+)"', text.split("n64_pvs[]")[1]) == [
        "nat64"]
    table = text.split("names[NAMES] = {")[1].split("};")[0]
    return re.findall(r'\] = "(\w+)"', table)


def commands():
    return re.findall(r'\{"nat64sip\.(\w+)"', source("n64_rpc.c"))


def counters():
    """Of both groups"""
    now = re.findall(r'\{0, "(\w+)", 0', source("n64_stats_flows.c"))
    assert now
    return statistics() + now


EXPORTED = {"p": parameters, "f": functions, "pv": variables,
            "rpc": commands}


@pytest.mark.parametrize("kind", EXPORTED)
def test_each_has_a_section_and_an_example(kind):
    have = examples.of(kind)
    assert have and set(have) == set(EXPORTED[kind]())
    assert [name for name, found in have.items() if not found] == []


def test_statistics():
    """Each with what it counts; their examples print each"""
    items = [p for s in examples.chapter().iter("section")
             if s.get("id", "").startswith("nat64sip.stat.")
             for p in s.iter("para")]
    named = [p.findtext("emphasis") for p in items]
    assert sorted(named) == sorted(counters())
    for para in items:
        assert re.search(r"^\w+ - \w.*\.$", "".join(para.itertext()), re.S)
    printed = "".join(t for found in examples.of("stat").values()
                      for t in found)
    for name in named:
        assert re.search(rf"(?m)^\tnat64sip(_flows)?\.{name}: \d+$", printed)


@pytest.mark.parametrize("name, arguments", calls())
def test_each_form_of_a_function_has_an_example(name, arguments):
    form = rf'\b{name}\(' + (r"\)" if arguments == "0" else '"')
    assert re.search(form, "".join(examples.of("f")[name]))


CHECKS = {"p": test_examples_parameters.CHECKS,
          "f": test_examples_functions.FUNCTIONS,
          "pv": test_examples_functions.VARIABLES}


@pytest.mark.parametrize("kind", CHECKS)
def test_each_example_has_a_check(kind):
    """No check is without one, none does for two of them"""
    have = {name: len(found) for name, found in examples.of(kind).items()}
    assert have == {name: len(set(found))
                    for name, found in CHECKS[kind].items()}
    every = [one for found in CHECKS[kind].values() for one in found]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("kind", [*EXPORTED, "stat"])
def test_an_example_is_complete(kind):
    """As it can be copied: it stands between dots, a command has its answer,
    and a line of a script is one that no editor breaks"""
    for name, found in examples.of(kind).items():
        for text in found:
            assert text.startswith("...\n") and text.endswith("\n...\n"), name
            assert kind in ("rpc", "stat") or len(max(
                text.splitlines(), key=len)) <= 90, text
