# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Captures for the tool's tests: real phones' calls, as packets again."""
import os
import re
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..",
                                    ".."))
sys.path.insert(0, os.path.join(TOP, "utils"))

from lablib import pcap  # noqa: E402

CAPTURES = os.environ.get("N64_CAPTURES",
                          os.path.join(TOP, "..", "shared", "captures"))
TOOL = os.path.join(os.environ.get("N64_BUILD", os.path.join(TOP, "build")),
                    "nat64sip")
HEAD = re.compile(rb"^=== ([0-9.]+) (\w+) (\S+):(\d+) > (\S+):(\d+)\r?\n",
                  re.MULTILINE)
BEGIN = 1_700_000_000.0
SEGMENT = 1000  # octets of a TCP segment, so that messages are cut


def run(*args):
    """The tool, as it was built."""
    return subprocess.run([TOOL, *map(str, args)], capture_output=True,
                          text=True, timeout=60, check=False)


def bare(host):
    return host.decode().strip("[]")


def blocks(name):
    """(time, transport, source, port, destination, port, octets)"""
    with open(os.path.join(CAPTURES, name + ".txt"), "rb") as src:
        text = src.read()
    heads = list(HEAD.finditer(text))
    for head, after in zip(heads, [*heads[1:], None]):
        body = text[head.end():after.start() if after else len(text)]
        # one line end, that stands between blocks, is not the message's
        body = re.sub(rb"\r?\n", b"\r\n", body)
        yield (float(head[1]), head[2].decode(), bare(head[3]), int(head[4]),
               bare(head[5]), int(head[6]), body)


def exact(message):
    """A message as long as it says it is."""
    head, _, body = message.partition(b"\r\n\r\n")
    found = re.search(rb"\r\n(?:Content-Length|l)\s*:\s*(\d+)", head, re.I)
    size = int(found[1]) if found else 0
    return head + b"\r\n\r\n" + body[:size]


def packets(name, rewrite=lambda octets: octets):
    """A capture's SIP as packets; rewrite changes messages."""
    seqs, found = {}, []
    for time, proto, src, sport, dst, dport, octets in blocks(name):
        octets = rewrite(exact(octets))
        ends = (src, sport, dst, dport)
        if proto == "udp":
            found.append(pcap.Packet(BEGIN + time, proto, *ends, octets))
            continue
        for at in range(0, len(octets), SEGMENT):
            part, seq = octets[at:at + SEGMENT], seqs.get(ends, 1)
            found.append(pcap.Packet(BEGIN + time, proto, *ends, part, seq))
            seqs[ends] = seq + len(part)
    return found


def rtp(ends, count, since, payload_type=8):
    """count packets of 20 ms."""
    return [pcap.Packet(since + i * 0.02, "udp", *ends,
                        bytes([0x80, payload_type]) + i.to_bytes(2, "big")
                        + bytes(8) + bytes(160)) for i in range(count)]


def call_with_media(rewrite=lambda octets: octets):
    """baresip's call, and media as its SDP has them: (phone, core).

    149 of the 150 packets that the UE6 sends get through the NAT64.
    """
    name, since = "baresip-ue-ua4-udp", BEGIN + 4.2
    out6 = ("2001:db8:1::2", 30064, "2001:db8:64::c000:214", 20016)
    out4 = ("192.0.2.1", 1717, "192.0.2.20", 20016)
    far = ("192.0.2.20", 20000, "192.0.2.30", 30078)

    def back(ends):
        return (*ends[2:], *ends[:2])

    def media(*sides):
        return [pkt for ends, count in sides for pkt in rtp(ends, count,
                                                            since, 0)]
    phone = packets(name + "-phone", rewrite) \
        + media((out6, 150), (back(out6), 148))
    core = packets(name + "-core", rewrite) \
        + media((out4, 149), (back(out4), 148), (far, 149), (back(far), 148))
    return tuple(sorted(side, key=lambda p: p.time) for side in (phone, core))
