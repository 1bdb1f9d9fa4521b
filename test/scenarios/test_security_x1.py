# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-1: PortaSIP-Notify of who is no peer gets past us in no request and no
reply, however it is spelled, and a URI does not turn into it."""
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
