# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Which of the UDP workers handles a message: the others are stopped. Where all
are, what is sent waits for them, and they get it at once."""
import os
import re
import signal
import sys
import time

from .ctl import Ctl
from .script import WAIT

# 192.0.2.10:5060 as the kernel writes it
SOCKET = f"{int.from_bytes(bytes([192, 0, 2, 10]), sys.byteorder):08X}:13C4"


class Workers:
    """The UDP workers of a proxy that was started with several; a context, at
    whose end all of them run"""

    def __init__(self, script):
        rows = re.findall(r"PID: (\d+)\s+DSC: udp receiver",
                          Ctl(script.ctl).ask("core.psx"))
        self.pids = [int(pid) for pid in rows]
        self.script = script
        assert self.pids

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.pids:
            os.kill(pid, signal.SIGCONT)

    def only(self, n):
        """From now on the n-th handles everything; all that was sent before
        has been handled"""
        self.idle()
        self._stop(pid for i, pid in enumerate(self.pids) if i != n)

    def none(self):
        """What is sent waits"""
        self.idle()
        self._stop(self.pids)

    def all(self):
        """All at once"""
        for pid in self.pids:
            os.kill(pid, signal.SIGCONT)

    def idle(self):
        """All run, and returns when none has anything left to do. One that is
        stopped at work could hold what the others wait for."""
        self.all()
        end = time.monotonic() + WAIT
        before = None
        while True:
            now = [asleep(pid) for pid in self.pids]
            if None not in now and now == before and not self._waiting():
                return
            assert time.monotonic() < end, "the workers have no end of work"
            before = now
            time.sleep(0.005)

    def _waiting(self):
        """Is there anything in the proxy's socket that nobody has read?"""
        with open(f"/proc/{self.script.proxy.proc.pid}/net/udp") as f:
            rows = [line.split() for line in f.readlines()[1:]]
        return any(row[1] == SOCKET and not row[4].endswith(":00000000")
                   for row in rows)

    @staticmethod
    def _stop(pids):
        pids = list(pids)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        end = time.monotonic() + WAIT
        while any(status(pid, "State")[0] != "T" for pid in pids):
            assert time.monotonic() < end, "a worker does not stop"
            time.sleep(0.001)


def status(pid, name):
    """As the kernel tells it"""
    with open(f"/proc/{pid}/status") as f:
        return re.search(rf"(?m)^{name}:\s*(.*)$", f.read())[1]


def asleep(pid):
    """How often it has been put to sleep, if it sleeps; None if not"""
    if status(pid, "State")[0] != "S":
        return None
    return status(pid, "voluntary_ctxt_switches")
