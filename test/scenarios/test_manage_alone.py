# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What makes a dialog of another kind, or none, and what gets nothing added,
with the configuration that is shipped: each message to the octet."""
import pytest

from sipharness import shapes, watch
from sipharness.callfile import header
from sipharness.dialogs import NOTHING, PAIRS, PROXY, Dialog, Proxy
from sipharness.lab import SHIPPED
from sipharness.pairwise import combinations
from sipharness.texts import PEER, UE6, Texts, request, response

TRANSPORTS = ["udp", "tcp"]
PIDF = shapes.content("application/pidf+xml", """<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@192.0.2.30"/>
""")


def event(d, sender, method, expires=None, state=None, body=NOTHING):
    extra = "Event: presence\n"
    if expires is not None:
        extra += f"Expires: {expires}\n"
    if state:
        extra += f"Subscription-State: {state}\n"
    return d.request(sender, method, body, extra)


def notify(d, state="active;expires=600"):
    d.answer(event(d, d.callee, "NOTIFY", state=state, body=PIDF))


def subscribe(d, expires=600):
    d.answer(event(d, d.caller, "SUBSCRIBE", expires),
             extra=f"Expires: {expires}\n")


def subscription(d):
    """Until it is taken back, refreshed once"""
    subscribe(d)
    notify(d)
    subscribe(d)
    notify(d)
    subscribe(d, 0)
    notify(d, "terminated;reason=timeout")


def notify_first(d):
    """It comes before the 200, and makes the dialog (RFC 6665 4.4.1)"""
    req = event(d, d.caller, "SUBSCRIBE", 600)
    d.tag[d.callee] = "bb"
    notify(d)
    d.answer(req, extra="Expires: 600\n")
    subscribe(d, 0)
    notify(d, "terminated;reason=timeout")


def subscribe_refused(d):
    req = event(d, d.caller, "SUBSCRIBE", 600)
    d.answer(req, "489 Bad Event", extra="Allow-Events: refer\n")


def message(d):
    d.answer(d.request(d.caller, "MESSAGE",
                       shapes.content("text/plain", "c=IN IP4 192.0.2.30\n")))


def options(d):
    d.answer(d.request(d.caller, "OPTIONS", extra="Accept: application/sdp\n"))


def options_sdp(d):
    """The answer shows an SDP (RFC 3261 11.2)"""
    d.answer(d.request(d.caller, "OPTIONS", extra="Accept: application/sdp\n"),
             body=d.body(d.callee))


def publish(d):
    d.answer(d.request(d.caller, "PUBLISH", PIDF,
                       "Event: presence\nExpires: 600\n"),
             extra="SIP-ETag: dx200xyz\nExpires: 600\n")


def refer(d):
    """It makes a subscription (RFC 3515)"""
    d.answer(d.request(d.caller, "REFER", extra=(
        "Refer-To: <sip:erin@192.0.2.30:5070>\n")), "202 Accepted")
    d.answer(d.request(d.callee, "NOTIFY", shapes.content(
        "message/sipfrag", "SIP/2.0 200 OK\n"), (
            "Event: refer\nSubscription-State: terminated;reason=noresource"
            "\n")))


def unasked_notify(d):
    """A message summary that nobody subscribed for"""
    d.answer(d.request(d.caller, "NOTIFY", shapes.content(
        "application/simple-message-summary", "Messages-Waiting: yes\n"),
        "Event: message-summary\n"))


ALONE = {"subscribe-notify": subscription, "notify-before-200": notify_first,
         "subscribe-refused": subscribe_refused, "message": message,
         "options": options, "options-with-sdp": options_sdp,
         "publish": publish, "refer": refer, "unasked-notify": unasked_notify}


@pytest.mark.parametrize("what, pair, proto", combinations(
    ALONE, PAIRS, TRANSPORTS))
def test_out_of_dialog(lab, what, pair, proto):
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        ALONE[what](d)
        # of a MESSAGE to an IPv4 phone, nothing has to change; of this, it has
        d.afresh("after")
        subscribe_refused(d)


def cancel(d, req):
    """From the caller's CANCEL on: the proxy's own 200, CANCEL, ACK"""
    first, via, *_ = req.sent.split("\n")
    same = (f"From: {header(req.sent, 'from')}\nCall-ID: {d.call_id}\n"
            f"CSeq: {req.number} CANCEL\n")
    uri = first.split(" ")[1]
    d.phone(d.caller).send(f"CANCEL {uri} SIP/2.0\n{via}\nMax-Forwards: 70\n"
                           f"To: <{d.callee.aor}>\n{same}{NOTHING}")
    back = (f"{via}={d.caller.addr[1]};received={d.caller.addr[0]}\n"
            f"To: <{d.callee.aor}>;tag={{tag-cancel}}\n{same}")
    d.expect(d.caller, "SIP/2.0 200 canceling\n" + back
             + "Server: {server}\n" + NOTHING, "200 to CANCEL")
    uri, via = (req.text.split("\n")[0].split(" ")[1],
                next(m for m in req.text.split("\n")
                     if m.startswith("Via: ")))
    got = d.expect(d.callee, f"CANCEL {uri} SIP/2.0\n{via}\n"
                   f"Max-Forwards: 69\nTo: <{d.callee.aor}>\n{same}{NOTHING}",
                   "CANCEL of the proxy")
    d.phone(d.callee).send(got.replace(
        got.split("\n")[0], "SIP/2.0 200 OK").replace(
            "Max-Forwards: 69\n", ""))


@pytest.mark.parametrize("proto", TRANSPORTS)
@pytest.mark.parametrize("pair", PAIRS)
def test_cancel_and_ack_of_487(lab, pair, proto):
    """Nothing is added to either: no Record-Route, no alias, no header"""
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        req = d.request(d.caller, "INVITE", d.body(d.caller))
        d.answer(req, "180 Ringing")
        cancel(d, req)
        d.refuse(req, "487 Request Terminated")


@pytest.mark.parametrize("status", ["302 Moved Temporarily", "404 Not Found",
                                    "486 Busy Here", "603 Decline"])
@pytest.mark.parametrize("pair, proto", combinations(PAIRS, TRANSPORTS))
def test_ack_of_a_refusal(lab, pair, proto, status):
    with Proxy(lab) as s:
        d = Dialog(s, *PAIRS[pair], proto)
        d.refuse(d.request(d.caller, "INVITE", d.body(d.caller)), status)


NOTIFY = ["WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
          'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"']
BARE = """{method} sip:bob@sip.example.test SIP/2.0
{via}
Max-Forwards: 69
From: <sip:alice@sip.example.test>;tag=509deccb2e2fd74d
To: {to}
Call-ID: texts
CSeq: 2 {method}
Content-Length: 0

"""


def test_peer_gets_a_bare_cancel_and_ack(lab):
    """Who is told the networks of an INVITE is told nothing in these"""
    uri = "sip:bob@sip.example.test"
    with Texts(lab, 'NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE",
               'SIP_DOMAIN="sip.example.test"', *NOTIFY,
               cfg=SHIPPED) as s:
        got = s.call(UE6, request(uri=uri, n=2), PEER)
        assert 'PortaSIP-Notify: caller=nat64;caller-pref64=' in got
        via = got[got.index("Via: "):].split("\n")[0]
        assert PROXY[0] in via
        s.answer(PEER, response(got, "180 Ringing", contact=PEER,
                                body=NOTHING), UE6)
        s.send(UE6, request(method="CANCEL", uri=uri, n=2, body=NOTHING))
        s.get(UE6, "SIP/2.0 200 canceling")
        want = {"via": via, "to": "<sip:bob@sip.example.test>"}
        assert s.get(PEER, "CANCEL ") == BARE.format(method="CANCEL", **want)
        s.send(PEER, response(got, "487 Request Terminated", contact=PEER,
                              body=NOTHING))
        want["to"] += ";tag=tt"
        assert s.get(PEER, "ACK ") == BARE.format(method="ACK", **want)
        s.get(UE6, "SIP/2.0 487 ")
        s.send(UE6, request(method="ACK", uri=uri, n=2, to_tag="tt",
                            body=NOTHING))
    watch.check(lab)
