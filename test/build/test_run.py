# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""make run: Kamailio in the foreground with the shipped configuration; it
answers, ends with Ctrl-C, and leaves nothing."""
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import making
from conftest import need

LIMIT = 20
OPTIONS = (
    "OPTIONS sip:{host}:{port} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP {host}:{mine};branch=z9hG4bK-run-{mine};rport\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:probe@{host}>;tag=probe\r\n"
    "To: <sip:{host}:{port}>\r\nCall-ID: run-{mine}\r\nCSeq: 1 OPTIONS\r\n"
    "Content-Length: 0\r\n\r\n")
# Asks until it is answered: the same, for a network of its own
PROBE = """
import sys
sys.path.insert(0, {here!r})
from test_run import ask
print(ask({host!r}, {port}))
"""


def ask(host, port, alive=lambda: True):
    """The first line of the answer; a lost OPTIONS is sent again"""
    limit = time.monotonic() + LIMIT
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        sock.settimeout(0.2)
        text = OPTIONS.format(host=host, port=port,
                              mine=sock.getsockname()[1])
        while time.monotonic() < limit and alive():
            sock.sendto(text.encode(), (host, port))
            try:
                return sock.recv(4096).split(b"\r\n")[0].decode()
            except (socket.timeout, ConnectionError):
                continue
    return "no answer"


def bind_both(port):
    """On loopback, UDP and TCP; the port's number. OSError: it is taken"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(("127.0.0.1", port))
        udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        return tcp.getsockname()[1]


def free_port():
    for _ in range(50):
        try:
            return bind_both(0)
        except OSError:
            continue
    pytest.fail("no port is free")


class Running:
    """make run in a session of its own, like one in a terminal"""

    def __init__(self, tree, top, words=(), before=(), **env):
        self.log = top / "run.log"
        (top / "tmp").mkdir()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*before, *tree.command("run", *words)], cwd=tree.path,
                env=making.environment(TMPDIR=top / "tmp", **env),
                stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)

    def text(self):
        return self.log.read_text(errors="replace")

    def alive(self):
        return self.process.poll() is None

    def left(self):
        """Processes of this session"""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def interrupt(self):
        """As Ctrl-C does: SIGINT to all of the foreground"""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(LIMIT)

    def close(self):
        if self.left():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(LIMIT)


def ends_clean(running, built, top):
    """What was started is gone when make ends; no file stays"""
    running.interrupt()
    limit = time.monotonic() + LIMIT
    while running.left() and time.monotonic() < limit:
        time.sleep(0.02)
    assert running.left() == []
    assert list((top / "tmp").iterdir()) == []
    assert list((built.top / "build/run").iterdir()) == []
    assert "CRITICAL" not in running.text()


def test_answers_and_ends_with_ctrl_c(built, tmp_path):
    port = free_port()
    checkout = making.snapshot(built.path)
    running = Running(built, tmp_path,
                      (f"PORT={port}", "PREF64=2001:db8:64::/96"),
                      ADDRESSES="127.0.0.1")
    try:
        answer = ask("127.0.0.1", port, running.alive)
        assert answer == "SIP/2.0 200 Keepalive", running.text()
        assert running.alive()
        text = running.text()
        assert f"registrar sip:127.0.0.1:{port}\n" in text
        # what DNS64 makes of 127.0.0.1 with that prefix (RFC 6052 2.2)
        assert f"registrar sip:[2001:db8:64::7f00:1]:{port}\n" in text
        with socket.create_connection(("127.0.0.1", port), LIMIT):
            pass
        second = built.make("run", f"PORT={port}", env=making.environment(
            ADDRESSES="127.0.0.1"))
        assert second.status != 0
        assert second.lines()[-1] == (f"make: 127.0.0.1 port {port} is in "
                                      "use: give PORT=OTHER")
        ends_clean(running, built, tmp_path)
        assert bind_both(port) == port
        assert making.snapshot(built.path) == checkout
    finally:
        running.close()


def test_addresses_of_this_host(built, tmp_path):
    """Found, printed and listened on: in a network of its own that has two"""
    need("unshare", "nsenter", "ip")
    if os.geteuid():
        pytest.skip("a network namespace takes root here")
    hosts = ("192.0.2.10", "198.51.100.10")
    script = ("ip link set lo up && "
              + " && ".join(f"ip address add {host}/32 dev lo"
                            for host in hosts) + ' && exec "$@"')
    running = Running(built, tmp_path,
                      before=("unshare", "-n", "sh", "-c", script, "sh"))
    try:
        for host in hosts:
            probe = PROBE.format(here=os.path.dirname(__file__), host=host,
                                 port=5060)
            limit = time.monotonic() + LIMIT
            while "listening" not in running.text() and running.alive():
                assert time.monotonic() < limit, running.text()
                time.sleep(0.02)
            done = making.run(
                ["nsenter", f"--net=/proc/{running.process.pid}/ns/net",
                 sys.executable, "-B", "-c", probe], tmp_path)
            assert done.text == "SIP/2.0 200 Keepalive\n", running.text()
            assert f"registrar sip:{host}:5060\n" in running.text()
        ends_clean(running, built, tmp_path)
    finally:
        running.close()


WRONG = {
    "port-text": (("PORT=sip",), {}, "PORT=sip is not a port"),
    "port-0": (("PORT=0",), {}, "PORT=0 is not a port"),
    "port-65536": (("PORT=65536",), {}, "PORT=65536 is not a port"),
    "no-config": ((), {"CONFIG": "/nonexistent.cfg"},
                  "/nonexistent.cfg is not there"),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_line(built, case):
    words, env, want = WRONG[case]
    done = built.make("run", *words, env=making.environment(**env))
    assert done.status != 0
    assert done.lines() == [f"make: {want}"]


def test_module_not_built(built, tmp_path):
    done = making.run(["utils/run"], built.path,
                      making.environment(BUILD=tmp_path))
    assert done.status != 0
    assert done.lines() == [f"make: {tmp_path}/nat64sip.so is not there: "
                            "run 'make'"]
