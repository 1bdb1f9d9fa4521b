# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Full buffers: what cannot be taken or sent is lost; the next calls go on, and
nothing of it stays in memory."""
import shutil
import socket
import subprocess
from types import SimpleNamespace

import pytest

from sipharness import netns, shapes
from sipharness.talk import Phone
from sipharness.texts import SDP6, UA4
from sipharness.workers import SOCKET, Workers

from faultlib.proxies import Faulty
from faultlib.scenes import BOB, LateOffer, register, text

FLOOD = 20000  # datagrams, at most
FULL = 400     # messages
CAROL = "sip:carol@sip.example.test"
LARGE = shapes.content("text/plain", "x" * 50000)


def lost(s):
    """Datagrams that found no room in the proxy's UDP socket"""
    with open(f"/proc/{s.proxy.proc.pid}/net/udp") as f:
        rows = [line.split() for line in f.readlines()[1:]]
    return next(int(row[12]) for row in rows if row[1] == SOCKET)


def flood(s, datagram):
    """While the worker is stopped, until the kernel drops"""
    before, sent = lost(s), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((netns.HOSTS["ue6b"], 0))
        while lost(s) == before and sent < FLOOD:
            for n in range(100):
                sock.sendto(datagram(sent + n), ("192.0.2.10", 5060))
            sent += 100
    assert lost(s) > before, "the buffer was never full"
    return lost(s) - before


def invite(n):
    r = SimpleNamespace(n=100000 + n)
    return text(r, "INVITE", uri=BOB, body=SDP6).replace(
        "\n", "\r\n").encode()


@pytest.mark.parametrize("what", ["invites", "garbage"])
def test_receive_buffer(lab, what, record_property):
    with Faulty(lab, LateOffer()) as s:
        judge = s.learn()
        before = s.used()
        workers = Workers(s)
        workers.none()
        gone = flood(s, invite if what == "invites"
                     else lambda n: b"\0" * 1400)
        with workers:
            workers.all()
        workers.idle()
        fault = judge.same(s.round())
        assert not fault, fault
        assert not s.lost(before)
    print(f"{what}: {gone} datagrams lost")
    record_property("faults", 1)


@pytest.mark.skipif(not shutil.which("iptables"),
                    reason="iptables is not installed")
@pytest.mark.parametrize("who", ["ue6", "ua4"])
def test_not_sent(lab, who, record_property):
    """The kernel takes nothing for one of the two, as with a full buffer"""
    rule = ["OUTPUT", "-s", "192.0.2.10", "-d", netns.HOSTS[who], "-p", "udp",
            "-j", "DROP"]
    with Faulty(lab, LateOffer()) as s:
        judge = s.learn()
        before = s.used()
        subprocess.run(["iptables", "-w", "-A", *rule], check=True)
        for _ in range(10):
            play = s.round()
            assert play.ended
        subprocess.run(["iptables", "-w", "-D", *rule], check=True)
        fault = judge.same(s.round())
        assert not fault, fault
        assert "Operation not permitted" in s.proxy.log(s.proxy.mark)
        assert not s.lost(before)
    record_property("faults", 10)


def until_full(s, turn, meanwhile):
    """A phone connects, registers, and reads no more: what is sent to it until
    it is refused; then something else is done

    @return How many messages that took, what the last was answered
    """
    with Phone(40001, host="ue6b", proto="tcp") as deaf:
        register(SimpleNamespace(n=0, send=lambda _, m: deaf.send(m)), "carol",
                 CAROL, "192.0.2.2:40001;transport=tcp", cseq=turn)
        assert deaf.receive().startswith("SIP/2.0 200 ")
        for n in range(FULL):
            s.send(UA4, text(
                SimpleNamespace(n=turn * 100000 + n), "MESSAGE", uri=CAROL,
                caller="192.0.2.30:5060", body=LARGE))
            s.proxy.settle()
            # of this very one; others' may be answered by the timer
            refused = [m for m in s.phone(UA4).rest()
                       if f"\nCall-ID: round{turn * 100000 + n}\n" in m
                       and not m.startswith("SIP/2.0 100 ")]
            if refused:
                meanwhile()
                return n + 1, refused[0].partition("\n")[0]
    raise AssertionError("it was never full")


def test_connection_that_nobody_reads(lab, record_property):
    """What does not fit into it any more is refused; others' calls go on while
    it is full, and nothing is left of it in the end"""
    with Faulty(lab, LateOffer()) as s:
        judge = s.learn()

        def others():
            fault = judge.same(s.round())
            assert not fault, fault

        until_full(s, 1, others)
        before = s.used()
        n, said = until_full(s, 2, others)
        assert said.startswith("SIP/2.0 4"), said
        assert not s.lost(before)
    print(f"connection full after {n} messages: {said}")
    record_property("faults", 2)


def test_worker_waits_for_nobody(lab, record_property):
    """A phone that reads nothing: its own messages are lost"""
    with Faulty(lab, LateOffer()) as s:
        judge = s.learn()
        before = s.used()
        deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.bind((netns.HOSTS["ue6b"], 40009))
        for n in range(200):
            deaf.sendto(invite(n), ("192.0.2.10", 5060))
        s.proxy.settle()
        fault = judge.same(s.round())
        assert not fault, fault
        deaf.close()
        assert not s.lost(before)
    record_property("faults", 1)
