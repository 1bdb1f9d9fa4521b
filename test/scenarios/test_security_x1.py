# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-1: PortaSIP-Notify of who is no peer gets past us in no request and no
reply, however it is spelled and wherever it hides, and a URI does not turn into
it."""
import re

import pytest

from sipharness.attacks import (ALICE, BOB, LITERAL, MALLORY, NONE, OWN_ROUTE,
                                Attack, head, names, request, response)
from sipharness import shapes

LIE = 'caller=ipv4;callee=nat64;callee-pref64="2001:db8:bad::/96"'
SPELT = {
    "plain": f"PortaSIP-Notify: {LIE}\n",
    "lower-case": f"portasip-notify: {LIE}\n",
    "folded": "PORTASIP-NOTIFY\t:\n caller=ipv4\n\t;callee=nat64\n",
    "repeated": f"PortaSIP-Notify: {LIE}\nPortaSIP-Notify:{LIE}\n",
}
METHODS = ("INVITE", "ACK", "BYE", "PRACK", "UPDATE", "INFO", "REFER",
           "NOTIFY", "MESSAGE", "OPTIONS")
CODES = ("180 Ringing", "183 Progress", "200 OK", "302 Moved", "404 Not Found",
         "486 Busy Here", "603 Decline")


def clean(text):
    assert "portasip-notify" not in names(text), text
    assert "2001:db8:bad" not in text
    return text


@pytest.mark.parametrize("spelt", SPELT)
def test_each_method(lab, spelt):
    """Within a dialog, from a phone behind NAT64 and from a trunk"""
    with Attack(lab).both() as s:
        for method in METHODS:
            for source, name in ((ALICE, LITERAL), (MALLORY, MALLORY)):
                s.phone(BOB)
                s.say(source, caller=name, method=method, to_tag="tt",
                      uri="sip:bob@192.0.2.30:5060", body=NONE,
                      extra=OWN_ROUTE + SPELT[spelt])
                clean(s.get(BOB, f"{method} "))
        s.drain()


@pytest.mark.parametrize("spelt", SPELT)
def test_each_reply(lab, spelt):
    with Attack(lab).both() as s:
        for code in CODES:
            got = s.invite()
            back = s.answer(BOB, response(got, code, body=NONE,
                                          extra=SPELT[spelt]), ALICE)
            clean(back)
            s.drain()


# behind a CR that is no line end for all; it stays, for where it is one
BEHIND_A_CR = {
    "within-a-line": f"X-Odd: a\rPortaSIP-Notify: {LIE}\n",
    "on-a-folded-line": f"X-Odd: a\n \rportasip-notify : {LIE}\n",
    "more-than-one": f"X-Odd: a\r\rPortaSIP-Notify:\rPortaSIP-Notify: {LIE}\n",
}


def another_header(text):
    """It lost its first letter"""
    assert "portasip-notify" not in text.lower(), text
    assert "\\x0dortasip-notify" in text.lower()


@pytest.mark.parametrize("hidden", BEHIND_A_CR)
def test_behind_a_cr(lab, hidden):
    with Attack(lab).both() as s:
        got = s.invite(extra=BEHIND_A_CR[hidden])
        another_header(got)
        another_header(s.answer(BOB, response(
            got, body=NONE, extra=BEHIND_A_CR[hidden]), ALICE))
        s.drain()


def test_via_that_ends_in_a_cr(lab):
    """Of a reply: our Via is taken off, what stood behind it would be left"""
    with Attack(lab).both() as s:
        got = s.invite()
        back = response(got, body=NONE)
        via = re.search("(?m)^Via: .*$", back)[0]
        back = back.replace(via, f"{via}\rPortaSIP-Notify: {LIE}", 1)
        s.send(BOB, back)
        assert "portasip-notify" not in s.get(ALICE, "SIP/2.0 200 ").lower()
        s.drain()


@pytest.mark.parametrize("lines", [1, 2])
def test_behind_an_empty_line(lab, lines):
    """Before the first line it is none of the message's (RFC 3261 7.5)"""
    with Attack(lab).both() as s:
        s.phone(BOB)
        s.send(ALICE, "\n" * lines + request(
            uri="sip:bob@sip.example.test", n=s.next(),
            extra=SPELT["repeated"]))
        got = clean(s.get(BOB, "\n" * lines + "INVITE ").lstrip("\n"))
        s.send(BOB, "\n" * lines + response(got, body=NONE,
                                            extra=SPELT["plain"]))
        clean(s.get(ALICE, "\n" * lines + "SIP/2.0 200 ").lstrip("\n"))
        s.drain()


def test_behind_the_end_of_headers(lab):
    """It is no header there, for nobody; before, it is"""
    with Attack(lab).both() as s:
        s.busy(clean(s.invite(extra=SPELT["plain"])))
        got = s.invite(body=NONE + SPELT["plain"])
        assert "portasip-notify" not in names(got)
        s.busy(got)


# where a CR ends the headers for the core alone, and where nobody can tell
DOUBTFUL = {
    "cr-first": f"\rX-Odd: a\nPortaSIP-Notify: {LIE}\n",
    "cr-and-name": f"\rPortaSIP-Notify: {LIE}\n",
    "behind-what-is-no-header": f"no header\n\rPortaSIP-Notify: {LIE}\n",
}


@pytest.mark.parametrize("hidden", DOUBTFUL)
def test_in_doubt_the_message_is_dropped(lab, hidden):
    """It cannot be removed, and does not get past us. A body that is replaced
    made the core write past the end of its buffer."""
    with Attack(lab, logged="bad header|parse|bad uri|ERROR: <core>") \
            .both() as s:
        got = s.invite()
        for source, method in ((ALICE, "INVITE"), (ALICE, "BYE"),
                               (MALLORY, "MESSAGE")):
            s.say(source, method=method, to_tag="tt", hops=7,
                  uri="sip:bob@192.0.2.30:5060",
                  extra=OWN_ROUTE + "Content-Type: application/sdp\n"
                  + DOUBTFUL[hidden])
        s.send(BOB, response(got, "183 Progress", extra=DOUBTFUL[hidden]))
        s.proxy.settle()
        assert not [m for who in (ALICE, BOB, MALLORY)
                    for m in s.phone(who).rest()
                    if not m.startswith("SIP/2.0 100 ")]
        assert not [m for m in s.lab.wire.read() if m.src == m.dst]
        s.busy(got)


URIS = {
    "refer-to": "Refer-To: <sip:carol@sip.example.test?{}>\n",
    "referred-by": "Referred-By: <sip:bob@sip.example.test?{}>\n",
    "history-info": "History-Info: <sip:bob@sip.example.test?{}>;index=1\n",
    "alert-info": "Alert-Info: <http://example.test/?{}>\n",
}
PART = "PortaSIP-Notify=caller%3Dnat64%3Bcallee%3Dnat64"


@pytest.mark.parametrize("place", URIS)
def test_header_of_a_uri_stays_in_it(lab, place):
    """It is not ours to take it out, and it does not become a header field;
    the one beside it, which is one, goes"""
    line = URIS[place].format(PART)
    with Attack(lab).both() as s:
        s.phone(BOB)
        s.say(ALICE, method="REFER", to_tag="tt", body=NONE,
              uri="sip:bob@192.0.2.30:5060",
              extra=OWN_ROUTE + line + SPELT["plain"])
        got = clean(s.get(BOB, "REFER "))
        assert line in got
        s.drain()


def test_header_of_a_contact_and_of_a_request_uri(lab):
    """A phone registers it; who calls the phone sends it, and says it too"""
    with Attack(lab) as s:
        s.register("bob", BOB)
        s.register("alice", ALICE, LITERAL, contact=f"?{PART}")
        s.phone(ALICE)
        s.send(BOB, request(BOB, uri=f"sip:alice@sip.example.test?{PART}",
                            body=shapes.body("IP4 192.0.2.30"),
                            extra=SPELT["plain"]))
        got = clean(s.get(ALICE, "INVITE "))
        assert head(got).count("PortaSIP-Notify") == 1  # in the Request-URI
        s.drain()


def test_body_is_no_header(lab):
    """A fragment of a message (RFC 3420) arrives to the octet"""
    body = shapes.content("message/sipfrag", "SIP/2.0 100 Trying\n"
                          + SPELT["plain"] + "\n" + SPELT["folded"])
    with Attack(lab).both() as s:
        s.phone(BOB)
        s.say(ALICE, method="NOTIFY", to_tag="tt",
              uri="sip:bob@192.0.2.30:5060", body=body,
              extra=OWN_ROUTE + SPELT["plain"])
        got = s.get(BOB, "NOTIFY ")
        assert "portasip-notify" not in names(got)
        assert got.endswith(body.partition("\n\n")[2])
        s.drain()
