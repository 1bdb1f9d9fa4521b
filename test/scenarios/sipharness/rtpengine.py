# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A real rtpengine in user space on the relay's address."""
import os
import signal
import socket
import subprocess
import time

from . import netns

NG = ("127.0.0.1", 2223)
START = 10.0  # s
DEFINES = ("WITH_RTPENGINE", 'RTPENGINE_SOCK="udp:127.0.0.1:2223"')


class Rtpengine:
    """
    @param interfaces  As its --interface takes them; one by default
    @param options     Others of its command line
    """

    def __init__(self, folder, interfaces=(), options=()):
        self.log = open(os.path.join(folder, "rtpengine.log"), "wb")
        interfaces = interfaces or [netns.HOSTS["relay"]]
        self.proc = subprocess.Popen(
            ["rtpengine", "--config-file=none", "--table=-1", "--foreground",
             "--log-stderr", *(f"--interface={one}" for one in interfaces),
             f"--listen-ng={NG[0]}:{NG[1]}", "--listen-cli=127.0.0.1:2224",
             "--port-min=20000", "--port-max=20998", *options],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True)
        try:
            self._ready()
        except BaseException:
            self.stop()
            raise

    def _ready(self):
        """The control protocol's own ping"""
        end = time.monotonic() + START
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.1)
            while time.monotonic() < end and self.proc.poll() is None:
                try:
                    s.sendto(b"1 d7:command4:pinge", NG)
                    if b"pong" in s.recv(2048):
                        return
                except (socket.timeout, ConnectionError):
                    time.sleep(0.02)
        raise RuntimeError("rtpengine does not answer")

    def settle(self):
        """Nothing to wait for: Kamailio waits for each of its answers"""

    def complaints(self):
        return []

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.proc.pid, number)
                self.proc.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        self.proc.wait()
        self.log.close()
