# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Reading captures: TCP streams, fragments, and agreement with tshark."""

import shutil
import struct
import subprocess

import pytest
from lablib import pcap, sipmsg

INVITE = (b"INVITE sip:b@x SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
          b"Content-Length: 4\r\n\r\nabcd")
BYE = (b"BYE sip:b@x SIP/2.0\r\nCall-ID: 1\r\nCSeq: 2 BYE\r\nl: 0\r\n\r\n")


def _segment(seq, data, syn=False):
    return pcap.Packet(1.0, "tcp", "192.0.2.1", 5, "192.0.2.2", 5060, data,
                       seq, syn)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 0, 1, 2),
                                   (2, 1, 0)])
def test_tcp_is_put_in_order(tmp_path, order):
    whole = INVITE + b"\r\n\r\n" + BYE
    start = (1 << 32) - 30  # the numbers wrap
    parts = [(start, whole[:40]), ((start + 40) % (1 << 32), whole[40:70]),
             ((start + 70) % (1 << 32), whole[70:])]
    packets = [_segment(start - 1, b"", syn=True)]
    packets += [_segment(*parts[n]) for n in order]
    path = str(tmp_path / "x.pcap")
    pcap.write(path, packets)
    assert [m.raw for m in sipmsg.messages(pcap.packets(path))] \
        == [INVITE, BYE]


def _ip4_fragments(payload, cut):
    for offset, more, data in ((0, 0x2000, payload[:cut]),
                               (cut, 0, payload[cut:])):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 7,
                           more | offset // 8, 64, pcap.UDP, 0,
                           bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
        yield b"\0" * 12 + b"\x08\0" + head + data


def test_fragments(tmp_path):
    body = INVITE[:-8] + b"1200\r\n\r\n" + b"x" * 1200
    udp = struct.pack("!4H", 5060, 5060, 8 + len(body), 0) + body
    path = tmp_path / "f.pcap"
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", pcap.MAGIC_USEC, 2, 4, 0, 0, 65535,
                              pcap.LINK_ETHERNET))
        for frame in _ip4_fragments(udp, 1024):
            out.write(struct.pack("<4I", 1, 0, len(frame), len(frame)))
            out.write(frame)
    assert [p.data for p in pcap.packets(str(path))] == [body]


def test_cut_off_file(tmp_path):
    path = tmp_path / "c.pcap"
    packets = [pcap.Packet(float(n), "udp", "2001:db8::1", 1, "2001:db8::2",
                           2, INVITE) for n in range(3)]
    pcap.write(str(path), packets)
    path.write_bytes(path.read_bytes()[:-5])
    assert len(list(pcap.packets(str(path)))) == 2
    assert len(list(pcap.packets(str(path), since=0.5))) == 1


def test_folded_and_compact_headers():
    raw = (b"INVITE sip:b@x SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
           b"ROUTE: <sip:a>,\r\n <sip:c>\r\nm: <sip:d>\r\ni: 9\r\n\r\n")
    msg = sipmsg.Message(0.0, "udp", "", 0, "", 0, raw)
    assert msg.branches() == ["z9hG4bK1"]
    assert msg.headers("route") == ["<sip:a>, <sip:c>"]
    assert (msg.header("contact"), msg.call_id) == ("<sip:d>", "9")


@pytest.mark.skipif(not shutil.which("tshark"), reason="NO TSHARK HERE")
def test_tshark_agrees(tmp_path):
    path = str(tmp_path / "t.pcap")
    packets = [pcap.Packet(float(n + 1), "udp", "2001:db8::1", 5060,
                           "2001:db8::2", 5060, raw)
               for n, raw in enumerate((INVITE, BYE))]
    pcap.write(path, packets)
    done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e",
                           "sip.Method", "-e", "ipv6.src"],
                          capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["INVITE", "2001:db8::1",
                                   "BYE", "2001:db8::1"]
    assert [m.method for m in sipmsg.messages(pcap.packets(path))] \
        == ["INVITE", "BYE"]
