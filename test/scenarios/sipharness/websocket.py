# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The browser's end of a WebSocket (RFC 6455), as a socket of SIP (RFC 7118)"""
import base64
import hashlib
import os
import struct

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket:
    """One message is one frame; only what a phone's socket has to have"""

    def __init__(self, sock, host):
        self.sock, self.buf = sock, b""
        key = base64.b64encode(os.urandom(16))
        sock.sendall(b"GET / HTTP/1.1\r\nHost: " + host.encode() +
                     b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Key: " + key + b"\r\n"
                     b"Sec-WebSocket-Protocol: sip\r\n"
                     b"Sec-WebSocket-Version: 13\r\n\r\n")
        while b"\r\n\r\n" not in self.buf:
            more = sock.recv(65535)
            assert more, self.buf
            self.buf += more
        head, _, self.buf = self.buf.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert base64.b64encode(hashlib.sha1(key + GUID).digest()) in head

    def frame(self, opcode, data):
        """Masked, as a client's is (RFC 6455 5.3)"""
        size = len(data)
        head = struct.pack(">BB", 128 | opcode, 128 | size) if size < 126 \
            else struct.pack(">BBH", 128 | opcode, 128 | 126, size)
        mask = os.urandom(4)
        self.sock.sendall(head + mask + bytes(
            c ^ mask[i % 4] for i, c in enumerate(data)))

    def sendall(self, data):
        self.frame(TEXT, data)

    def _cut(self):
        """(opcode, payload) of the next frame, None if it is not all there"""
        if len(self.buf) < 2:
            return None
        size, at = self.buf[1] & 127, 2
        if size == 126:
            if len(self.buf) < 4:
                return None
            size, at = struct.unpack(">H", self.buf[2:4])[0], 4
        if len(self.buf) < at + size:
            return None
        out = self.buf[0] & 15, self.buf[at:at + size]
        self.buf = self.buf[at + size:]
        return out

    def recv(self, size):
        """The next message; none when the proxy has ended the connection"""
        while True:
            found = self._cut()
            if found is None:
                more = self.sock.recv(size)
                if not more:
                    return b""
                self.buf += more
            elif found[0] == PING:
                self.frame(PONG, found[1])
            elif found[0] == CLOSE:
                return b""
            else:
                return found[1]

    def settimeout(self, seconds):
        self.sock.settimeout(seconds)

    def shutdown(self, how):
        self.sock.shutdown(how)

    def close(self):
        self.sock.close()
