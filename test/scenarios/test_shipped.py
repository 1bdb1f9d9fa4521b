# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The configuration that is shipped: what no phone may see, and where the
replies go that the proxy makes itself."""
import pytest

from sipharness import shapes
from sipharness.lab import SHIPPED
from sipharness.texts import (LITERAL, NONE, PEER, SDP4, SDP6, UE6, Texts,
                              pair, request, response, values)

pytestmark = pytest.mark.usefixtures("script")
PREFIX = 'NAT64_PREF64="2001:db8:64::/96"'
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
NOTIFY = ["WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
          'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"']
SENT_BY = (UE6[0], 5062)  # the port that UE6 knows of; NAT64 has no such one
THEIRS = ('PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:64::/96"'
          ";callee=ipv4\n")


def shipped(lab, *defines):
    return Texts(lab, PREFIX, "NAT64_NO_PROBE", DOMAIN, *defines, cfg=SHIPPED)


def register(s):
    s.send(UE6, request(
        method="REGISTER", uri="sip:sip.example.test", body=NONE).replace(
            "<sip:bob@", "<sip:alice@"))
    s.get(UE6, "SIP/2.0 200 ")


@pytest.mark.parametrize("status", ["183 Session Progress", "200 OK",
                                    "486 Busy Here"])
def test_no_phone_sees_the_peers_header_in_a_reply(lab, status):
    with shipped(lab, *NOTIFY) as s:
        register(s)
        got = s.call(UE6, request(uri="sip:bob@sip.example.test", n=2), PEER)
        assert 'PortaSIP-Notify: caller=nat64' in got
        assert values(got) == pair("4bn", "6as")
        failed = status.startswith("4")
        back = s.answer(PEER, response(
            got, status, contact=PEER, extra=THEIRS,
            body=NONE if failed else SDP4), UE6)
        assert "portasip" not in back.lower(), back
        # believed for the SDP all the same
        assert failed or back.endswith(
            shapes.body("IP6 2001:db8:64::c000:21e"))
        s.drain()


def test_no_phone_sees_the_peers_header_in_an_invite(lab):
    with shipped(lab, *NOTIFY) as s:
        register(s)
        got = s.call(PEER, request(
            PEER, uri="sip:alice@sip.example.test", n=2, body=SDP4,
            extra=THEIRS.replace("callee=ipv4", "callee=nat64")), UE6)
        assert "portasip" not in got.lower(), got
        assert values(got) == pair("6bn", "4af")
        assert got.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        back = s.answer(UE6, response(got, contact=LITERAL, body=SDP6), PEER)
        assert "portasip" not in back.lower()
        s.drain()


def alone(s, start):
    """What came to UE6 by its own port; nothing may come to the other"""
    got = s.get(UE6, start)
    s.proxy.settle()
    assert s.phone(SENT_BY).rest() == []
    return got


def test_own_replies_go_to_the_source_port(lab):
    """UE6 sends no rport (RFC 3581 4 asks for it), and is reached by the port
    that its NAT64 has a mapping for, all the same"""
    uri = "sip:sip.example.test"
    with shipped(lab, *NOTIFY) as s:
        s.phone(SENT_BY)
        s.send(UE6, request(method="OPTIONS", uri=uri, rport="", body=NONE))
        alone(s, "SIP/2.0 200 ")
        s.send(UE6, request(method="OPTIONS", uri=uri, rport="", body=NONE,
                            n=2, hops=0))
        alone(s, "SIP/2.0 483 ")
        got = s.call(UE6, request(uri="sip:bob@sip.example.test", rport="",
                                  n=3), PEER)
        assert values(got) == pair("4bn", "6as")
        s.send(PEER, response(got, "180 Ringing", contact=PEER, body=NONE))
        alone(s, "SIP/2.0 180 ")
        s.send(UE6, request(method="CANCEL", uri="sip:bob@sip.example.test",
                            rport="", n=3, body=NONE))
        assert "\nCSeq: 3 CANCEL\n" in alone(s, "SIP/2.0 200 ")
        s.get(PEER, "CANCEL ")
        s.drain()
