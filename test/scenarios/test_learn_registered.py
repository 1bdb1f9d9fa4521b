# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Nothing is configured: a phone that registers is asked then, and calls to it
are right from the first one on."""
import re
import time

import pytest

from sipharness import compare, shapes, unseen
from sipharness.first_calls import news, only
from sipharness.lab import call_text
from sipharness.script import Script
from sipharness.shapes import V4, V6, pair, value
from sipharness.unseen import RECEIVED, probe

UE6 = ("192.0.2.1", 46546)
UA4 = ("192.0.2.30", 5060)
FTAG = "4e9f455618bc23e3"
MARK = ";pref64=2001:db8:64::/96"


def register(again=0, mark="", contact=None):
    """(REGISTER, its 200) of UE6"""
    text = call_text("register-ue6")
    if again:
        text = text.replace("a6475f98f12d39fb", f"a6475f98f12d3{again:03}")
        text = text.replace("CSeq: 5580", f"CSeq: {5580 + again}")
        text = text.replace("{tag-2}", f"{{tag-2{again}}}")
    text = text.replace('received="sip:192.0.2.1:46546"',
                        f'received="sip:192.0.2.1:46546{mark}"')
    if contact:
        text = re.sub(r"(?m)^(Contact: <[^>]*>)(.*)$", contact, text)
    ask, ok = re.split(r"(?m)^(?==== proxy)", text)
    return ask, ok


def first_register(s, received=RECEIVED):
    """It is asked before it has the 200, and answers"""
    question, reply = probe("192.0.2.1:46546", received=received)
    ask, ok = register()
    s.play(ask + question + ok + reply)
    s.proxy.settle()


def asked_anew(text):
    """Its reply shows what is no longer known of its flow, so it is asked"""
    ack = re.search(r"(?m)^=== proxy \S+ > ue6 .*\nACK ", text).start()
    return text[:ack] + probe("192.0.2.1:46546", name="again")[0] + text[ack:]


def call_it(s, body_out="IP6 2001:db8:64::c000:21e", host=V6,
            edit=lambda text: text):
    s.play(edit(call_text("one-invite-to-ue6")), seen="", reply_seen="",
           body_in=shapes.body("IP4 192.0.2.30"),
           body_out=shapes.body(body_out),
           rr=pair(value(host, "bn", ftag=FTAG), value(V4, "af", ftag=FTAG)))


def test_call_to_it(lab):
    """The synthetic pair and SDP at once"""
    with Script(lab) as s:
        first_register(s)
        s.stats(probes=1, proofs=1, marked=0)
        call_it(s)
        s.stats(probes=1, no_pref64=0)


def test_second_register_is_marked(lab):
    """The mark outlives what the flow has shown: lookup() gives it back"""
    with Script(lab, "FLOW_EXPIRE=2") as s:
        first_register(s)
        ask, ok = register(1, MARK)
        s.play(ask + ok)
        s.stats(probes=1, marked=1)
        time.sleep(3.5)  # no event tells of it
        call_it(s, edit=asked_anew)
        s.stats(no_pref64=0, probes=2)


def test_mark_is_renewed(lab):
    """Each REGISTER carries it, once; the 200 is no longer each time"""
    with Script(lab) as s:
        first_register(s)
        for n in (1, 2, 3):
            ask, ok = register(n, MARK)
            s.play(ask + ok)
        s.stats(probes=1, marked=3)


POSED = [';received="sip:192.0.2.1:46546;pref64=2001:db8:bad::/96"',
         ';received="sip:198.51.100.66:5060"']


@pytest.mark.parametrize("posed", POSED, ids=["pref64", "address"])
def test_received_posed_by_the_phone(lab, posed):
    """In its own Contact, on the first and on the marked REGISTER: the call
    goes to the phone, with the PREF64 that it showed"""
    with Script(lab) as s:
        ask, ok = register()
        question, reply = probe("192.0.2.1:46546")
        s.play(re.sub(r"(?m)^(Contact: <[^>]*>)", r"\1" + posed, ask)
               + question + ok + reply)
        ask, ok = register(1, MARK)
        s.play(re.sub(r"(?m)^(Contact: <[^>]*>)", r"\1" + posed, ask) + ok)
        s.stats(probes=1, marked=1)
        call_it(s)


def test_without_an_answer(lab):
    """Nothing is guessed: the IPv4 form, and no address that it lacks"""
    with Script(lab) as s:
        ask, ok = register()
        s.play(ask + probe("192.0.2.1:46546")[0] + ok)
        call_it(s, "IP4 192.0.2.30", V4)
        # its 486 to the INVITE shows it, but a proxy could hand that on from
        # anybody: only the answer to a probe proves
        s.stats(probes=1, proofs=0, received_unmatched=0)


def test_it_is_not_behind_nat64(lab):
    """Its answer has no received: a call to it is as any other"""
    with Script(lab) as s:
        first_register(s, "")
        s.stats(probes=1, disproofs=1)
        ask, ok = register(1)
        s.play(ask + ok)
        s.stats(probes=1, marked=0)
        s.play(re.split(r"(?m)^(?==== )", call_text("one-invite-to-ue6"))[1],
               body_in=shapes.body("IP4 192.0.2.30"))
        request = only(news(s, s.phone(UE6)), "INVITE ")[0]
        assert "Record-Route: <sip:192.0.2.10;lr" in request
        assert "c=IN IP4 192.0.2.30" in request
        news(s, s.phone(UA4))


def test_asked_once(lab):
    """REGISTER again before it has answered, and its INVITE: one OPTIONS"""
    with Script(lab) as s:
        for n in (0, 1, 2):
            ask, _ = register(n)
            s.play(ask)
        assert len(only(news(s, s.phone(UE6)), "OPTIONS ")) == 1
        s.stats(probes=1)


def test_nathelpers_ping_is_no_transaction(lab):
    """It is answered with a good received, and proves nothing: anybody could
    answer it"""
    with Script(lab, "NATPING=1", "PROBE=0") as s:
        ask, ok = register()
        s.play(ask + ok)
        phone = s.phone(UE6)
        ping = compare.visible(phone.recv())
        assert ping.startswith("OPTIONS sip:alice-0x55a01dade3a0@"), ping
        phone.send("SIP/2.0 200 OK\n" + "".join(
            line + "\n" for line in ping.split("\n")[1:] if re.match(
                "(From|To|Call-ID|CSeq): ", line)).replace(
            "To: ", re.search("(?m)^Via: .*$", ping)[0]
            + RECEIVED + "\nTo: ", 1) + "Content-Length: 0\n\n")
        s.until("received_unmatched", 1)
        s.stats(proofs=0, received_foreign=0)
        news(s, phone)


def test_over_tcp_by_its_own_connection(lab):
    """The only way to the phone: nobody opens another"""
    ue6 = "192.0.2.1:46276"
    chunks = [c for c in unseen.CHUNK.split(call_text("ue6-ua4-baresip-tcp"))
              if "ue6" in c.partition("\n")[0]]
    question, reply = probe(ue6, "tcp")
    with Script(lab) as s:
        s.play(chunks[0] + question + chunks[1] + reply)
        s.until("proofs", 1)
        again = [c.replace("b4beda3edd287590", "b4beda3edd287591")
                 .replace("{tag-2}", "{tag-9}").replace("{tag-1}", "{tag-9}")
                 for c in chunks[:2]]
        s.play(again[0])
        ok = compare.visible(s.phone(("192.0.2.1", 46276), "tcp").recv())
        assert f'received="sip:{ue6};transport=tcp{MARK}"' in ok, ok
        s.stats(probes=1, marked=1)
        lab.wire.read()
        assert unseen.connections(lab.wire) == {
            ("192.0.2.1", "192.0.2.10"): 1}


def register_from(s, addr, n):
    """REGISTER of the same phone from elsewhere; the Contact that it gets"""
    ask, _ = register(n)
    host, port = addr
    s.play(ask.replace("ue6 192.0.2.1:46546", f"ue6 {host}:{port}"))
    got = news(s, s.phone(addr))
    ok = only(got, "SIP/2.0 200 ")[0]
    return re.search("(?m)^Contact: .*$", ok)[0], only(got, "OPTIONS ")


def test_new_port_keeps_the_mark(lab):
    """NAT64 gave it another port: the mark stands, the flow is asked"""
    with Script(lab) as s:
        first_register(s)
        s.play("".join(register(1, MARK)))
        contact, asked = register_from(s, ("192.0.2.1", 46547), 2)
        assert len(asked) == 1
        assert f'received="sip:192.0.2.1:46547{MARK}"' in contact


def test_new_address_is_a_hint(lab):
    """Another network: asked again, and the mark is gone until it answers"""
    with Script(lab) as s:
        first_register(s)
        s.play("".join(register(1, MARK)))
        contact, asked = register_from(s, ("192.0.2.40", 46546), 2)
        assert len(asked) == 1
        assert 'received="sip:192.0.2.40:46546"' in contact
