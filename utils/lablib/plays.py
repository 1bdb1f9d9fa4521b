# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What SIPp plays: packets of a tone, of a picture, of a fax, in a capture."""

import math
import struct

from . import audio, g711, pcap

SECONDS = 8
LATER = 1000  # packets of an earlier stream, more than it has
EACH = 0.02  # seconds
FRAME = 160  # samples in them
VP8 = 96
PAYLOADS = {"PCMU": 0, "PCMA": 8}


def _rtp(kind, number, stamp, payload):
    return struct.pack("!BBHII", 0x80, kind, number, stamp, 0x4e363421) \
        + payload


def tone(law, hertz):
    """Packet n of a tone: a whole number of Hz repeats after one second."""
    kind = PAYLOADS[law]
    second = g711.encode(g711.LAWS[kind], [
        int(9000 * math.sin(2 * math.pi * hertz * n / audio.RATE))
        for n in range(audio.RATE)])
    return lambda n: _rtp(kind, n, n * FRAME, second[
        n * FRAME % audio.RATE:][:FRAME])


def video(n):
    """A frame of VP8 that needs an earlier one (RFC 7741 4.2, 4.3): the
    other waits for it and shows nothing, as after a loss."""
    return _rtp(0x80 | VP8, n, n * 1800, b"\x10\x01" + bytes(200))


def fax(n):
    """UDPTL of a T.30 indicator, no signal (ITU-T T.38 9.1)."""
    return struct.pack("!H", n) + b"\x01\x00\x00\x00"


def write(path, what, hertz, begin=0):
    """what: "PCMU" or "PCMA", a tone of so many Hz; "video"; "image". begin:
    sequence number of the first packet; another stream must not go back."""
    made = tone(what, hertz) if what in PAYLOADS else \
        {"video": video, "image": fax}[what]
    pcap.write(path, [
        pcap.Packet(1.0 + n * EACH, "udp", "192.0.2.1", 4000, "192.0.2.2",
                    4000, made(begin + n))
        for n in range(int(SECONDS / EACH))])
