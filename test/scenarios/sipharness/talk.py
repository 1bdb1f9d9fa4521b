# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone that a test speaks for, message by message. For what SIPp cannot:
answer a request whose Call-ID nobody knows before it comes."""
import re
import socket
import ssl

from . import netns
from .callfile import header
from .compare import octets, visible
from .patience import patience
from .wire import content_length

WAIT = patience(5.0)  # s for one message


class Phone:
    """One flow to the proxy"""

    def __init__(self, port, host="ue6", proto="udp",
                 proxy=("192.0.2.10", 5060)):
        self.addr = (netns.HOSTS[host], port)
        self.buf = b""
        self.asked = []  # requests that came while an answer was due
        self.proto = proto
        kind = socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM
        self.sock = socket.socket(socket.AF_INET, kind)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(self.addr)
        self.sock.settimeout(WAIT)
        self.sock.connect(proxy)
        if proto == "tls":
            ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            ctx.check_hostname = False
            ctx.verify_mode = ssl.CERT_NONE
            self.sock = ctx.wrap_socket(self.sock)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, text):
        self.sock.sendall(octets(text))

    def receive(self):
        """The next message, as text"""
        return self.asked.pop(0) if self.asked else self._receive()

    def _receive(self):
        if self.proto == "udp":
            return visible(self.sock.recv(65535))
        while True:
            head, sep, rest = self.buf.partition(b"\r\n\r\n")
            size = (content_length(head) or 0) if sep else 0
            if sep and len(rest) >= size:
                self.buf = rest[size:]
                return visible(head + sep + rest[:size])
            more = self.sock.recv(65535)
            if not more:
                raise AssertionError("the proxy closed the connection")
            self.buf += more

    def ask(self, text):
        """Send a request, take its answer; receive() has what came before"""
        self.send(text)
        answer = self._receive()
        while not answer.startswith("SIP/2.0 "):
            self.asked.append(answer)
            answer = self._receive()
        assert header(answer, "cseq") == header(text, "cseq"), answer
        return answer

    def answer(self, request, received=None):
        """200, as a phone does: received where the source is not sent-by
        (RFC 3261 18.2.1)"""
        lines = ["SIP/2.0 200 OK"]
        for line in request.split("\n\n")[0].split("\n")[1:]:
            name = line.partition(":")[0].lower()
            if name == "via" and received:
                line += f";received={received}"
            if name == "to":
                line += ";tag=f00"
            if name in ("via", "from", "to", "call-id", "cseq"):
                lines.append(line)
        self.send("\n".join(lines + ["Content-Length: 0", "", ""]))


def again(request, later):
    """The same request once more: its CSeq so much later, its own branch"""
    text = re.sub(r"(?m)^(CSeq: )(\d+)",
                  lambda m: m[1] + str(int(m[2]) + later), request)
    return re.sub(r"(branch=z9hG4bK[^;\n]*)", rf"\1-{later}", text)
