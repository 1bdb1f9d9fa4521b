# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The same few phones make thousands of calls, so many of them at once: each
message is answered as it comes. For what is about numbers, not about octets."""
import itertools
import re
import selectors
import socket
import time

from . import netns
from .compare import octets
from .patience import patience
from .shapes import SDP
from .wire import Stream

PROXY = (netns.HOSTS["proxy"], 5060)
SYNTHETIC = b"2001:db8:64::c000:20a"  # the proxy, as UE6 sees it
STALLED = patience(10.0)  # s without any message: one is lost
SHAPES = ("bye", "bye-back", "re-invite", "late-offer", "cancel", "busy", "fork")
TEAM = b"team"  # a user who is registered with every phone
ECHOED = (b"Via", b"From", b"To", b"Call-ID", b"CSeq", b"Record-Route")
BLANK = b"\r\n\r\n"
NUMBER = re.compile(rb"\r\nCall-ID: crowd(\d+)\r\n")
CSEQ = re.compile(rb"\r\nCSeq: (\d+) (\w+)")
CONTACT = re.compile(rb"\r\nContact: <([^>]+)>")
RECORD_ROUTE = re.compile(rb"\r\nRecord-Route: ([^\r]+)")
TO = re.compile(rb"\r\nTo: ([^\r]+)")
FROM = re.compile(rb"\r\nFrom: ([^\r]+)")


def content(sdp):
    if not sdp:
        return b"Content-Length: 0\r\n\r\n"
    return b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%b" % (
        len(sdp), sdp)


def answer(request, status, extra=b"", sdp=b"", received=b""):
    """RFC 3261 8.2.6.2"""
    lines = [b"SIP/2.0 " + status]
    for line in request.partition(BLANK)[0].split(b"\r\n")[1:]:
        name = line.partition(b":")[0]
        if name == b"To" and b";tag=" not in line:
            line += b";tag=callee"
        if name == b"Via" and received:
            line, received = line + b";received=" + received, b""
        if name in ECHOED:
            lines.append(line)
    return b"\r\n".join(lines) + b"\r\n" + extra + content(sdp)


class Phone:
    """Registered once, and reached by the flow that it registered by"""

    def __init__(self, user, host, port, proto, nat64):
        self.user, self.proto, self.nat64 = user.encode(), proto, nat64
        here = f"[2001:db8:1::2]:{port}" if nat64 else f"{host}:{port}"
        way = "" if proto == "udp" else f";transport={proto}"
        self.here, self.turn = here.encode(), 0
        self.contact = f"Contact: <sip:{user}@{here}{way}>\r\n".encode()
        self.sdp = octets(SDP.format(
            addr="IP6 2001:db8:1::2" if nat64 else f"IP4 {host}"))
        kind = socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM
        self.sock = socket.socket(socket.AF_INET, kind)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.connect(PROXY)
        self.stream = Stream()
        self.stream.next = 0

    def read(self):
        """The messages that are there"""
        data = self.sock.recv(65535)
        if self.proto == "udp":
            return [data]
        assert data, "the proxy closed the connection"
        return self.stream.feed(self.stream.next, data)

    def request(self, method, uri, number, cseq, to, tag=None, routes=(),
                sdp=b"", branch=None, extra=b""):
        lines = [
            b"%b %b SIP/2.0" % (method, uri),
            b"Via: SIP/2.0/%b %b;branch=z9hG4bK%b;rport" % (
                self.proto.upper().encode(), self.here,
                branch or b"%d-%d-%b" % (number, cseq, method)),
            b"Max-Forwards: 70", *(b"Route: " + r for r in routes),
            tag or b"From: <sip:%b@sip.example.test>;tag=caller" % self.user,
            b"To: " + to, b"Call-ID: crowd%d" % number,
            b"CSeq: %d %b" % (cseq, method)]
        return b"\r\n".join(lines) + b"\r\n" + extra + content(sdp)

    def register(self):
        """For itself and for the team; each time with the same Call-IDs"""
        self.turn += 1
        for user in (self.user, TEAM):
            name = b"reg-%b-%b" % (self.user, user)
            self.sock.sendall(self.request(
                b"REGISTER", b"sip:sip.example.test", 0, self.turn,
                b"<sip:%b@sip.example.test>" % user,
                branch=b"%b-%d" % (name, self.turn),
                extra=self.contact).replace(b"crowd0", name))


class Call:
    """From the caller's INVITE to the last message that it comes to"""

    def __init__(self, number, shape, caller, callee, branches=1):
        self.number, self.shape = number, shape
        self.caller, self.callee = caller, callee
        self.branches = branches  # that have no final answer yet
        self.invites = {}  # what each phone got
        self.uri = self.routes = self.to = None
        self.rung, self.cseq, self.ended, self.seen = 0, 1, False, set()

    @property
    def done(self):
        return self.ended and not self.branches

    def start(self):
        user = TEAM if self.shape == "fork" else self.callee.user
        self.uri = b"sip:%b@sip.example.test" % user
        self.to = b"<%b>" % self.uri
        self._send_invite(b"" if self.shape == "late-offer"
                          else self.caller.sdp)

    def _send_invite(self, sdp):
        self.caller.sock.sendall(self.caller.request(
            b"INVITE", self.uri, self.number, self.cseq, self.to, sdp=sdp,
            routes=self.routes or (), extra=self.caller.contact))

    def got(self, phone, data):
        """One message that reached a phone"""
        first = data[:data.index(b"\r\n")]
        number, method = CSEQ.search(data).groups()
        who = CONTACT.search(data)  # of the phones that ring at once
        key = (phone.user, first, number, method, who and who[1])
        if key in self.seen:  # tm sent it again: this machine was busy
            return
        self.seen.add(key)
        body = data.partition(BLANK)[2]
        assert not body or (b"\r\nc=IN IP6 " in body) == phone.nat64, \
            data.decode()
        if first.startswith(b"SIP/2.0 "):
            self.on_reply(data, int(first[8:11]), method)
        else:
            self.on_request(phone, data, method)

    def on_request(self, phone, data, method):
        send = phone.sock.sendall
        if method == b"INVITE":
            self.ring(phone, data)
        elif method == b"CANCEL":
            send(answer(data, b"200 OK"))
            send(answer(self.invites[phone], b"487 Request Terminated"))
            self.branches -= 1
        elif method == b"BYE":
            send(answer(data, b"200 OK"))
        elif self.shape == "bye-back":  # an ACK
            # the callee's view of the dialog is in the INVITE that it got
            invite = self.invites[phone]
            send(phone.request(
                b"BYE", CONTACT.search(invite)[1], self.number, 7,
                FROM.search(invite)[1],
                tag=b"From: %b;tag=callee" % TO.search(invite)[1],
                routes=RECORD_ROUTE.findall(invite)))

    def ring(self, phone, data):
        again = phone in self.invites
        self.invites.setdefault(phone, data)
        send = phone.sock.sendall
        if self.shape == "busy":
            send(answer(data, b"486 Busy Here"))
            self.branches -= 1
            return
        if again:
            send(answer(data, b"200 OK", phone.contact, phone.sdp))
        else:
            send(answer(data, b"180 Ringing", phone.contact))

    def ringing(self):
        """At all phones, and the caller knows"""
        if self.shape == "cancel":
            self.caller.sock.sendall(self.caller.request(
                b"CANCEL", self.uri, self.number, 1, self.to,
                branch=b"%d-1-INVITE" % self.number))
            return
        phone = self.callee
        phone.sock.sendall(answer(self.invites[phone], b"200 OK",
                                  phone.contact, phone.sdp))
        self.branches -= 1

    def on_reply(self, data, status, method):
        if status >= 300:
            self.caller.sock.sendall(self.caller.request(
                b"ACK", self.uri, self.number, self.cseq,
                TO.search(data)[1], branch=b"%d-1-INVITE" % self.number))
            self.ended = True
            assert (status, self.shape) in ((487, "cancel"), (486, "busy")), \
                data.decode()
        elif method == b"BYE":
            self.ended = True
        elif method == b"INVITE" and status == 200:
            self.answered(data)
        elif status == 180:
            self.rung += 1
            if self.rung == self.branches:
                self.ringing()

    def answered(self, data):
        if self.routes is None:
            self.routes = RECORD_ROUTE.findall(data)[::-1]
            self.to = TO.search(data)[1]
        self.uri = CONTACT.search(data)[1]
        self._within(b"ACK", self.caller.sdp
                     if self.shape == "late-offer" else b"")
        if self.shape == "bye-back":
            return
        self.cseq += 1
        if self.shape == "re-invite" and self.cseq == 2:
            self._send_invite(self.caller.sdp)
        else:
            self._within(b"BYE")

    def _within(self, method, sdp=b""):
        self.caller.sock.sendall(self.caller.request(
            method, self.uri, self.number, self.cseq, self.to,
            routes=self.routes, sdp=sdp))


class Crowd:
    """Every phone calls every other one, every shape of a call in its turn"""

    def __init__(self, phones, at_once=24):
        self.phones, self.at_once = phones, at_once
        self.select = selectors.DefaultSelector()
        for phone in phones:
            self.select.register(phone.sock, selectors.EVENT_READ, phone)
        pairs = list(itertools.permutations(phones, 2))
        self.kinds = itertools.cycle(
            (shape, *pair) for shape in SHAPES for pair in pairs)
        self.made, self.calls = 0, {}
        self.registered = self.probes = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.select.close()
        for phone in self.phones:
            phone.sock.close()

    def register(self):
        self.registered = 0
        for phone in self.phones:
            phone.register()
        self.turn(lambda: self.registered == 2 * len(self.phones))

    def play(self, total):
        """Until there have been so many"""
        while self.made < total or self.calls:
            while self.made < total and len(self.calls) < self.at_once:
                self.made += 1
                kind = next(self.kinds)
                call = Call(self.made, *kind, len(self.phones)
                            if kind[0] == "fork" else 1)
                self.calls[self.made] = call
                call.start()
            self.turn(lambda: len(self.calls) < self.at_once
                      if self.made < total else not self.calls)

    def turn(self, over):
        """Take messages until it is over"""
        last = time.monotonic()
        while not over():
            ready = self.select.select(0.2)
            if ready:
                last = time.monotonic()
            assert time.monotonic() < last + STALLED, "no message came: " + \
                str([(c.shape, sorted(c.seen)) for c in self.calls.values()])
            for key, _ in ready:
                for data in key.data.read():
                    self.take(key.data, data)

    def take(self, phone, data):
        found = NUMBER.search(data)
        if not found:
            self.other(phone, data)
            return
        call = self.calls.get(int(found[1]))
        if call:  # the ACK of a refusal may come behind it
            call.got(phone, data)
            if call.done:
                del self.calls[call.number]

    def other(self, phone, data):
        """No call's: the answer to a REGISTER, a probe"""
        if data.startswith(b"OPTIONS "):
            self.probes += 1
            phone.sock.sendall(answer(
                data, b"200 OK", received=SYNTHETIC if phone.nat64 else b""))
            return
        assert data.startswith(b"SIP/2.0 200 ") and b" REGISTER" in data, \
            data.decode()
        self.registered += 1
