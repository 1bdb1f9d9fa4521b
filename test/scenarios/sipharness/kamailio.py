# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A real Kamailio: start, ready by answer, stop by pid, judge its log."""
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from . import netns, recording

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
START = 15.0  # s
STOP = 3.0    # s; now and then, 5.6's own processes wait for each other
BAD = re.compile(r"\b(ALERT|BUG|CRITICAL|ERROR|WARNING)\b")
PROBE = ("OPTIONS sip:{host}:{port} SIP/2.0\r\n"
         "Via: SIP/2.0/UDP 192.0.2.99:{mine};branch=z9hG4bKprobe{n};rport\r\n"
         "Max-Forwards: 70\r\nFrom: <sip:probe@192.0.2.99>;tag=p{n}\r\n"
         "To: <sip:{host}:{port}>\r\nCall-ID: probe{n}\r\nCSeq: 1 OPTIONS\r\n"
         "Content-Length: 0\r\n\r\n")


def module_dir():
    """Where nat64sip.so is taken from"""
    return os.path.abspath(os.environ.get("N64_MODULE_DIR")
                           or os.environ.get("N64_BUILD")
                           or os.path.join(ROOT, "build"))


def binary():
    """The Kamailio that is tested: KAMAILIO names it. None: there is none."""
    return shutil.which(os.environ.get("KAMAILIO") or "kamailio")


@functools.lru_cache(None)
def said(program, option):
    done = subprocess.run([program, option], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def version():
    """Its numbers, (5, 6, 3)"""
    found = re.search(r"kamailio (\d+)\.(\d+)\.(\d+)", said(binary(), "-v"))
    return tuple(int(n) for n in found.groups())


def stock_modules():
    """Where its own modules are: it says so itself"""
    return re.search(r"Modules search path \(default: (.*?)\)",
                     said(binary(), "-h")).group(1)


def has_module(name):
    return any(os.path.exists(os.path.join(folder, f"{name}.so"))
               for folder in stock_modules().split(":"))


def shared(*names):
    """A file of its own share folder, such as a database's schema"""
    return os.path.join(os.path.dirname(binary()), "../share/kamailio", *names)


def module_path():
    return f"{module_dir()}:{stock_modules()}"


class Refused(Exception):
    """Kamailio did not start; the text is its log"""


class Kamailio:
    def __init__(self, cfg, folder, listen=("udp:192.0.2.10:5060",
                 "tcp:192.0.2.10:5060"), defines=(), probe=None, workers=1,
                 tcp_workers=1, shm=64, options=()):
        self.log_path = os.path.join(folder, "kamailio.log")
        self.probe_to = probe or ("192.0.2.10", 5060)
        self.probes = 0
        argv = [binary(), "-f", cfg, "-DD", "-E", "-m", str(shm), "-M", "8",
                "-n", str(workers), "-N", str(tcp_workers), "-L", module_path(),
                *recording.options(),
                "-Y", folder, "-w", folder,
                "-P", os.path.join(folder, "kamailio.pid"), *options]
        for d in defines:
            argv += ["-A", d]
        for sock in listen:
            argv += ["-l", sock]
        self.argv, self.record = argv, recording.begin(folder)
        with open(self.log_path, "wb") as log:
            self.proc = subprocess.Popen(
                argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)
        try:
            self._ready()
        except BaseException:
            self.stop()
            raise
        self.mark = os.path.getsize(self.log_path)

    def log(self, since=0):
        with open(self.log_path, "rb") as f:
            f.seek(since)
            return f.read().decode("utf-8", "replace")

    def _ready(self):
        end = time.monotonic() + START
        while True:
            if self.proc.poll() is not None:
                raise Refused(self.log())
            if self.answers(0.05):
                return
            if time.monotonic() > end:
                raise Refused("no answer to OPTIONS\n" + self.log())

    def answers(self, seconds):
        """One OPTIONS of the harness's own: answered within that time?"""
        self.probes += 1
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((netns.HOSTS["probe"], 0))
            s.settimeout(seconds)
            host, port = self.probe_to
            msg = PROBE.format(host=host, port=port, n=self.probes,
                               mine=s.getsockname()[1])
            try:
                s.sendto(msg.encode(), self.probe_to)
                return s.recv(65535).startswith(b"SIP/2.0 ")
            except (socket.timeout, ConnectionError):
                return False

    def settle(self):
        """Returns when all that was sent before has been handled: requests of
        one UDP worker are handled in order."""
        if not self.answers(5.0):
            raise AssertionError("Kamailio answers no more\n" + self.log())

    def complaints(self):
        """Lines of warning or worse since it was ready"""
        lines = [line for line in self.log(self.mark).splitlines()
                 if BAD.search(line)]
        # 6.0's own parser of SDP (sdp_helpr_funcs.c) calls a candidate that it
        # can't read an error; 5.6 does not look
        return [line for line in lines if version() < (6, 0)
                or "no component in `a=candidate'" not in line]

    def stop(self):
        """By pid, the whole group; nothing of it may be left"""
        if self.proc.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self.proc.wait(STOP)
            except subprocess.TimeoutExpired:
                pass
        self._signal(signal.SIGKILL)
        self.proc.wait()
        recording.keep(self, self.record)
        self.record = None

    def _signal(self, number):
        try:
            os.killpg(self.proc.pid, number)
        except ProcessLookupError:
            pass
