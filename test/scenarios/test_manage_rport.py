# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A BYE without rport, of a phone that writes an IPv6 literal into its Via, and
a script that does not call force_rport(). NAT64 moved the port, so the reply goes
to where the packet came from; natively, to the port in sent-by (RFC 3261
18.2.2). Most BYEs get no more than a quick look."""
import pytest

from sipharness.branches import MANAGE
from sipharness.texts import NONE, UA4, UE6, Texts, request, response, values

SENT_BY = "[2001:db8:1::2]:5062"
V6_PROXY = ("2001:db8:10::10", 5060)
SOCKETS = ["udp:192.0.2.10:5060", "udp:[2001:db8:10::10]:5060"]
NATIVE, NATIVE_SENT_BY = ("2001:db8:1::2", 5070), ("2001:db8:1::2", 5062)
BEHIND_SENT_BY = (UE6[0], 5062)
# who sends it, where to, by which Route; what is added to the Via; who is answered
WAYS = {
    "native": (NATIVE, V6_PROXY, "[2001:db8:10::10]", "", NATIVE_SENT_BY,
               NATIVE),
    "behind-nat64": (UE6, ("192.0.2.10", 5060), "[2001:db8:64::c000:20a]",
                     ";rport=40001;received=192.0.2.1", UE6, BEHIND_SENT_BY),
}


def bye(s, way, body, n):
    source, proxy, route, rport, answered, other = WAYS[way]
    for phone in (source, answered, other):
        s.phone(phone, proxy=proxy)
    s.phone(UA4)
    s.send(source, request(
        SENT_BY, "BYE", "sip:bob@192.0.2.30:5060", n=n, to_tag="tt",
        rport="", body=body, extra=f"Route: <sip:{route};lr>\n"))
    got = s.get(UA4, "BYE ")
    assert values(got, "Via").splitlines()[1] == (
        f"Via: SIP/2.0/UDP {SENT_BY}{rport};branch=z9hG4bKt{n}")
    s.send(UA4, response(got, body=NONE))
    s.get(answered, "SIP/2.0 200 ")
    s.proxy.settle()
    assert s.phone(other, proxy=proxy).rest() == []


@pytest.mark.parametrize("body", [NONE, "Content-Type: text/plain\n"
                                  "Content-Length: 2\n\nx\n"],
                         ids=["quick-look", "with-a-body"])
@pytest.mark.parametrize("way", WAYS)
def test_bye_without_rport(lab, way, body):
    """Behind the one by which NAT64 is noticed, the other is as it was"""
    with Texts(lab, "NO_RPORT", "IN_REQUEST", cfg=MANAGE,
               listen=SOCKETS) as s:
        for n, one in enumerate(dict.fromkeys(("behind-nat64", way)), 1):
            bye(s, one, body, n)
