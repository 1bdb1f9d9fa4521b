# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each kamcmd line of guide.md and its neighbours runs as it is written there,
at a proxy that knows a phone. Where the page shows an answer, that is what
comes back. (The tool's lines: test/tool/test_guide_tool.py.)"""
import os
import shlex
import sys
from contextlib import contextmanager

import pytest

from sipharness import ctl, unseen
from sipharness.kamailio import ROOT
from sipharness.script import Script
from test_rpc import register, reply

sys.path.append(os.path.join(ROOT, "test", "harness"))

import pages  # noqa: E402

POOL = "203.0.113.0/24=2001:db8:64::/96\n"


@contextmanager
def knowing(lab):
    """A proxy that has a pool and knows alice, proven; how to ask it"""
    path = os.path.join(lab.folder, "pools.txt")
    with open(path, "w") as f:
        f.write(POOL)
    with Script(lab, f'NAT64_POOL_FILE="{path}"') as s:
        phone, asked = register(s)
        reply(s, phone, asked, unseen.RECEIVED)
        ask = ctl.Ctl(s.ctl)

        def run(line):
            try:
                return 0, ask.ask(*shlex.split(line)[1:])
            except ctl.Fault as why:
                return 1, str(why)
        yield run
        phone.rest()


def test_each_line_runs(lab):
    found = pages.lines_of("kamcmd")
    with knowing(lab) as run:
        wrong = [(page, line, why) for page, line, shown in found
                 for why in [pages.problem(run(line), shown)] if why]
    assert not wrong, "\n".join(map(" ".join, wrong))
    assert len(found) > 20 and POOL in pages.text("guide.md")
    missing = [name for name in pages.commands()
               if not any(name in line for _, line, _ in found)]
    assert not missing, "on no page"


@pytest.mark.parametrize("line,shown", [
    ("kamcmd nat64sip.mars", ""), ("kamcmd nat64sip.mode mars", ""),
    ("kamcmd nat64sip.lookup", ""), ("kamcmd nat64sip.status mars", ""),
    ("kamcmd nat64sip.mode", "{\n\tmode: off\n}")])
def test_what_does_not_run_is_found(lab, line, shown):
    with knowing(lab) as run:
        assert pages.problem(run(line), shown)
