# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What answers as rtpengine does, late, or not at all."""
import re
import socket
import threading

from sipharness import netns
from sipharness.rtpengine import NG


class Ng:
    """A context. Where it relays, each address in an SDP becomes the relay's.

    late: seconds until it answers; None: never
    """

    def __init__(self):
        self.late, self.asked = 0, []
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(NG)
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"end", NG)
        self.thread.join()
        self.sock.close()

    def _run(self):
        while True:
            data, peer = self.sock.recvfrom(65535)
            if data == b"end":
                return
            self.asked.append(re.search(rb"7:command\d+:(\w+)", data)[1])
            if self.late is not None:
                threading.Timer(self.late, self._tell,
                                (answer(data), peer)).start()

    def _tell(self, data, peer):
        try:
            self.sock.sendto(data, peer)
        except OSError:
            pass  # it is over


def answer(data):
    """In bencode, behind the cookie of the question"""
    cookie = data.split(b" ")[0]
    if b"7:command4:ping" in data:
        return cookie + b" d6:result4:ponge"
    found = re.search(rb"3:sdp(\d+):", data)
    if not found:
        return cookie + b" d6:result2:oke"
    sdp = data[found.end():found.end() + int(found[1])]
    sdp = re.sub(rb"(?m)^(o=.* IN |c=IN )IP[46] [0-9a-f.:]+",
                 rb"\1IP4 " + netns.HOSTS["relay"].encode(), sdp)
    return cookie + b" d6:result2:ok3:sdp%d:%se" % (len(sdp), sdp)
