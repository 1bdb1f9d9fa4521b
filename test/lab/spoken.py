# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones that say what a test says, in the networks of a lab: Gina behind the
NAT64, Hugo on IPv4. They answer as real phones do (RFC 3261 18.2.1), and have no
media: for a phone that sends some, and follows a script, see lablib.scripted."""

import itertools
import os
import re
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "scenarios"))

from lablib import plan as P  # noqa: E402
from lablib.namespaces import open_socket  # noqa: E402
from sipharness import edge, texts  # noqa: E402
from sipharness.edge import CALLEE, contact_of  # noqa: E402
from sipharness.texts import UA4, UE6  # noqa: E402
from sipharness.shapes import FTAG  # noqa: E402

WAIT = 8.0  # s for one message; a hop that is dead takes 2
NAMES = {"alice": "gina", "bob": "hugo"}
PORT = {UE6: 5062, UA4: 5060}
SDP = {UE6: texts.SDP6, UA4: texts.SDP4}
_number = itertools.count(1)  # no two requests of a lab have one


class Phone:
    """One socket; over TCP, one connection to the proxy at a time"""

    def __init__(self, plan, who, proto):
        self.space = plan.space("ue" if who == UE6 else "ua4")
        self.family = socket.AF_INET6 if who == UE6 else socket.AF_INET
        self.addr = P.UE6_ADDR if who == UE6 else P.UA4_ADDR
        self.proxy = plan.proxy6 if who == UE6 else P.PROXY_ADDR
        self.port, self.proto, self.sock = PORT[who], proto, None
        self.connect()

    def connect(self):
        """Anew, from another port if that is TCP"""
        self.close()
        kind = socket.SOCK_DGRAM if self.proto == "udp" else socket.SOCK_STREAM
        self.sock = open_socket(self.space, self.family, kind)
        self.sock.settimeout(WAIT)
        self.buffer = b""
        self.sock.bind((self.addr, self.port if self.proto == "udp" else 0))
        self.sock.connect((self.proxy, P.SIP_PORT))

    def close(self):
        if self.sock:
            self.sock.close()

    def send(self, text):
        head, _, body = text.partition("\n\n")
        body = body.replace("\n", "\r\n").encode()
        head = re.sub(r"(?m)^Content-Length: .*$",
                      f"Content-Length: {len(body)}", head)
        self.sock.send(head.replace("\n", "\r\n").encode() + b"\r\n\r\n"
                       + body)

    def _message(self):
        """One whole message that came"""
        while True:
            head, mark, body = self.buffer.partition(b"\r\n\r\n")
            size = re.search(rb"(?i)^content-length: *(\d+)", head, re.M)
            if mark and size and len(body) >= int(size[1]):
                end = len(head) + 4 + int(size[1])
                data, self.buffer = self.buffer[:end], self.buffer[end:]
                return data.decode().replace("\r\n", "\n")
            data = self.sock.recv(65535)
            if not data:
                raise ConnectionError("the proxy closed the connection")
            self.buffer += data

    def get(self, start):
        """The next message but for a 100; a probe is answered first"""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            text = self._message()
            if text.startswith("OPTIONS "):
                self.send(self.answer(text, body=texts.NONE))
                if start == "OPTIONS ":
                    return text
            elif not text.startswith("SIP/2.0 100 "):
                assert text.startswith(start), f"no {start} but\n{text}"
                self._check(text)
                return text
        raise AssertionError(f"no {start}")

    def _check(self, text):
        """A request is for the Contact that the phone has given, and no Route
        is left"""
        if not text.startswith("SIP/2.0 "):
            line = text.split("\n")[0]
            assert ";alias=" not in line and "\nRoute:" not in text, text

    def answer(self, asked, **more):
        """It says where it saw the request come from"""
        text = texts.response(asked, **more)
        return re.sub(r"(?m)^(Via: .*)$", rf"\1;received={self.proxy}", text,
                      count=1)


class Phones(edge.Edge):
    """Both; how they register and call is the scenarios'"""

    def __init__(self, plan, proto="udp"):
        self.proto, self.ob = proto, False
        self.call_id = os.urandom(8).hex()
        self.phones = {UE6: Phone(plan, UE6, proto),
                       UA4: Phone(plan, UA4, "udp")}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for phone in self.phones.values():
            phone.close()

    def next(self):
        return next(_number)

    def say(self, who, text):
        text = text.replace("Call-ID: texts", f"Call-ID: {self.call_id}")
        for theirs, mine in NAMES.items():
            text = re.sub(rf"\b{theirs}\b", mine, text)
        if text.startswith("SIP/2.0 "):
            text = re.sub(r"(?m)^(Via: .*)$",
                          rf"\1;received={self.phones[who].proxy}", text,
                          count=1)
        self.phones[who].send(text)

    def hear(self, who, start):
        return self.phones[who].get(start)

    def register(self, who):
        user = "alice" if who == UE6 else "bob"
        text = self.request(who, "REGISTER", "sip:sip.example.test",
                            body=texts.NONE)
        for word in ("From", "To", "Contact"):
            text = re.sub(rf"(?m)^({word}: <sip:)\w+", rf"\1{user}", text)
        self.say(who, text.replace("Call-ID: texts", f"Call-ID: r{user}"))
        return self.hear(who, "SIP/2.0 200 ")

    def everybody(self):
        """UE6 twice: it is asked, and then the Path says what it has shown"""
        self.register(UE6)
        self.ask()
        self.register(UE6)
        self.register(UA4)

    def ask(self):
        """Waits for the probe of the first REGISTER, if it did not come with
        its 200"""
        phone = self.phones[UE6]
        phone.sock.settimeout(0.3)
        try:
            phone.get("nothing ")
        except TimeoutError:
            pass
        finally:
            phone.sock.settimeout(WAIT)

    def again(self, call, who):
        """A re-INVITE of either side; what the other and it got"""
        other, n = self.other(call, who), self.next()
        self.say(who, self.within(call, who, "INVITE", n, SDP[who]))
        got = self.hear(other, "INVITE ")
        contact = self.host_of(other)
        if self.proto_of(other) == "tcp":
            contact += ";transport=tcp"
        self.say(other, texts.response(got, contact=contact, body=SDP[other]))
        ok = self.hear(who, "SIP/2.0 200 ")
        call.target[who], call.target[other] = contact_of(ok), contact_of(got)
        self.say(who, self.within(call, who, "ACK", n, texts.NONE))
        self.hear(other, "ACK ")
        return got, ok

    def bye(self, call, who):
        other = self.other(call, who)
        self.say(who, self.within(call, who, "BYE", self.next(), texts.NONE))
        got = self.hear(other, "BYE ")
        self.say(other, texts.response(got, body=texts.NONE))
        self.hear(who, "SIP/2.0 200 ")

    def dial(self, caller, callee, asked=False):
        call = super().dial(caller, callee, asked)
        call.target = {caller: contact_of(call.ok),
                       callee: contact_of(call.invite)}
        return call

    @staticmethod
    def other(call, who):
        return call.callee if who == call.caller else call.caller

    def within(self, call, who, method, n, body):
        """A request of the dialog: its target is what the other said last, its
        route set is that of the dialog's start (RFC 3261 12.2)"""
        mine = who == call.caller
        tags = {"to_tag": CALLEE} if mine else {"from_tag": CALLEE,
                                                "to_tag": FTAG}
        return self.request(
            who, method, call.target[who], n=n, body=body, **tags,
            extra=texts.routes(call.ok if mine else call.invite, mine))
