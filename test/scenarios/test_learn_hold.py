# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Nothing is configured, and UA4 is quicker than the phone's answer to its
probe: an IVR, a PSAP. Its 200 waits, a reliable 1xx (RFC 3262 3) too, until the
phone has shown its PREF64."""
import re
import time

import pytest

from sipharness import shapes
from sipharness.compare import visible
from sipharness.first_calls import (GOOD, IPV4_PAIR, UA4, UE6, answer, invite, learn,
                                    mended, news, only, own_values, ringing)
from sipharness.lab import SHIPPED
from sipharness.shapes import V4, V6, pair, value
from sipharness.texts import NONE, Texts, request, response, values

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


def waited(phone, status="200 OK"):
    """The answer that has been kept for the phone"""
    text = visible(phone.recv() or b"nothing")
    assert text.startswith(f"SIP/2.0 {status[:3]} "), text
    return text


@pytest.mark.parametrize("status,extra", [
    ("200 OK", ()), ("183 Session Progress", RELIABLE),
    ("183 Session Progress", ("Require: precondition", *RELIABLE))],
    ids=["200", "reliable-183", "requires-more"])
def test_answer_before_the_probes(lab, status, extra):
    with learn(lab) as s:
        phone, question, request = called(s)
        text = says(request, status, extra)
        for _ in range(2):
            s.phone(UA4).send(text)
            assert not only(news(s, phone), f"SIP/2.0 {status[:3]} ")
        s.known.clear()
        answer(s, phone, question, RECEIVED)
        got = waited(phone, status)
        assert own_values(got) == mended()
        assert "c=IN IP6 2001:db8:64::c000:21e" in got
        # it came twice and is handed on once
        s.stats(held=2, mended=1)
        sent = [m for m in s.lab.wire.read() if m.dst == UE6
                and m.data.startswith(b"SIP/2.0 " + status[:3].encode())]
        assert len(sent) == 1


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
    """It never answers: what has waited gets through in the end"""
    with learn(lab) as s:
        phone, _, request = called(s)
        s.phone(UA4).send(says(request))
        assert not news(s, phone)
        begin = time.monotonic()
        got = waited(phone)
        assert time.monotonic() - begin < 3
        assert own_values(got) == pair(value(V4, "bn"), value(V4, "as"))
        s.stats(held=1, mended=0)


def test_who_answers_once_by_tcp(lab):
    """Some say it but once where nothing gets lost, whatever RFC 3261 13.3.1.4
    asks of them"""
    proto, bob = "tcp", "sip:bob@sip.example.test"
    with Texts(lab, 'SIP_DOMAIN="sip.example.test"', cfg=SHIPPED) as s:
        s.send(UA4, request(UA4, "REGISTER", "sip:sip.example.test",
                            proto=proto, body=NONE), proto)
        s.get(UA4, "SIP/2.0 200 ", proto)
        s.send(UE6, request(uri=bob, n=2))
        question = s.get(UE6, "OPTIONS ")
        got = s.get(UA4, "INVITE ", proto)
        s.send(UA4, response(got), proto)
        s.proxy.settle()
        assert not only(s.phone(UE6).rest(), "SIP/2.0 200 ")
        s.send(UE6, response(question, record_route=False, body=NONE).replace(
            ";branch", f"{RECEIVED};branch", 1))
        assert values(s.get(UE6, "SIP/2.0 200 ")) == shapes.pair(
            value(V4, "bn", params=";transport=tcp"), value(V6, "as"))
        s.drain()


def test_two_that_answer_at_once(lab):
    """Forked further on: each makes a dialog of its own (RFC 3261 12.1)"""
    with learn(lab) as s:
        phone, question, request = called(s)
        texts = [says(request).replace("tag=2ba10b12b3d84691", f"tag=fork{n}")
                 for n in range(2)]
        for text in texts:
            s.phone(UA4).send(text)
        assert not news(s, phone)
        s.known.clear()
        answer(s, phone, question, RECEIVED)
        got = [waited(phone) for _ in texts]
        assert sorted(re.findall("tag=fork.", "".join(got))) == \
            ["tag=fork0", "tag=fork1"]
        assert [own_values(m) for m in got] == [mended()] * 2


def test_nobody_takes_all_places(lab):
    """Of one phone's call four are kept, in the order in which they came; others
    of it come again"""
    with learn(lab) as s:
        phone, question, request = called(s)
        texts = [says(request).replace("tag=2ba10b12b3d84691", f"tag=fork{n}")
                 for n in range(6)]
        for text in texts:
            s.phone(UA4).send(text)
        assert not news(s, phone)
        s.known.clear()
        answer(s, phone, question, RECEIVED)
        got = [waited(phone) for _ in range(4)]
        assert re.findall("tag=fork.", "".join(got)) == [
            f"tag=fork{n}" for n in range(4)]
        s.stats(held=6)
        s.phone(UA4).send(texts[5])
        assert "tag=fork5" in waited(phone)


def test_what_is_too_long_to_be_kept(lab):
    """It is let go of, and comes again (RFC 3261 13.3.1.4)"""
    with learn(lab) as s:
        phone, question, request = called(s)
        text = says(request).replace("\nContact:", f"\nX: {'x' * 9000}\nContact:")
        s.phone(UA4).send(text)
        s.known.clear()
        answer(s, phone, question, RECEIVED)
        assert not only(news(s, phone), "SIP/2.0 200 ")
        s.phone(UA4).send(text)
        got = waited(phone)
        assert own_values(got) == mended()
        s.stats(held=1)


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

