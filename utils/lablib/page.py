# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A call as a page of HTML, which the tool draws from its captures."""

import os
import shutil
import subprocess

from . import capture, pcap, sipmsg
from .errors import LabError
from .plan import TOP

SECONDS = 60  # the tool takes a fraction of one


def _tool(plan):
    """Beside the module, as it is built; installed; built here."""
    places = (plan.libdir, None, os.path.join(TOP, "build"))
    for folder in places:
        path = shutil.which("nat64sip", path=folder)
        if path:
            return path
    raise LabError("no tool to draw the page with: make")


def _captures(plan, case):
    """Captures that show the call."""
    paths = [capture.file_of(plan, point)
             for point in (*(end.net for end in case.ends.values()), "core")]
    if all(map(os.path.exists, paths)):
        return list(dict.fromkeys(paths))
    # on loopback there are SIPp's logs only
    path = plan.path("call.pcap")
    pcap.write(path, map(_packet, case.call()))
    return [path]


def _packet(msg: sipmsg.Message):
    return pcap.Packet(msg.time, msg.proto, msg.src, msg.sport, msg.dst,
                       msg.dport, msg.raw)


def write(plan, case, folder):
    """Draw the page of a call; its path."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{case.caller}-{case.callee}.html")
    wanted = [f"--call-id={c}" for c in (case.call_id, case.second_call_id)
              if c]
    done = subprocess.run([_tool(plan), "ladder", *_captures(plan, case),
                           "-o", path, *wanted], capture_output=True,
                          text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise LabError(f"no page of the call: {done.stderr.strip()}")
    return path
