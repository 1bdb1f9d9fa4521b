# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-4: a prefix is learnt from who answers what it was asked, for that one
alone. Forged answers, a lying neighbour behind the same NAT64, floods."""
import random
import re
import socket

import pytest

from sipharness.attacks import (ALICE, BOB, EVE, EVE_LITERAL, EVIL, GOOD,
                                LITERAL, MALLORY, NONE, Attack, response)
from sipharness.shapes import V4, synthetic, value
from sipharness.texts import SDP4, values

ALICES = "sip:alice@sip.example.test"


def shown(text, received):
    """The answer to what was asked, with that received in our Via"""
    return re.sub(r"(?m)^(Via: SIP/2.0/UDP 192.0.2.10[^\n]*)",
                  rf"\1;received={received}", response(
                      text, contact=LITERAL, body=NONE,
                      record_route=False), count=1)


def registered(s, user, source, literal, received):
    """It registers, is asked, answers; what it was asked"""
    asked = s.register(user, source, literal)
    assert asked
    if received:
        s.send(source, shown(asked, received))
        s.proxy.settle()
    return asked


def faces(s, uri, to):
    """The own value that faces who is called"""
    s.say(BOB, uri=uri, caller=BOB, body=SDP4)
    got = s.get(to, "")
    if got.startswith("OPTIONS "):  # nothing is known of it
        got = s.get(to, "INVITE ")
    s.busy(got, BOB, to)
    return values(got).splitlines()[0].partition(": ")[2]


def start(lab, *defines):
    s = Attack(lab, *defines, known=False)
    s.register("bob", BOB)
    return s


def of(prefix, label="bn"):
    return value(synthetic(prefix, V4), label)


def test_neighbour_behind_the_same_nat64(lab):
    """It lies for itself, in the probe's answer and in a call's; it answers
    what another was asked; it registers with the other's address"""
    with start(lab) as s:
        question = registered(s, "alice", ALICE, LITERAL, None)
        s.phone(EVE)
        s.send(EVE, shown(question, EVIL))
        s.proxy.settle()
        s.stats(proofs=0)
        s.send(ALICE, shown(question, GOOD))
        s.proxy.settle()
        registered(s, "eve", EVE, LITERAL, EVIL)
        assert faces(s, "sip:eve@sip.example.test", EVE) == \
            of("2001:db8:bad::/96")
        assert faces(s, ALICES, ALICE) == of("2001:db8:64::/96")
        # in the answer to a call, in the name of the other
        got = s.invite(BOB, ALICES, ALICE, caller=BOB, body=SDP4)
        s.send(EVE, shown(got, EVIL))
        s.send(EVE, shown(got, EVIL).replace(EVE_LITERAL, LITERAL))
        s.proxy.settle()
        s.drain()
        assert faces(s, ALICES, ALICE) == of("2001:db8:64::/96")
        s.drain()


FORGED = {
    "branch-and-call-id": ("branch=z9hG4bK[^;]*", "Call-ID: .*"),
    "call-id": ("Call-ID: .*",),
    "branch": ("branch=z9hG4bK[^;]*",),
}


def guess(text, patterns, rng):
    """Those parts of it changed in one place each, as who has seen most of it
    might guess them"""
    for pattern in patterns:
        found = re.search(pattern, text)[0]
        at = len(found) - 1 - rng.randrange(8)
        other = rng.choice([c for c in "0123456789abcdef" if c != found[at]])
        text = text.replace(found, found[:at] + other + found[at + 1:], 1)
    return text


@pytest.mark.parametrize("kind", FORGED)
def test_guessed_answers_with_a_spoofed_source(lab, kind):
    """From the phone's own address and port, all right but what only the phone
    was told. Then the phone itself answers, and is believed."""
    rng = random.Random(kind)
    with start(lab) as s:
        question = registered(s, "alice", ALICE, LITERAL, None)
        for _ in range(300):
            s.send(ALICE, guess(shown(question, EVIL), FORGED[kind], rng))
        s.proxy.settle()
        s.stats(proofs=0, disproofs=0)
        s.send(ALICE, shown(question, GOOD))
        s.proxy.settle()
        s.stats(proofs=1)
        s.drain()
        assert faces(s, ALICES, ALICE) == of("2001:db8:64::/96")


LIES = ["2001:db8:bad::c000:21e", "2001:db8:bad::7f00:1", "2001:db8:1::2",
        "::ffff:192.0.2.10", "::", "fe80::c000:20a", "ff02::c000:20a",
        "2001:db8:64::c000:20a%25lo", "[2001:db8:bad::c000:20a",
        "2001:db8:bad::192.0.2.010"]


@pytest.mark.parametrize("lie", LIES)
def test_received_that_embeds_no_address_of_ours(lab, lie):
    """No proof. Asked once more, the truth is believed."""
    with start(lab) as s:
        registered(s, "alice", ALICE, LITERAL, lie)
        s.stats(proofs=0)
        got = faces(s, ALICES, ALICE)
        assert "2001:db8:bad" not in got and "fe80" not in got
        registered(s, "eve", EVE, EVE_LITERAL, GOOD)
        s.stats(proofs=1)
        assert faces(s, "sip:eve@sip.example.test", EVE) == \
            of("2001:db8:64::/96")
        s.drain()


def test_shown_replaces_no_configured_prefix(lab):
    """Of the pool that the liar is in: the next phone gets the operator's"""
    path = f"{lab.folder}/pools.txt"
    with open(path, "w") as f:
        f.write("192.0.2.1/32=2001:db8:64::/96\n")
    with start(lab, f'NAT64_POOL_FILE="{path}"') as s:
        registered(s, "eve", EVE, EVE_LITERAL, EVIL)
        registered(s, "alice", ALICE, LITERAL, None)
        assert faces(s, ALICES, ALICE) == of("2001:db8:64::/96")
        s.drain()


def test_flood_of_hints_evicts_no_proof(lab):
    """Room for eight: 400 flows with an IPv6 Via, from an address that is not
    the phone's. No more are asked than may be."""
    with start(lab, "FLOWS=1") as s:
        registered(s, "alice", ALICE, LITERAL, GOOD)
        for n in range(400):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind((MALLORY[0], 20000 + n))
                flood(s, sock, n)
        s.proxy.settle()
        s.stats(proofs=1)
        assert 0 < s.stat("probes") <= 26 * 20  # half of 50 a second
        assert s.stat("probes_left_out") > 0
        s.drain()
        assert faces(s, ALICES, ALICE) == of("2001:db8:64::/96")
        s.drain()


def flood(s, sock, n):
    text = "\n".join([
        "INVITE sip:nobody@sip.example.test SIP/2.0",
        f"Via: SIP/2.0/UDP [2001:db8:6::{n:x}]:5060;branch=z9hG4bKf{n};rport",
        "Max-Forwards: 70", f"From: <sip:m@sip.example.test>;tag=f{n}",
        "To: <sip:bob@sip.example.test>;tag=x", f"Call-ID: flood{n}",
        "CSeq: 1 INVITE", "Route: <sip:192.0.2.10;lr>",
        f"Contact: <sip:m@[2001:db8:6::{n:x}]>", "Content-Length: 0", "", ""])
    sock.sendto(text.replace("\n", "\r\n").encode(), ("192.0.2.10", 5060))
    if n % 20 == 19:
        s.proxy.settle()
