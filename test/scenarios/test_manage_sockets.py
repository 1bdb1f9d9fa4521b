# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Several sockets, workers, transports: each branch's own values name the
sockets that its messages really use."""
import socket
import subprocess

import pytest

from sipharness import netns, script
from sipharness.branches import (ELSEWHERE, Calls, Party, forwarded, give_way,
                                 hang_up, passed_back, refuse, ua4, ue6, ue6_b,
                                 within)
from sipharness.pairwise import combinations
from sipharness.shapes import V4
from sipharness.texts import NONE
from sipharness.wire import Stream

V4_B = netns.HOSTS["proxy2"]
AT = {"first": V4, "second": V4_B}
LISTEN = [f"{proto}:{own}:5060" for own in AT.values()
          for proto in ("udp", "tcp")]
KINDS = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}
PAIRS = ["ue6@first-ua4@second", "ue6@second-ua4@first",
         "ua4@first-ue6@second", "ua4@second-ue6@first",
         "ue6@first-ue6b@second", "ue6b@second-ue6b@first"]
PROXY = {"plain": {}, "reversed": {"listen": LISTEN[::-1]},
         "workers": {"workers": 4}}


def callees(s, pair, ways):
    """Two phones, each with the socket that it registers through"""
    out = []
    for n, (one, way) in enumerate(zip(pair.split("-"), ways)):
        kind, _, at = one.partition("@")
        # two of a kind differ in their ports
        changed = {"port": 40001 + n} if kind != "ua4" else {}
        out.append(KINDS[kind](s, proto=way, own=AT[at], **changed))
    return out


def went(lab, phone):
    """Where each request came from that the phone got by datagrams"""
    own = {m.src for m in lab.wire.read() if m.dst == phone.addr
           and m.proto == "udp" and not m.data.startswith(b"SIP/2.0")}
    assert own <= {(phone.own, 5060)}, own


def defines(proxy):
    options = dict(PROXY.get(proxy, {}))
    options.setdefault("listen", LISTEN)
    return (["MHOMED"] if proxy == "mhomed" else []), options


def plain(caller, at, pair, *_):
    """What record_route() writes says nothing of sockets"""
    return caller == "ua4" and "-ua4" in pair


@pytest.mark.parametrize("caller, at, pair, way, ways, proxy", combinations(
    list(CALLERS), list(AT), PAIRS, ["udp", "tcp"],
    ["udp-udp", "udp-tcp", "tcp-udp", "tcp-tcp"], [*PROXY, "mhomed"],
    unless=plain))
def test_parallel_fork(lab, caller, at, pair, way, ways, proxy):
    """Each phone has registered through a socket of its own; the second one
    answers, and both of the dialog's sides send within it"""
    names, options = defines(proxy)
    with Calls(lab, "IN_REQUEST", *names, **options) as s:
        who = CALLERS[caller](s, proto=way, own=AT[at])
        phones = callees(s, pair, ways.split("-"))
        for n, phone in enumerate(phones, 101):
            phone.register("bob", n)
        sent = who.text()
        who.send(sent)
        got = [phone.expect(forwarded(sent, who, phone, phone.uri("bob")))
               for phone in phones]
        for tag, phone, invite in zip("12", phones, got):
            back = phone.answer(invite, "183 Progress", tag=tag)
            who.expect(passed_back(back, phone, who))
        back = phones[1].answer(got[1], tag="2")
        told = who.expect(passed_back(back, phones[1], who))
        give_way(phones[0], got[0], ELSEWHERE)
        within("ACK", who, phones[1], told, 2)
        hang_up(phones[1], who, got[1], "2")
        for phone in (who, *phones):
            went(lab, phone)


@pytest.mark.parametrize("caller, at, pair, ways, proxy", combinations(
    list(CALLERS), list(AT), PAIRS, ["udp-udp", "udp-tcp", "tcp-udp"],
    ["plain", "reversed", "mhomed"], unless=plain))
def test_serial_fork(lab, caller, at, pair, ways, proxy):
    """The failure_route runs where the refusal came in: by another socket"""
    names, options = defines(proxy)
    with Calls(lab, "IN_REQUEST", *names, **options) as s:
        who = CALLERS[caller](s, own=AT[at])
        first, second = callees(s, pair, ways.split("-"))
        first.register("bob", 101)
        second.register("carol", 102)
        sent = who.text(extra="X-Next: sip:carol@sip.example.test\n")
        who.send(sent)
        refuse(first, first.expect(
            forwarded(sent, who, first, first.uri("bob"))))
        got = second.expect(
            forwarded(sent, who, second, second.uri("carol")))
        back = second.answer(got)
        told = who.expect(passed_back(back, second, who))
        within("ACK", who, second, told, 2)
        hang_up(second, who, got)
        for phone in (who, first, second):
            went(lab, phone)


FAR, FARTHER = "10.9.0.9", "10.9.0.8"


def way_to(host, own):
    """It starts at that socket's address"""
    subprocess.run(["ip", "route", "replace", "local", host, "dev", "lo",
                    "table", "local", "src", own], check=True)


@pytest.mark.parametrize("order", ["far-farther", "farther-far"])
@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("caller", CALLERS)
def test_mhomed(lab, caller, at, order):
    """mhomed=1: what the kernel says of each branch"""
    ends = {"far": (FAR, V4_B), "farther": (FARTHER, V4)}
    with Calls(lab, "IN_REQUEST", "MHOMED", listen=LISTEN) as s:
        who = CALLERS[caller](s, own=AT[at])
        way_to(who.addr[0], who.own)
        for host, own in ends.values():
            way_to(host, own)
        phones = [Party(s, (host, 5060), own=own) for host, own in
                  (ends[name] for name in order.split("-"))]
        called(lab, s, who, phones)


@pytest.mark.parametrize("way, out", [("udp", "udp"), ("udp", "tcp"),
                                      ("tcp", "udp"), ("tcp", "tcp")])
@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("caller", CALLERS)
def test_nothing_forced(lab, caller, at, way, out):
    """No binding says the socket: what the core takes where it may choose, the
    socket that it came by or the first one of that transport"""
    with Calls(lab, "IN_REQUEST", listen=LISTEN) as s:
        who = CALLERS[caller](s, proto=way, own=AT[at])
        # a stream goes over the connection that is there
        own = AT[at] if way == out == "udp" else V4
        phones = [ua4(s, proto=out, own=own),
                  ua4(s, 5062, proto=out, own=own)]
        for n, phone in enumerate(phones, 101):
            phone.register(f"u{n}", n)
        called(lab, s, who, phones)


def called(lab, s, who, phones):
    """X-To and X-Also: both ring, the second one answers"""
    to, also = (phone.uri("bob") for phone in phones)
    sent = who.text(extra=f"X-To: {to}\nX-Also: {also}\n")
    who.send(sent)
    got = [phone.expect(forwarded(sent, who, phone, uri))
           for phone, uri in zip(phones, (to, also))]
    for tag, phone, invite in zip("12", phones, got):
        back = phone.answer(invite, "180 Ringing", tag=tag, body=NONE)
        who.expect(passed_back(back, phone, who))
    back = phones[1].answer(got[1], tag="2")
    told = who.expect(passed_back(back, phones[1], who))
    give_way(phones[0], got[0], ELSEWHERE)
    within("ACK", who, phones[1], told, 2)
    hang_up(phones[1], who, got[1], "2")
    for phone in (who, *phones):
        went(lab, phone)


class Waiting(script.Phone):
    """It is the proxy that opens the connection"""

    def __init__(self, addr):
        self.proto, self.stream, self.inbox, self.seen = \
            "tcp", Stream(), [], set()
        self.stream.next = 0
        self.sock, self.called = socket.create_server(addr), False

    def _read(self, seconds):
        if not self.called:
            self.sock.settimeout(seconds)
            try:
                sock, _ = self.sock.accept()
            except (socket.timeout, BlockingIOError):
                return False
            self.sock.close()
            self.sock, self.called = sock, True
        return super()._read(seconds)


@pytest.mark.parametrize("way", ["udp", "tcp"])
@pytest.mark.parametrize("at", AT)
def test_no_connection_yet(lab, at, way):
    """UE6 calls two gateways that are reached by TCP: one connection to each,
    from the socket that the pair names, and the BYE comes by it"""
    with Calls(lab, "IN_REQUEST", listen=LISTEN) as s:
        way_to(netns.HOSTS["peer"], V4)
        who = ue6(s, 40009, proto=way, own=AT[at])
        phones = []
        for port in (5060, 5061):
            addr = (netns.HOSTS["peer"], port)
            s.phones["tcp", addr] = Waiting(addr)
            phones.append(Party(s, addr, proto="tcp"))
        called(lab, s, who, phones)
        opened = sorted((to, source[0]) for source, to in lab.wire.syns
                        if to[0] == netns.HOSTS["peer"])
        assert opened == [(phone.addr, V4) for phone in phones]
