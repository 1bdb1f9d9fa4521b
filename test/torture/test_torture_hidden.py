# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A stranger's PortaSIP-Notify behind a CR that ends the headers for the core and
for nobody else, where the SDP is to be rewritten too: the core deleted both, added
up more than there is, and wrote past the end of its buffer."""
import os

import pytest

from torturelib import inputs, verdicts
from torturelib.runs import SINK, Run

CFG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torture.cfg")
MANAGE = "nat64_manage();"
HEADER = "PortaSIP-Notify: " + ";".join(["caller=nat64"] * 100)
SDP = ("v=0\r\no=- 1 1 IN IP6 2001:db8:1::2\r\ns=-\r\n"
       "c=IN IP6 2001:db8:1::2\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n")
# in place of the empty line: all of it is SDP for the core
HIDDEN = {
    "a-line-further": f"\rX\r\n{HEADER}\r\n",
    "lf-alone": f"\rX\n{HEADER}\n",
    "right-behind-it": f"\r{HEADER}\r\n",
    "twice": f"\rX\r\n{HEADER}\r\n{HEADER}\r\n",
}
END = "\r\n"
CALL = """INVITE sip:bob@sip.example.test SIP/2.0
Via: SIP/2.0/UDP [2001:db8:1::2]:5062;branch=z9hG4bKhidden{n};rport
Max-Forwards: 70
From: <sip:alice@sip.example.test>;tag=ft
To: <sip:bob@sip.example.test>
Call-ID: hidden{n}
CSeq: 1 INVITE
Contact: <sip:alice@[2001:db8:1::2]:5062>
Content-Type: application/sdp
"""


def call(n, end=END):
    return (CALL.format(n=n).replace("\n", "\r\n") + end + SDP).encode()


def answer(asked, end):
    """UE6's, with an SDP"""
    _, fields, _ = inputs.split(asked)
    return b"".join([
        b"SIP/2.0 200 OK\r\n",
        *(f for f in fields if inputs.name_of(f) in inputs.ECHOED),
        b"Content-Type: application/sdp\r\n", end.encode(), SDP.encode()])


def reached(messages, where):
    """But for a 100"""
    return [m.data for m in messages if m.dst == where
            and not m.data.startswith(b"SIP/2.0 100 ")]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_from_the_core(lab, build, hidden, record_property):
    with Run(lab, build, CFG, [f"AT_REQUEST={MANAGE}"]) as run:
        out = run.feed(call(1, HIDDEN[hidden]), inputs.UE6)
        # who hides nothing is served, and one's answer may hide something
        for n, end in enumerate((HIDDEN[hidden], END), 2):
            asked, = reached(run.feed(call(n), inputs.UE6), SINK)
            assert b"c=IN IP4 " in asked
            got = reached(run.feed(answer(asked, end), SINK), inputs.UE6)
            assert len(got) == (end == END), got
        process = verdicts.Process(run)
    assert process.alive and not process.reports, process.reports
    assert not out, out
    record_property("inputs", 5)
