# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The page on security names a test for each promise; each is there, and each
test of the security set is on the page."""
import ast
import os
import re

import pytest

from sipharness.kamailio import ROOT

SCENARIOS = os.path.join(ROOT, "test", "scenarios")
METRICS = os.path.join(ROOT, "test", "metrics")
PAGE = os.path.join(ROOT, "modules", "nat64sip", "doc", "security.md")
NUMBERS = range(1, 12)


def read(path):
    with open(path) as f:
        return f.read()


def functions_of(name):
    """The functions that pytest takes for tests"""
    folder = METRICS if name.startswith("test_metrics_") else SCENARIOS
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return set()
    return {n.name for n in ast.parse(read(path)).body
            if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")}


def section(number):
    found = re.search(rf"(?ms)^### X-{number} .*?(?=^##)", read(PAGE))
    assert found, f"the page has no X-{number}"
    return found[0]


def named(text):
    return re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)


@pytest.mark.parametrize("number", NUMBERS)
def test_promise_has_tests(number):
    own = f"test_security_x{number}.py"
    found = named(section(number))
    assert {name for file, name in found if file == own} == functions_of(own)
    assert functions_of(own), f"no test in {own}"


def test_named_tests_are_there():
    found = named(read(PAGE))
    assert len(found) > 60
    missing = [f"{file}::{name}" for file, name in found
               if name not in functions_of(file)]
    assert not missing, missing


def test_page_is_all_that_there_is():
    """No more numbers than the page has, and no test of another one"""
    assert re.findall(r"(?m)^### X-(\d+) ", read(PAGE)) == \
        [str(n) for n in NUMBERS]
    files = {f for f in os.listdir(SCENARIOS) if f.startswith("test_security_")}
    assert files == {f"test_security_x{n}.py" for n in NUMBERS}


def test_readme_leads_there():
    assert os.path.relpath(PAGE, ROOT) in read(os.path.join(ROOT, "README.md"))


@pytest.mark.parametrize("target", sorted(set(re.findall(
    r"`make ([\w-]+)`", read(PAGE)))))
def test_target_is_there(target):
    makefiles = [os.path.join(ROOT, "Makefile")] + [
        os.path.join(ROOT, "mk", f) for f in os.listdir(
            os.path.join(ROOT, "mk"))]
    assert any(re.search(rf"(?m)^{target}:", read(f)) for f in makefiles)
