# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One Kamailio that gets one message after the other, and what comes out of it
for each."""
import contextlib
import glob
import os
import socket
import ssl
from dataclasses import dataclass

from sipharness import kamailio
from sipharness.secure import LISTEN, NAME, with_tls

from . import inputs

PROXY = ("192.0.2.10", 5060)
SECURE = ("192.0.2.10", 5061)
WAIT = 5.0  # s
SINK, SECOND = ("192.0.2.30", 5060), ("192.0.2.30", 5070)
PROBE = b"Call-ID: probe-"


@dataclass(frozen=True)
class Build:
    """Which Kamailio and which module; name for the log"""
    name: str
    binary: str
    modules: str
    options: tuple = ()


def builds():
    """The three; what is not there is None"""
    top = os.environ.get("N64_BUILD") or os.path.join(kamailio.ROOT, "build")
    asan = os.environ.get("N64_TORTURE") or os.path.join(top, "torture")
    packaged = kamailio.binary()
    out = {"bare": (packaged, os.path.join(top, "negative"), ()),
           "qm": (packaged, top, ("-x", "qm")),
           "asan": (f"{asan}/prefix/sbin/kamailio", asan, ())}
    return {name: Build(name, binary, modules, options)
            for name, (binary, modules, options) in out.items()
            if binary and os.path.exists(binary)
            and os.path.exists(f"{modules}/nat64sip.so")}


@contextlib.contextmanager
def environment(**values):
    old = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in old.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Run:
    """A context: Kamailio of that build with that configuration

    @param tls  Of sipharness.secure.authority(), to listen to TLS too
    """

    def __init__(self, lab, build, cfg, defines, tls=None):
        self.lab, self.folder = lab, os.path.join(lab.folder, build.name)
        os.makedirs(self.folder)
        self.seen = len(lab.wire.read())
        self.sockets, self.last = {}, b""
        for addr in (inputs.PLAIN, inputs.UE6, SINK, SECOND):
            self.sockets[addr] = socket.socket(socket.AF_INET,
                                               socket.SOCK_DGRAM)
            self.sockets[addr].bind(addr)
        with environment(
                KAMAILIO=build.binary, N64_MODULE_DIR=build.modules,
                ASAN_OPTIONS=f"detect_leaks=0:log_path={self.folder}/asan"):
            self.proxy = kamailio.Kamailio(
                cfg, self.folder, options=build.options,
                listen=LISTEN if tls else LISTEN[:2],
                defines=[*defines, *(with_tls(tls) if tls else ())])
        self.context = ssl.create_default_context(cafile=tls and tls[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.stop()
        for sock in self.sockets.values():
            sock.close()

    def alive(self):
        return self.proxy.proc.poll() is None

    def reports(self):
        """What AddressSanitizer wrote"""
        out = []
        for path in glob.glob(f"{self.folder}/asan*"):
            with open(path, errors="replace") as f:
                out.append(f.read())
        return out

    def feed(self, data, sender):
        """Send it; what the proxy sent because of it, without its probes"""
        self.last = data
        self.sockets[sender].sendto(data, PROXY)
        new = more = self._news()
        while any(m.src == m.dst for m in more):  # to itself
            more = self._news()
            new = new + more
        return self._from(new)

    def stream(self, data, sender):
        """The same over a connection of its own: what the sender ends, the
        proxy ends when it has handled what came before"""
        return self._connected(data, sender, PROXY, lambda sock: sock)

    def secure(self, data, sender):
        """The same over TLS"""
        return self._connected(
            data, sender, SECURE,
            lambda sock: self.context.wrap_socket(sock, server_hostname=NAME))

    def _connected(self, data, sender, proxy, wrap):
        self.last = data
        with wrap(socket.create_connection(proxy, WAIT, sender)) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while sock.recv(65535):
                    pass
        return self._from(self._news())

    def _from(self, messages):
        return [m for m in messages if m.src == PROXY
                and m.dst[0] != "192.0.2.99" and PROBE not in m.data]

    def _news(self):
        try:
            self.proxy.settle()
        except AssertionError as e:
            raise AssertionError("\n".join([
                f"no answer after {self.last!r}", *self.reports()])) from e
        messages = self.lab.wire.read()[self.seen:]
        self.seen += len(messages)
        return messages

    # the ways that a message goes

    def request(self, data, sender):
        return self.feed(data, sender)

    def refused(self, data, sender):
        """Who gets it refuses it, so it goes to the next one"""
        out = self.feed(data, sender)
        for m in list(out):
            if m.dst == SINK and not m.data.startswith((b"SIP/2.0", b"ACK ")):
                out += self.feed(inputs.echo(m.data, "486 Busy Here"), SINK)
        return out

    def answered(self, invite, sender, make):
        """A call goes out, and this comes back"""
        asked = [m.data for m in self.feed(invite, sender) if m.dst == SINK]
        assert len(asked) == 1, asked
        return self.feed(make(asked[0]), SINK)
