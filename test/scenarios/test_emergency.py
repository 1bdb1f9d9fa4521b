# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls for help (RFC 5031, RFC 6881), by phones that nobody ever saw, without
a name, a registration or a password, through the shipped configuration."""
import re

import pytest

from sipharness import shapes
from sipharness.edge import EDGE
from sipharness.lab import SHIPPED
from sipharness.texts import (LITERAL, NONE, PEER, SDP4, UE6, Texts, pair,
                              request, response, routes, values)
from sipharness.twobox import BOX1

BOTH = pytest.mark.usefixtures("script")  # and the KEMI script
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
NEXT_HOP = 'EMERGENCY_NEXT_HOP="sip:192.0.2.40:5060"'
KNOWN = 'NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE"
SOS = "urn:service:sos"
ROUTE = "Route: <sip:192.0.2.30:5060;lr>\n"


def shipped(lab, *defines):
    return Texts(lab, DOMAIN, NEXT_HOP, *defines, cfg=SHIPPED)


def call_for_help(uri=SOS, name="sip:anonymous@anonymous.invalid", **changed):
    """From a phone that has no account; RFC 5031 5: To is the same"""
    text = request(uri=uri, **changed)
    text = text.replace("<sip:alice@sip.example.test>", f"<{name}>")
    return text.replace("<sip:bob@sip.example.test>", f"<{uri}>")


def learn(s):
    """UE6 is asked, and answers"""
    question = s.get(UE6, "OPTIONS ")
    reply = response(question, record_route=False, body=NONE)
    s.send(UE6, reply.replace(
        ";branch", ";received=2001:db8:64::c000:20a;branch", 1))
    s.proxy.settle()


@BOTH
@pytest.mark.parametrize("hangup", ["phone", "psap"])
def test_stranger_calls_for_help(lab, hangup):
    """The whole call: nothing is configured of NAT64, and nobody knows it"""
    with shipped(lab) as s:
        s.phone(PEER)
        s.send(UE6, call_for_help())
        learn(s)
        got = s.get(PEER, f"INVITE {SOS} SIP/2.0")
        assert "From: <sip:anonymous@anonymous.invalid>" in got
        assert not values(got, "Route")
        back = s.answer(PEER, response(got, contact=PEER), UE6)
        assert values(back) == pair("4bn", "6as")
        assert back.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        route, there = routes(back), routes(got, reverse=False)
        s.send(UE6, call_for_help("sip:bob@192.0.2.40:5060", method="ACK",
                                  to_tag="tt", extra=route, body=NONE))
        s.get(PEER, "ACK sip:bob@192.0.2.40:5060 ")
        source, target, uri, route = (
            (UE6, PEER, "sip:bob@192.0.2.40:5060", route)
            if hangup == "phone" else
            (PEER, UE6, re.search("Contact: <(.*?)>", got)[1], there))
        bye = call_for_help(uri, method="BYE", to_tag="tt", n=2, extra=route,
                            body=NONE)
        if hangup == "psap":
            bye = bye.replace(LITERAL, "%s:%d" % PEER)
        s.send(source, bye)
        s.answer(target, response(s.get(target, "BYE "), body=NONE), source)
        s.drain()


@BOTH
def test_psap_answers_at_once(lab):
    """Quicker than the phone answers our question: its one 200 waits for that"""
    with shipped(lab) as s:
        got = s.call(UE6, call_for_help(), PEER)
        s.send(PEER, response(got, contact=PEER))
        s.proxy.settle()
        learn(s)
        back = s.get(UE6, "SIP/2.0 200 ")
        assert values(back) == pair("4bn", "6as")
        assert back.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        s.send(UE6, call_for_help("sip:bob@192.0.2.40:5060", method="ACK",
                                  to_tag="tt", extra=routes(back), body=NONE))
        s.get(PEER, "ACK sip:bob@192.0.2.40:5060 ")


def goes_to_the_psap(s, text, start="INVITE "):
    got = s.call(UE6, text, PEER)
    assert got.startswith(start) and values(got) == pair("4bn", "6as")
    s.answer(PEER, response(got, "486 Busy Here", contact=PEER, body=NONE), UE6)
    s.get(PEER, "ACK ")
    return got


# what is called, and as what the PSAP gets it
CALLS = {uri: uri for uri in (
    SOS, "URN:Service:sos.ambulance", "urn:service:test.sos",
    "urn:service:test.sos.fire", "sip:112@sip.example.test", "tel:911")} | {
    "sip:911@sip.example.test;user=phone": "sip:911@sip.example.test",
    "sip:%31%31%32@sip.example.test": "sip:112@sip.example.test",
    "sip:+112@sip.example.test;maddr=192.0.2.30": "sip:112@sip.example.test",
    "sip:112@sip.example.test?Subject=x": "sip:112@sip.example.test",
    "sips:112@sip.example.test": "sip:112@sip.example.test",
    "tel:1-1-2": "tel:112", "tel:1.1(2)": "tel:112",
    # digits that another number's neighbours dial (RFC 3966 5.1.5), and what
    # leads a gateway elsewhere (RFC 4694, RFC 4904)
    "tel:112;phone-context=+1900555": "tel:112",
    "tel:112;rn=+19005551234;npdi": "tel:112",
    "tel:112;tgrp=premium;trunk-context=example.com": "tel:112",
}


@pytest.mark.parametrize("uri", CALLS)
@pytest.mark.parametrize("name", ["sip:anonymous@anonymous.invalid",
                                  "sip:alice@sip.example.test"])
@BOTH
def test_what_is_a_call_for_help(lab, uri, name):
    """Of who has no account, and of who would have to show a password"""
    with shipped(lab, *KNOWN, "WITH_AUTH") as s:
        goes_to_the_psap(s, call_for_help(uri, name),
                         f"INVITE {CALLS[uri]} SIP/2.0\n")


@BOTH
def test_nothing_passes_for_what_we_vouch_for(lab):
    """RFC 3325 5: of who is not trusted it is removed"""
    posed = ("P-Asserted-Identity: <tel:+49112>\n"
             "Remote-Party-ID: <sip:alice@sip.example.test>\n"
             "Diversion: <sip:alice@sip.example.test>\n"
             'Proxy-Authorization: Digest username="alice"\n')
    with shipped(lab, *KNOWN) as s:
        got = goes_to_the_psap(s, call_for_help(extra=posed))
        for line in posed.splitlines():
            assert line.partition(":")[0] + ":" not in got


@pytest.mark.parametrize("odd", ["Expires: 9999999999\n", "no-c="])
@BOTH
def test_no_refusal_that_need_not_be(lab, odd):
    """Any other call is refused for it: 400, 488"""
    text = call_for_help(extra="" if odd == "no-c=" else odd)
    if odd == "no-c=":
        head, _, body = text.partition("\n\n")
        body = re.sub(r"(?m)^c=.*\n", "", body)
        size = len(body) + body.count("\n")
        head = re.sub("Content-Length: .*", f"Content-Length: {size}", head)
        text = head + "\n\n" + body
    with shipped(lab, *KNOWN) as s:
        goes_to_the_psap(s, text)
        s.send(UE6, text.replace(SOS, "sip:bob@sip.example.test").replace(
            "branch=z9hG4bKt1", "branch=z9hG4bKt2"))
        s.get(UE6, "SIP/2.0 4")
        s.drain()


@pytest.mark.parametrize("uri,status", [
    ("urn:service:counseling", "403 "), ("urn:service:sosa", "403 "),
    ("urn:service:test.counseling", "403 "), ("urn:service:test.sosa", "403 "),
    ("urn:service:sos..x", "403 "),
    ("sip:1120@sip.example.test", "404 "), ("sip:0112@sip.example.test", "404 "),
    # somebody else's 112, and a number that ends a domain
    ("sip:112@elsewhere.example", "403 "), ("sip:x@112", "403 "),
    ("tel:1120", "403 "), ("sip:1a1b2@sip.example.test", "404 ")])
@BOTH
def test_what_is_none(lab, uri, status):
    with shipped(lab, *KNOWN) as s:
        goes_to_the_psap(s, call_for_help())
        s.send(UE6, call_for_help(uri, n=2))
        s.get(UE6, f"SIP/2.0 {status}")


@BOTH
@pytest.mark.parametrize("method", ["REGISTER", "MESSAGE", "SUBSCRIBE"])
def test_a_call_only(lab, method):
    """Without a password, the way to the PSAP is for calls"""
    with shipped(lab, *KNOWN, "WITH_AUTH") as s:
        goes_to_the_psap(s, call_for_help())
        s.send(UE6, call_for_help(method=method, body=NONE, n=2,
                                  name="sip:alice@sip.example.test"))
        s.get(UE6, "SIP/2.0 40")
        s.drain()


@BOTH
def test_other_calls_need_a_password(lab):
    with shipped(lab, *KNOWN, "WITH_AUTH") as s:
        goes_to_the_psap(s, call_for_help())
        s.send(UE6, request(uri="sip:bob@sip.example.test", n=2))
        s.get(UE6, "SIP/2.0 407 ")


@BOTH
def test_no_route_leads_elsewhere(lab):
    """RFC 6881 ED-63 lets a phone name its PSAP by a Route: we know ours"""
    with shipped(lab, *KNOWN) as s:
        own = "Route: <sip:192.0.2.10:5060;lr>\n"
        for n, extra in enumerate((ROUTE, own + ROUTE, own), 1):
            got = goes_to_the_psap(s, call_for_help(n=n, extra=extra))
            assert not values(got, "Route")


@BOTH
def test_own_numbers(lab):
    with shipped(lab, *KNOWN, 'EMERGENCY_NUMBERS="999,110"') as s:
        for n, number in enumerate(("999", "110"), 1):
            goes_to_the_psap(s, call_for_help(
                f"sip:{number}@sip.example.test", n=n))
        s.send(UE6, call_for_help("sip:112@sip.example.test", n=4))
        s.get(UE6, "SIP/2.0 404 ")


@BOTH
def test_phone_on_ipv4_calls_for_help(lab):
    """The same from where there is no NAT64: nothing is added but the usual"""
    with shipped(lab, *KNOWN) as s:
        goes_to_the_psap(s, call_for_help())
        caller = ("192.0.2.30", 5062)
        got = s.call(caller, call_for_help(caller="%s:%d" % caller, body=SDP4,
                                           n=2), PEER)
        assert got.startswith(f"INVITE {SOS} ") and got.endswith(SDP4)
        assert "2001:db8" not in got
        s.answer(PEER, response(got, "486 Busy Here", contact=PEER, body=NONE),
                 caller)
        s.get(PEER, "ACK ")


@BOTH
def test_hung_up_before_it_is_answered(lab):
    with shipped(lab, *KNOWN) as s:
        got = s.call(UE6, call_for_help(), PEER)
        back = s.answer(PEER, response(got, "180 Ringing", contact=PEER,
                                       body=NONE), UE6)
        assert values(back) == pair("4bn", "6as")
        s.send(UE6, call_for_help(method="CANCEL", body=NONE))
        s.get(UE6, "SIP/2.0 200 ")
        s.get(PEER, f"CANCEL {SOS} ")
        s.drain()


@pytest.mark.parametrize("proto", ["udp", "tcp"])
def test_the_edge_asks_no_registrar(lab, proto):
    """An edge proxy sends it on at once, whatever the registrar does"""
    with Texts(lab, DOMAIN, NEXT_HOP, 'REGISTRAR_URI="sip:192.0.2.30:5070"',
               'REGISTRAR_NET="192.0.2.30/32"', *KNOWN, cfg=EDGE) as s:
        s.phone(PEER)
        s.send(UE6, call_for_help(proto=proto), proto)
        got = s.get(PEER, f"INVITE {SOS} ")
        s.send(PEER, response(got, contact=PEER))
        back = s.get(UE6, "SIP/2.0 200 ", proto)
        way = "" if proto == "udp" else f";transport={proto}"
        assert values(back) == shapes.pair(
            shapes.value(shapes.V4, "bn"),
            shapes.value(shapes.V6, "as", params=way))
        s.send(UE6, call_for_help("sip:bob@192.0.2.40:5060", method="ACK",
                                  to_tag="tt", extra=routes(back), body=NONE,
                                  proto=proto), proto)
        s.get(PEER, "ACK ")


def test_box_1_sends_it_to_box_2(lab):
    """Which has the relay, and is told where the caller is; whoever registered by
    that number does not get it"""
    with shipped_box1(lab) as s:
        uri = "sip:112@sip.example.test"
        thief = ("192.0.2.30", 5064)
        s.send(thief, request(method="REGISTER", uri="sip:sip.example.test",
                              caller="%s:%d" % thief, body=NONE).replace(
                                  "<sip:bob@", "<sip:112@"))
        s.get(thief, "SIP/2.0 200 ")
        got = s.call(UE6, call_for_help(uri), PEER)
        assert got.startswith(f"INVITE {uri} ")
        assert 'PortaSIP-Notify: caller=nat64' in got
        assert "IP6 2001:db8:1::2" in got, "the SDP is for box 2 to change"
        s.answer(PEER, response(got, "486 Busy Here", contact=PEER, body=NONE),
                 UE6)
        s.get(PEER, "ACK ")


def shipped_box1(lab):
    return Texts(lab, DOMAIN, NEXT_HOP, 'BOX2_URI="sip:192.0.2.40:5060"',
                 'BOX2_NET="192.0.2.40/32"', *KNOWN, cfg=BOX1)
