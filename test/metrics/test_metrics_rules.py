# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""promtool on the shipped files; and each alert is tested to fire, and to be
silent, for the rules' test fails when the alert never does, or always."""
import os
import re
import shutil

import pytest
from prom import FOLDER, ROOT, promtool

RULES, TESTS = "nat64sip.rules.yml", "nat64sip.rules.test.yml"
ALERT = re.compile(r"^      - alert: (\w+)\n(?:(?!      - ).*\n)*", re.M)
EXPR = re.compile(r"^        expr: .*\n(?:          .*\n)*", re.M)
FOR = re.compile(r"^        for: .*\n", re.M)
NEVER = "vector(0) > 1"
ALWAYS = 'count by (job, instance) ({job="nat64sip"}) > 0'


def text(name):
    with open(os.path.join(FOLDER, name)) as f:
        return f.read()


ALERTS = {found[1]: found[0] for found in ALERT.finditer(text(RULES))}


def test_reference_names_each():
    path = os.path.join(ROOT, "modules/nat64sip/doc/nat64sip_admin.xml")
    with open(path) as f:
        section = f.read().split('<section id="nat64sip.metrics">')[1]
    named = re.findall(r"<emphasis>(Nat64sip\w+)</emphasis> - ",
                       section.split("</section>")[0])
    assert named == list(ALERTS)


def passes(*words):
    status, said = promtool(*words)
    assert status == 0, said


def test_files():
    passes("check", "config", os.path.join(FOLDER, "prometheus.yml"))
    passes("check", "rules", os.path.join(FOLDER, RULES))
    passes("test", "rules", os.path.join(FOLDER, TESTS))


def test_all_alerts_are_seen_here():
    assert len(ALERTS) == text(RULES).count("- alert: ") > 10


@pytest.mark.parametrize("name", ALERTS)
def test_says_what_to_do(name):
    rule = ALERTS[name]
    assert re.search(r"\n +severity: (critical|warning)\n", rule)
    assert re.search(r'\n +summary: ".*\{\{ \$labels.instance \}\}', rule)
    runbook = rule.split("runbook: >-\n")[1]
    assert len(runbook.split()) > 20, "no help to anybody"


def noticed(tmp_path, change):
    """Whose own test fails, with all of the rules changed at once"""
    changed = text(RULES)
    for rule in ALERTS.values():
        changed = changed.replace(rule, change(rule))
    (tmp_path / RULES).write_text(changed)
    shutil.copy(os.path.join(FOLDER, TESTS), tmp_path)
    passes("check", "rules", str(tmp_path / RULES))
    status, said = promtool("test", "rules", str(tmp_path / TESTS))
    assert status != 0, said
    return set(re.findall(r'alertname=\\?"(\w+)\\?"', "".join(
        line for line in said.splitlines() if "expr:" in line)))


@pytest.mark.parametrize("expr", [NEVER, ALWAYS], ids=["never", "always"])
def test_a_wrong_one_is_noticed(tmp_path, expr):
    assert noticed(tmp_path, lambda rule: EXPR.sub(
        f"        expr: {expr}\n", rule, count=1)) == set(ALERTS)


@pytest.mark.parametrize("other", ["", "        for: 3m\n"],
                         ids=["at once", "later"])
def test_a_wrong_time_is_noticed(tmp_path, other):
    """An alert that waits must wait for just so long"""
    waits = {name for name, rule in ALERTS.items() if FOR.search(rule)}
    assert len(waits) > 5
    assert noticed(tmp_path, lambda rule: FOR.sub(other, rule)) == waits
