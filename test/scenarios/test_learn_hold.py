# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Nothing is configured, and UA4 is quicker than the phone's answer to its
probe: an IVR, a PSAP. Its 200 comes again (RFC 3261 13.3.1.4), a reliable 1xx too
(RFC 3262 3), and then the phone has shown its PREF64."""
import re
import time

import pytest

from sipharness.first_calls import (GOOD, IPV4_PAIR, UA4, answer, invite, learn,
                                    mended, news, only, own_values, ringing)
from sipharness.shapes import V4, pair, value

RECEIVED = f";received={GOOD}"
SDP = ("v=0\r\no=- 1 1 IN IP4 192.0.2.30\r\ns=-\r\nc=IN IP4 192.0.2.30\r\n"
       "t=0 0\r\nm=audio 7000 RTP/AVP 0\r\n")


def says(request, status="200 OK", extra=()):
    """UA4's answer with an SDP"""
    head = ringing(request).partition("\nContent-Length")[0]
    head = head.replace("SIP/2.0 180 Ringing", f"SIP/2.0 {status}")
    return "\n".join([head, *extra, "Content-Type: application/sdp",
                      f"Content-Length: {len(SDP)}", "",
                      SDP.replace("\r\n", "\n")])


def called(s):
    """UE6 calls; (its phone, the question that it got, UA4's INVITE)"""
    phone = invite(s)
    question = only(news(s, phone), "OPTIONS ")
    assert len(question) == 1
    return phone, question[0], only(news(s, s.phone(UA4)), "INVITE ")[0]


RELIABLE = ("Require: 100rel", "RSeq: 1")


@pytest.mark.parametrize("status,extra", [
    ("200 OK", ()), ("183 Session Progress", RELIABLE)],
    ids=["200", "reliable-183"])
def test_answer_before_the_probes(lab, status, extra):
    with learn(lab) as s:
        phone, question, request = called(s)
        text = says(request, status, extra)
        for _ in range(2):
            s.phone(UA4).send(text)
            assert not only(news(s, phone), f"SIP/2.0 {status[:3]} ")
        s.known.clear()
        answer(s, phone, question, RECEIVED)
        s.phone(UA4).send(text)
        got = only(news(s, phone), f"SIP/2.0 {status[:3]} ")
        assert len(got) == 1
        assert own_values(got[0]) == mended()
        assert "c=IN IP6 2001:db8:64::c000:21e" in got[0]
        s.stats(held=2, mended=1)


@pytest.mark.parametrize("extra", [RELIABLE[:1], RELIABLE[1:]],
                         ids=["Require", "RSeq"])
def test_half_a_reliable_answer_is_not_held(lab, extra):
    with learn(lab) as s:
        phone, _, request = called(s)
        s.phone(UA4).send(says(request, "183 Session Progress", extra))
        assert len(only(news(s, phone), "SIP/2.0 183 ")) == 1
        s.stats(held=0)


def test_ringing_is_not_held(lab):
    """It does not come again, and the 200 replaces what it said of Routes"""
    with learn(lab) as s:
        phone, _, request = called(s)
        s.phone(UA4).send(ringing(request))
        assert len(only(news(s, phone), "SIP/2.0 180 ")) == 1
        s.stats(held=0)


def test_silent_phone_is_not_waited_for(lab):
    """It never answers: what comes again gets through in the end"""
    with learn(lab) as s:
        phone, _, request = called(s)
        text, got, sent = says(request), [], 0
        end = time.monotonic() + 10
        while not got:
            assert time.monotonic() < end, "held for ever"
            s.phone(UA4).send(text)
            sent += 1
            got = only(news(s, phone), "SIP/2.0 200 ")
        assert sent > 1
        assert own_values(got[0]) == pair(value(V4, "bn"), value(V4, "as"))
        s.stats(held=sent - 1, mended=0)


def test_dual_stack_phone_is_not_waited_for(lab):
    """It answers that it saw our IPv4 address: nothing to mend"""
    with learn(lab) as s:
        phone, question, request = called(s)
        s.known.clear()
        answer(s, phone, question, "")
        s.phone(UA4).send(says(request))
        got = only(news(s, phone), "SIP/2.0 200 ")
        assert len(got) == 1 and own_values(got[0]) == IPV4_PAIR
        s.stats(held=0, disproofs=1)


@pytest.mark.parametrize("define", [
    'NAT64_FQDN="proxy.example.test"', 'NAT64_PREF64="2001:db8:64::/96"',
    'BELIEVE="configured"', "PROBE=0"])
def test_not_where_the_first_is_as_good_as_the_next(lab, define):
    with learn(lab, define) as s:
        phone = invite(s)
        assert len(only(news(s, phone), "SIP/2.0 100 ")) == 1
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        s.phone(UA4).send(says(request))
        assert len(only(news(s, phone), "SIP/2.0 200 ")) == 1
        s.stats(held=0)


def test_refusal_is_not_held(lab):
    with learn(lab) as s:
        phone, _, request = called(s)
        s.phone(UA4).send(re.sub("180 Ringing", "486 Busy Here",
                                 ringing(request)))
        assert len(only(news(s, phone), "SIP/2.0 486 ")) == 1
        assert len(only(news(s, s.phone(UA4)), "ACK ")) == 1
        s.stats(held=0)

