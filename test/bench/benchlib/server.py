# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Kamailio, under callgrind or as it is, in the calling thread's namespace."""
import os
import signal
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
sys.path.insert(0, os.path.join(ROOT, "test", "scenarios"))

from sipharness import kamailio, netns  # noqa: E402
from sipharness.ctl import Ctl  # noqa: E402

CFG = os.path.join(ROOT, "test", "bench", "cfg")
START = 120.0  # s: under valgrind it takes about ten
DRAIN = 60.0   # s


class NotRight(Exception):
    """Kamailio did not start, complained, or does not end"""


class Server:
    def __init__(self, folder, cfg, defines=(), manager="fm", valgrind=True,
                 shm=64):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.log = os.path.join(folder, "kamailio.log")
        socket = os.path.join(folder, "ctl")
        argv = [os.environ.get("KAMAILIO") or "kamailio",
                "-f", os.path.join(CFG, cfg), "-DD", "-E", "-m", str(shm),
                "-M", "8", "-x", manager, "-L", kamailio.module_path(),
                "-Y", folder, "-w", folder, "-l", "udp:192.0.2.10:5060",
                "-A", f'CTL="unix:{socket}"']
        for define in defines:
            argv += ["-A", define]
        if valgrind:
            argv = ["valgrind", "--quiet", "--tool=callgrind",
                    f"--callgrind-out-file={folder}/profile.%p", *argv]
        self.ctl = Ctl(socket)
        with open(self.log, "wb") as log:
            self.proc = subprocess.Popen(
                argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)
        try:
            self._ready()
        except BaseException:
            self.stop()
            raise

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def _ready(self):
        end = time.monotonic() + START
        while not (netns.bound("udp", "192.0.2.10", 5060)
                   and os.path.exists(self.ctl.path) and self._answers()):
            if self.proc.poll() is not None or time.monotonic() > end:
                raise NotRight(f"Kamailio did not start\n{self.text()}")
            time.sleep(0.05)

    def _answers(self):
        try:
            self.ctl.ask("tm.stats")
            return True
        except Exception:  # not there yet: refused, or not answered in time
            return False

    def drain(self):
        """Returns when the timers have taken the last transaction away"""
        end = time.monotonic() + DRAIN
        while True:
            text = self.ctl.ask("tm.stats")
            rows = dict(line.split(":")[:2] for line in text.split("\n")
                        if line.count(":") == 1)
            left = {k.strip(): int(v) for k, v in rows.items()
                    if v.strip().isdigit()}
            if left["created"] == left["freed"]:
                return
            if time.monotonic() > end:
                raise NotRight(f"transactions are left: {left}")
            time.sleep(0.1)

    def judge(self):
        """It may have complained of nothing"""
        bad = [line for line in self.text().splitlines()
               if kamailio.BAD.search(line)]
        if bad:
            raise NotRight("\n".join(bad[:10]))

    def stop(self):
        """By pid, the whole group; each process writes its profile first"""
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            try:
                self.proc.wait(90)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.proc.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.proc.wait()
