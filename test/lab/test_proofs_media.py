# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on doctored media: when they came, and what they were."""

import dataclasses

import pytest
from doctored import Wire, drop, good_call, has, reinvite, replace
from doctored_media import (PAIR, SIDES, TONE, case, failed, rtcp, rtp, without)
from lablib import kinds, matrix, media, media_matrix, plays, proofs_media
from lablib.plan import UE6_ADDR

BEGIN = 1000.05   # when the call is set up they talk
AGAIN = 1002.2    # the second offer has been acknowledged
AUDIO = b"m=audio 30000 RTP/AVP 0\r\n"
VIDEO = AUDIO + b"m=video 30002 RTP/AVP 96\r\n"
IMAGE = b"m=image 30000 udptl t38\r\n"
VOICE = rtp(BEGIN, 100)


def again(section=AUDIO, call=None):
    """A call of two offers, the second with these sections."""
    def within(wire):
        wire.time += 2.0
        reinvite(wire, PAIR, "ue", 20, "sendrecv")
        wire.time += 2.0
    found = call or good_call(*PAIR, within=within)
    for net in ("ue", "core"):
        found.edit(net, has(b"20 INVITE"), replace(AUDIO, section))
    return found


@pytest.mark.parametrize("begin,keys", [
    (BEGIN, set()), (BEGIN + 0.9, set()),
    (BEGIN + 1.1, {"first-ue", "first-ua4"})])
def test_first(tmp_path, begin, keys):
    found = case(tmp_path, "audio", VOICE, rtp(begin, 100))
    assert failed(found) == keys
    first, = [p for p in kinds.judge(found) if p.key == "first-ue"]
    gone = proofs_media.waited(found, "ue")
    assert first.figure == f"{gone * 1000:.0f} ms after the 200"
    assert begin - 1000.02 < gone < begin - 1000.0


def test_never(tmp_path):
    early = rtp(999.0, 10) + rtcp(BEGIN)
    found = case(tmp_path, "audio", VOICE, early)
    assert failed(found) == {"first-ue", "first-ua4"}
    found = case(tmp_path, "audio", VOICE, VOICE,
                 good_call(*PAIR).edit("ue", has(b"1 INVITE", UE6_ADDR), drop))
    assert "first-ue" in failed(found)


def test_rtcp(tmp_path):
    found = case(tmp_path, "rtcp", VOICE + rtcp(1002.0),
                 VOICE + rtcp(1002.1))
    assert not failed(found)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_nothing_proves_nothing(tmp_path, kind):
    found = case(tmp_path, kind, [], [], Wire())
    assert not any(p.ok for p in kinds.judge(
        dataclasses.replace(found, rtp={}, heard={})))


@pytest.mark.parametrize("phone,side", SIDES)
def test_rtcp_is_missing(tmp_path, phone, side):
    found = case(tmp_path, "rtcp", VOICE + rtcp(1002.0),
                 VOICE + rtcp(1002.1))
    assert failed(without(found, phone, side, media.is_rtcp)) == {"rtcp"}


def ringing():
    """The 200 comes three seconds after a 183 of the same SDP."""
    def late(pkt):
        return [replace(b"200 OK", b"183 Session Progress")(pkt)[0],
                dataclasses.replace(pkt, time=pkt.time + 3.0)]
    call = good_call(*PAIR)
    for net in ("ue", "core"):
        call.edit(net, lambda p: b"200 OK" in p.data
                  and b"1 INVITE" in p.data, late)
        call.edit(net, lambda p: any(w in p.data for w in (
            b" ACK\r\n", b" BYE\r\n")), lambda p: [
                dataclasses.replace(p, time=p.time + 3.1)])
    return call


EARLY = rtp(BEGIN, 250)


def test_early(tmp_path):
    assert not failed(case(tmp_path, "early", EARLY, EARLY, ringing()))


@pytest.mark.parametrize("sent,got", [
    (EARLY, rtp(1003.1, 50)),                    # nothing before the 200
    (EARLY, rtp(BEGIN, 250, plays.tone("PCMU", 620))),  # not its tone
    (EARLY, rtp(1002.9, 60)),                    # too little of it
])
def test_not_early(tmp_path, sent, got):
    found = case(tmp_path, "early", sent, got, ringing())
    assert failed(found) == {"early"}


def test_no_183(tmp_path):
    assert failed(case(tmp_path, "early", EARLY, EARLY)) == {"early"}


PCMA = rtp(AGAIN, 100, TONE["PCMA"])


def test_codec(tmp_path):
    found = case(tmp_path, "codec", VOICE + PCMA, VOICE + PCMA, again())
    assert not failed(found)


@pytest.mark.parametrize("second", [
    rtp(AGAIN, 100),                               # still the old one
    PCMA + rtp(AGAIN, 3),                          # some of the old one
    rtp(AGAIN, 100, plays.tone("PCMA", 620)),      # not the other's tone
    rtp(AGAIN, 100, lambda n: TONE["PCMA"](n)[:1] + b"\x08"
        + TONE["PCMU"](n)[2:]),                    # not what the type says
    PCMA[:20], []])                                # too little of it
def test_codec_fault(tmp_path, second):
    found = case(tmp_path, "codec", VOICE + PCMA, VOICE + second, again())
    assert failed(found) == {"codec"}


def test_voice_may_overtake_the_ack(tmp_path):
    at = proofs_media.again_at(case(tmp_path, "codec", [], [], again()),
                               "ua4")
    got = VOICE + rtp(at - 0.02, 100, TONE["PCMA"])
    assert not failed(case(tmp_path, "codec", VOICE + PCMA, got, again()))


def test_codec_never_changed(tmp_path):
    found = case(tmp_path, "codec", VOICE + PCMA, VOICE + PCMA)
    assert failed(found) == {"codec"}


MOVES = rtp(AGAIN, 40, plays.video)
FAX = [(AGAIN + n * 0.02, plays.fax(n)) for n in range(40)]
SECOND = [("video", "video", VIDEO, MOVES, 30002),
          ("t38", "image", IMAGE, FAX, 30000)]


@pytest.mark.parametrize("kind,key,section,packets,port", SECOND)
def test_second_section(tmp_path, kind, key, section, packets, port):
    found = case(tmp_path, kind, VOICE + packets, VOICE + packets,
                 again(section), port)
    assert not failed(found)
    few = case(tmp_path, kind, VOICE, VOICE + packets[:20], again(section),
               port)
    assert failed(few) == {key}
    soon = [(at - 1.0, data) for at, data in packets]
    assert failed(case(tmp_path, kind, VOICE, VOICE + soon, again(section),
                       port)) == {key}
    assert failed(case(tmp_path, kind, VOICE, VOICE + packets,
                       again(section), port + 2)) == {key}
    assert failed(case(tmp_path, kind, VOICE, VOICE + packets, again(),
                       port)) == {key}


def test_voice_is_no_fax(tmp_path):
    found = case(tmp_path, "t38", VOICE, VOICE + rtp(AGAIN, 100),
                 again(IMAGE))
    assert failed(found) == {"image"}


def test_every_kind_is_told_by_its_column(tmp_path):
    """None of its proofs is left out, or told by two columns."""
    table = media_matrix.table()
    assert set(table.columns) == set(table.legend)
    for kind in kinds.KINDS:
        found = kinds.judge(case(tmp_path, kind, VOICE, VOICE))
        for proof in found:
            row = matrix.Row(None, "udp", [proof], [], table)
            cells = [row.cell(c) for c in table.columns]
            assert cells.count("-") == len(cells) - 1, (kind, proof.key)


def test_another_kind(monkeypatch):
    """One that is added is in the table, with its column."""
    monkeypatch.setitem(kinds.KINDS, "more", kinds.Kind(
        "more", None, (), ("extra",), "something more"))
    table = media_matrix.table()
    assert "more/ue6-ua4" in table.flows and "more/ua4-ue6" in table.flows
    assert table.legend["more"] == "something more"
    assert table.columns["more"] == ("extra",)
