# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""probe_interval: registered phones behind NAT64 are asked again and again, by
the flow that they have, and nobody else."""
import os
import socket
import subprocess
import time

import pytest

from sipharness import callfile
from sipharness.ctl import Ctl
from sipharness.lab import HERE
from sipharness.talk import Phone, again
from test_register import (BARESIP, MARK, OWN6, PJSIP_NEXT, PORT, bindings,
                           database, prove, received, restart, unregister,
                           uri)

CFG = os.path.join(HERE, "cfg", "register.cfg")
TCP = BARESIP.replace("SIP/2.0/UDP", "SIP/2.0/TCP").replace(
    "]:46546>", "]:46546;transport=tcp>")


@pytest.fixture(autouse=True)
def quiet(lab):
    """Nothing of a scenario is worth a warning"""
    yield
    for proxy in lab.running:
        assert not proxy.complaints()


def start(lab, *defines, **options):
    return lab.proxy(CFG, defines=["PROBE_INTERVAL=1", *defines], **options)


def certificate(folder):
    """A key and its own certificate in one file"""
    path = os.path.join(folder, "tls.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-days", "1", "-subj", "/CN=sip.example.test", "-keyout",
                    path, "-out", path + ".crt"], check=True,
                   capture_output=True)
    with open(path + ".crt") as crt, open(path, "a") as pem:
        pem.write(crt.read())
    return path


def flow(lab, proto):
    """(register, phone) over that transport, the proxy running"""
    if proto == "udp":
        start(lab)
        return BARESIP, Phone(PORT)
    if proto == "tcp":
        start(lab)
        return TCP, Phone(PORT, proto="tcp")
    start(lab, f'WITH_TLS="{certificate(lab.folder)}"',
          listen=["udp:192.0.2.10:5060", "tls:192.0.2.10:5061"])
    text = TCP.replace("2.0/TCP", "2.0/TLS").replace("=tcp", "=tls")
    return text, Phone(PORT, proto="tls", proxy=("192.0.2.10", 5061))


@pytest.mark.parametrize("proto", ["udp", "tcp", "tls"])
def test_each_transport(lab, proto):
    """Once for the proof, then as keepalive; its own flow brings each"""
    register, phone = flow(lab, proto)
    with phone as ue6:
        ue6.ask(register)
        ids = set()
        for _ in range(3):
            request = ue6.receive()
            assert request.startswith("OPTIONS sip:192.0.2.1:46546"), request
            ids.add(callfile.header(request, "call-id"))
            ue6.answer(request, OWN6)
        assert len(ids) == 3
        assert received(ue6.ask(again(register, 1))).endswith(MARK)


def asked(lab, port):
    return [m for m in lab.wire.read() if m.dst[1] == port
            and m.data.startswith(b"OPTIONS ")]


def test_only_who_is_registered_and_behind_nat64(lab):
    """A phone on IPv4 is not asked, nor one that has gone"""
    start(lab)
    with Phone(PORT) as ue6, Phone(5070, host="ua4") as ua4, \
            Phone(PORT + 2) as gone:
        register = PJSIP_NEXT.replace("192.0.2.1:5070", "192.0.2.30:5070")
        ua4.ask(register.replace("alice", "bob"))
        other = BARESIP.replace("46546", "46548").replace(
            "alice", "carol").replace("0d67d9", "1d67d9")
        prove(gone, other)
        assert bindings(gone.ask(unregister(other))) == {}
        before = len(asked(lab, PORT + 2))
        ue6.ask(BARESIP)
        for _ in range(3):
            ue6.answer(ue6.receive(), OWN6)
        assert len(asked(lab, PORT + 2)) == before
        assert not asked(lab, 5070)


def test_no_new_connection(lab):
    """The connection is gone: nothing is sent, none is opened"""
    start(lab)
    with Phone(PORT, proto="tcp") as ue6:
        ue6.ask(TCP)
        ue6.answer(ue6.receive(), OWN6)
        assert received(ue6.ask(again(TCP, 1))).endswith(MARK)
    with socket.create_server(ue6.addr) as door, Phone(PORT + 2) as other:
        door.setblocking(False)
        other.ask(BARESIP.replace("46546", "46548").replace(
            "alice", "carol").replace("0d67d9", "1d67d9"))
        for _ in range(3):
            other.answer(other.receive(), OWN6)
        with pytest.raises(BlockingIOError):
            door.accept()


def test_connection_that_is_gone_is_forgotten(lab):
    """The NAT64 may give its port to another phone"""
    path = os.path.join(lab.folder, "ctl")
    start(lab, f'CTL="unix:{path}"')
    ask = Ctl(path)
    with Phone(PORT, proto="tcp") as ue6:
        ue6.ask(TCP)
        ue6.answer(ue6.receive(), OWN6)
        assert received(ue6.ask(again(TCP, 1))).endswith(MARK)
        assert [(f["flow"], f["state"]) for f in ask.flows()[0]] == [
            (f"192.0.2.1:{PORT}", "nat64")]
        assert ask.fields("status")["nat64"] == "1"
    end = time.monotonic() + 10
    while ask.flows()[0]:
        assert time.monotonic() < end, ask.flows()
        time.sleep(0.05)
    assert ask.fields("status")["nat64"] == "0"


@pytest.mark.parametrize("value", ["-1", "86401"])
def test_refused(lab, value):
    log = lab.refused(CFG, defines=[f"PROBE_INTERVAL={value}"])
    assert (f'parameter "probe_interval", value "{value}": must be 0 to 86400'
            in log), log


def test_after_a_restart(lab):
    """The mark alone says who is to be asked; silence takes it back"""
    db = database(lab.folder)
    start(lab, db)
    with Phone(PORT) as ue6:
        assert received(prove(ue6, BARESIP)).endswith(MARK)
        restart(lab, "PROBE_INTERVAL=1", db)
        ue6.asked.clear()
        ue6.answer(ue6.receive())
        assert received(ue6.ask(again(BARESIP, 2))) == uri(ue6)
