# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""TCP and TLS: once the connection of a phone behind NAT64 is gone, there is no
way to it. Whoever calls it is told so at once; no connection is tried, no name
server asked, nothing sent over IPv6."""
import socket
import time

import pytest

from sipharness import compare, kamailio
from sipharness.callfile import header
from sipharness.dialogs import UA4, UE6, UE6_SAME, Ua
from sipharness.script import WAIT
from sipharness.secure import Secure, SecureProxy, authority

pytestmark = pytest.mark.skipif(
    not kamailio.has_module("tls"), reason="no tls.so: kamailio-tls-modules")

WAYS = ["tcp", "tls"]
FAILED = r"tcp_send failed|sending request on branch \d+ failed"
UNSENT = r"tcp_send failed|failed to (forward|send|relay)|msg_send"
# a phone on IPv4 that lets itself be called
LISTENS = Ua("alice", (UA4.addr[0], 5066), "192.0.2.30:5066", "IP4 192.0.2.30")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("tls"))


def refused(d, sender, method, body=None):
    """Sent, and answered by the proxy; no timer of tm's is that short"""
    text = d.build(sender, method, "", body or d.body(sender),
                   d.cseq[sender] + 1, "gone")
    start = time.monotonic()
    d.phone(sender).send(text)
    got = d.receive(sender)
    assert time.monotonic() - start < 1
    assert got.startswith("SIP/2.0 480 Temporarily Unavailable\n"), got
    assert header(got, "cseq") == header(text, "cseq")


@pytest.mark.parametrize("way", WAYS)
def test_call(lab, files, way):
    with SecureProxy(lab, files) as s:
        d = Secure(s, UA4, UE6, {UA4: "udp", UE6: way})
        s.hang_up(UE6, way)
        refused(d, UA4, "INVITE")
        s.said(FAILED)


@pytest.mark.parametrize("way", WAYS)
def test_call_of_a_neighbour(lab, files, way):
    """Both behind the same NAT64, one connection left"""
    with SecureProxy(lab, files) as s:
        d = Secure(s, UE6_SAME, UE6, {UE6_SAME: way, UE6: way})
        s.hang_up(UE6, way)
        refused(d, UE6_SAME, "INVITE")
        s.said(FAILED)


@pytest.mark.parametrize("method", ["BYE", "INVITE"])
@pytest.mark.parametrize("way", WAYS)
def test_within_the_call(lab, files, way, method):
    with SecureProxy(lab, files) as s:
        d = Secure(s, UA4, UE6, {UA4: "udp", UE6: way})
        d.call()
        s.hang_up(UE6, way)
        refused(d, UA4, method)
        s.said(FAILED)


@pytest.mark.parametrize("way", WAYS)
def test_ack(lab, files, way):
    """Nobody answers an ACK"""
    with SecureProxy(lab, files) as s:
        d = Secure(s, UA4, UE6, {UA4: "udp", UE6: way})
        req = d.request(UA4, "INVITE", d.body(UA4))
        d.answer(req, body=d.body(UE6))
        s.hang_up(UE6, way)
        d.phone(UA4).send(d.build(UA4, "ACK", "", "Content-Length: 0\n\n",
                                  req.number, "gone"))
        s.proxy.settle()
        s.said(UNSENT)


@pytest.mark.parametrize("way", WAYS)
def test_reply(lab, files, way):
    """RFC 3261 18.2.2 would open a connection for it"""
    with SecureProxy(lab, files) as s:
        d = Secure(s, UE6, UA4, {UA4: "udp", UE6: way})
        req = d.request(UE6, "INVITE", d.body(UE6))
        s.hang_up(UE6, way)
        d.phone(UA4).send(d.answer_text(req, "180 Ringing",
                                        "Content-Length: 0\n\n", ""))
        s.proxy.settle()
        s.said(UNSENT)


def reached(listener):
    """What is sent to a phone that waits for it"""
    listener.settimeout(WAIT)
    con, _ = listener.accept()
    con.settimeout(WAIT)
    data = b""
    while b"\r\n\r\n" not in data:
        data += con.recv(65535)
    con.close()
    return compare.visible(data)


@pytest.mark.parametrize("first", ["ue6", "ua4"])
@pytest.mark.parametrize("way", WAYS)
def test_fork(lab, files, way, first):
    """A phone on IPv4 may be connected to, its neighbour in the same fork may
    not: neither by an INVITE nor by what comes after it"""
    with SecureProxy(lab, files) as s:
        d = Secure(s, UA4, UE6, {UA4: "udp", UE6: way, LISTENS: "tcp"})
        d.users[LISTENS] = "alice"
        d.tag[LISTENS] = ""
        d.register(LISTENS)
        if first == "ue6":
            d.register(UE6)
        for ua in (UE6, LISTENS):
            s.hang_up(ua, d.ways[ua])
        with socket.create_server(LISTENS.addr) as listener:
            d.phone(UA4).send(d.build(UA4, "INVITE", "", d.body(UA4), 101,
                                      "fork"))
            got = reached(listener)
            assert got.startswith("INVITE sip:alice@192.0.2.30:5066"), got
        s.proxy.settle()
        d.phone(UA4).rest()
        lab.wire.read()
        assert [dst for _, dst in lab.wire.syns if dst == LISTENS.addr]
