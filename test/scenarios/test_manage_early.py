# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Before the call is answered, and offers that come late, with the
configuration that is shipped: each message to the octet at both ends."""
import dataclasses
import time

import pytest

from sipharness import compare
from sipharness.dialogs import NOTHING, PAIRS, UA4, UE6, UE6_SAME, Dialog, Proxy
from sipharness.pairwise import combinations
from sipharness.script import WAIT

TRANSPORTS = ["udp", "tcp"]
RELIABLE = "Require: 100rel\nRSeq: 1\n"


def invite(d, body=None):
    return d.request(d.caller, "INVITE", d.body(d.caller)
                     if body is None else body, extra="Supported: 100rel\n")


def prack(d, req, body=NOTHING, answers=""):
    return d.request(d.caller, "PRACK", body, answers=answers,
                     extra=f"RAck: 1 {req.number} INVITE\n")


def early_media(d):
    """183 with SDP, and the same SDP again in the 200"""
    req = invite(d)
    sdp = d.body(d.callee)
    d.answer(req, "183 Session Progress", sdp)
    d.answer(req, body=sdp)
    d.ack(req)


def early_media_only(d):
    """180, 183 with SDP, 180 again; then it is refused"""
    req = invite(d)
    d.answer(req, "180 Ringing")
    d.answer(req, "183 Session Progress", d.body(d.callee))
    d.answer(req, "180 Ringing", extra="Alert-Info: <urn:alert:again>\n")
    d.refuse(req, "486 Busy Here")


def prack_without_sdp(d):
    req = invite(d)
    d.answer(req, "183 Session Progress", d.body(d.callee), RELIABLE)
    d.answer(prack(d, req))
    d.answer(req)
    d.ack(req)


def prack_with_offer(d):
    """The PRACK offers anew, its 200 answers (RFC 3262 5)"""
    req = invite(d)
    d.answer(req, "183 Session Progress", d.body(d.callee), RELIABLE)
    d.answer(prack(d, req, d.body(d.caller, "inactive")),
             body=d.body(d.callee, "inactive"))
    d.answer(req, "180 Ringing")
    d.answer(req)
    d.ack(req)


def early_update(d):
    """Preconditions: after the PRACK each side offers once (RFC 3312)"""
    req = invite(d)
    d.answer(req, "183 Session Progress", d.body(d.callee), RELIABLE)
    d.answer(prack(d, req))
    for sender in (d.caller, d.callee):
        one = d.request(sender, "UPDATE", d.body(sender))
        d.answer(one, body=d.body(one.to))
    d.answer(req)
    d.ack(req)


def late_offer_in_200(d):
    """The 200 offers, the ACK answers"""
    req = invite(d, NOTHING)
    d.answer(req, "180 Ringing")
    d.answer(req, body=d.body(d.callee))
    d.ack(req, d.body(d.caller))


def late_offer_in_183(d):
    """A reliable 183 offers, the PRACK answers (RFC 3262 5)"""
    req = invite(d, NOTHING)
    d.answer(req, "183 Session Progress", d.body(d.callee), RELIABLE)
    d.answer(prack(d, req, d.body(d.caller)))
    d.answer(req)
    d.ack(req)


EARLY = {"early-media": early_media, "early-media-refused": early_media_only,
         "prack-without-sdp": prack_without_sdp,
         "prack-with-offer": prack_with_offer, "early-update": early_update,
         "late-offer-in-200": late_offer_in_200,
         "late-offer-in-183": late_offer_in_183}


@pytest.mark.parametrize("what, pair, proto", combinations(
    EARLY, PAIRS, TRANSPORTS))
def test_early(lab, what, pair, proto):
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        EARLY[what](d)
        if what != "early-media-refused":
            d.bye(d.callee)


# it offers IP4 from behind NAT64 (a CLAT's address, RFC 7335), and reads IP4
IP4_UE6 = dataclasses.replace(UE6, media="IP4 192.0.0.2")
LATE_IP4 = ["200", "183"]


def late_ip4_offer(d, where, media):
    """In the reply with that status; the answer says that address"""
    req = invite(d, NOTHING)
    if where == "200":
        d.answer(req, "180 Ringing")
        d.answer(req, body=d.body(d.callee), late=True)
        d.ack(req, d.body(d.caller, c=media), answers="IP4")
        return
    d.answer(req, "183 Session Progress", d.body(d.callee), RELIABLE,
             late=True)
    d.answer(prack(d, req, d.body(d.caller, c=media), answers="IP4"))
    d.answer(req, late=True)
    d.ack(req)


@pytest.mark.parametrize("where, proto", combinations(
    LATE_IP4, TRANSPORTS))
def test_late_ip4_offer(lab, where, proto):
    """The answer in ACK or PRACK follows the family that the phone offered, as
    its label says from then on (RFC 6157 4.1); so does a later offer"""
    with Proxy(lab) as s:
        d = Dialog(s, UA4, IP4_UE6, proto)
        late_ip4_offer(d, where, UA4.media)
        assert ";n64=bf;" in d.routes[UA4][1]
        req = d.request(UA4, "INVITE", d.body(UA4, "sendonly"), answers="IP4")
        d.answer(req, body=d.body(IP4_UE6, "recvonly"))
        d.ack(req)
        req = d.request(UA4, "INVITE")
        d.answer(req, body=d.body(IP4_UE6))
        d.ack(req, d.body(UA4), answers="IP4")
        d.bye(d.callee)


@pytest.mark.parametrize("where, proto", combinations(
    LATE_IP4, TRANSPORTS))
def test_late_ip4_offer_behind_the_same_nat64(lab, where, proto):
    """Two phones that share a value cannot each say a family in it: where the
    offer is still to come, each has its own"""
    callee = dataclasses.replace(UE6_SAME, media="IP4 192.0.0.2")
    with Proxy(lab) as s:
        d = Dialog(s, UE6, callee, proto)
        late_ip4_offer(d, where, "IP4 192.0.2.20")  # its media are relayed
        d.bye(callee)


@pytest.mark.parametrize("who, proto", combinations(
    ["by-caller", "by-callee"], TRANSPORTS))
def test_late_ip4_offer_within_call(lab, who, proto):
    """A phone that said nothing of its family before: as callee of an offer"""
    with Proxy(lab) as s:
        d = Dialog(s, UA4, UE6, proto)
        d.call()
        req = d.request(UA4, "INVITE")
        d.answer(req, body=d.body(UE6, c=IP4_UE6.media), late=True)
        d.ack(req, d.body(UA4), answers="IP4")
        d.bye(d.caller if who == "by-caller" else d.callee)


def sent_to(lab, ua, start, n):
    """What came to that phone so far, as soon as there are n of them"""
    end = time.monotonic() + WAIT
    while True:
        got = [m.data for m in lab.wire.read() if m.dst == ua.addr
               and m.data.startswith(start)]
        if len(got) >= n or time.monotonic() > end:
            return got
        time.sleep(0.005)


@pytest.mark.parametrize("status, sdp, pair, proto", combinations(
    ["180", "183"], ["without-sdp", "with-sdp"], PAIRS, TRANSPORTS))
def test_retransmitted_18x(lab, status, sdp, pair, proto):
    """Each is managed alike: not the first one only, none of them twice"""
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        req = invite(d)
        body = d.body(d.callee) if sdp == "with-sdp" else NOTHING
        d.answer(req, f"{status} Early", body, RELIABLE)
        text = d.answer_text(req, f"{status} Early", body, RELIABLE)
        for _ in range(2):
            d.phone(d.callee).send(text)
        got = sent_to(lab, d.caller, b"SIP/2.0 18", 3)
        assert len(got) == 3 and len(set(got)) == 1, "\n".join(
            compare.visible(m) for m in got)
        d.answer(prack(d, req))
        d.answer(req, body=NOTHING if sdp == "with-sdp"
                 else d.body(d.callee))
        d.ack(req)
        d.bye(d.caller)
