# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""'make soak' for some seconds, at a rate that any machine can do: each flow
and shape of a call, bad weather, each mode; and Ctrl-C leaves nothing behind."""
import os
import re
import signal
import subprocess
import sys
import time

from sipharness.kamailio import ROOT, module_dir

SOAK = os.path.join(ROOT, "test", "soak", "soak.py")


def start(*options):
    return subprocess.Popen(
        [sys.executable, "-B", "-u", SOAK, "--build", module_dir(), "--rate",
         "60", "--players", "1", *options], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True)


def test_some_seconds():
    soak = start("--minutes", "0.25")
    said = soak.communicate(timeout=180)[0]
    assert soak.returncode == 0, said
    ok = re.search(r"All of ([\d,]+) calls are as they should be", said)
    assert int(ok[1].replace(",", "")) > 300, said
    for flow in ("UA4 > UE6", "UE6 > UA4", "UE6 > UE6",
                 "UE6 > UE6 of another NAT64"):
        assert re.search(rf"(?m)^{flow} +\d", said), said
    # somebody made the weather, and told who
    assert ("No netem in this kernel" in said) != ("netem loses" in said)


def of_session(session):
    """Processes that are left of it, or of the proxy that it started"""
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getsid(int(pid)) == session:
                out.append(int(pid))
        except ProcessLookupError:
            pass
    return out


def test_interrupted():
    soak = start("--minutes", "5")
    for line in soak.stdout:
        if "Memory at start" in line:
            break
    with open(f"/proc/{soak.pid}/task/{soak.pid}/children",
              encoding="ascii") as f:
        children = [int(pid) for pid in f.read().split()]
    assert len(children) >= 2, children  # the proxy, the phones
    os.killpg(soak.pid, signal.SIGINT)
    said = soak.communicate(timeout=60)[0]
    assert soak.returncode == 130, said
    assert "interrupted: nothing is judged" in said
    # who was told to end may take a moment longer than who told it
    end = time.monotonic() + 10
    while left := [pid for child in [soak.pid, *children]
                   for pid in of_session(child)]:
        assert time.monotonic() < end, left
        time.sleep(0.05)
