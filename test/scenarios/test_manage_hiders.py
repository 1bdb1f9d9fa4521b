# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Phones that hide that they are behind NAT64: every flow of a call and every
request out of one, with the configuration that is shipped, by the proof that
the phone gave when it registered, or with the prefix configured and by what the
phone hinted then. What each gets is compared to the octet."""
import re

import pytest

from sipharness import captures, watch
from sipharness.hiders import (ELSEWHERE, ELSEWHERE_PREFIX, KINDS,
                               Hider)
from sipharness.pairwise import combinations
from sipharness.parties import Call, Plain, sdp
from sipharness.script import LEARN
from sipharness.texts import Texts

pytestmark = pytest.mark.skipif(not captures.folder(),
                                reason="the captures are not here")
KNOWN = {"nothing-configured": (),
         "prefix": ('NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE")}
# UE6's transport and UA4's
WAYS = {"udp": ("udp", "udp"), "tcp": ("tcp", "tcp"), "mixed": ("tcp", "udp")}
CALLERS = ("ue6-calls", "ua4-calls")
PHONES = (KINDS, WAYS, KNOWN)
TEXT = ("text/plain", "Watson, come here.\n")


def phones(lab, kind, way="udp", known="nothing-configured"):
    """(the proxy, UE6, UA4), both registered"""
    gruu = ["GRUU"] if kind == "gruu" else []
    s = Texts(lab, *KNOWN[known], *gruu, cfg=LEARN)
    ua4 = Plain(s, proto=WAYS[way][1])
    ua4.register()
    ue6 = Hider(s, kind, WAYS[way][0])
    ue6.register(known == "nothing-configured")
    return s, ue6, ua4


def between(caller, ue6, ua4):
    return Call(ue6, ua4) if caller == "ue6-calls" else Call(ua4, ue6)


def own(call, leg):
    """The SDP of that leg's phone"""
    return call.party[leg].sdp


def held(body, how):
    """The same SDP in a later version, on hold"""
    text = re.sub(r"(?m)^a=(sendrecv|recvonly)\n", "", body[1])
    if how == "zero":
        text = re.sub(r"(?m)^c=IN IP4 .*$", "c=IN IP4 0.0.0.0", text)
        text = re.sub(r"(?m)^c=IN IP6 .*$", "c=IN IP6 ::", text)
        how = "sendonly"
    return sdp(text + f"a={how}\n")


def hold(how):
    def play(call, leg, other):
        call.do(leg, "INVITE", body=held(own(call, leg), how),
                answer=held(own(call, other), "recvonly"))
        call.do(leg, "INVITE", body=own(call, leg), answer=own(call, other))
    return play


def offer(method):
    def play(call, leg, other):
        call.do(leg, method, body=own(call, leg), answer=own(call, other))
    return play


def request(method, extra=(), body=()):
    return lambda call, leg, other: call.do(leg, method, extra, body)


def late_offer(call, leg, other):
    """Asked again without SDP: the other offers, the answer is in the ACK"""
    got = call.ask(leg, "INVITE")
    call.reply(other, got, body=own(call, other))
    call.ask(leg, "ACK", body=own(call, leg))


def refer(call, leg, other):
    """And what comes of it, from the other"""
    call.do(leg, "REFER", ["Refer-To: <sip:carol@sip.example.test>"])
    call.do(other, "NOTIFY", ["Event: refer",
                              "Subscription-State: active;expires=60"],
            ("message/sipfrag;version=2.0", "SIP/2.0 100 Trying\n"))


FLOWS = {
    "re-INVITE": offer("INVITE"),
    "re-INVITE-late-offer": late_offer,
    "UPDATE": offer("UPDATE"),
    "UPDATE-without-SDP": request("UPDATE"),
    "INFO": request("INFO", ["Info-Package: dtmf"],
                    ("application/dtmf-relay", "Signal=1\nDuration=160\n")),
    "REFER": refer,
    "MESSAGE": request("MESSAGE", body=TEXT),
    "hold-sendonly": hold("sendonly"),
    "hold-inactive": hold("inactive"),
    "hold-zero": hold("zero"),
}


@pytest.mark.parametrize("flow,caller,kind,way,known",
                         combinations(FLOWS, CALLERS, *PHONES))
def test_within_a_call(lab, flow, caller, kind, way, known):
    """From the callee, then from the caller, who hangs up"""
    s, ue6, ua4 = phones(lab, kind, way, known)
    with s:
        call = between(caller, ue6, ua4).up()
        FLOWS[flow](call, "b", "a")
        FLOWS[flow](call, "a", "b")
        call.do("a", "BYE")
    watch.check(lab)


@pytest.mark.parametrize("caller,kind,way,known",
                         combinations(CALLERS, *PHONES))
def test_call_that_the_callee_ends(lab, caller, kind, way, known):
    """INVITE, 180, 200, ACK, BYE as the captures have them"""
    s, ue6, ua4 = phones(lab, kind, way, known)
    with s:
        answer = ue6.answer if caller == "ua4-calls" else None
        between(caller, ue6, ua4).up(callee=answer).do("b", "BYE")
    watch.check(lab)


PAIRS = {"pjsip-linphone": ("pjsip", "linphone"),
         "linphone-pjsip": ("linphone", "pjsip"),
         "pjsip-gruu": ("pjsip", "gruu"), "gruu-pjsip": ("gruu", "pjsip")}
NAT64S = ("same-nat64", "other-nat64")


@pytest.mark.parametrize("pair,nat64,proto", combinations(
    PAIRS, NAT64S, ("udp", "tcp")))
def test_ue6_calls_ue6(lab, pair, nat64, proto):
    """Behind the same NAT64, or behind another one with another PREF64; asked
    again by either"""
    gruu = ["GRUU"] if "gruu" in pair else []
    other = ({"alice": "bob"},) if nat64 == "same-nat64" else (
        ELSEWHERE, ELSEWHERE_PREFIX)
    hosts = ("192.0.2.1", "192.0.2.40" if len(other) > 1 else "192.0.2.1")
    with Texts(lab, *gruu, cfg=LEARN) as s:
        kinds = PAIRS[pair]
        ue6 = Hider(s, kinds[0], proto)
        there = Hider(s, kinds[1], proto, *other)
        for phone in (ue6, there):
            phone.register()
        call = Call(ue6, there).up(callee=there.answer)
        for leg, to in (("b", "a"), ("a", "b")):
            FLOWS["hold-sendonly"](call, leg, to)
            FLOWS["UPDATE-without-SDP"](call, leg, to)
        call.do("b", "BYE")
    watch.check(lab, ue6=hosts)


RELIABLE = ["Require: 100rel", "RSeq: 1"]


def early(call, prack, answer):
    got = call.open(body=own(call, "a"))
    call.reply("b", got, "183 Session Progress", RELIABLE, own(call, "b"))
    asked = call.ask("a", "PRACK", ["RAck: 1 29660 INVITE"], prack)
    call.reply("b", asked, body=answer)
    call.reply("b", got)
    call.ask("a", "ACK")


def early_late(call):
    """The offer in the 183, the answer in the PRACK"""
    got = call.open()
    call.reply("b", got, "183 Session Progress", RELIABLE, own(call, "b"))
    asked = call.ask("a", "PRACK", ["RAck: 1 29660 INVITE"], own(call, "a"))
    call.reply("b", asked)
    call.reply("b", got)
    call.ask("a", "ACK")


def late(call):
    got = call.open()
    call.reply("b", got, "180 Ringing")
    call.reply("b", got, body=own(call, "b"))
    call.ask("a", "ACK", body=own(call, "a"))


BEGINNINGS = {
    "183-PRACK": lambda call: early(call, (), ()),
    "183-PRACK-with-SDP": lambda call: early(call, own(call, "a"),
                                             own(call, "b")),
    "183-offer-PRACK-answer": early_late,
    "late-offer": late,
}


@pytest.mark.parametrize("flow,caller,kind,way,known",
                         combinations(BEGINNINGS, CALLERS, *PHONES))
def test_beginning_of_a_call(lab, flow, caller, kind, way, known):
    s, ue6, ua4 = phones(lab, kind, way, known)
    with s:
        call = between(caller, ue6, ua4)
        BEGINNINGS[flow](call)
        call.do("b", "BYE")
    watch.check(lab)


def subscribe(call):
    """And notified, renewed, ended"""
    got = call.open("SUBSCRIBE", ["Event: presence", "Expires: 600"])
    call.reply("b", got, extra=["Expires: 600"])
    for state, expires in (("active;expires=600", 600), ("terminated", 0)):
        call.do("b", "NOTIFY", ["Event: presence",
                                f"Subscription-State: {state}"])
        if expires:
            call.do("a", "SUBSCRIBE", ["Event: presence", "Expires: 0"])


def alone(method, extra=(), body=()):
    def play(call):
        call.reply("b", call.open(method, extra, body))
    return play


OUTSIDE = {
    "SUBSCRIBE-NOTIFY": subscribe,
    "MESSAGE": alone("MESSAGE", body=TEXT),
    "OPTIONS": alone("OPTIONS", ["Accept: text/plain"]),
    "OPTIONS-with-SDP": lambda call: call.reply(
        "b", call.open("OPTIONS"), body=own(call, "b")),
    "PUBLISH": alone("PUBLISH", ["Event: presence", "Expires: 600"],
                     ("application/pidf+xml", "<presence/>\n")),
}


def is_refused(flow, caller, kind, way, known):
    """By the registrar: PJSIP's Allow has no PUBLISH"""
    return (flow, caller, kind) == ("PUBLISH", "ua4-calls", "pjsip")


@pytest.mark.parametrize("flow,caller,kind,way,known", combinations(
    OUTSIDE, CALLERS, *PHONES, unless=is_refused))
def test_out_of_a_call(lab, flow, caller, kind, way, known):
    s, ue6, ua4 = phones(lab, kind, way, known)
    with s:
        OUTSIDE[flow](between(caller, ue6, ua4))
    watch.check(lab)
