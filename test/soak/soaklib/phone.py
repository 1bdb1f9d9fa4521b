# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone with RFC 3261's timers, in whatever weather there is."""
import socket
import time

from sipharness import crowd

from .weather import Calm

SYNTHETIC = b"2001:db8:64::c000:20a"  # the proxy, as UE6 sees it
KNOWN = 0.5  # s
QUEUE = 4 << 20  # octets, or what the kernel allows
ROUTES = {True: b"<sip:[2001:db8:64::c000:20a]", False: b"<sip:192.0.2.10"}


class Phone(crowd.Phone):
    """network: what the report calls where it is; loop: who reads for it"""

    weather = Calm()  # of all phones of this process

    def __init__(self, loop, user, host, port, proto, network):
        super().__init__(user, host, port, proto, network != "UA4")
        self.loop, self.network, self.host = loop, network, host
        self.asked = None      # when the answer to a probe went out
        self.fresh = False     # the proxy never saw it
        self.doubtful = False  # its binding may be of another mode than on
        self.registering = None  # the turn in which it began to
        self.take = None       # gets (phone, message)
        self.lose = None       # gets a message that was lost on purpose
        self.sock.setblocking(False)
        # what comes while others have the processor must not be lost by chance
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE)
        loop.add(self.sock, self._readable)

    def send(self, data):
        """True if it was not lost on purpose"""
        if self.proto != "udp":
            self.out(data)
            return True
        fate = self.weather.fate()
        for delay in fate:
            if delay:
                self.loop.later(delay, self.out, data)
            else:
                self.out(data)
        if not fate:
            self.lose(data)
        return bool(fate)

    def out(self, data):
        """In any weather"""
        if self.proto == "udp":
            try:
                self.sock.send(data)
            except OSError:
                pass  # the kernel's queue is full: a datagram may be lost
        else:
            self.sock.setblocking(True)
            self.sock.sendall(data)
            self.sock.setblocking(False)

    def _readable(self):
        try:
            messages = self.read()
        except (BlockingIOError, ConnectionRefusedError):
            return
        for data in messages:
            fate = self.weather.fate() if self.proto == "udp" else (0.0,)
            if not fate:
                self.lose(data)
            for delay in fate:
                if delay:
                    self.loop.later(delay, self._in, data)
                else:
                    self._in(data)

    def _in(self, data):
        if data.startswith(b"OPTIONS "):
            if self.send(self.answer(data, b"200 OK")) and not self.asked:
                self.asked = time.monotonic()
        elif self.take:
            self.take(self, data)

    def is_bound(self, turn):
        """Has it a binding that was made while the mode was on?"""
        return not self.doubtful and self.registering in (None, turn)

    def answer(self, request, status, extra=b"", sdp=b""):
        """Behind NAT64, it sees another source than our Via says
        (RFC 3261 18.2.1)"""
        return crowd.answer(request, status, extra, sdp,
                            SYNTHETIC if self.nat64 else b"")

    def is_known(self):
        """Its answer to a probe has had time to arrive"""
        return self.asked and time.monotonic() > self.asked + KNOWN

    def reaches(self, route):
        """Has its network a way to this Route's address?"""
        return route.startswith(ROUTES[self.nat64])

    def registers(self, done):
        """One REGISTER, sent until it is answered; done(True or False)"""
        self.turn += 1
        name = b"reg-%b" % self.user
        key = (name, self.turn)
        data = self.request(
            b"REGISTER", b"sip:sip.example.test", 0, self.turn,
            b"<sip:%b@sip.example.test>" % self.user,
            branch=b"%b-%d" % (name, self.turn),
            extra=self.contact).replace(b"crowd0", name)
        self.pending = (key, done)
        self.loop.repeat(key, lambda: self.send(data), lambda: done(False),
                         self.proto == "udp")

    def on_registered(self, data):
        key, done = self.pending
        cseq = int(crowd.CSEQ.search(data)[1])
        if cseq == key[1] and not data.startswith(b"SIP/2.0 1") \
                and self.loop.stop(key):
            done(data.startswith(b"SIP/2.0 200 "))

    def close(self):
        self.loop.drop(self.sock)
        self.sock.close()
