# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The UA4 where there is no media relay: a linphone, which latches if told to.

It takes commands from a FIFO and tells what happens in its log. It names the
address in SDP by which it would reach the Internet, hence the default route.
"""

import os
import re
import struct
import time

from . import plan as P
from .errors import LabError
from .process import run

PHONE = "ua4"
SIP_PORT = 5062  # media.is_rtp() looks for none at the proxy's port
CONFIG = """[sip]
sip_port={port}
sip_tcp_port={port}
register_only_when_network_is_up=0
default_proxy=0

[proxy_0]
reg_proxy=<sip:{domain};transport={transport}>
reg_identity=sip:{user}@{domain}
reg_expires=300
reg_sendregister=1
publish=0

[rtp]
symmetric={symmetric}
audio_rtp_port=-1
audio_adaptive_jitt_comp_enabled=0

[sound]
echocancellation=0

[video]
enabled=0
capture=0
display=0
automatically_initiate=0
automatically_accept=0

[misc]
store_friends=0
"""
# what baresip's control port calls it: the text that linphonec prints
EVENTS = (("CALL_ESTABLISHED", re.compile(rb"Call \d+ with \S+ connected\.")),
          ("CALL_CLOSED", re.compile(rb"Call \d+ with \S+ (?:ended|error)")))
COMMANDS = {"dial": "call", "hangup": "terminate", "hold": "pause",
            "resume": "resume"}


def _path(plan, part):
    return plan.path("phones", PHONE, part)


def _log(plan):
    return plan.path("log", f"phone-{PHONE}.log")


def configure(plan, user, wav, transport):
    """Its own directory, nothing of the user's; and the way out it asks for."""
    space = plan.space(PHONE)
    run(["ip", "-n", space, "route", "replace", "default", "dev", "eth4"])
    run(["sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1"], space)
    texts = {"config": CONFIG.format(
        port=SIP_PORT, domain=P.DOMAIN, user=user, transport=transport,
        symmetric=int(plan.no_relay == "latching")),
        "transport": transport, "tone": wav}
    for part, text in texts.items():
        with open(_path(plan, part), "w", encoding="ascii") as out:
            out.write(text)
    # where it keeps what it never uses here; else it complains
    os.makedirs(_path(plan, ".local/share/linphone"), exist_ok=True)
    if not os.path.exists(_path(plan, "commands")):
        os.mkfifo(_path(plan, "commands"))


def argv(plan):
    """<> keeps the FIFO open however often commands come and go."""
    return ["sh", "-c", 'exec linphonec -a -c "$1" <>"$0"',
            _path(plan, "commands"), _path(plan, "config")]


def recorded(path):
    """Has it closed this recording? The length of the samples, by its header,
    is then that of the whole file."""
    try:
        with open(path, "rb") as src:
            head = src.read(44)
            size = src.seek(0, 2)
    except FileNotFoundError:
        return False
    return len(head) == 44 and struct.unpack("<I", head[40:])[0] == size


class Control:
    """Stands in for control.Control; the recording is made in `sound`."""

    def __init__(self, plan, sound):
        self.plan = plan
        self.sound = sound
        self.seen = self._size()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def _size(self):
        try:
            return os.path.getsize(_log(self.plan))
        except FileNotFoundError:
            return 0

    def _said(self):
        """What it printed since the last event."""
        with open(_log(self.plan), "rb") as src:
            src.seek(self.seen)
            return src.read()

    def _give(self, *lines):
        # nobody reads a FIFO of a phone that is gone: then don't wait for it
        try:
            fifo = os.open(_path(self.plan, "commands"),
                           os.O_WRONLY | os.O_NONBLOCK)
        except OSError as err:
            raise LabError(f"linphone takes no commands ({err})") from None
        with os.fdopen(fifo, "w", encoding="ascii") as out:
            out.write("".join(line + "\n" for line in lines))

    def prepare(self):
        """A tone to play in the next call, a file for what is heard."""
        with open(_path(self.plan, "tone"), encoding="ascii") as src:
            wav = src.read()
        name = f"call-{time.time_ns()}-dec.wav"
        self._give("soundcard use files", f"play {wav}",
                   f"record {os.path.join(self.sound, name)}")

    def command(self, command, params="", seconds=5.0):
        """A command in baresip's words; "OK" if it is registered."""
        if command == "reginfo":
            return self._reginfo(seconds)
        self._give(f"{COMMANDS[command]} {params}".strip())
        return ""

    def _reginfo(self, seconds):
        self._give("status register")
        user = f"identity=sip:.*@{P.DOMAIN}".encode()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            said = self._said()
            if re.search(rb"^(.*> )?registered, " + user, said, re.MULTILINE):
                return "OK"
            if b"registered" in said:
                return ""
            time.sleep(0.02)
        return ""

    def event(self, kinds, seconds):
        """The first event of one of these types, or None in time."""
        end = time.monotonic() + seconds
        while True:
            said = self._said()
            found = [(match.end(), kind) for kind, text in EVENTS
                     if kind in kinds and (match := text.search(said))]
            if found:
                at, kind = min(found)
                self.seen += at
                return {"event": True, "type": kind}
            if time.monotonic() > end:
                return None
            time.sleep(0.02)
