# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""ITU-T G.711: samples of 16 bit and octets, by mu-law and by A-law."""

import bisect


def _mu(octet):
    octet = ~octet & 0xff
    size = (((octet & 0x0f) << 3) + 0x84 << (octet >> 4 & 7)) - 0x84
    return -size if octet & 0x80 else size


def _a(octet):
    octet ^= 0x55
    power = octet >> 4 & 7
    size = (octet & 0x0f) << 4 | 8
    if power:
        size = size + 0x100 << power - 1
    return size if octet & 0x80 else -size


PCMU = tuple(_mu(octet) for octet in range(256))
PCMA = tuple(_a(octet) for octet in range(256))
LAWS = {0: PCMU, 8: PCMA}  # by RTP payload type (RFC 3551 6)


def encode(law, samples):
    """The octet next to each sample, below or equal."""
    order = sorted(range(256), key=law.__getitem__)
    values = [law[octet] for octet in order]
    return bytes(order[max(0, bisect.bisect_right(values, s) - 1)]
                 for s in samples)
