# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the operator does while calls go on: each second a reload of the pools,
each second the mode set, often to another one. Phones know when."""
import multiprocessing
import os

from sipharness.ctl import Fault

# each second's; long stretches of "on", and both ways out of it and back
PATTERN = ("on", "on", "dryrun", "on", "on", "on", "off", "on", "off",
           "dryrun", "on", "on")
ROWS = 200  # of the pool file, that are no phone's
TOO_SOON = "the last reload was less than"  # the module allows no more
SOMETIMES = "192.0.2.2/32=2001:db8:64::/96\n"


class Modes:
    """The mode, as all processes see it. A turn is a time without a switch: an
    odd one is the time that a switch takes."""

    def __init__(self):
        self.shared = multiprocessing.Array("L", 2)

    def turn(self):
        return self.shared[0]

    def on(self):
        with self.shared:
            return self.shared[1] == 0 and not self.shared[0] % 2

    def begin(self):
        self.shared[0] += 1

    def end(self, mode):
        with self.shared:
            self.shared[1] = mode != "on"
            self.shared[0] += 1


class Operator:
    def __init__(self, ctl, pools, modes):
        self.ctl, self.pools, self.modes = ctl, pools, modes
        self.mode, self.turns = "on", 0
        self.reloads = self.refused = self.switches = 0

    def write_pools(self):
        """Every other time with one row more, of a network that has phones"""
        rows = [f"198.18.{n}.0/24=2001:db8:{n + 1:x}::/96\n"
                for n in range(ROWS)]
        if self.turns % 2:
            rows.append(SOMETIMES)
        with open(self.pools + ".new", "w", encoding="ascii") as f:
            f.write("".join(rows))
        os.rename(self.pools + ".new", self.pools)

    def switch(self, mode):
        """A mode that is set again must change nothing either"""
        if mode == self.mode:
            self.ctl.mode(mode)
            return
        self.modes.begin()
        self.ctl.mode(mode)
        self.modes.end(mode)
        self.mode = mode
        self.switches += 1

    def second(self):
        self.switch(PATTERN[self.turns % len(PATTERN)])
        self.turns += 1
        self.write_pools()
        try:
            self.ctl.ask("nat64sip.reload")
            self.reloads += 1
        except Fault as e:
            if TOO_SOON not in str(e):
                raise
            self.refused += 1
