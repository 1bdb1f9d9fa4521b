# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The tests of faults use the scenarios' phones, networks and fixtures. Each
says how many faults it has survived; 'make faults' adds them up."""
import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(os.path.dirname(HERE), "scenarios")
sys.path[:0] = [HERE, SCENARIOS]

_spec = importlib.util.spec_from_file_location(
    "scenarios_conftest", os.path.join(SCENARIOS, "conftest.py"))
scenarios = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scenarios)
lab = scenarios.lab


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "long: for 'make faults', not for 'make test'")
    scenarios.pytest_configure(config)


def pytest_collection_modifyitems(config, items):
    """Whether all were reached is known at the end"""
    if os.environ.get("N64_SHORT") == "1":
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=lambda item: item.path.name == "test_complete.py")
