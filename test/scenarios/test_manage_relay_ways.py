# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The three ways from a real rtpengine's address to the phone's c= line: the
SDP rewritten behind the relay, media-address= in the tag, an interface of
rtpengine for each PREF64. The same on the wire; what had to be rewritten is
counted."""
import re

import pytest

from sipharness import shapes
from sipharness.branches import hang_up, within
from sipharness.pairwise import combinations
from sipharness.relays import (PAIRS, RELAY, WAYS, Ways, addresses, answered,
                               done_by, needs_rtpengine, own_form, request_in)
from sipharness.texts import NONE
from test_manage_relay import ANSWERS, OFFERS, WHERE, relayed, ring

ICE = ("a=ice-ufrag:abcd\na=ice-pwd:abcdefghabcdefghabcdefgh\n"
       "a=candidate:1 1 UDP 2130706431 {addr} 30064 typ host\n"
       "a=candidate:1 2 UDP 2130706430 {addr} 30065 typ host\n")
HOLD = shapes.SDP.replace("a=sendrecv", "a=sendonly")

pytestmark = needs_rtpengine
each = pytest.mark.parametrize("way, pair",
                               [(w, p) for w in WAYS for p in PAIRS])


@pytest.mark.parametrize("way, pair, proto, where, offer, answer",
                         combinations(list(WAYS), list(PAIRS),
                                      ["udp", "tcp"], WHERE, OFFERS, ANSWERS))
def test_order(lab, way, pair, proto, where, offer, answer):
    """rtpengine_manage() before nat64_manage() or after it"""
    with Ways(lab, way, where, offer, answer) as s:
        who, phone = s.parties(pair, proto)
        got = ring(s, who, [phone])
        told = answered(s, who, phone, got[0])
        within("ACK", who, phone, told, 2)
        s.count(**done_by(way, PAIRS[pair]))
        hang_up(phone, who, got[0])


@each
def test_late_offer(lab, way, pair):
    """The 200 has the offer, the ACK the answer"""
    with Ways(lab, way) as s:
        who, phone = s.parties(pair)
        got = ring(s, who, [phone], body=NONE)
        told = answered(s, who, phone, got[0])
        within("ACK", who, phone, told, 2, sent=shapes.body(who.inside),
               body=relayed(phone))
        s.count(**done_by(way, PAIRS[pair]))
        hang_up(phone, who, got[0])


@each
def test_candidates_and_rtcp(lab, way, pair):
    """ICE, and a=rtcp with an address (RFC 3605): all say the same"""
    def offer(party):
        text = shapes.SDP.format(addr=party.inside) + ICE.format(
            addr=party.inside.split()[1])
        return shapes.content("application/sdp", text)

    with Ways(lab, way, flags=" full-rtcp-attribute") as s:
        who, phone = s.parties(pair)
        phone.register("bob", 101)
        who.send(who.text(body=offer(who)))
        got = phone.receive("INVITE ")
        phone.answer(got, body=offer(phone))
        back = who.receive("SIP/2.0 200 ")
        for reader, text in ((phone, got), (who, back)):
            lines, candidates = addresses(text)
            assert lines == [own_form(reader)] * 3, text
            assert set(candidates) == {own_form(reader).split()[1]}, text
        s.drain()


@each
def test_hold_by_an_address_of_zeroes(lab, way, pair):
    """As phones hold by RFC 3264 8.4: the relay sees it, the other phone too"""
    with Ways(lab, way) as s:
        who, phone = s.parties(pair)
        got = ring(s, who, [phone])
        told = answered(s, who, phone, got[0])
        within("ACK", who, phone, told, 2)
        zero = "IP6 ::" if who.prefix else "IP4 0.0.0.0"
        who.send(request_in(who, told, HOLD.format(addr=zero)))
        held = phone.receive("INVITE ")
        want = "IP6 ::" if phone.prefix else "IP4 0.0.0.0"
        assert f"\nc=IN {want}\n" in held and "\na=sendonly\n" in held, held
        s.drain()


@each
def test_again_from_the_other_side(lab, way, pair):
    """A re-INVITE of who was called: both sides are as they were"""
    with Ways(lab, way) as s:
        who, phone = s.parties(pair)
        got = ring(s, who, [phone])
        told = answered(s, who, phone, got[0])
        within("ACK", who, phone, told, 2)
        phone.send(request_in(phone, got[0], HOLD.format(
            addr=phone.inside)))
        offer = who.receive("INVITE ")
        assert addresses(offer)[0] == [own_form(who)] * 2, offer
        who.answer(offer, tag=shapes.FTAG)
        back = phone.receive("SIP/2.0 200 ")
        assert addresses(back)[0] == [own_form(phone)] * 2, back
        s.drain()


@pytest.mark.parametrize("way", WAYS)
def test_phone_that_offers_ip4_gets_ip4(lab, way):
    """RFC 6157 4.1: in the answer, and in an offer of the other side's later"""
    with Ways(lab, way) as s:
        who, phone = s.parties("ue6-ua4")
        phone.register("bob", 101)
        who.send(who.text(body=shapes.body("IP4 192.0.0.1")))
        got = phone.receive("INVITE ")
        phone.answer(got)
        back = who.receive("SIP/2.0 200 ")
        assert addresses(back)[0] == [f"IP4 {RELAY}"] * 2, back
        phone.send(request_in(phone, got, HOLD.format(addr=phone.inside)))
        offer = who.receive("INVITE ")
        assert addresses(offer)[0] == [f"IP4 {RELAY}"] * 2, offer
        s.count(sdp_rewritten=0, sdp_left_offer_family=2)
        s.drain()


@pytest.mark.parametrize("way", WAYS)
def test_answer_to_an_offer_of_both_families(lab, way):
    """RFC 6157 4.1: per section"""
    with Ways(lab, way) as s:
        who, phone = s.parties("ue6-ua4")
        phone.register("bob", 101)
        sdp = shapes.SDP.format(addr=who.inside) + (
            "m=video 30066 RTP/AVP 96\nc=IN IP4 192.0.0.1\n"
            "a=rtpmap:96 H264/90000\n")
        who.send(who.text(body=shapes.content("application/sdp", sdp)))
        got = phone.receive("INVITE ")
        phone.answer(got, body=shapes.content("application/sdp", sdp.replace(
            who.inside, phone.inside).replace("192.0.0.1", phone.addr[0])))
        back = who.receive("SIP/2.0 200 ")
        audio, video = back.partition("\nm=video ")[::2]
        assert re.findall(r"\nc=IN (.*)", audio) == [own_form(who)], back
        assert re.findall(r"\nc=IN (.*)", video) == [f"IP4 {RELAY}"], back
        s.drain()


# what says which set, and where the module finds it
SETS = {"avp": (1, ["MEDIA_SET=1"]), "default": (0, [])}


@pytest.mark.parametrize("which", SETS)
def test_map_of_sets(lab, which):
    """The address of the set that rtpengine uses"""
    number, extra = SETS[which]
    params = [("rtpengine_address",
               f"{n}={RELAY if n == number else '198.51.100.20'}")
              for n in (0, 1, 2)]
    with Ways(lab, "rewriting", params=params, extra=extra,
              prefix=f"{number} == ") as s:
        who, phone = s.parties("ue6-ua4")
        got = ring(s, who, [phone])
        answered(s, who, phone, got[0])
        s.count(sdp_rewritten=0)
        s.drain()


OTHERS = {  # what is said of another set, of another network
    "set": ("rtpengine_address", "7=198.51.100.20"),
    "network": ("rtpengine_interface", "2001:db8:77::/96=nat64x")}


@pytest.mark.parametrize("what", OTHERS)
def test_what_the_map_has_not(lab, what):
    """It is left to the rewriting"""
    with Ways(lab, "rewriting", params=[OTHERS[what]]) as s:
        who, phone = s.parties("ue6-ue6b")
        got = ring(s, who, [phone])
        answered(s, who, phone, got[0])
        s.count(sdp_rewritten=2, sdp_repaired=0)
        s.drain()


def test_one_network_of_two_has_an_interface(lab):
    """Its own is written by the relay, the other's is rewritten"""
    with Ways(lab, "interface", drop="2001:db8:65::/96=nat64b") as s:
        who, phone = s.parties("ue6-ue6b")
        got = ring(s, who, [phone])
        answered(s, who, phone, got[0])
        s.count(sdp_rewritten=2, sdp_repaired=1)
        s.drain()


