# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Starts a proxy again when it ends, at once, as systemd does."""
import os
import signal
import subprocess
import threading
import time

from sipharness.kamailio import START


class Supervisor:
    """A context around a proxy that runs"""

    def __init__(self, proxy):
        self.proxy, self.starts, self.over = proxy, 0, False
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        """Whoever has it may stop it now"""
        self.over = True

    def _run(self):
        while True:
            self.proxy.proc.wait()
            if self.over:
                return
            # what is left of it goes with its control group
            self.kill_group(self.proxy.proc.pid)
            with open(self.proxy.log_path, "ab") as log:
                self.proxy.proc = subprocess.Popen(
                    self.proxy.argv, cwd=os.path.dirname(self.proxy.log_path),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True)
            self.starts += 1

    @staticmethod
    def kill_group(pid):
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def workers(self):
        pid = self.proxy.proc.pid
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(child) for child in f.read().split()]

    def crash(self, how):
        """All of it at once, or one worker, which takes the others along;
        returns when it is there again, and how long that took"""
        before, begin = self.starts, time.monotonic()
        if how == "all":
            self.kill_group(self.proxy.proc.pid)
        else:
            os.kill(self.workers()[0], signal.SIGKILL)
        while self.starts == before:
            assert time.monotonic() < begin + START, "not started again"
            time.sleep(0.01)
        self.proxy._ready()
        # what it said of its end is as it should be
        self.proxy.mark = os.path.getsize(self.proxy.log_path)
        return time.monotonic() - begin
