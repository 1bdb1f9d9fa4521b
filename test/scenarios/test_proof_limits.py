# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a message says of somebody else's network, and who may say it."""
import pytest

from sipharness import shapes
from sipharness.shapes import PLAIN, V4, V6, value
from sipharness.texts import (CALLER4, LITERAL, NONE, PEER, SDP4, SDP6, UA4,
                              UE6, UE6_B, Texts, pair, request, response,
                              routes, values)

BAD = "[2001:db8:bad::c000:20a]"
SYN4 = shapes.body("IP6 2001:db8:64::c000:21e")  # UA4's, as UE6 reads it
SDP_NAT = shapes.body("IP4 192.0.2.1")  # UE6's, as UA4 reads it
FROM4 = {"caller": PEER, "body": shapes.body("IP4 192.0.2.40")}
LIE = "PortaSIP-Notify: caller=nat64;callee=nat64\n"

# what the core's parser refuses, so that it sees nothing of what follows
HIDING = {
    "no-header": LIE + "this is no header\n",
    "no-header-first": "this is no header\n" + LIE,
    "via": LIE + "Via: garbage\n",
    "via-first": "Via: garbage\n" + LIE,
    "cseq": LIE + "CSeq: x\n",
    "name-folded": LIE.replace(":", "\n :", 1),
    "no-name": LIE + ": x\n",
    "to": LIE + "t: <sip:\n",
}
CORE_SAYS = r"<core> |ERROR: (tm|textops|nathelper|siputils|pv|sl|rr) "


@pytest.mark.parametrize("way", ["t_relay", "forward"])
@pytest.mark.parametrize("how", HIDING)
def test_header_cannot_hide_in_a_reply(lab, how, way):
    with Texts(lab, *(["STATELESS"] if way == "forward" else []),
               logged=CORE_SAYS) as s:
        got = s.call(PEER, request(**FROM4))
        s.send(UA4, response(got, extra=HIDING[how]))
        # the transaction ends by this one, whatever became of the first
        s.proxy.settle()
        passed = s.phone(PEER).rest()
        assert "portasip" not in "".join(passed).lower(), passed
        assert any(m.startswith("SIP/2.0 200 ") for m in passed), passed
        s.drain()


def test_forged_route_in_an_initial_request(lab):
    """It says of the callee's leg what nobody has shown. A plain IPv4 call
    stays one."""
    forged = (f"Route: {value(V4, 'an')}\n"
              f"Route: {value(BAD, 'bn')}\n")
    with Texts(lab) as s:
        got = s.call(PEER, request(**FROM4, extra=forged))
        assert values(got) == PLAIN
        assert "X-Route: -1\n" in got
        assert got.endswith(FROM4["body"])
        back = s.answer(UA4, response(got), PEER)
        assert back.endswith(SDP4)


FORGED = {  # as a copy of a pair that we never wrote, either way round
    "callee-first": shapes.pair(value(V4, "bn"), value(BAD, "an")),
    "caller-first": shapes.pair(value(BAD, "an"), value(V4, "bn")),
}


@pytest.mark.parametrize("order", FORGED)
def test_forged_record_route_to_a_plain_ipv4_caller(lab, order):
    """The transaction knows that the caller showed nothing"""
    with Texts(lab) as s:
        got = s.call(PEER, request(**FROM4))
        assert values(got) == PLAIN
        back = s.answer(UA4, response(got, record_route=False,
                                      extra=FORGED[order]), PEER)
        assert back.endswith(SDP4)


@pytest.mark.parametrize("order", FORGED)
def test_forged_record_route_to_a_ue6(lab, order):
    """It gets its own prefix, not the forged one"""
    with Texts(lab) as s:
        got = s.call(UE6, request())
        assert values(got) == pair("4bn", "6as")
        back = s.answer(UA4, response(got, record_route=False,
                                      extra=FORGED[order]), UE6)
        assert back.endswith(SYN4)


TOLD = ('PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:77::/96"'
        ";callee=ipv4\n")


def test_peer_speaks_of_who_is_behind_it(lab):
    """Nothing else shows it. The header makes the SDP of the 200 IP6, for the
    phone behind the peer; the peer itself is on IPv4, and so is the
    Record-Route that it gets."""
    with Texts(lab, 'NOTIFY_PEER="192.0.2.40/32"') as s:
        got = s.call(PEER, request(PEER, body=NONE, extra=TOLD))
        assert "X-Caller: 1\n" in got
        assert values(got) == PLAIN
        back = s.answer(UA4, response(got), PEER)
        assert back.endswith(shapes.body("IP6 2001:db8:77::c000:21e"))
        assert values(back) == PLAIN


def test_peer_passes_on_the_sdp_of_who_is_behind_it(lab):
    """An IP6 offer by way of a peer says nothing of the peer itself either"""
    with Texts(lab, 'NOTIFY_PEER="192.0.2.40/32"') as s:
        got = s.call(PEER, request(
            PEER, extra=TOLD, body=shapes.body("IP6 2001:db8:77::c000:214")))
        assert "X-Caller: 1\n" in got
        assert got.endswith(shapes.body("IP4 192.0.2.20"))
        assert "[" not in values(got), values(got)
        back = s.answer(UA4, response(got), PEER)
        assert back.endswith(shapes.body("IP6 2001:db8:77::c000:21e"))


def test_peer_to_a_ue6(lab):
    """What the peer says of the callee holds too; a pair is written, with the
    synthetic value facing UE6 and the IPv4 form facing the peer"""
    told = TOLD.replace("callee=ipv4",
                        'callee=nat64;callee-pref64="2001:db8:64::/96"')
    with Texts(lab, 'NOTIFY_PEER="192.0.2.40/32"') as s:
        got = s.call(PEER, request(
            **FROM4, uri=f"sip:u6@{LITERAL}", extra=told
            + "X-Hop: sip:192.0.2.1:40001\n"), UE6)
        assert "X-Caller: 1\n" in got and "X-Route: 1\n" in got
        assert values(got) == pair("6bn", "4af")
        assert got.endswith(shapes.body("IP6 2001:db8:64::c000:228"))
        back = s.answer(UE6, response(got, contact=LITERAL, body=SDP6), PEER)
        assert values(back) == pair("6bn", "4af")


def test_two_ue6_where_the_caller_offers_ip4(lab):
    """PJSIP with nat64_opt writes IP4 and reads IP4. What one showed binds its
    own leg only: two values, and the re-INVITE is IP6 again for the callee."""
    with Texts(lab) as s:
        got = s.call(UE6, request(
            uri="sip:u6@[2001:db8:1::9]:5062", body=SDP4,
            extra="X-Hop: sip:192.0.2.1:40002\n"), UE6_B)
        assert values(got) == pair("6bn", "6af")
        assert got.endswith(SYN4)
        back = s.answer(UE6_B, response(
            got, contact="[2001:db8:1::9]:5062",
            body=shapes.body("IP6 2001:db8:1::9")), UE6)
        assert values(back) == pair("6bn", "6af")
        uri = back.partition("Contact: <")[2].partition(">")[0]
        again = s.call(UE6, request(uri=uri, n=2, to_tag="tt", body=SDP4,
                                    extra=routes(back)), UE6_B)
        assert again.endswith(SYN4)
        s.drain()


def test_offerless_reinvite_of_who_offered_ip4(lab):
    """RFC 3261 14.1: the offer is in the 200. UE6's own label says n64=af, so
    it reads IP4 there."""
    own = f"Route: {value(V6, 'af')}\nRoute: {value(V4, 'bn')}\n"
    with Texts(lab) as s:
        got = s.call(UE6, request(n=2, to_tag="tt", extra=own,
                                  body=NONE))
        assert values(got, "Route") == "" and values(got) == pair("4bn", "6af")
        back = s.answer(UA4, response(got), UE6)
        assert back.endswith(SDP4)
        own = own.replace("n64=af", "n64=as")
        got = s.call(UE6, request(n=3, to_tag="tt", extra=own,
                                  body=NONE))
        back = s.answer(UA4, response(got), UE6)
        assert back.endswith(SYN4)


REGISTER = """REGISTER sip:sip.example.test SIP/2.0
Via: SIP/2.0/UDP 192.0.2.40:5060;branch=z9hG4bKp1
Via: SIP/2.0/UDP [2001:db8:1::2]:5062;branch=z9hG4bKp0;received=192.0.2.1;\
rport=40001
Path: <sip:192.0.2.40:5060;lr;received=sip:192.0.2.1:40001>
Supported: path
Max-Forwards: 70
From: <sip:u6@sip.example.test>;tag=r
To: <sip:u6@sip.example.test>
Call-ID: reg
CSeq: 1 REGISTER
Contact: <sip:u6@[2001:db8:1::2]:5062>
Content-Length: 0

"""


def test_path_leads_to_the_edge_proxy(lab):
    """That one is on IPv4, whatever the phone behind it is: IPv4 value, SDP as
    it came. A UE6 that calls through it still gets a pair."""
    with Texts(lab, "WITH_PATH") as s:
        s.send(PEER, REGISTER)
        s.get(PEER, "SIP/2.0 200 ")
        got = s.call(CALLER4, request(CALLER4, body=SDP4,
                                      uri="sip:u6@sip.example.test"), PEER)
        assert "X-Route: -1\n" in got
        assert values(got) == PLAIN
        assert got.endswith(SDP4)
        s.answer(PEER, response(got, "486 Busy Here", body=NONE), CALLER4)
        s.get(PEER, "ACK ")
        got = s.call(UE6, request(n=2, uri="sip:u6@sip.example.test"), PEER)
        assert "X-Route: -1\n" in got
        assert values(got) == pair("4bn", "6as")
        s.drain()


BEHIND = {"sdp": "a=trailing\nc=IN IP6 2001:db8:9::9\n", "zero": "\0",
          "long": "x" * 4000}


@pytest.mark.parametrize("what", BEHIND)
def test_octets_behind_content_length(lab, what):
    """RFC 3261 18.3: over UDP they are no part of the message"""
    with Texts(lab) as s:
        got = s.call(UE6, request() + BEHIND[what])
        assert got.endswith("\n" + SDP_NAT), got
        back = s.answer(UA4, response(got) + BEHIND[what], UE6)
        assert back.endswith("\n" + SYN4), back
