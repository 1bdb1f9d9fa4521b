# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on doctored calls with ICE."""

import pytest
from doctored import case_of, good_call, has, relay_for, replace
from doctored import failed as failed_of_any
from doctored_media import (PAIR, SIDES, case, failed, rtp, stun, wire,
                            without)
from lablib import media
from lablib.plan import UA4_ADDR, UE6_ADDR

VOICE = rtp(1000.05, 100)
ASKED = stun(0x0001, b"one") + stun(0x0101, b"two")
CAME = stun(0x0101, b"one") + stun(0x0001, b"two")
AUDIO = b"m=audio 30000 RTP/AVP 0\r\n"
LINES = ("a=candidate:1 1 UDP 2130706431 {0} 30000 typ host\r\n"
         "a=candidate:1 2 UDP 2130706430 {0} 30001 typ host\r\n")


def _offered(phone, lines):
    """What reaches a phone has these lines."""
    call = good_call(*PAIR)
    net, addr = ("ue", UE6_ADDR) if phone == "ue" else ("core", UA4_ADDR)
    return call.edit(net, lambda p: p.dst == addr and AUDIO in p.data,
                     replace(AUDIO, AUDIO + lines.encode()))


def _good():
    call = _offered("ue", LINES.format(relay_for("ue")))
    return call.edit("core", has(AUDIO, UA4_ADDR), replace(
        AUDIO, AUDIO + LINES.format(relay_for("ua4")).encode()))


def _case(folder, call=None, sent=ASKED, got=CAME, both=True):
    """both: RTCP's port was checked, too"""
    found = case(folder, "ice", VOICE, VOICE, call or _good())
    for phone in PAIR:
        for port in (30000, 30001)[:1 + both]:
            found.wire[phone] = _joined(found.wire[phone], wire(
                phone, sent, got, port, port))
    return found


def _joined(one, other):
    return media.Wire(*(a + b for a, b in zip(one.each(), other.each())))


def test_good(tmp_path):
    assert not failed(_case(tmp_path))


@pytest.mark.parametrize("old,new,more", [
    # c= is none of them; one cannot be reached; the phone has none
    (b"c=IN IP6 2001:db8:64::c000:214", b"c=IN IP6 2001:db8:64::c000:215",
     set()),
    (b"m=audio 30000", b"m=audio 30004", {"checks"}),
    (b"a=candidate", b"a=candidate:1 1 UDP 1 192.0.2.30 40000 typ host\r\n"
     b"a=candidate", {"sdp-ue"}),
    (b"a=candidate", b"a=x-candidate", {"checks"}),
    (b"a=candidate", b"a=ice-mismatch\r\na=candidate", set()),
    # of RTCP: another port, another address, none, which a=rtcp-mux allows
    (b" 30001 typ", b" 30003 typ", set()),
    (AUDIO, AUDIO + b"a=rtcp:30001 IN IP6 2001:db8:64::1\r\n", set()),
    (AUDIO, AUDIO + b"a=rtcp:30003\r\n", {"checks"}),
    (b":1 2 UDP", b":1 3 UDP", set())],
    ids=["other address", "other port", "IPv4 as well", "none", "mismatch",
         "RTCP's other port", "a=rtcp's address", "a=rtcp's port",
         "none for RTCP"])
def test_candidates(tmp_path, old, new, more):
    call = _good().edit("ue", has(AUDIO, UE6_ADDR), replace(old, new))
    assert failed(_case(tmp_path, call)) == {"candidates-ue"} | more


@pytest.mark.parametrize("line", [
    b"a=rtcp:30001\r\n", b"a=rtcp:30001 IN IP6 2001:db8:64::c000:214\r\n"])
def test_rtcp_where_it_is_said(tmp_path, line):
    call = _good().edit("ue", has(AUDIO, UE6_ADDR), replace(
        AUDIO, AUDIO + line))
    assert not failed(_case(tmp_path, call))


def test_rtcp_with_the_other(tmp_path):
    call = _good().edit("ue", has(AUDIO, UE6_ADDR), replace(
        b":1 2 UDP", b":1 3 UDP"))
    call.edit("ue", has(AUDIO, UE6_ADDR), replace(
        AUDIO, AUDIO + b"a=rtcp-mux\r\n"))
    assert not failed(_case(tmp_path, call))


def test_candidates_to_the_other(tmp_path):
    call = _good().edit("core", has(b"a=candidate", UA4_ADDR), replace(
        b"a=candidate:1 1 UDP 2130706431 192.0.2.20",
        b"a=candidate:1 1 UDP 2130706431 2001:db8:1::2"))
    assert "candidates-ua4" in failed(_case(tmp_path, call))


@pytest.mark.parametrize("phone,side", SIDES)
@pytest.mark.parametrize("kind", [0x0001, 0x0101])
def test_checks(tmp_path, phone, side, kind):
    found = without(_case(tmp_path), phone, side, lambda p: media.is_stun(p)
                    and p.data[:2] == kind.to_bytes(2, "big"))
    assert failed(found) == {"checks"}


def test_checks_of_rtp_alone(tmp_path):
    assert failed(_case(tmp_path, both=False)) == {"checks"}


def test_checks_of_another_transaction(tmp_path):
    sent = stun(0x0001, b"one") + stun(0x0101, b"two")
    got = stun(0x0101, b"else") + stun(0x0001, b"two")
    assert failed(_case(tmp_path, sent=sent, got=got)) == {"checks"}


OUTSIDE = ("a=candidate:1 1 UDP 1 %s 30000 typ %s raddr %s rport 30000\r\n")


@pytest.mark.parametrize("kind,raddr,good", [
    ("prflx", "2001:db8:1::2", True), ("srflx", "2001:db8:1::2", True),
    ("relay", "2001:db8:1::2", False), ("srflx", "10.0.0.7", False)])
def test_what_a_nat64_made_of_it(tmp_path, kind, raddr, good):
    """A phone that offers that reads IPv6, whatever its c= says."""
    call = good_call(*PAIR)
    call.edit("ue", has(b"INVITE sip"), replace(
        b"c=IN IP6 2001:db8:1::2", b"c=IN IP4 192.0.2.1"))
    call.edit("ue", has(b"INVITE sip"), replace(AUDIO, AUDIO + (
        OUTSIDE % ("192.0.2.1", kind, raddr)).encode()))
    assert failed_of_any(case_of(tmp_path, call)) == (
        set() if good else {"sdp-ue"})
