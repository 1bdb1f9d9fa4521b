# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone that is called and of which nothing is known hints at IPv6 in the SDP
of its answer alone, where no literal has brackets: the answer is looked at."""
import re

from sipharness.first_calls import UA4, learn, news, only

CALLER = ("192.0.2.30", 5062)
SDP = ("v=0\no=- 1 1 IN IP6 2001:db8:1::9\ns=-\nc=IN IP6 2001:db8:1::9\n"
       "t=0 0\nm=audio 7000 RTP/AVP 0\n")
INVITE = """INVITE sip:bob@sip.example.test SIP/2.0
Via: SIP/2.0/UDP 192.0.2.30:5062;branch=z9hG4bKhidden;rport
Max-Forwards: 70
From: <sip:alice@sip.example.test>;tag=aa
To: <sip:bob@sip.example.test>
Call-ID: hidden
CSeq: 1 INVITE
Contact: <sip:alice@192.0.2.30:5062>
Content-Length: 0

"""
ALIAS = "Contact: <sip:bob@phone.example;alias=192.0.2.30~5060~1>"


def answered(s, *extra, sdp=SDP):
    """What the caller got of the 200"""
    alice = s.phone(CALLER)
    alice.send(INVITE)
    request = only(news(s, s.phone(UA4)), "INVITE ")[0]
    copied = [m for m in request.split("\n")
              if re.match("(Record-Route|Via|From|Call-ID|CSeq): ", m)]
    size = len(sdp) + sdp.count("\n")
    body = ["Content-Type: application/sdp"] if sdp else []
    s.phone(UA4).send("\n".join([
        "SIP/2.0 200 OK", *copied, "To: <sip:bob@sip.example.test>;tag=bb",
        "Contact: <sip:bob@phone.example>", *extra, *body,
        f"Content-Length: {size}", "", sdp]))
    got = only(news(s, alice), "SIP/2.0 200 ")
    assert len(got) == 1
    return got[0]


def test_by_its_sdp(lab):
    with learn(lab) as s:
        got = answered(s)
        assert "\nc=IN IP4 192.0.2.30\n" in got and "IP6" not in got
        assert ALIAS in got
