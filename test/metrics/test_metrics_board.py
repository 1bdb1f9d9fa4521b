# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The dashboard as Grafana reads it: whether it can be imported anywhere, and
whether each panel says what it shows. Whether each of its queries finds
something, test_metrics_live.py asks a Prometheus."""
import itertools
import json
import os
import re

import pytest
from prom import BOARD, FOLDER

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDE = 24  # columns of Grafana's grid

with open(BOARD) as f:
    BOARD_TEXT = f.read()
DASHBOARD = json.loads(BOARD_TEXT)
PANELS = DASHBOARD["panels"]


def variable(name):
    found = [one for one in DASHBOARD["templating"]["list"]
             if one["name"] == name]
    assert len(found) == 1, name
    return found[0]


def test_can_be_imported():
    """What Grafana asks for; and nothing of the one that it was made in"""
    assert DASHBOARD["title"] and DASHBOARD["schemaVersion"] >= 36
    assert re.fullmatch(r"[\w-]{1,40}", DASHBOARD["uid"])
    assert "id" not in DASHBOARD  # is given at the import
    assert "__inputs" not in DASHBOARD


def test_asks_which_prometheus():
    one = variable("datasource")
    assert (one["type"], one["query"]) == ("datasource", "prometheus")
    assert "current" not in one  # or it would be one that is not there


def test_no_other_source():
    """Each that is named anywhere is the variable"""
    found = re.findall(r'"datasource": *(\{[^}]*\}\}?"?[^}]*\}|"[^"]*")',
                       BOARD_TEXT)
    assert len(found) > 2 * len(PANELS)
    assert all(json.loads(one) == SOURCE for one in found), set(found)


def test_asks_which_proxy():
    one = variable("instance")
    assert one["datasource"] == SOURCE
    assert one["multi"] and one["includeAll"]


def test_panels_are_told_apart():
    for what in ("id", "title"):
        have = [panel[what] for panel in PANELS]
        assert len(have) == len(set(have)) > 10, what


@pytest.mark.parametrize("panel", PANELS, ids=lambda p: p["title"])
def test_panel(panel):
    """What it shows, in what unit, from where; and a name for each line"""
    assert panel["type"] in ("stat", "timeseries")
    assert len(panel["title"].split()) > 0
    assert len(panel["description"].split()) > 3, panel["description"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == SOURCE
    targets = panel["targets"]
    assert targets
    assert len({one["refId"] for one in targets}) == len(targets)
    for one in targets:
        assert one["datasource"] == SOURCE
        assert one["legendFormat"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda p: p["title"])
def test_unit_fits_what_is_asked(panel):
    """A rate is per second, a share from 0 to 1; a count is neither"""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    for one in panel["targets"]:
        want = "ops" if "rate(" in one["expr"] else \
            "percentunit" if " / " in one["expr"] else "none"
        assert unit == want, one["expr"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda p: p["title"])
def test_only_of_the_proxy_that_is_chosen(panel):
    """ALERTS has all jobs' alerts: those of nat64sip alone"""
    for one in panel["targets"]:
        selectors = re.findall(r"\b(kamailio_\w+|up|ALERTS)\b(\{[^}]*\})?",
                               one["expr"])
        assert selectors
        for name, labels in selectors:
            assert 'instance=~"$instance"' in labels, one["expr"]
            assert name != "ALERTS" or 'alertname=~"Nat64sip.+"' in labels


def test_no_panel_over_another():
    places = [panel["gridPos"] for panel in PANELS]
    for one in places:
        assert one["x"] + one["w"] <= WIDE
    for a, b in itertools.combinations(places, 2):
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"] or \
            a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert apart, (a, b)


def test_each_counter_of_an_alert_is_shown():
    """Who is called at night looks here next"""
    with open(os.path.join(FOLDER, "nat64sip.rules.yml")) as rules:
        asked = set(re.findall(r"\bkamailio_nat64sip_\w+", rules.read()))
    shown = set(re.findall(r"\bkamailio_nat64sip_\w+", BOARD_TEXT))
    assert len(asked) > 10
    assert asked <= shown, asked - shown


def test_says_how_to_import_it():
    with open(os.path.join(FOLDER, "README.md")) as page:
        text = page.read()
    for word in ("Import", "nat64sip.json", "provision",
                 variable("datasource")["label"]):
        assert word in text, word
