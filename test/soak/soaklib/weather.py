# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Datagrams that are lost, doubled, late, on purpose: by the kernel's netem,
or, where the kernel has none, by the phones, which then know what they lost."""
import random
import subprocess

LOSS, DOUBLE, LATE = 0.02, 0.01, 0.02  # of all datagrams, each way
DELAY = 0.02                           # s, of a late one


def netem():
    """All that goes over this namespace's loopback; None, or why it cannot"""
    done = subprocess.run(
        ["tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms",
         "1ms", "loss", f"{LOSS:.0%}", "duplicate", f"{DOUBLE:.0%}"],
        capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


class Calm:
    """Every datagram arrives, once and at once"""

    def fate(self):
        return (0.0,)


class Phones:
    """What becomes of each datagram, the same in each run for one seed"""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lost = self.doubled = self.late = 0

    def fate(self):
        """After how many seconds it arrives; nothing: never"""
        x = self.random.random()
        if x >= LOSS + DOUBLE + LATE:
            return (0.0,)
        if x < LOSS:
            self.lost += 1
            return ()
        if x < LOSS + DOUBLE:
            self.doubled += 1
            return (0.0, DELAY * self.random.random())
        self.late += 1
        return (DELAY * self.random.random(),)


def phones_make_it():
    """Tell who makes the weather. True: the phones; False: the kernel can"""
    why = netem()
    if why is None:
        subprocess.run(["tc", "qdisc", "del", "dev", "lo", "root"], check=True)
        print(f"Weather: netem loses {LOSS:.0%} of all packets, doubles "
              f"{DOUBLE:.0%}, and mixes up their order.")
        return False
    print(f"*** No netem in this kernel ({why}): the phones themselves lose "
          f"{LOSS:.0%}\n*** of the datagrams that they send and that they "
          f"get, double {DOUBLE:.0%}, hold back {LATE:.0%}.")
    return True
