# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-10: a limit that the operator set by source address holds for who claims an
IPv6 Via as for anybody else: the module lifts none."""
import os
import socket

import pytest

from sipharness import kamailio
from sipharness.attacks import ALICE, BOB, MALLORY, Attack
from sipharness.lab import SHIPPED
from test_proof_limits import SDP_NAT

FLOOD = 200
CALL = """INVITE sip:nobody@sip.example.test SIP/2.0
Via: SIP/2.0/UDP {via};branch=z9hG4bKl{n};rport
Max-Forwards: 70
From: <sip:m@sip.example.test>;tag=l{n}
To: <sip:nobody@sip.example.test>
Call-ID: limit{n}
CSeq: 1 INVITE
Contact: <sip:m@{via}>
Content-Length: 0

"""


def with_pike(lab):
    """The shipped file with a limit in front of everything; the tests' own
    questions are let through"""
    with open(SHIPPED) as f:
        text = f.read()
    load, route = 'loadmodule "nathelper.so"\n', "route[REQINIT] {\n"
    assert load in text and route in text
    path = os.path.join(lab.folder, "pike.cfg")
    with open(path, "w") as f:
        f.write(text.replace(load, load + (
            'loadmodule "pike.so"\n'
            'modparam("pike", "sampling_time_unit", 10)\n'
            'modparam("pike", "reqs_density_per_unit", 20)\n'
            'modparam("pike", "remove_latency", 60)\n')).replace(route, route + (
                '\tif ($si != "192.0.2.99" && !pike_check_req()) exit;\n')))
    return path


def served(s, address, via):
    """How many of a flood get an answer"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, 6000))
        sock.setblocking(False)
        answers = set()
        for n in range(FLOOD):
            text = CALL.format(n=f"{address}x{n}", via=via.format(n))
            sock.sendto(text.replace("\n", "\r\n").encode(),
                        ("192.0.2.10", 5060))
            if n % 10 == 9:
                s.proxy.settle()
                answers |= set(received(sock))
        return len(answers)


def received(sock):
    """The Call-IDs of what has come"""
    while True:
        try:
            text = sock.recv(65535).decode()
        except BlockingIOError:
            return
        if text.startswith("SIP/2.0 404 "):
            yield text.partition("Call-ID: ")[2].partition("\r")[0]


CLAIMS = {"one": "[2001:db8:1::2]:5062", "another-each-time":
          "[2001:db8:6::{:x}]:5062"}


@pytest.mark.parametrize("claim", CLAIMS)
def test_limit_by_address_is_not_lifted(lab, claim):
    if not kamailio.has_module("pike"):
        pytest.skip("Kamailio's module pike is not installed")
    with Attack(lab, 'SIP_DOMAIN="sip.example.test"', cfg=with_pike(lab),
                logged=r"WARNING: pike ").both() as s:
        got = s.invite()
        assert got.endswith(SDP_NAT)
        s.busy(got)
        plain = served(s, "192.0.2.20", "192.0.2.20:6000")
        ipv6 = served(s, MALLORY[0], CLAIMS[claim])
        assert 0 < plain < FLOOD / 2
        assert 0 < ipv6 <= plain + 20  # a sampling's end may lie between
        # another source is not affected
        got = s.invite()
        assert got.endswith(SDP_NAT)
        s.busy(got, ALICE, BOB)
