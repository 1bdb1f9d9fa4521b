# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What all tests of the lab share."""

import itertools
import os
import sys

import pytest

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "utils"))

from lablib import ladder, lab, namespaces, proofs  # noqa: E402
from lablib.plan import Plan  # noqa: E402

STOCK = os.path.join(TOP, "test", "lab", "stock.cfg")
_number = itertools.count()


@pytest.fixture(scope="session")
def permitted():
    """Skip, and say why, only where labs really can't be made."""
    why = namespaces.permitted()
    if why:
        pytest.skip(f"NO LAB HERE: {why}")


@pytest.fixture(scope="module")
def make_lab(permitted):
    """Bring labs up; all go down after the module, whatever happened."""
    made = []

    def make(transport="udp", **options):
        plan = new_plan(**options)
        made.append(plan)
        lab.up(plan, transport)
        return plan

    yield make
    for plan in made:
        lab.down(plan)


def must_pass(case):
    """Every proof of a call holds, and none of them was left out."""
    found = proofs.judge(case)
    keys = {"answered", "ack", "no-repeat", "rtp", "bye", "no-own-route"}
    for phone in case.ends:
        first = "unregistered" if phone in case.unregistered else "register"
        keys |= {f"{k}-{phone}" for k in (first, "tone", "sdp",
                                             "route")}
    keys |= {"hold", "resume"} if case.hold else set()
    keys |= {"told", "not-told"} if case.two_box else set()
    keys |= {"second-leg"} if case.two_box == "b2bua" else set()
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert {p.key for p in found} == keys
    assert all(p.ok for p in found), text


def on_another_proxy(words=()):
    """Options for a program: what new_plan() finds in the environment."""
    return [text for option in ("config", "libdir")
            if f"--{option}" not in words
            and (value := os.environ.get(f"N64_LAB_{option.upper()}"))
            for text in (f"--{option}", value)]


def new_plan(**options):
    """A plan whose name no other test or process has."""
    # N64_LAB_CONFIG, N64_LAB_LIBDIR: run the lab's tests on another proxy
    if not options.get("fleet"):  # it has its own
        options.setdefault("config", os.environ.get("N64_LAB_CONFIG"))
    options.setdefault("libdir", os.environ.get("N64_LAB_LIBDIR"))
    return Plan(f"t{os.getpid()}x{next(_number)}", **options)
