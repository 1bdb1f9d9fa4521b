# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The ladder of whatever a capture may look like."""
import html
import os
import random
import re
import struct
import subprocess

import pytest

from capturing import (BEGIN, SEGMENT, TOOL, blocks, call_with_media, packets,
                       pcap, rtp, run)

ARROW = re.compile(r'class="arrow[^>]*aria-label="([^"]*)"')
NAME = re.compile(r'class="name"[^>]*>([^<]*)<')
ETHERNET = 14
FRAGMENT = 1200  # octets


def arrows(page):
    return [html.unescape(a) for a in ARROW.findall(page.read_text())]


def write(path, listed, link=1):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", pcap.MAGIC_USEC, 2, 4, 0, 0, 65535, link))
        for time, frame in listed:
            out.write(struct.pack("<4I", int(time), int(time % 1 * 1e6),
                                  len(frame), len(frame)) + frame)


def frames(tmp_path, listed):
    pcap.write(tmp_path / "plain.pcap", listed)
    return list(pcap.frames(tmp_path / "plain.pcap"))


def kind(frame):
    return frame[12:14]


def vlan(frame):
    return frame[:12] + b"\x81\x00\x00\x07" + frame[12:]


def cooked(frame):
    return bytes(14) + kind(frame) + frame[ETHERNET:]


def cooked2(frame):
    return kind(frame) + bytes(18) + frame[ETHERNET:]


def raw(frame):
    return frame[ETHERNET:]


def null(frame):
    return b"\2\0\0\0" + frame[ETHERNET:]


LINKS = {"vlan": (1, vlan), "cooked": (113, cooked), "cooked2": (276, cooked2),
         "raw": (101, raw), "null": (0, null)}


@pytest.mark.parametrize("link", LINKS)
def test_link_types(draw, tmp_path, link):
    phone, core = call_with_media()
    plain = draw(phone, core).read_text()
    number, change = LINKS[link]
    paths = []
    for side, listed in (("phone", phone), ("core", core)):
        paths.append(tmp_path / side)
        write(paths[-1], [(time, change(frame)) for time, frame
                          in frames(tmp_path, listed)], number)
    done = run("ladder", *paths, "-o", "-")
    assert done.returncode == 0, done.stderr
    assert done.stdout == plain


def test_pcapng(draw, tmp_path):
    """One file of both networks, each an interface of its own."""
    phone, core = call_with_media()
    plain = draw(phone, core)
    text = struct.pack("<IIIHHqI", 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28)
    for _ in "pc":
        text += struct.pack("<IIHHII", 1, 20, 1, 0, 65535, 20)
    listed = [(time, 0, frame) for time, frame in frames(tmp_path, phone)] \
        + [(time, 1, frame) for time, frame in frames(tmp_path, core)]
    for time, number, frame in sorted(listed, key=lambda f: f[0]):
        data = frame + bytes(-len(frame) % 4)
        now = round(time * 1e6)
        size = 32 + len(data)
        text += struct.pack("<7I", 6, size, number, now >> 32,
                            now & 0xffffffff, len(frame), len(frame)) \
            + data + struct.pack("<I", size)
    (tmp_path / "both.pcapng").write_bytes(text)
    page = tmp_path / "both.html"
    done = run("ladder", tmp_path / "both.pcapng", "-o", page)
    assert done.returncode == 0, done.stderr
    assert sorted(arrows(page)) == sorted(arrows(plain))
    assert NAME.findall(page.read_text()) == ["UE6", "NAT64", "proxy",
                                              "relay", "UA4"]


def fragments(frame):
    """An IP packet in fragments, the last one first."""
    head, size = (20, 0) if kind(frame) == b"\x08\x00" else (40, 8)
    ip, load = frame[ETHERNET:ETHERNET + head], frame[ETHERNET + head:]
    found = []
    for at in range(0, len(load), FRAGMENT):
        part, more = load[at:at + FRAGMENT], at + FRAGMENT < len(load)
        if head == 20:
            flags = at // 8 | more << 13
            now = ip[:2] + struct.pack("!HHH", 20 + len(part), 77, flags) \
                + ip[8:]
        else:
            now = ip[:4] + struct.pack("!HB", size + len(part), 44) + ip[7:] \
                + struct.pack("!BBHI", ip[6], 0, at | more, 77)
        found.insert(0, frame[:ETHERNET] + now + part)
    return found


def pad(octets):
    """More than one packet holds."""
    return octets.replace(b"\r\nCSeq:", b"\r\nX-Pad: " + b"p" * 2000
                          + b"\r\nCSeq:", 1)


def test_fragments(draw, tmp_path):
    phone, core = (packets(f"baresip-ue-ua4-udp-{side}", pad)
                   for side in ("phone", "core"))
    plain = draw(phone, core).read_text()
    assert "p" * 2000 in plain
    paths = []
    for side, listed in (("phone", phone), ("core", core)):
        paths.append(tmp_path / side)
        write(paths[-1], [(time, part) for time, frame
                          in frames(tmp_path, listed)
                          for part in fragments(frame)])
    assert run("ladder", *paths, "-o", "-").stdout == plain


def test_tcp_out_of_order(draw):
    """Segments that are late, and segments that come again."""
    name = "pjsua-ue-ua4-tcp-hold"
    sides = [packets(f"{name}-{side}") for side in ("phone", "core")]
    plain = draw(*sides).read_text()
    assert len(re.findall("class=.arrow", plain)) == 27
    shaken, swapped = [], 0
    for listed in sides:
        mixed = list(listed)
        for at in range(1, len(mixed)):
            one, two = mixed[at - 1:at + 1]
            if one.seq + len(one.data) == two.seq and one.src == two.src \
                    and one.time == two.time and len(one.data) == SEGMENT:
                mixed[at - 1:at + 1] = two, one
                swapped += 1
        shaken.append([p for p in mixed for _ in "12"])
    assert swapped > 4
    assert draw(*shaken).read_text() == plain


def test_core_alone(draw):
    """What the proxy's own capture shows: who is behind a NAT64, no IPv6."""
    page = draw(call_with_media()[1])
    assert NAME.findall(page.read_text()) == ["NAT64", "proxy", "relay",
                                              "UA4"]
    assert len(arrows(page)) == 13


def test_phone_alone(draw):
    page = draw(call_with_media()[0])
    assert NAME.findall(page.read_text()) == ["UE6", "proxy", "relay"]
    assert arrows(page)[0].startswith("UE6 to proxy: INVITE")


def test_media_to_a_wrong_port(draw):
    """Before a phone's media came, the relay sends to the port of its SDP."""
    phone, core = call_with_media()
    wrong = rtp(("192.0.2.20", 20016, "192.0.2.1", 30064), 2, BEGIN + 4.19, 0)
    text = draw(phone, core[:20] + wrong + core[20:]).read_text()
    assert re.findall(">(PCMU [^<]*)<", text) == [
        "PCMU \u2190 2", "PCMU \u2192 150/149 \u2190 148/148",
        "PCMU \u2192 149 \u2190 148"]


def test_clocks_differ(draw):
    """The phone's clock is behind: still no effect before its cause."""
    phone, core = call_with_media()
    late = [p.__class__(**{**p.__dict__, "time": p.time + 0.3})
            for p in phone]
    assert [a.split(":")[0] for a in arrows(draw(late, core))[:3]] \
        == ["UE6 to proxy", "proxy to UE6", "proxy to UA4"]


def test_captured_twice(draw):
    """Two captures of one network: each packet counts once."""
    phone, core = call_with_media()
    assert draw(phone, core, core, phone).read_text() \
        == draw(phone, core).read_text()


def test_call_id(draw):
    """Another call than the first, and one that is not there."""
    other = next(octets for *_, octets in blocks("baresip-ue-ua4-udp-core")
                 if octets.startswith(b"REGISTER"))
    wanted = re.search(rb"Call-ID: (\S+)", other)[1].decode()
    page = draw(*call_with_media(), options=("--call-id", wanted))
    assert all("REGISTER" in a for a in arrows(page)) and arrows(page)
    done = run("ladder", page.parent / "0.pcap", "-o", "-", "--call-id", "no")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no message has that Call-ID" in done.stderr


def test_wrong_use(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    no_invite = tmp_path / "no.pcap"
    pcap.write(no_invite, rtp(("192.0.2.1", 1, "192.0.2.2", 2), 3, BEGIN))
    for args, status, why in (
            ((), 2, "no -o FILE"), (("-o", "-"), 2, "no capture"),
            (("--what",), 2, "--help"), ((empty, "-o", "-"), 1, "no INVITE"),
            (("/nowhere", "-o", "-"), 2, "No such file"),
            (("/dev/zero", "-o", "-"), 2, "no file"),
            ((no_invite, "-o", "-"), 1, "no INVITE")):
        done = run("ladder", *args)
        assert (done.returncode, done.stdout) == (status, ""), args
        assert why in done.stderr
    assert "usage" in run("ladder", "--help").stdout


def test_page_that_cannot_be_written(draw, tmp_path):
    draw(*call_with_media())
    for path in (tmp_path, "/dev/full"):
        done = run("ladder", tmp_path / "1.pcap", "-o", path)
        assert done.returncode == 2 and str(path) in done.stderr
        assert not os.path.isfile(path)
    assert os.path.exists("/dev/full")


def test_end_is_missing(draw, tmp_path):
    """A capture that was cut within a packet is read up to there."""
    draw(*call_with_media())
    whole = (tmp_path / "1.pcap").read_bytes()
    (tmp_path / "cut.pcap").write_bytes(whole[:-10])
    done = run("ladder", tmp_path / "cut.pcap", "-o", tmp_path / "cut.html")
    assert done.returncode == 0 and "read up to there" in done.stderr
    assert len(arrows(tmp_path / "cut.html")) == 13 - 1


def test_damaged(draw, tmp_path):
    """Octets of chance: no crash, whatever is in it."""
    dice = random.Random(64)
    draw(*call_with_media())
    whole = (tmp_path / "0.pcap").read_bytes()[:30000]
    for _ in range(100):
        octets = bytearray(whole)
        for _ in range(200):
            octets[dice.randrange(24, len(octets))] = dice.randrange(256)
        (tmp_path / "bad.pcap").write_bytes(octets)
        assert run("ladder", tmp_path / "bad.pcap", "-o", os.devnull) \
            .returncode in (0, 1, 2)


def test_memory(tmp_path):
    """Other calls cost nothing, however many there are."""
    def peak(calls):
        path = tmp_path / f"{calls}.pcap"
        pcap.write(path, call_with_media()[1])
        one = [p for p in packets("baresip-ue-ua4-udp-core")
               if b"INVITE" in p.data]
        pcap.write(tmp_path / "others", [
            p.__class__(**{**p.__dict__, "time": p.time + 100, "data":
                           p.data.replace(b"Call-ID: ", b"Call-ID: x")})
            for p in one])
        others = (tmp_path / "others").read_bytes()[24:]
        with open(path, "ab") as out:
            for _ in range(calls):
                out.write(others)
        with subprocess.Popen([TOOL, "ladder", path, "-o",
                               os.devnull]) as tool:
            _, status, used = os.wait4(tool.pid, 0)
            tool.returncode = status
        assert status == 0
        return used.ru_maxrss, path.stat().st_size
    small, _ = peak(1)
    large, size = peak(10000)
    assert size > 60 << 20
    assert large < small + 4096  # KiB
