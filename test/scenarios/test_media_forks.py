# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Two phones ring of which one only needs the IPv6 form, with a real rtpengine
that is called for each branch and told which one it is."""
import re

import pytest

from sipharness import shapes
from sipharness.branches import (ELSEWHERE, Calls, cancelled, forwarded,
                                 give_way, hang_up, own_values, passed_back,
                                 ua4, ue6, ue6_b, within)
from sipharness.pairwise import combinations
from sipharness.sections import CLAT
from sipharness.texts import NONE
from test_manage_forks import ringing
from test_manage_relay import (ANSWERS, CALLEES, CALLERS, defines, relay,
                               relayed, ring)

FLAGS = "replace-origin replace-session-connection address-family=IP4"
# None: it is not told; auto: the caller's branch, the same for both
VIA_BRANCH = [None, "auto", "auto-next", "extra"]
OFFERS = ["branch-before", "branch-after"]
PAIRS = ["ue6-ua4", "ua4-ue6", "ue6-ue6b"]
WINNERS = ["first", "second"]

__all__ = ["relay"]


def ports(invites):
    """Where the relay listens for each phone"""
    return [re.findall(r"(?m)^m=audio (\d+) ", text) for text in invites]


def flags(via_branch):
    more = f" via-branch={via_branch}" if via_branch else ""
    return f'MEDIA_FLAGS="{FLAGS}{more}"'


def start(lab, relay, via_branch, offer, answer):
    return Calls(lab, *defines(relay, "branch", offer, answer),
                 flags(via_branch))


def won(s, caller, phones, got, winner):
    """That phone answers: the other one is cancelled, and the dialog is its"""
    loser = 1 - winner
    phone, tag = phones[winner], "12"[winner]
    back = phone.answer(got[winner], tag=tag)
    told = caller.expect(passed_back(back, phone, caller,
                                     body=relayed(caller)))
    give_way(phones[loser], got[loser], ELSEWHERE)
    within("ACK", caller, phone, told, 1)
    hang_up(phone, caller, got[winner], tag)


@pytest.mark.parametrize(
    "caller, pair, winner, via_branch, way, offer, answer", combinations(
        list(CALLERS), PAIRS, WINNERS, VIA_BRANCH, ["udp", "tcp"], OFFERS,
        ANSWERS))
def test_early_media_of_both(lab, relay, caller, pair, winner, via_branch, way,
                             offer, answer):
    """Each answers, in the form that the caller reads; one wins"""
    with start(lab, relay, via_branch, offer, answer) as s:
        who = CALLERS[caller](s, proto=way)
        phones = [CALLEES[kind](s) for kind in pair.split("-")]
        got = ring(s, who, phones)
        if via_branch in ("auto-next", "extra"):
            assert len(set(map(str, ports(got)))) == 2, ports(got)
        for tag, phone, invite in zip("12", phones, got):
            back = phone.answer(invite, "183 Progress", tag=tag)
            who.expect(passed_back(back, phone, who, body=relayed(who)))
        won(s, who, phones, got, WINNERS.index(winner))


@pytest.mark.parametrize(
    "caller, pair, winner, via_branch, offer, answer", combinations(
        list(CALLERS), PAIRS, WINNERS, VIA_BRANCH, OFFERS, ANSWERS))
def test_answer_of_one(lab, relay, caller, pair, winner, via_branch, offer,
                       answer):
    """The other one rings, and has said nothing of its media"""
    with start(lab, relay, via_branch, offer, answer) as s:
        who = CALLERS[caller](s)
        phones = [CALLEES[kind](s) for kind in pair.split("-")]
        got = ring(s, who, phones)
        for tag, phone, invite in zip("12", phones, got):
            back = phone.answer(invite, "180 Ringing", tag=tag, body=NONE)
            who.expect(passed_back(back, phone, who))
        won(s, who, phones, got, WINNERS.index(winner))


def tag_of(phone):
    return f"t{phone.addr[0][-1]}"


def offer(caller, phone, got, offers, status="200 OK"):
    """A reply with an offer, as the caller gets it"""
    clat = offers[phone] == CLAT
    back = phone.answer(got[phone], status, tag=tag_of(phone),
                        body=shapes.body(offers[phone]))
    want = passed_back(back, phone, caller, body=shapes.body(
        CLAT if clat else f"IP4 {phone.addr[0]}"))
    return caller.expect(want.replace("n64=bn", "n64=bf") if clat else want)


@pytest.mark.parametrize("order", ["ip4-first", "ip6-first"])
@pytest.mark.parametrize("way", ["udp", "tcp"])
def test_late_offers_of_two_phones(lab, way, order):
    """Both accept, one offers IP4, one IP6: the answer in each one's ACK has the
    family that this one offered (RFC 6157 4.1)"""
    with Calls(lab, "IN_REQUEST", several=True) as s:
        who, phones = ua4(s, 5069, proto=way), [ue6(s), ue6_b(s)]
        offers = dict(zip(phones, (CLAT, phones[1].inside)))
        if order == "ip6-first":
            phones.reverse()
        for n, phone in enumerate(phones, 101):
            phone.register("bob", n)
        sent = who.text(body=NONE)
        who.send(sent)
        got = {phone: phone.expect(forwarded(
            sent, who, phone, phone.uri("bob"), body=NONE,
            rr=own_values(who, phone, late=True))) for phone in phones}
        # who rings behind the first one's offer has shown nothing by it
        told = {phones[0]: offer(who, phones[0], got, offers, "183 Early")}
        ringing(phones[1:], [got[phones[1]]], who)
        for phone in phones:
            told[phone] = offer(who, phone, got, offers)
            if phone is phones[0]:
                late = phones[1].expect(cancelled(got[phones[1]], ELSEWHERE))
                phones[1].answer(late, "481 No Call", body=NONE)
        for phone in phones:
            within("ACK", who, phone, told[phone], 1, sent=shapes.body(
                who.inside), sdp=who.inside if offers[phone] == CLAT
                else who.seen_by(phone))
        for phone in phones:
            hang_up(phone, who, got[phone], tag_of(phone))
