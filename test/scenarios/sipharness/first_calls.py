# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls of UE6 to UA4 that go as far as the ringing: what UE6 is asked, and
what the two get to see."""
import re

from . import callfile, compare, shapes
from .lab import call_text
from .script import Script
from .shapes import V4, pair, synthetic, value
from .unseen import probe

UE6 = ("192.0.2.1", 39859)
UA4 = ("192.0.2.30", 5060)
IPV4_PAIR = pair(value(V4, "bn"), value(V4, "as"))
GOOD = "2001:db8:64::c000:20a"


def learn(lab, *defines, **options):
    """UA4 is registered; how, other tests look at"""
    s = Script(lab, *defines, **options)
    phone = s.phone(UA4)
    phone.send(callfile.parse(call_text("register-ua4"))[0].text)
    assert (phone.recv() or b"").startswith(b"SIP/2.0 200 ")
    return s


def invite(s, n=1, port=39859, **changed):
    """UE6 calls UA4; the n-th call of a test"""
    params = shapes.invite(**changed)
    text = callfile.parse(call_text("one-invite"), params)[0].text
    phone = s.phone((UE6[0], port))
    phone.send(text.replace("1c5c69300465b4ff", f"1c5c693004650{n:03}")
               .replace("b6e75f89cf045ce6", f"b6e75f89cf045{n:03}"))
    return phone


def news(s, phone):
    """What a phone has got once all that was sent has been handled"""
    s.proxy.settle()
    return phone.rest()


def only(messages, start):
    return [m for m in messages if m.startswith(start)]


def own_values(message):
    return "".join(f"{m}\n" for m in
                   re.findall(r"(?m)^Record-Route: .*$", message))


def answer(s, phone, question, received, port=39859):
    """The phone answers the probe that it got"""
    ask, reply = probe(f"192.0.2.1:{port}", received=received)
    fault = compare.compare(callfile.parse(ask)[0].text,
                            compare.octets(question), s.known, "probe")
    assert not fault, fault
    phone.send(s.fill(callfile.parse(reply)[0].text))


def ask_and_answer(s, received, n=1, port=39859):
    """UE6 calls, is asked, answers. The INVITE that UA4 got."""
    phone = invite(s, n, port)
    questions = only(news(s, phone), "OPTIONS ")
    assert len(questions) == 1, questions
    s.known.clear()
    answer(s, phone, questions[0], received, port)
    return only(news(s, s.phone(UA4)), "INVITE ")[0]


def ringing(request, **changed):
    """UA4's 180, of what it copies of the request"""
    copied = [m for m in request.split("\n") if re.match(
        "(Record-Route|Via|From|Call-ID|CSeq): ", m)]
    to = re.search("(?m)^To: .*$", request)[0]
    return "\n".join(["SIP/2.0 180 Ringing", *copied,
                      to + ";tag=2ba10b12b3d84691",
                      f"Contact: <sip:bob-0x56074465aae0@{UA4[0]}:{UA4[1]}>",
                      "Content-Length: 0", "", ""])


def rings(s, request, port=39859):
    """UA4 rings; the own values that UE6 gets"""
    s.phone(UA4).send(ringing(request))
    got = only(news(s, s.phone((UE6[0], port))), "SIP/2.0 180 ")
    assert len(got) == 1, got
    return own_values(got[0])


def mended(prefix="2001:db8:64::/96"):
    return pair(value(V4, "bn"), value(synthetic(prefix, V4), "as"))
