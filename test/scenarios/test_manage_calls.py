# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Who calls whom, and what is said within the call from either side, with the
configuration that is shipped: each message to the octet at both ends."""
import pytest

from sipharness import shapes
from sipharness.dialogs import PAIRS, Dialog, Proxy
from sipharness.pairwise import combinations

TRANSPORTS = ["udp", "tcp"]
SIDES = ["by-caller", "by-callee"]


def side(d, name):
    return d.caller if name == "by-caller" else d.callee


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("proto", TRANSPORTS)
@pytest.mark.parametrize("pair", PAIRS)
def test_call_and_bye(lab, pair, proto, who):
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        d.call()
        d.bye(side(d, who))


def reinvite(d, sender):
    """New SDP on either side"""
    req = d.request(sender, "INVITE", d.body(sender))
    d.answer(req, body=d.body(req.to))
    d.ack(req)


def update(d, sender):
    """With an offer (RFC 3311), and one that only refreshes the session"""
    req = d.request(sender, "UPDATE", d.body(sender))
    d.answer(req, body=d.body(req.to))
    d.answer(d.request(sender, "UPDATE", extra="Session-Expires: 1800\n"))


def info(d, sender):
    """A DTMF digit; and a body that is no SDP but looks like one"""
    d.answer(d.request(sender, "INFO", shapes.content(
        "application/dtmf-relay", "Signal=5\nDuration=160\n")))
    d.answer(d.request(sender, "INFO", shapes.content(
        "text/plain", "c=IN IP4 192.0.2.30\nc=IN IP6 2001:db8:1::2\n")))


def refer(d, sender):
    """And the NOTIFYs of what came of it, from the other side"""
    req = d.request(sender, "REFER", extra=(
        "Refer-To: <sip:erin@192.0.2.30:5070>\n"
        f"Referred-By: <{sender.aor}>\n"))
    d.answer(req, "202 Accepted")
    for line, state in (("100 Trying", "active;expires=60"),
                        ("200 OK", "terminated;reason=noresource")):
        d.answer(d.request(req.to, "NOTIFY", shapes.content(
            "message/sipfrag", f"SIP/2.0 {line}\n"), extra=(
                "Event: refer\n" f"Subscription-State: {state}\n")))


def message(d, sender):
    d.answer(d.request(sender, "MESSAGE",
                       shapes.content("text/plain", "Hi there")))


def late_reinvite(d, sender):
    """The answer's side offers, the ACK answers"""
    req = d.request(sender, "INVITE")
    d.answer(req, body=d.body(req.to))
    d.ack(req, d.body(sender))


def refused_reinvite(d, sender):
    """The call stays as it was; nothing is hung on the refusal"""
    req = d.request(sender, "INVITE", d.body(sender))
    d.refuse(req, "488 Not Acceptable Here")


WITHIN = {"re-invite": reinvite, "update": update, "info": info,
          "refer": refer, "message": message,
          "late-offer-re-invite": late_reinvite,
          "re-invite-refused": refused_reinvite}


@pytest.mark.parametrize("what, who, pair, proto", combinations(
    WITHIN, SIDES, PAIRS, TRANSPORTS))
def test_within_call(lab, what, who, pair, proto):
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        d.call()
        sender = side(d, who)
        WITHIN[what](d, sender)
        d.bye(d.other(sender))


# what c= says of it: direction, address
HOLDS = {"sendonly": ("sendonly", None), "inactive": ("inactive", None),
         "zero-ip4": ("sendrecv", "IP4 0.0.0.0"),
         "zero-ip4-of-ue6": ("sendrecv", "IP4 0.0.0.0"),
         "zero-ip6": ("sendrecv", "IP6 ::")}
ANSWERS = {"sendonly": "recvonly", "inactive": "inactive"}


def no_such_hold(kind, who, pair, *_):
    """Each phone holds by what it knows: one on IPv4 knows no ::"""
    ue6 = bool(PAIRS[pair][who == "by-callee"].prefix)
    return ue6 != kind.endswith("6") and kind.startswith("zero")


def not_without_relay(kind, who, pair, proto):
    """A UE6 that holds by 0.0.0.0 is to be answered in IP4, which another UE6
    cannot without a relay"""
    held = PAIRS[pair][who == "by-caller"]
    return no_such_hold(kind, who, pair, proto) or (
        kind == "zero-ip4-of-ue6" and held.prefix)


@pytest.mark.parametrize("kind, who, pair, proto", combinations(
    HOLDS, SIDES, PAIRS, TRANSPORTS, unless=not_without_relay))
def test_hold_and_resume(lab, kind, who, pair, proto):
    way, address = HOLDS[kind]
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        d.call()
        holder = side(d, who)
        req = d.request(holder, "INVITE", d.body(holder, way, c=address))
        d.answer(req, body=d.body(req.to, ANSWERS.get(way, "sendrecv")))
        d.ack(req)
        WITHIN["re-invite"](d, holder)
        d.bye(d.other(holder))


@pytest.mark.parametrize("kind, who, pair, proto", combinations(
    ["sendonly", "inactive"], SIDES, PAIRS, TRANSPORTS))
def test_both_hold(lab, kind, who, pair, proto):
    """The second one holds while it is held; each takes back its own"""
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        d.call()
        one = side(d, who)
        two = d.other(one)
        for sender, way, back in ((one, kind, ANSWERS[kind]),
                                  (two, "inactive", "inactive"),
                                  (one, "recvonly", "sendonly"),
                                  (two, "sendrecv", "sendrecv")):
            req = d.request(sender, "INVITE", d.body(sender, way))
            d.answer(req, body=d.body(req.to, back))
            d.ack(req)
        d.bye(two)


@pytest.mark.parametrize("who, pair, proto", combinations(
    SIDES, PAIRS, TRANSPORTS))
def test_new_contact_within_call(lab, who, pair, proto):
    """The target refreshed by an UPDATE is the one that the next request goes
    to; its alias is that of the flow it came by"""
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        d.call()
        sender = side(d, who)
        d.users[sender] = "moved"
        d.answer(d.request(sender, "UPDATE"))
        assert "sip:moved@" in d.target[d.other(sender)]
        d.bye(d.other(sender))


