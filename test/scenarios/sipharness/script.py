# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A call file played block by block, in the order in which it is written.

SIPp's phones answer as fast as they can. Where it is the order that counts (an
answer to a probe before the 180, or after it), one thread holds all phones:
each block of a phone is sent when all before it has happened, and the proxy's
are compared as they come.
"""
import os
import socket
import ssl
import subprocess
import time

from . import callfile, compare
from .lab import LEARN
from .patience import patience
from .wire import Stream

WAIT = patience(3.0)  # s for one message
GROUP = "nat64sip"


class Phone:
    """A socket, and what came in by it that nobody has read yet

    @param tls  For "tls" and "ws": wraps the connected socket
    """

    def __init__(self, proto, addr, proxy, tls=None):
        kind = socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM
        self.proto, self.stream, self.inbox = proto, Stream(), []
        self.seen = set()
        self.sock = socket.socket(
            socket.AF_INET6 if ":" in addr[0] else socket.AF_INET, kind)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(addr)
        self.proxy = proxy
        if proto != "udp":
            self.sock.connect(proxy)
            self.stream.next = 0
        if proto in ("tls", "ws"):
            self.sock = tls(self.sock)

    def send(self, text):
        self.sendall(compare.octets(text))

    def sendall(self, data):
        if self.proto != "udp":
            self.sock.sendall(data)
        else:
            self.sock.sendto(data, self.proxy)

    def _read(self, seconds):
        self.sock.settimeout(seconds)
        try:
            data = self.sock.recv(65535)
        except (socket.timeout, BlockingIOError, ssl.SSLWantReadError):
            return False
        if self.proto != "udp":
            news = self.stream.feed(self.stream.next, data)
        else:
            news = [data]
        for m in news:
            if m not in self.seen:  # tm sends again what takes its time
                self.seen.add(m)
                self.inbox.append(m)
        return bool(data)

    def recv(self, seconds=WAIT):
        """The next message that is no repetition; None if there is none"""
        end = time.monotonic() + seconds
        while not self.inbox:
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                return None
        return self.inbox.pop(0)

    def rest(self):
        """What else has come in so far"""
        while self._read(0):
            pass
        out, self.inbox = self.inbox, []
        return [compare.visible(m) for m in out]


class Script:
    """Phones around a proxy that runs; a context, at whose end nothing may be
    left unread"""

    tls = None  # see Phone

    def __init__(self, lab, *defines, cfg=LEARN, logged=None, **options):
        self.ctl = os.path.join(lab.folder, "ctl")
        self.phones, self.known, self.lab = {}, {}, lab
        if cfg == LEARN:
            defines = (f'CTL_SOCKET="unix:{self.ctl}"',
                       'SIP_DOMAIN="sip.example.test"', *defines)
        self.proxy = lab.proxy(cfg, defines=list(defines), **options)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.done()
        finally:
            for phone in self.phones.values():
                phone.sock.close()

    def phone(self, addr, proto="udp", proxy=("192.0.2.10", 5060)):
        if (proto, addr) not in self.phones:
            self.phones[proto, addr] = Phone(proto, addr, proxy, self.tls)
        return self.phones[proto, addr]

    def phone_of(self, block):
        remote = block.src if block.by_proxy else block.dst
        return self.phone(block.phone_addr, block.proto,
                          (remote[0], remote[1] or 5060))

    def play(self, text, **params):
        """Each block in its turn; what is said of it stands in the fault"""
        blocks = callfile.parse(text, params)
        for block in blocks:
            # what comes for a phone that is not there yet is lost
            if block.proto == "udp":
                self.phone_of(block)
        for block in blocks:
            phone = self.phone_of(block)
            if not block.by_proxy:
                phone.send(self.fill(block.text))
                continue
            self.expect(phone, block.text, f"{block.who} > {block.to}: "
                        f"{block.first_line[:60]}")

    def expect(self, phone, text, title):
        data = phone.recv()
        assert data is not None, f"{title}: never came\n{self.proxy.log()}"
        diff = compare.compare(text, data, self.known, title)
        assert not diff, diff

    def fill(self, text):
        """Echo what the phone got"""
        return compare.PLACEHOLDER.sub(
            lambda m: self.known[m[1] + m[2]] if m[1] in compare.KINDS
            else m[0], text)

    def stat(self, name):
        """One statistic of nat64sip"""
        out = subprocess.run(
            ["kamcmd", "-s", f"unix:{self.ctl}", "cnt.get", GROUP, name],
            capture_output=True, text=True, timeout=10)
        assert out.returncode == 0, out.stdout + out.stderr
        words = out.stdout.split()
        assert words and words[-1].isdigit(), f"no statistic {name}"
        return int(words[-1])

    def until(self, name, value):
        """Wait until a statistic has that value: what another worker handles
        is done then"""
        end = time.monotonic() + WAIT
        while self.stat(name) != value:
            assert time.monotonic() < end, \
                f"{name} is {self.stat(name)}, not {value}"
            time.sleep(0.01)

    def stats(self, **want):
        self.proxy.settle()
        got = {name: self.stat(name) for name in want}
        assert got == want, got

    def done(self):
        """All that was sent has been handled, and nothing else came of it"""
        self.proxy.settle()
        left = {key: phone.rest() for key, phone in self.phones.items()}
        left = {key: rest for key, rest in left.items() if rest}
        assert not left, "one too many:\n" + "\n\n".join(
            f"{key}:\n" + "\n".join(rest) for key, rest in left.items())
        complaints = self.proxy.complaints()
        assert not complaints, "logged: " + "\n".join(complaints)
