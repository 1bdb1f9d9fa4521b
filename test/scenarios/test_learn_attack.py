# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Who may tell what: an answer from elsewhere, and a probe that must not cost
the caller its own answer."""
import re
import socket

from sipharness.first_calls import (UA4, invite, learn, news, only,
                                    ringing)

EVIL = "2001:db8:bad::c000:20a"
OTHER = ("192.0.2.40", 5060)
# in a dialog that nobody knows, towards an address that we have no socket for
NOWHERE = """INVITE sip:x@[2001:db8:77::1] SIP/2.0
Via: SIP/2.0/UDP {via}:{port};branch=z9hG4bKnowhere{port};rport
Max-Forwards: 70
Route: <sip:192.0.2.10;lr>
From: <sip:alice@sip.example.test>;tag=a
To: <sip:x@sip.example.test>;tag=b
Contact: <sip:alice@{via}:{port}>
Call-ID: nowhere{port}
CSeq: 1 INVITE
Content-Length: 0

"""


def test_answer_from_elsewhere(lab):
    """The callee knows the branch. It answers in the name of another address:
    that one's flow is not marked, and its next call gets no pair"""
    with learn(lab) as s:
        phone = invite(s)
        news(s, phone)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        other = s.phone(OTHER)
        other.send(re.sub(r"(?m)^(Via: SIP/2.0/UDP 192.0.2.10[^\n,]*)",
                          rf"\1;received={EVIL}", ringing(request), count=1))
        s.proxy.settle()
        news(s, phone)
        s.stats(proofs=0, received_unmatched=1)


def call_nowhere(port, via):
    """The status of the final reply, and whether the phone was asked"""
    asked = False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("192.0.2.1", port))
        phone.settimeout(5)
        text = NOWHERE.format(via=via, port=port).replace("\n", "\r\n")
        phone.sendto(text.encode(), ("192.0.2.10", 5060))
        while True:
            first = phone.recv(65535).split(b"\r\n")[0].decode()
            asked |= first.startswith("OPTIONS ")
            if re.match(r"SIP/2.0 [2-6]", first):
                return first.split()[1], asked


def test_failed_call_is_answered_while_a_probe_is_out(lab):
    """tm notes a sent probe as if the request at hand had been sent"""
    lab.learning()
    status, asked = call_nowhere(41001, "192.0.2.1")
    assert not asked
    assert call_nowhere(41002, "[2001:db8:1::2]") == (status, True)
