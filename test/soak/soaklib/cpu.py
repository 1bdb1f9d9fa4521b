# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""How much of the machine's processors the proxy and the phones take."""
import glob
import os
import time

def spent(session):
    """Seconds on a processor, of all processes of a session (proc(5))"""
    ns = 0
    for path in glob.glob("/proc/[0-9]*"):
        try:
            if os.getsid(int(path[6:])) == session:
                with open(f"{path}/schedstat", encoding="ascii") as f:
                    ns += int(f.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ns / 1e9


class Share:
    """Since it was made: proxy and phones, of one processor each"""

    def __init__(self, sessions):
        self.sessions = sessions
        self.start = self._now()

    def _now(self):
        return [time.monotonic(), *map(spent, self.sessions.values())]

    def __str__(self):
        wall, *used = (now - then for now, then
                       in zip(self._now(), self.start))
        return ", ".join(f"{name} {n / wall:.0%}"
                         for name, n in zip(self.sessions, used)) \
            + f" of one of {os.cpu_count()} processors"
