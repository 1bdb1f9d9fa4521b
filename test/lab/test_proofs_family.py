# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on SDP of several m= sections, each with a family of its own."""

import pytest
from doctored import case_of, failed, good_call, relay_for, replace
from lablib import proofs
from lablib.plan import PROXY_ADDR, UE6_ADDR

RELAY6 = f"c=IN IP6 {relay_for('ue')}"
RELAY4 = "c=IN IP4 192.0.2.20"
AUDIO = b"m=audio 30000 RTP/AVP 0\r\n"


def _more(audio, video):
    """Replaces the only m= section by two with these lines."""
    text = "m=audio 30000 RTP/AVP 0\n" + audio \
        + "m=video 30002 RTP/AVP 31\n" + video
    return replace(AUDIO, text.replace("\n", "\r\n").encode())


def _case(folder, offered, answered):
    """What the UE6 offers, and what the 200 to it says."""
    wire = good_call()
    wire.edit("ue", lambda p: b"INVITE sip" in p.data, _more(*offered))
    wire.edit("ue", lambda p: p.dst == UE6_ADDR and AUDIO in p.data,
              _more(*answered))
    return case_of(folder, wire)


# audio by the session's c=, in IPv6; video in IPv4, as where a phone has both
OFFER = ("", "c=IN IP4 192.0.2.99\n")


@pytest.mark.parametrize("offered,answered,where", [
    (("", ""), ("", ""), ""),
    (OFFER, ("", RELAY4 + "\n"), ""),
    (OFFER, (RELAY6 + "\n", RELAY4 + "\n"), ""),
    (("", ""), ("", RELAY4 + "\n"), "m=2 c=IP4"),
    (OFFER, ("", ""), "m=2 c=IP6"),
    (OFFER, (RELAY4 + "\n", RELAY4 + "\n"), "m=1 c=IP4"),
    (OFFER, (RELAY4 + "\n", RELAY6 + "\n"), "m=1 c=IP4 m=2 c=IP6"),
    (OFFER, ("", RELAY4 + "\na=rtcp:30003 IN IP6 2001:db8::1\n"),
     "m=2 rtcp=IP6"),
    (("", ""), ("a=candidate:1 1 UDP 1 192.0.2.9 9 typ host\n", ""),
     "m=1 candidate=IP4"),
])
def test_each_section_as_it_was_offered(tmp_path, offered, answered, where):
    case = _case(tmp_path, offered, answered)
    assert failed(case) == ({"sdp-ue"} if where else set())
    proof, = [p for p in proofs.judge(case) if p.key == "sdp-ue"]
    assert proof.figure.endswith(f"other family: {where or 'none'}")


def test_origin_counts_too(tmp_path):
    """o= of the first section's family."""
    wire = good_call()
    wire.edit("core", lambda p: p.src == PROXY_ADDR and b"INVITE" in p.data,
              replace(b"o=- 1 1 IN IP4", b"o=- 1 1 IN IP6"))
    # what tells the lie is the address, too
    assert failed(case_of(tmp_path, wire)) == {"sdp-ua4"}
