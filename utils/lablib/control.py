# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone's remote control: baresip's ctrl_tcp (JSON in netstrings)."""

import json
import os
import socket
import time

from .errors import LabError
from .namespaces import open_socket

PORT = 4444


class Control:
    """One connection to a phone; events are kept until asked for."""

    def __init__(self, space):
        self.sock = open_socket(space, socket.AF_INET, socket.SOCK_STREAM)
        self.sock.settimeout(2.0)
        self.buffer = b""
        self.events = []
        try:
            self.sock.connect(("127.0.0.1", PORT))
        except OSError as err:
            self.sock.close()
            raise LabError(f"{space}: no control port ({err})") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def prepare(self):
        """What a phone must be told before a call: baresip, nothing."""

    def _pull(self, seconds):
        """Read what comes within seconds; the next object, or None."""
        end = time.monotonic() + seconds
        while True:
            size, colon, rest = self.buffer.partition(b":")
            if colon and len(rest) > int(size):
                self.buffer = rest[int(size) + 1:]
                return json.loads(rest[:int(size)])
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                return None
            if not data:
                raise LabError("the phone closed its control port")
            self.buffer += data

    def command(self, command, params="", seconds=5.0):
        """Give a command; the text that the phone answers."""
        token = os.urandom(4).hex()
        text = json.dumps({"command": command, "params": params,
                           "token": token}).encode()
        self.sock.sendall(b"%d:%s," % (len(text), text))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = self._pull(end - time.monotonic())
            if got and got.get("event"):
                self.events.append(got)
            elif got and got.get("token") == token:
                return got.get("data", "")
        raise LabError(f"the phone did not answer '{command}'")

    def event(self, kinds, seconds):
        """The first event of one of these types, or None in time."""
        end = time.monotonic() + seconds
        while True:
            for pos, got in enumerate(self.events):
                if got.get("type") in kinds:
                    del self.events[:pos + 1]
                    return got
            self.events.clear()
            got = self._pull(max(0.0, end - time.monotonic()))
            if got is None:
                return None
            if got.get("event"):
                self.events.append(got)
