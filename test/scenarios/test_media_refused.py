# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Offers that the configuration that is shipped refuses, and what it passes on
although lengths and headers disagree with the body."""
import re
import shutil

import pytest

from sipharness import shapes
from sipharness.badbodies import (AUDIO, CONN, GONE, GOOD, HEAD, OTHER, SDP,
                                  TIME, Bad, Kind, headers, parties, send,
                                  whole)
from sipharness.branches import (forwarded, hang_up, own_values, passed_back,
                                 ue6, within)
from sipharness.compare import visible
from sipharness.edge import BOB, Edge
from sipharness.pairwise import combinations
from sipharness.texts import NONE, UE6, routes
from sipharness.twobox import BOXES, TwoBoxes, trunk

WAYS = ["ua4-to-ue6", "ue6-to-ua4"]
METHODS = ["INVITE", "UPDATE", "PRACK"]  # that may offer
RELIABLE = "Require: 100rel\nRSeq: 1\n"
RACK = "RAck: 1 1 INVITE\n"
REFUSED = {  # a section in use that no c= serves (RFC 8866 5.7)
    "no-c": Kind(HEAD + TIME + AUDIO),
    "no-c-in-the-first": Kind(HEAD + TIME + AUDIO + OTHER + CONN),
    "no-c-in-the-second": Kind(HEAD + TIME + AUDIO + CONN + OTHER),
    "no-c-but-of-a-refused-one": Kind(HEAD + TIME + AUDIO + GONE + CONN),
    "no-c-in-the-last-of-500": Kind(HEAD + TIME + 499 * (AUDIO + CONN) + AUDIO),
    "no-c-in-a-part": Kind(
        f"--x\r\nContent-Type: {SDP}\r\n\r\n" + HEAD + TIME + AUDIO
        + "\r\n--x--\r\n", "multipart/mixed;boundary=x"),
}
PRINTED = re.compile("(?m)^SIP/2.0 488 Not Acceptable Here$")


def refuse(caller, kind, text):
    """It goes no further"""
    send(caller, text, kind.raw(caller.inside))
    assert PRINTED.match(caller.receive("SIP/2.0 488 "))


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("name", REFUSED)
def test_offer_without_c(lab, script, name, ways):
    """And a call that was offered so is none; the next one is"""
    kind = REFUSED[name]
    with Bad(lab) as s:
        caller, callee = parties(s, ways)
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)
        refuse(caller, kind, caller.text(body=headers(kind, raw)))
        s.counted()
        sent = caller.text(n=2, body=shapes.body(caller.inside))
        caller.send(sent)
        got = callee.expect(forwarded(sent, caller, callee,
                                      callee.uri("bob")))
        s.drain()
        assert "INVITE" in got


@pytest.mark.parametrize("method", METHODS)
def test_offer_without_c_at_an_edge(lab, method):
    """The shipped edge proxy does the same, before anybody else hears of it"""
    text = (HEAD + TIME + AUDIO).replace("{}", "IP6 2001:db8:1::2")
    with Edge(lab) as s:
        s.everybody()
        before = len(lab.wire.read())
        s.say(UE6, s.request(UE6, method, BOB, body=shapes.content(
            SDP, text.replace("\r\n", "\n"))))
        assert PRINTED.match(s.hear(UE6, "SIP/2.0 488 "))
        assert not s.between(before, method)


def early(s, ways, sdp):
    """A call whose 183 is reliable; the caller, the callee, what each got

    @param sdp  The INVITE has one
    """
    caller, callee = parties(s, ways)
    callee.register("bob", 7)
    caller.send(caller.text(extra="Supported: 100rel\n", body=shapes.body(
        caller.inside) if sdp else NONE))
    got = callee.receive("INVITE ")
    callee.answer(got, "183 Session Progress", extra=RELIABLE)
    return caller, callee, got, caller.receive("SIP/2.0 183 ")


def prack(caller, told, kind, n):
    """The text of one with such a body"""
    contact = re.search("(?m)^Contact: <(.*)>$", told)[1]
    return caller.text("PRACK", contact, n, to_tag="tt",
                       extra=routes(told, True) + RACK,
                       body=headers(kind, kind.raw(caller.inside)))


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("name", REFUSED)
def test_prack_that_offers_without_c(lab, script, name, ways):
    """RFC 3262 5: the INVITE offered, the 183 answered, the PRACK offers anew.
    One that offers as it should goes on."""
    with Bad(lab) as s:
        caller, callee, got, told = early(s, ways, True)
        refuse(caller, REFUSED[name], prack(caller, told, REFUSED[name], 2))
        send(caller, prack(caller, told, Kind(GOOD), 3),
             Kind(GOOD).raw(caller.inside))
        asked = callee.receive("PRACK ")
        assert "CSeq: 3 PRACK" in asked
        assert f"c=IN {caller.seen_by(callee)}\n" in asked
        callee.answer(asked)
        caller.receive("SIP/2.0 200 ")
        callee.answer(got, body=NONE)
        caller.receive("SIP/2.0 200 ")
        s.drain()


@pytest.mark.parametrize("ways", WAYS)
def test_prack_that_answers_without_c(lab, script, ways):
    """The 183 offered: it is too late to refuse"""
    kind = Kind(HEAD + TIME + AUDIO)
    with Bad(lab, families=False) as s:
        caller, callee, _, told = early(s, ways, False)
        send(caller, prack(caller, told, kind, 2), kind.raw(caller.inside))
        assert visible(kind.raw(caller.seen_by(callee))) in \
            callee.receive("PRACK ")
        s.drain()


@pytest.mark.skipif(not shutil.which("rtpengine"),
                    reason="rtpengine is not installed")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", ["phone", "trunk"])
def test_offer_without_c_at_two_boxes(lab, who, method):
    """The box that it comes to refuses it"""
    kind = REFUSED["no-c"]
    with TwoBoxes(lab) as s:
        sender = trunk(s) if who == "trunk" else ue6(s)
        before = s.mark()
        refuse(sender, kind, sender.text(
            method, body=headers(kind, kind.raw(sender.inside))))
        assert not [m for m in lab.wire.read()[before:]
                    if m.src[0] in BOXES and m.dst[0] != sender.addr[0]]


@pytest.mark.parametrize("ways, method, who", combinations(
    WAYS, ["INVITE", "UPDATE"], ["by-caller", "by-callee"]))
def test_reoffer_without_c(lab, script, ways, method, who):
    """The call stays as it was"""
    kind = REFUSED["no-c"]
    with Bad(lab) as s:
        caller, callee = parties(s, ways)
        callee.register("bob", 7)
        caller.send(caller.text(body=shapes.body(caller.inside)))
        got = callee.receive("INVITE ")
        back = callee.answer(got)
        told = caller.expect(passed_back(back, callee, caller))
        within("ACK", caller, callee, told, 1)
        teller, learned = ((caller, told) if who == "by-caller"
                           else (callee, got))
        contact = re.search("(?m)^Contact: <(.*)>$", learned)[1]
        tags = {"to_tag": "tt"} if who == "by-caller" else {
            "from_tag": "tt", "to_tag": shapes.FTAG}
        refuse(teller, kind, teller.text(
            method, contact, 20, extra=routes(learned, who == "by-caller"),
            body=headers(kind, kind.raw(teller.inside)), **tags))
        hang_up(callee, caller, got)


@pytest.mark.parametrize("ways", WAYS)
def test_answer_without_c(lab, script, ways):
    """Who offered has to make do with it: it is too late to refuse"""
    with Bad(lab, families=False) as s:
        callee, caller = parties(s, ways)
        callee.register("bob", 7)
        caller.send(caller.text(body=shapes.body(caller.inside)))
        got = callee.receive("INVITE ")
        without = "v=0\no=- 1 1 IN {}\ns=-\nt=0 0\nm=audio 30064 RTP/AVP 0\n"

        def body(address):
            return shapes.content(SDP, without.replace("{}", address))
        back = callee.answer(got, body=body(callee.inside))
        caller.expect(passed_back(back, callee, caller, body=body(
            callee.seen_by(caller))))
        s.drain()


# Content-Length, octets behind the body
LENGTHS = {"too-short": (len(GOOD), "a=x:behind\r\nc=IN IP4 192.0.2.30\r\n"),
           "by-one-line-end": (len(GOOD), "\r\n"),
           "missing": (None, ""), "too-long": (9999, "")}


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("name", LENGTHS)
def test_length(lab, name, ways):
    """What stands behind the body is no part of it (RFC 3261 18.3)"""
    length, behind = LENGTHS[name]
    kind = Kind(GOOD)
    with Bad(lab) as s:
        caller, callee = parties(s, ways)
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)
        size = length if length in (None, 9999) else len(raw)
        head = headers(kind, raw, size)
        if size is None:
            head = re.sub("Content-Length: .*\n", "", head)
        send(caller, caller.text(body=head), raw + behind.encode())
        got = callee.receive("INVITE ")
        arrived = kind.raw(caller.seen_by(callee))
        want = forwarded(caller.text(body=head), caller, callee,
                         callee.uri("bob"), body=whole(kind, arrived))
        if size is None:
            want = re.sub("Content-Length: .*\n", "", want)
        callee.judge(want, got)
        s.counted(sdp_rewritten=1)
        s.drain()


TYPES = {"sdp-first": ([SDP, "text/plain"], True),
         "sdp-second": (["text/plain", SDP], False),
         "twice-the-same": ([SDP, SDP], True)}


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("name", TYPES)
def test_content_type_twice(lab, name, ways):
    """The first one counts, as it does for the core and all its modules"""
    types, changes = TYPES[name]
    kind = Kind(GOOD)
    with Bad(lab, families=False) as s:
        caller, callee = parties(s, ways)
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)

        def body(octets):
            return "".join(f"Content-Type: {t}\n" for t in types) + (
                f"Content-Length: {len(octets)}\n\n")
        sent = caller.text(body=body(raw))
        send(caller, sent, raw)
        arrived = kind.raw(caller.seen_by(callee)) if changes else raw
        rr = own_values(caller, callee)
        if not changes:
            rr = re.sub(";n64=a.;", ";n64=an;", rr)
        callee.expect(forwarded(sent, caller, callee, callee.uri("bob"),
                                rr=rr, body=body(arrived) + visible(arrived)))
        s.counted(**({"sdp_rewritten": 1} if changes else {}))
        s.drain()


@pytest.mark.parametrize("room", ["body", "message"])
def test_no_room(lab, room):
    """It would grow beyond what the core can hold, or what a datagram can:
    nothing of it is changed"""
    sections = {"body": 1300, "message": 1146}[room]
    kind = Kind(HEAD + TIME + sections * (AUDIO + CONN), left=True)
    with Bad(lab, families=False) as s:
        caller, callee = parties(s, "ua4-to-ue6")
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)
        grown = kind.raw(caller.seen_by(callee))
        assert (len(grown) < 65535) == (room == "message"), len(grown)
        sent = caller.text(body=headers(kind, raw))
        send(caller, sent, raw)
        callee.expect(forwarded(sent, caller, callee, callee.uri("bob"),
                                body=whole(kind, raw)))
        s.counted(failed=1)
        s.drain()
