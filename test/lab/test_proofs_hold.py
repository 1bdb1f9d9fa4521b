# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on doctored calls that are put on hold and resumed."""

import math
import struct

import pytest
from doctored import (case_of, drop, failed, good_call, has, reinvite,
                      replace)
from lablib import g711, ladder, pcap, proofs
from lablib.plan import UE6_ADDR

PAIR = ("ue", "uen")
RATE, FRAME = 8000, 160
WANTED = 1130


def _payloads():
    """One second of the tone: 50 payloads."""
    octets = g711.encode(g711.PCMU, [
        int(9000 * math.sin(2 * math.pi * WANTED * n / RATE))
        for n in range(RATE)])
    return [octets[n:n + FRAME] for n in range(0, RATE, FRAME)]


@pytest.fixture(scope="module")
def tone():
    return _payloads()


def _stream(tone, begin, end):
    return [pcap.Packet(begin + n / 50, "udp", "2001:db8::1", 4000,
                        "2001:db8::2", 30000,
                        struct.pack("!BBHII", 128, 0, n, n * FRAME, 1)
                        + tone[n % 50])
            for n in range(int((end - begin) * 50))]


def _wire(holder, ways=("sendonly", "sendrecv")):
    """Hold one second after the call was set up, resume one later."""
    times = []

    def within(wire):
        for number, way in enumerate(ways, 20):
            wire.time += 1.0
            times.append(wire.time)
            reinvite(wire, PAIR, holder, number, way)
        wire.time += 1.0
    return good_call(*PAIR, within=within), times


def _case(folder, wire, times, tone, holder, **changes):
    """RTP before the hold and after the resume."""
    first, last = times[0], times[-1]
    talk = _stream(tone, first - 1.0, first - 0.01) \
        + _stream(tone, last + 0.02, last + 0.95)
    voice = {p: (talk, talk) for p in PAIR}
    changes = {"voice": voice, "hold": holder,
               "wanted": {p: WANTED for p in PAIR}, **changes}
    return case_of(folder, wire, PAIR, **changes)


@pytest.mark.parametrize("holder", PAIR)
def test_good_hold(tmp_path, tone, holder):
    case = _case(tmp_path, *_wire(holder), tone, holder)
    assert not failed(case)
    keys = {p.key for p in proofs.judge(case)}
    assert {"hold", "resume"} <= keys and len(keys) == 16


@pytest.mark.parametrize("way,keys", [
    ("inactive", set()), ("sendrecv", {"hold"}), ("recvonly", {"hold"})])
def test_what_the_other_is_offered(tmp_path, tone, way, keys):
    case = _case(tmp_path, *_wire("ue", (way, "sendrecv")), tone, "ue")
    assert failed(case) == keys


def test_never_resumed(tmp_path, tone):
    wire, times = _wire("ue", ("sendonly",))
    case = _case(tmp_path, wire, times, tone, "ue")
    assert failed(case) == {"hold", "resume"}
    assert "hold" not in {p.key for p in proofs.judge(case) if p.ok}


@pytest.mark.parametrize("net,want,change,keys", [
    ("uen", has(b"20 INVITE"), drop, {"hold", "no-repeat"}),
    ("uen", has(b"20 ACK"), drop, {"hold", "ack"}),
    ("uen", has(b"21 ACK"), drop, {"resume", "ack"}),
    ("ue", has(b"21 INVITE", UE6_ADDR), drop, {"resume", "no-repeat"}),
    # one 200 per INVITE: of the re-INVITE, too
    ("ue", has(b"21 INVITE", UE6_ADDR), lambda p: [p, p], {"no-repeat"}),
    ("uen", has(b"a=sendrecv", "2001:db8:1::3"),
     replace(b"a=sendrecv", b"a=sendonly"), {"resume"}),
    # the address that the hold or the resume brings
    ("uen", has(b"20 INVITE", "2001:db8:1::3"), replace(
        b"c=IN IP6 2001:db8:64::c000:214", b"c=IN IP4 192.0.2.20"),
     {"sdp-uen"}),
    ("uen", has(b"21 ACK"), replace(
        b"Call-ID: one", b"Call-ID: one\r\nRoute: <sip:192.0.2.10;lr>"),
     {"no-own-route"}),
    ("ue", has(b"20 INVITE", "2001:db8:64::c000:20a"), replace(
        b"Route: <sip:[2001:db8:64::c000:20a]", b"Route: <sip:192.0.2.10"),
     {"route-ue"}),
], ids=["hold lost", "hold's ACK lost", "resume's ACK lost",
        "resume unanswered", "200 of the resume repeated", "no resume",
        "IP4 in the hold", "own Route in an ACK", "IPv4 first"])
def test_fault_is_seen(tmp_path, tone, net, want, change, keys):
    wire, times = _wire("ue")
    wire.edit(net, want, change)
    case = _case(tmp_path, wire, times, tone, "ue")
    assert failed(case) == keys


def test_the_held_phone_still_talks(tmp_path, tone):
    wire, times = _wire("ue")
    talk = _stream(tone, times[0] - 1.0, times[1] + 0.95)
    case = _case(tmp_path, wire, times, tone, "ue",
                 voice={p: (talk, talk) for p in PAIR})
    assert failed(case) == {"hold"}


@pytest.mark.parametrize("phone", PAIR)
def test_silence_after_the_resume(tmp_path, tone, phone):
    wire, times = _wire("ue")
    case = _case(tmp_path, wire, times, tone, "ue")
    sent, got = case.voice[phone]
    case.voice[phone] = (sent, [p for p in got if p.time < times[1]])
    assert failed(case) == {"resume"}


def test_another_tone_after_the_resume(tmp_path, tone):
    wire, times = _wire("ue")
    wanted = {"ue": WANTED, "uen": 620}
    case = _case(tmp_path, wire, times, tone, "ue", wanted=wanted)
    assert failed(case) == {"resume"}


def test_ladder_of_two_phones_behind_one_nat64(tmp_path, tone):
    """Their ports tell them apart, what the NAT64 made of them too."""
    wire, times = _wire("uen")
    lines = ladder.draw(_case(tmp_path, wire, times, tone, "uen"))
    assert lines[0].split() == ["UE6", "NAT64", "proxy", "NAT64", "UE6n"]
    arrows = [x for x in lines if "|" in x]
    assert len(arrows) == 10 + 2 * 6
    gap = " " * 15
    assert f"|---------------+-------------->|{gap}|{gap}|  INVITE" \
        in arrows[0]
    assert f"|{gap}|{gap}|---------------+-------------->|  INVITE" \
        in arrows[1]
