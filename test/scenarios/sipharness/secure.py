# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""TLS: an authority made for the test, the proxy's certificate, phones that
check it, and dialogs over it. What goes over TLS nobody can read on the wire,
so each phone files there what it sent and got, for the watches."""
import os
import re
import socket
import ssl
import subprocess
from collections import Counter

from . import watch
from .dialogs import PROXY, UE6, UE6_OTHER, Dialog, Proxy
from .lab import SHIPPED
from .script import WAIT, Script
from .wire import Message, Stream

NAME = "sip.example.test"
LISTEN = ("udp:192.0.2.10:5060", "tcp:192.0.2.10:5060", "tls:192.0.2.10:5061")
# who may have a phone behind NAT64
OUTSIDES = (UE6.addr[0], UE6_OTHER.addr[0])


def _openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


def authority(folder):
    """(its certificate, the proxy's certificate, the proxy's key), for the
    name that phones use and no address: none of theirs is the proxy's"""
    def path(name):
        return os.path.join(str(folder), name)
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    _openssl(*new, "-subj", "/CN=nat64sip tests", "-addext",
             "keyUsage=critical,keyCertSign", "-keyout", path("ca.key"),
             "-out", path("ca.pem"))
    _openssl(*new, "-subj", f"/CN={NAME}", "-addext",
             f"subjectAltName=DNS:{NAME}", "-addext",
             "basicConstraints=critical,CA:FALSE", "-CA", path("ca.pem"),
             "-CAkey", path("ca.key"), "-keyout", path("proxy.key"), "-out",
             path("proxy.pem"))
    return path("ca.pem"), path("proxy.pem"), path("proxy.key")


class Recorded(Stream):
    """A phone's end of a connection; each message that comes is filed"""

    def __init__(self, wire, src, dst):
        super().__init__()
        self.next, self.wire, self.flow = 0, wire, (src, dst)

    def _cut(self):
        out = super()._cut()
        self.wire.messages += [Message("tls", *self.flow, m) for m in out]
        return out


def with_tls(files):
    ca, cert, key = files
    return ("WITH_TLS", f'TLS_CERT="{cert}"', f'TLS_KEY="{key}"',
            f'TLS_CA="{ca}"')


class SecureProxy(Proxy):
    """The shipped configuration with TLS"""

    def __init__(self, lab, files, *defines, **options):
        let_questions_be_seen()
        self.context = ssl.create_default_context(cafile=files[0])
        options.setdefault("listen", LISTEN)
        self.start(lab, *with_tls(files), *defines, **options)

    def start(self, lab, *defines, **options):
        Proxy.__init__(self, lab, *defines, **options)

    def tls(self, sock):
        """The phone checks whom it talks to"""
        return self.context.wrap_socket(sock, server_hostname=NAME)

    def phone(self, addr, proto="udp", proxy=PROXY):
        new = (proto, addr) not in self.phones
        phone = super().phone(addr, proto, proxy)
        if new and proto == "tls":
            wire, raw = self.lab.wire, phone.sendall
            phone.stream = Recorded(wire, proxy, addr)

            def sendall(data):
                wire.messages.append(Message("tls", addr, proxy, data))
                raw(data)
            phone.sendall = sendall
        return phone

    def hang_up(self, ua, proto):
        """The phone's network forgets its connection: the proxy has seen the
        end of it when this returns"""
        sock = self.phones.pop((proto, ua.addr)).sock
        sock.settimeout(WAIT)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65535):
            pass
        sock.close()

    def said(self, regex):
        """What the proxy logged so far, and nothing else"""
        lines = self.proxy.complaints()
        odd = [line for line in lines if not re.search(regex, line)]
        assert lines and not odd, lines
        self.proxy.mark = os.path.getsize(self.proxy.log_path)

    def done(self):
        Script.done(self)
        nobody_is_called(self.lab)
        watch.check(self.lab, ue6=OUTSIDES)


class Learning(SecureProxy):
    """Nothing configured: phones are asked"""

    def start(self, lab, *defines, **options):
        Script.__init__(self, lab, f'SIP_DOMAIN="{NAME}"', *defines,
                        cfg=SHIPPED, **options)


def let_questions_be_seen():
    """The name servers are on this loopback, where nobody answers"""
    with open("/etc/resolv.conf") as f:
        words = [line.split() for line in f]
    for w in words:
        if len(w) > 1 and w[0] == "nameserver" and ":" not in w[1]:
            subprocess.run(["ip", "route", "replace", "local", w[1], "dev",
                            "lo"], check=True)


def nobody_is_called(lab):
    """No connection towards a phone behind NAT64, one of each phone's own at
    most, no question to a name server, nothing in IPv6"""
    lab.wire.read()
    count = Counter()
    for src, dst in lab.wire.syns:
        assert dst[0] not in OUTSIDES, f"a connection to a phone: {dst}"
        count[src] += 1
    assert not [c for c in count.values() if c > 1], count
    assert not lab.wire.asked, lab.wire.asked
    assert not [m for m in lab.wire.messages if ":" in m.dst[0]]


class Secure(Dialog):
    """Each phone by its own transport, and with its own spelling of Contact

    @param ways    {phone: "udp", "tcp" or "tls"}
    @param spelt   {phone: what follows the host in its Contact}
    @param scheme  {phone: "sips" for a sips Contact}
    """

    def __init__(self, s, caller, callee, ways, spelt=(), scheme=()):
        self.ways = ways
        self.spelt, self.scheme = dict(spelt), dict(scheme)
        super().__init__(s, caller, callee)

    def proto_of(self, ua):
        return self.ways[ua]

    def contact(self, ua):
        text = super().contact(ua)
        if ua in self.spelt:
            text = text.partition(";")[0] + self.spelt[ua]
        return self.scheme.get(ua, "sip") + text[len("sip"):]

    def record_routes(self, sender, method, shown):
        """RFC 3261 16.6 item 4, RFC 5630 5.3: sips where the Request-URI is;
        the request's, as lookup() or the dialog left it"""
        scheme = self.scheme.get(self.other(sender), "sip")
        return [v.replace("<sip:", f"<{scheme}:")
                for v in super().record_routes(sender, method, shown)]


class Asked(Secure):
    """Phones behind NAT64 that answer what they are asked, once each"""

    def __init__(self, *args, **options):
        self.asked = []
        super().__init__(*args, **options)

    def receive(self, ua):
        while True:
            text = super().receive(ua)
            if not text.startswith("OPTIONS "):
                return text
            self.asked.append((ua, text))
            self.phone(ua).send(reply(text, ua.own[1:-1]))

    def register(self, ua):
        super().register(ua)
        if not ua.prefix:
            return
        # behind the answer on the same connection, so it is handled later
        self.phone(ua).send("\n".join([
            f"OPTIONS sip:{NAME} SIP/2.0", self.via(ua, "later"),
            "Max-Forwards: 70", f"To: <sip:{NAME}>",
            f"From: <{ua.aor}>;tag=later", "Call-ID: later",
            "CSeq: 1 OPTIONS", "Content-Length: 0", "", ""]))
        assert self.receive(ua).startswith("SIP/2.0 200 Keepalive\n")


def reply(request, received):
    """200, as a phone writes it whose proxy's sent-by is another address than
    the packet's (RFC 3261 18.2.1)"""
    lines = ["SIP/2.0 200 OK"]
    for line in request.split("\n\n")[0].split("\n")[1:]:
        name = line.partition(":")[0]
        if name == "Via":
            line += f";received={received}"
        if name == "To":
            line += ";tag=asked"
        if name in ("Via", "From", "To", "Call-ID", "CSeq"):
            lines.append(line)
    return "\n".join([*lines, "Content-Length: 0", "", ""])
