# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Nothing is configured: what phones are asked, and what is believed of what
they answer."""
import pytest

from sipharness import shapes, unseen
from sipharness.first_calls import (GOOD, IPV4_PAIR, UA4, UE6, answer,
                                    ask_and_answer, invite, learn, mended,
                                    news, only, own_values, rings)
from sipharness.shapes import PLAIN, V4

PREFIXES = ["3fff:64::/32", "2001:db8:100::/40", "2001:db8:122::/48",
            "2001:db8:122:300::/56", "2001:db8:122:344::/64",
            "2001:db8:122:344::/96", "64:ff9b::/96"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_prefix_length(lab, prefix):
    """What the phone shows is used, the Well-Known Prefix too, whatever
    RFC 6052 3.1 says of an address that is not global: it works there"""
    received = ";received=" + shapes.synthetic(prefix, V4)[1:-1]
    with learn(lab) as s:
        request = ask_and_answer(s, received)
        assert own_values(request) == IPV4_PAIR
        assert rings(s, request) == mended(prefix)
        s.stats(probes=1, proofs=1, mended=1)


FOREIGN = ["2001:db8:64::c000:20b", "2001:db8::1", "2001:db8:64::c000:21e",
           "::ffff:192.0.2.10", "fe80::c000:20a", "::192.0.2.10"]


@pytest.mark.parametrize("received", FOREIGN)
def test_received_that_is_not_our_address(lab, received):
    with learn(lab) as s:
        request = ask_and_answer(s, ";received=" + received)
        assert rings(s, request) == IPV4_PAIR
        s.stats(probes=1, proofs=0, disproofs=0, received_foreign=1,
                received_unmatched=0, mended=0)


def test_received_in_brackets(lab):
    """Some write it as a host"""
    with learn(lab) as s:
        request = ask_and_answer(s, f";received=[{GOOD}]")
        assert rings(s, request) == mended()
        s.stats(proofs=1)


@pytest.mark.parametrize("received", ["", ";received=192.0.2.10"])
def test_no_synthetic_received_disproves(lab, received):
    """The next call is as any other's: nothing asked, nothing rewritten"""
    with learn(lab) as s:
        request = ask_and_answer(s, received)
        assert own_values(request) == IPV4_PAIR
        assert rings(s, request) == IPV4_PAIR
        phone = invite(s, 2)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == PLAIN
        assert "c=IN IP6 2001:db8:1::2" in request
        assert not only(news(s, phone), "OPTIONS ")
        s.stats(probes=1, proofs=0, disproofs=1, received_foreign=0)


PING = """SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10:5060;branch={branch};received={received}
From: sip:ping@sip.example.test;tag=uloc-6b03350d-5a21-1-dd7f25d6-249ae4c4
To: sip:alice@[2001:db8:1::2]:46856;tag=8f58e45a64278d70
Call-ID: a3c3c6e-d36e0552-1eed02@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

"""


@pytest.mark.parametrize("branch", ["z9hG4bK1558996", "z9hG4bKcydzigwkX",
                                    "z9hG4bK37e7.38a46e83.0", "0"])
def test_received_in_a_reply_to_nothing(lab, branch):
    """nathelper's ping, a stateless branch, a forged one: no proof"""
    with learn(lab) as s:
        phone = s.phone(UE6)
        phone.send(PING.format(branch=branch, received=GOOD))
        s.stats(proofs=0, received_unmatched=1, received_foreign=0)
        phone.send(PING.format(branch=branch, received="2001:db8::1"))
        s.stats(proofs=0, received_unmatched=1, received_foreign=1)
        invite(s)
        assert len(only(news(s, phone), "OPTIONS ")) == 1
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == IPV4_PAIR


def test_one_probe_at_a_time(lab):
    """A retransmission, a second call, a third one: one OPTIONS is out"""
    with learn(lab) as s:
        for n in (1, 1, 2, 3):
            phone = invite(s, n)
        assert len(only(news(s, phone), "OPTIONS ")) == 1
        s.stats(probes=1)
        assert len(only(news(s, s.phone(UA4)), "INVITE ")) == 3


def test_new_port_new_probe(lab):
    with learn(lab) as s:
        request = ask_and_answer(s, unseen.RECEIVED)
        assert rings(s, request) == mended()
        request = ask_and_answer(s, unseen.RECEIVED, 2, 40001)
        assert own_values(request) == IPV4_PAIR
        assert rings(s, request, 40001) == mended()
        s.stats(probes=2, proofs=2, mended=2)


def test_no_probe_once_proven(lab):
    """The second call has the synthetic value from the beginning"""
    with learn(lab) as s:
        ask_and_answer(s, unseen.RECEIVED)
        phone = invite(s, 2)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == mended()
        assert not only(news(s, phone), "OPTIONS ")
        s.stats(probes=1, no_pref64=1)


def test_probe_switched_off(lab):
    with learn(lab, "PROBE=0") as s:
        phone = invite(s)
        assert not only(news(s, phone), "OPTIONS ")
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == IPV4_PAIR
        s.stats(probes=0)


NO_EVIDENCE = {"464xlat": "192.0.0.4", "mapped": "[::ffff:192.0.2.1]",
               "6to4": "[2002:c000:201::1]", "teredo": "[2001:0:c000:201::1]",
               "link-local": "[fe80::1]", "zone-id": "[fe80::1%25eth0]"}


def check_no_evidence(s, **shown):
    """Not asked, and as record_route()"""
    phone = invite(s, **shown)
    assert not only(news(s, phone), "OPTIONS ")
    request = only(news(s, s.phone(UA4)), "INVITE ")[0]
    assert own_values(request) == PLAIN
    s.stats(probes=0, pairs=0)


@pytest.mark.parametrize("kind", NO_EVIDENCE)
def test_no_evidence_in_via_and_contact(lab, kind):
    host = NO_EVIDENCE[kind] + ":39859"
    with learn(lab) as s:
        check_no_evidence(s, via=host, contact=host,
                          body_in=shapes.body("IP4 192.0.2.1"))


@pytest.mark.parametrize("kind", [k for k in NO_EVIDENCE if k != "464xlat"])
def test_no_evidence_in_the_sdp(lab, kind):
    addr = NO_EVIDENCE[kind].strip("[]").replace("%25", "%")
    with learn(lab) as s:
        check_no_evidence(s, via="192.0.2.1:39859", contact="192.0.2.1:39859",
                          body_in=shapes.body("IP6 " + addr))


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_hint_in_the_sdp_alone(lab, end):
    """As PJSIP has it once it is registered, be there empty lines behind it"""
    host = "192.0.2.1:39859"
    with learn(lab) as s:
        text = shapes.SDP.format(addr="IP6 2001:db8:1::2") + end
        phone = invite(s, via=host, contact=host,
                       body_in=shapes.content("application/sdp", text))
        assert len(only(news(s, phone), "OPTIONS ")) == 1
        assert len(only(news(s, s.phone(UA4)), "INVITE ")) == 1
        s.stats(probes=1)


def test_464xlat_is_ordinary_ipv4(lab):
    """192.0.0.0/29 (RFC 7335) everywhere: nothing asked, nothing rewritten"""
    host = "192.0.0.4:39859"
    with learn(lab) as s:
        check_no_evidence(s, via=host, contact=host,
                          body_in=shapes.body("IP4 192.0.0.4"))


def test_another_proxys_via_below_the_top(lab):
    """Via, Contact and SDP of a phone behind another proxy are not that
    proxy's own"""
    with learn(lab) as s:
        check_no_evidence(s, via="192.0.2.1:39859;branch=z9hG4bKtop;rport\n"
                          f"Via: SIP/2.0/UDP {shapes.UE6}")


def test_liar_hurts_only_itself(lab):
    """Two phones behind one NAT64; what one shows is not the other's"""
    with learn(lab) as s:
        liar = ask_and_answer(s, ";received=2001:db8:bad::c000:20a", 1, 40001)
        fair = ask_and_answer(s, unseen.RECEIVED, 2, 40002)
        third = invite(s, 3, 40003)
        assert rings(s, fair, 40002) == mended()
        assert rings(s, liar, 40001) == mended("2001:db8:bad::/96")
        assert len(only(news(s, third), "OPTIONS ")) == 1
        s.stats(probes=3, proofs=2)
        invite(s, 4, 40002)
        request = only(news(s, s.phone(UA4)), "INVITE ")[-1]
        assert own_values(request) == mended()
        news(s, s.phone((UE6[0], 40002)))


def test_answer_from_another_port(lab):
    """Who answers another's probe proves nothing of the other"""
    with learn(lab) as s:
        phone, thief = invite(s), s.phone((UE6[0], 40009))
        question = only(news(s, phone), "OPTIONS ")[0]
        answer(s, thief, question, ";received=2001:db8:bad::c000:20a")
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert rings(s, request) == IPV4_PAIR


def test_via_is_ipv6_and_sdp_is_ipv4(lab):
    """A phone with a CLAT offers 192.0.0.2, but signals over IPv6"""
    with learn(lab) as s:
        phone = invite(s, body_in=shapes.body("IP4 192.0.0.2"))
        question = only(news(s, phone), "OPTIONS ")[0]
        answer(s, phone, question, unseen.RECEIVED)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == IPV4_PAIR.replace("n64=as", "n64=af")
        assert "c=IN IP4 192.0.0.2" in request
        assert rings(s, request) == mended().replace("n64=as", "n64=af")


def test_configured_only(lab):
    """believe=configured: what the phone shows says that it is behind NAT64,
    but not by which PREF64"""
    with learn(lab, 'BELIEVE="configured"',
               'NAT64_PREF64="2001:db8:c0::/96"') as s:
        request = ask_and_answer(s, unseen.RECEIVED)
        assert own_values(request) == mended("2001:db8:c0::/96")
        assert rings(s, request) == mended("2001:db8:c0::/96")
        invite(s, 2)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == mended("2001:db8:c0::/96")
        news(s, s.phone(UE6))


def test_configured_only_and_none_is(lab):
    """believe=configured: no value is mended by what the phone shows"""
    with learn(lab, 'BELIEVE="configured"') as s:
        request = ask_and_answer(s, unseen.RECEIVED)
        assert rings(s, request) == IPV4_PAIR
        s.stats(proofs=1, mended=0)
