# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a reply may prove: only the answer to a probe, from where it was sent, by
who knows its Call-ID; and when what is proven is asked for again."""
import re
import time

import pytest

from sipharness import callfile, compare, shapes, unseen
from sipharness.first_calls import (GOOD, UA4, ask_and_answer, call_text,
                                    invite, learn, mended, news, only, probe,
                                    ringing, rings)

EVIL = "2001:db8:bad::c000:20a"
OTHER = ("192.0.2.40", 5060)
IPV4 = {"via": "192.0.2.1:39859", "contact": "192.0.2.1:39859",
        "body_in": shapes.body("IP4 192.0.2.1")}


def hint(s, flow):
    """An INVITE with IPv6 in it, in that flow's name"""
    text = callfile.parse(call_text("one-invite"), shapes.invite())[0].text
    flow.send(text.replace("1c5c69300465b4ff", "1c5c693004659999").replace(
        "b6e75f89cf045ce6", "b6e75f89cf049999"))
    return news(s, flow)


def received(text, address):
    return re.sub(r"(?m)^(Via: SIP/2.0/UDP 192.0.2.10[^\n,]*)",
                  rf"\1;received={address}", text, count=1)


def ask_of(s, phone, questions, address, **changed):
    """The answer to the probe that it got, with changes"""
    ask, reply = probe(address, received="")
    s.known.clear()
    fault = compare.compare(callfile.parse(ask)[0].text,
                            compare.octets(questions[-1]), s.known, "probe")
    assert not fault, fault
    text = s.fill(callfile.parse(reply)[0].text)
    for old, new in changed.items():
        assert re.search(f"(?m)^{old.replace('_', '-')}: ", text)
        text = re.sub(f"(?m)^({old.replace('_', '-')}: ).*$", rf"\g<1>{new}",
                      text)
    return text


@pytest.mark.parametrize("answers", [True, False])
def test_who_is_behind_a_trunk_does_not_mark_it(lab, answers):
    """The trunk's flow hinted once (anybody can spoof that); then somebody
    behind it writes a received into our Via. The next call gets no pair."""
    with learn(lab) as s:
        trunk = s.phone(UA4)
        questions = only(hint(s, trunk), "OPTIONS ")
        assert len(questions) == 1
        if answers:
            trunk.send(ask_of(s, trunk, questions, "192.0.2.30:5060"))
            news(s, trunk)
            s.stats(disproofs=1)
        phone = invite(s, 1, **IPV4)
        trunk.send(received(ringing(only(news(s, trunk), "INVITE ")[-1]), EVIL))
        news(s, phone)
        s.stats(proofs=0)
        invite(s, 2, **IPV4)
        request = only(news(s, trunk), "INVITE ")[-1]
        assert "2001:db8:bad" not in request
        news(s, phone)


def test_answer_in_the_name_of_a_flow_that_hinted(lab):
    """Known as a hint, but the branch went elsewhere"""
    with learn(lab) as s:
        other = s.phone(OTHER)
        hint(s, other)
        news(s, s.phone(UA4))
        phone = invite(s, 1, **IPV4)
        request = only(news(s, s.phone(UA4)), "INVITE ")[-1]
        other.send(received(ringing(request), EVIL))
        news(s, phone)
        news(s, other)
        s.stats(proofs=0, received_unmatched=1)


def test_answer_without_the_call_id(lab):
    """A guessed branch is not enough"""
    with learn(lab) as s:
        phone = invite(s)
        questions = only(news(s, phone), "OPTIONS ")
        news(s, s.phone(UA4))
        text = ask_of(s, phone, questions, "192.0.2.1:39859",
                      Call_ID="probe-0000000000000000")
        phone.send(received(text, GOOD))
        news(s, phone)
        s.stats(proofs=0, received_unmatched=1)


def test_callee_that_never_hinted_is_asked(lab):
    """Its 180 shows received: asked, and what it answers proves"""
    with learn(lab) as s:
        callee = s.phone(UA4)
        phone = invite(s, 1, **IPV4)
        request = only(news(s, callee), "INVITE ")[-1]
        callee.send(received(ringing(request), GOOD))
        news(s, phone)
        s.stats(proofs=0, probes=1, received_unmatched=0)
        questions = only(news(s, callee), "OPTIONS ")
        callee.send(received(ask_of(s, callee, questions, "192.0.2.30:5060"),
                             GOOD))
        news(s, callee)
        s.stats(proofs=1, probes=1)


def test_configured_wkp_that_is_refused_is_mended_by_the_same_shown(lab):
    """RFC 6052 3.1 holds for what is configured, not for what a phone shows"""
    with learn(lab, 'NAT64_PREF64="64:ff9b::/96"') as s:
        assert rings(s, ask_and_answer(
            s, ";received=64:ff9b::c000:20a")) == mended("64:ff9b::/96")


def test_configured_pref64_gives_way_to_another_shown(lab):
    with learn(lab, 'NAT64_PREF64="2001:db8:c0::/96"') as s:
        assert rings(s, ask_and_answer(s, unseen.RECEIVED)) == mended()


def test_disproved_flow_that_hints_is_asked_again(lab):
    """Its address and port may be another phone's by now"""
    with learn(lab) as s:
        rings(s, ask_and_answer(s, ""))
        phone = invite(s, 2)
        assert only(news(s, phone), "OPTIONS ") == []
        time.sleep(34)  # the time itself is the subject
        phone = invite(s, 3)
        news(s, s.phone(UA4))
        assert len(only(news(s, phone), "OPTIONS ")) == 1
