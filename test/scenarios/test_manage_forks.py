# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One INVITE to several phones at once, by the shipped configuration: each
branch has its own Record-Route and its own SDP."""
import os
import re
import time

import pytest

from sipharness.branches import (ELSEWHERE, NET_B, PREFIX, PREFIX_B, Calls,
                                 cancelled, forwarded, give_way, hang_up, passed_back,
                                 refuse, ua4, ue6, ue6_b, within)
from sipharness.compare import octets
from sipharness.lab import SHIPPED
from sipharness.pairwise import combinations
from sipharness.script import WAIT
from sipharness.texts import NONE

POOLS = f"192.0.2.1/32={PREFIX}\n{NET_B}/32={PREFIX_B}\n"
CALLEES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
PAIRS = ["ue6-ua4", "ue6-ue6b", "ua4-ue6b"]
CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}


def shipped(lab, **options):
    """Two networks behind a NAT64 each"""
    path = os.path.join(lab.folder, "networks.txt")
    with open(path, "w") as f:
        f.write(POOLS)
    return Calls(lab, f'NAT64_POOL_FILE="{path}"', "NAT64_NO_PROBE",
                 'SIP_DOMAIN="sip.example.test"', cfg=SHIPPED,
                 **options)


def ring(s, caller, callees):
    """They are bob's, the caller calls him: the INVITE that each gets"""
    for n, phone in enumerate(callees, 101):
        phone.register("bob", n)
    sent = caller.text()
    caller.send(sent)
    return [phone.expect(forwarded(sent, caller, phone, phone.uri("bob")))
            for phone in callees]


def ringing(phones, got, caller):
    """So that each can be cancelled (RFC 3261 9.1)"""
    for phone, invite in zip(phones, got):
        back = phone.answer(invite, "180 Ringing", body=NONE)
        caller.expect(passed_back(back, phone, caller))


@pytest.mark.parametrize("caller, pair, way_in, way_out", combinations(
    ["ue6", "ua4"], PAIRS, ["udp", "tcp"], ["udp", "tcp"]))
def test_parallel_fork(lab, caller, pair, way_in, way_out):
    """The second phone answers, the first one is cancelled; ACK and BYE take
    the way that the second one's own values name"""
    with shipped(lab) as s:
        who = CALLERS[caller](s, proto=way_in)
        first, second = (CALLEES[kind](s, proto=way_out)
                         for kind in pair.split("-"))
        got = ring(s, who, (first, second))
        for tag, phone, invite in zip("12", (first, second), got):
            back = phone.answer(invite, "183 Progress", tag=tag)
            who.expect(passed_back(back, phone, who))
        back = second.answer(got[1], tag="2")
        told = who.expect(passed_back(back, second, who))
        give_way(first, got[0], ELSEWHERE)
        within("ACK", who, second, told, 1)
        hang_up(second, who, got[1], "2")


@pytest.mark.parametrize("caller, pair, way", combinations(
    ["ue6", "ua4"], PAIRS, ["udp", "tcp"]))
def test_two_200s(lab, caller, pair, way):
    """Both phones answer at the same time: the caller gets both 200s (RFC 3261
    16.7 item 5), each with its branch's own values and SDP, and each ACK and
    BYE reaches its phone"""
    with shipped(lab, several=True) as s:
        who = CALLERS[caller](s, proto=way)
        phones = [CALLEES[kind](s) for kind in pair.split("-")]
        got = ring(s, who, phones)
        ringing(phones, got, who)
        told = []
        for tag, phone, invite in zip("12", phones, got):
            back = phone.answer(invite, tag=tag)
            told.append(who.expect(passed_back(back, phone, who)))
        # the first 200 cancels the second branch; it comes too late
        late = phones[1].expect(cancelled(got[1], ELSEWHERE))
        phones[1].answer(late, "481 No Call", body=NONE)
        for n, (phone, text) in enumerate(zip(phones, told), 11):
            within("ACK", who, phone, text, n)
        for tag, phone, invite in zip("12", phones, got):
            hang_up(phone, who, invite, tag)


@pytest.mark.parametrize("caller, pair, way_in, way_out", combinations(
    ["ue6", "ua4"], PAIRS, ["udp", "tcp"], ["udp", "tcp"]))
def test_cancel_of_branches(lab, caller, pair, way_in, way_out):
    """The caller gives up: each branch's CANCEL, and the ACK of each 487, has
    nothing added"""
    with shipped(lab) as s:
        who = CALLERS[caller](s, proto=way_in)
        phones = [CALLEES[kind](s, proto=way_out) for kind in pair.split("-")]
        got = ring(s, who, phones)
        ringing(phones, got, who)
        cancel = who.text("CANCEL", body=NONE)
        who.send(re.sub("(?m)^Contact: .*\n", "", cancel))
        who.receive("SIP/2.0 200 ")
        for phone, invite in zip(phones, got):
            give_way(phone, invite)
        refused = who.receive("SIP/2.0 487 ")
        who.send(re.sub("(?m)^To: .*$", re.search("(?m)^To: .*$", refused)[0],
                        cancel.replace("CANCEL", "ACK")))


def at(lab, phone, start):
    """All that came to it, repetitions too"""
    return [m.data for m in lab.wire.read()
            if m.dst == phone.addr and m.data.startswith(start)]


@pytest.mark.parametrize("caller, pair", combinations(["ue6", "ua4"], PAIRS))
def test_retransmitted_invite(lab, caller, pair):
    """The caller's is absorbed; each branch's own is the same to the octet"""
    with shipped(lab) as s:
        who = CALLERS[caller](s)
        phones = [CALLEES[kind](s) for kind in pair.split("-")]
        got = ring(s, who, phones)
        for _ in range(2):
            who.send(who.text())
        s.proxy.settle()
        end = time.monotonic() + WAIT
        while any(len(at(lab, p, b"INVITE ")) < 2 for p in phones):
            assert time.monotonic() < end, "no INVITE came again"
            time.sleep(0.01)
        for phone, invite in zip(phones, got):
            assert set(at(lab, phone, b"INVITE ")) == {octets(invite)}
            refuse(phone, invite)
        who.receive("SIP/2.0 486 ")


@pytest.mark.parametrize("caller, callee, way", combinations(
    ["ue6", "ua4"], list(CALLEES), ["udp", "tcp"]))
def test_retransmitted_200(lab, caller, callee, way):
    """Each reaches the caller with the same octets, by the transaction and by
    the branch that was cancelled in between"""
    with shipped(lab) as s:
        who = CALLERS[caller](s, proto=way)
        phone, other = CALLEES[callee](s), ua4(s, 5061)
        got = ring(s, who, (phone, other))
        ringing((phone, other), got, who)
        back = phone.answer(got[0])
        told = who.expect(passed_back(back, phone, who))
        give_way(other, got[1], ELSEWHERE)
        for _ in range(2):
            phone.send(back)
            s.proxy.settle()
        within("ACK", who, phone, told, 2)
        oks = [m for m in at(lab, who, b"SIP/2.0 200 ") if b"INVITE" in m]
        assert oks == 3 * [octets(told)]
