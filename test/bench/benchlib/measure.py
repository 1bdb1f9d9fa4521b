# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One variant under callgrind: calls played, profiles read."""
import glob
import os
import shutil

from sipharness import netns

from . import callgrind
from .phones import Pair
from .server import NotRight, Server

# What only such a process runs. The others (main, ctl) take part in no call.
PROCESSES = {"worker": "udp_rcv_loop", "timer": "timer_main",
             "slow timer": "slow_timer_main"}


def by_process(folder):
    """{"worker": Profile, ...}"""
    found = {}
    for path in glob.glob(os.path.join(folder, "profile.*")):
        profile = callgrind.read_file(path)
        names = {function[1] for function in profile.functions()}
        for process, loop in PROCESSES.items():
            if loop in names:
                found[process] = profile
    missing = set(PROCESSES) - set(found)
    if missing:
        raise NotRight(f"no profile of {sorted(missing)} in {folder}")
    return found


def play(variant, folder, calls, manager):
    """(profiles by process, messages of the last call, probes)"""
    shutil.rmtree(folder, ignore_errors=True)
    space = netns.Netns()
    space.enter()
    try:
        server = Server(folder, variant.cfg, variant.defines, manager)
        try:
            pair = Pair(variant.ue6)
            try:
                pair.play(calls)
                server.drain()
                probes = pair.caller.probes + pair.callee.probes
                messages = pair.last_call()
            finally:
                pair.close()
        finally:
            server.stop()
        server.judge()
    finally:
        space.leave()
        space.close()
    return by_process(folder), messages, probes


class Measured:
    """What some calls cost: a run with them less one without them, so that
    start and first times drop out"""

    def __init__(self, variant, calls, few, many):
        if few[2] != many[2]:
            raise NotRight(f"{variant.name}: {few[2]} probes, then {many[2]}")
        self.variant, self.calls = variant, calls
        self.messages = few[1]
        self.process = {name: many[0][name].minus(few[0][name])
                        for name in PROCESSES}
        self.whole = callgrind.Profile()
        for profile in self.process.values():
            self.whole += profile

    def per_call(self, process=None):
        profile = self.process[process] if process else self.whole
        return profile.total() / self.calls


def measure(variant, folder, warm, calls, manager):
    top = os.path.join(folder, f"{variant.name}-{manager}")
    few = play(variant, f"{top}-few", warm, manager)
    many = play(variant, f"{top}-many", warm + calls, manager)
    return Measured(variant, calls, few, many)
