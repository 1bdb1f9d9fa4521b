# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""SIPp in a phone's place, and its log of messages."""

import os
import re
from dataclasses import dataclass

from . import plan as P
from . import process
from .errors import LabError
from .sipmsg import Message

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
TRANSPORTS = {"udp": "u1", "tcp": "t1"}  # what SIPp calls them
LOOPBACK = "127.0.0.1"
# "-----  2026-01-01<tab>10:00:00.123456<tab>1767261600.123456", then
# "UDP message sent (512 bytes):" or "UDP message received [512] bytes :"
ENTRY = re.compile(rb"^-{10,} [^\n]*?(\d+\.\d+)\n(UDP|TCP) message "
                   rb"(sent|received) [\[(](\d+)[^\n]*\n\n", re.MULTILINE)


@dataclass(frozen=True)
class Phone:
    """A phone as it describes itself, and the port that it really uses."""
    net: str     # "ue" or "ua4"
    user: str
    peer: str
    host: str    # in Via and Contact
    hostport: int
    family: str
    sdpaddr: str
    port: int
    received: str = ""  # ";received=..." for what it answers, as real ones do


def log_of(plan, phone, scenario):
    return plan.path("capture", f"{phone.net}-{scenario}.log")


def start(plan, phone, scenario, proxy_port):
    """Run a scenario in the background, once."""
    keys = {"domain": P.DOMAIN, "user": phone.user, "peer": phone.peer,
            "host": phone.host, "hostport": phone.hostport,
            "family": phone.family, "sdpaddr": phone.sdpaddr,
            "received": phone.received}
    cmd = ["sipp", f"{LOOPBACK}:{proxy_port}", "-i", LOOPBACK,
           "-p", str(phone.port), "-m", "1", "-nostdin", "-timeout", "20",
           "-timeout_error", "-sf", os.path.join(SCENARIOS, scenario + ".xml"),
           "-trace_msg", "-message_overwrite", "false",
           "-message_file", log_of(plan, phone, scenario)]
    for key, value in keys.items():
        cmd += ["-key", key, str(value)]
    process.start(plan, f"sipp-{phone.net}-{scenario}", cmd)


def read_log(path, phone, proxy_port):
    """The messages of a log, as seen at the phone."""
    if not os.path.exists(path):
        raise LabError(f"SIPp wrote no {path}")
    with open(path, "rb") as src:
        text = src.read()
    found = []
    for match in ENTRY.finditer(text):
        raw = text[match.end():match.end() + int(match[4])]
        ends = [(LOOPBACK, phone.port), (LOOPBACK, proxy_port)]
        if match[3] == b"received":
            ends.reverse()
        found.append(Message(float(match[1]), match[2].decode().lower(),
                             *ends[0], *ends[1], raw, phone.net))
    return found


def yeses(path, method):
    """How many 200 to such a request a log has."""
    try:
        with open(path, encoding="utf-8", errors="replace") as src:
            heads = src.read().split("SIP/2.0 200 ")[1:]
    except FileNotFoundError:
        return 0
    ours = re.compile(rf"^CSeq: \d+ {method}\s*$", re.MULTILINE)
    return sum(bool(ours.search(h.split("\n-----")[0])) for h in heads)
