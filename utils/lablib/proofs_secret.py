# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proofs of a call whose media are encrypted."""

import re

from . import media
from .case import NAMES
from .proof import Proof

PACKETS = 50        # to be judged, of each phone
READABLE = 0.2      # seconds of a tone that noise may look like
CLIENT_HELLO, SERVER_HELLO = 1, 2
HANDSHAKE, CHANGE_CIPHER = 22, 20  # RFC 6347 4.1
HEADER = 13         # of a DTLS record
# what each kind of call asks for (RFC 4568 3.1.1, RFC 5764 8)
PROFILES = {"srtp": "RTP/SAVP", "dtls": "UDP/TLS/RTP/SAVPF"}


def secret(case):
    """Each SDP asks for SRTP with the keys that this kind of call has, and what
    crosses is no tone that anybody could listen to."""
    call, good, figures = case.call(), bool(case.wire), []
    for phone, wire in case.wire.items():
        profiles = {profile for m in case.reached(phone, call)
                    for profile in re.findall(r"^m=audio \d+ (\S+)", m.body,
                                              re.MULTILINE)}
        sent = [p for p in wire.sent if media.is_rtp(p)]
        heard = media.listen(sent, case.wanted[case.other(phone)])
        good = good and profiles == {PROFILES[case.kind]} \
            and len(sent) >= PACKETS and heard.seconds <= READABLE
        figures.append(f"{' '.join(sorted(profiles)) or 'no SDP'} to "
                       f"{NAMES[phone]}, {heard.seconds:.2f} s of tone in "
                       f"{len(sent)} packets from it")
    return Proof("secret", "media encrypted", good, "; ".join(figures))


def _records(packets):
    """(content type, first octet of it) of each DTLS record."""
    for pkt in packets:
        data = pkt.data if media.is_dtls(pkt) else b""
        while len(data) > HEADER:
            size = int.from_bytes(data[HEADER - 2:HEADER], "big")
            yield data[0], data[HEADER]
            data = data[HEADER + size:]


def dtls(case):
    """A handshake to its end, seen on each wire: the UE6 says hello first, as
    NAT64 lets nobody else."""
    good, figures = bool(case.wire), []
    for phone, wire in case.wire.items():
        sides = [(wire.sent, wire.got)]
        if wire.sent4 is not None:
            sides.append((wire.sent4, wire.got4))
        for out, back in sides:
            sent, got = list(_records(out)), list(_records(back))
            hello = ((HANDSHAKE, CLIENT_HELLO) in sent,
                     (HANDSHAKE, SERVER_HELLO) in got)
            done = all((CHANGE_CIPHER, 1) in one for one in (sent, got))
            first = all(hello) or wire.sent4 is None
            good = good and done and first
        figures.append(f"{NAMES[phone]} {'began' if all(hello) else 'waited'}"
                       f", {'finished' if done else 'NOT finished'}")
    return Proof("dtls", "DTLS handshake", good, "; ".join(figures))
