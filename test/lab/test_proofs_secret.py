# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on doctored calls whose media are encrypted, or are not."""

import pytest
from doctored import good_call, has, replace
from doctored_media import (PAIR, SIDES, case, dtls, failed, noise, rtp,
                            without)
from lablib import media
from lablib.plan import UE6_ADDR

SECRET = rtp(1000.05, 100, noise)
HELLO = dtls((22, 1)) + dtls((22, 16), (20, 1), begin=1000.2)
BACK = dtls((22, 2), (22, 14), begin=1000.1) + dtls((20, 1), begin=1000.3)


DTLS = b"UDP/TLS/RTP/SAVPF"


def _call(profile=b"RTP/SAVP"):
    call = good_call(*PAIR)
    for net in ("ue", "core"):
        call.edit(net, has(b"m=audio"), replace(b"RTP/AVP", profile))
    return call


def _dtls(folder, sent, got):
    return case(folder, "dtls", SECRET + sent, SECRET + got, _call(DTLS))


def test_good(tmp_path):
    assert not failed(case(tmp_path, "srtp", SECRET, SECRET, _call()))


@pytest.mark.parametrize("packets", [
    rtp(1000.05, 100),                             # as it was spoken
    SECRET + rtp(1003.0, 40),                      # some of it
    SECRET[:40]])                                  # hardly anything
def test_anybody_can_listen(tmp_path, packets):
    found = case(tmp_path, "srtp", packets, SECRET, _call())
    assert failed(found) == {"secret"}


@pytest.mark.parametrize("kind,profile", [
    ("srtp", b"RTP/AVP"), ("srtp", b"RTP/SAVPF"), ("srtp", DTLS),
    ("dtls", b"RTP/SAVP"), ("dtls", b"UDP/TLS/RTP/SAVP")])
def test_not_asked_for(tmp_path, kind, profile):
    shaken = (HELLO, BACK) if kind == "dtls" else ([], [])
    assert failed(case(tmp_path, kind, SECRET + shaken[0],
                       SECRET + shaken[1], _call(profile))) == {"secret"}


def test_not_asked_for_at_one_end(tmp_path):
    call = _call().edit("ue", has(b"m=audio", UE6_ADDR),
                        replace(b"RTP/SAVP", b"RTP/AVP"))
    assert failed(case(tmp_path, "srtp", SECRET, SECRET, call)) == {"secret"}


def test_handshake(tmp_path):
    assert not failed(_dtls(tmp_path, HELLO, BACK))


@pytest.mark.parametrize("phone,side", SIDES)
def test_handshake_not_finished(tmp_path, phone, side):
    found = without(_dtls(tmp_path, HELLO, BACK), phone, side,
                    lambda p: media.is_dtls(p) and b"\x14\xfe" in p.data)
    assert failed(found) == {"dtls"}


def test_the_relay_began(tmp_path):
    assert failed(_dtls(tmp_path, BACK, HELLO)) == {"dtls"}


def test_none(tmp_path):
    assert failed(_dtls(tmp_path, [], [])) == {"dtls"}
