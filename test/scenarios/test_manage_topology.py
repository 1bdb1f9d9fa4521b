# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The configuration that is shipped, beside a strict router (RFC 2543), with
Routes that a phone loaded beforehand, and with topoh."""
import os
import re

import pytest

from sipharness import shapes, watch
from sipharness.lab import SHIPPED
from sipharness.shapes import FTAG, V4, V6, value
from sipharness.texts import (LITERAL, NONE, PEER, SDP4, SDP6, UA4, UE6, Texts,
                              pair, request, response, routes, values)

DEFINES = ['NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE",
           'SIP_DOMAIN="sip.example.test"']
NEXT_HOP = ["WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
            'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"']
STRICT = "<sip:192.0.2.40:5060>"  # a Record-Route without lr
ALIAS = f"sip:alice@{LITERAL};alias=192.0.2.1~40001~1"


def register(s, source, host, user):
    s.send(source, request(
        host, "REGISTER", "sip:sip.example.test", body=NONE).replace(
            "<sip:bob@", f"<sip:{user}@").replace("texts", user))
    s.get(source, "SIP/2.0 200 ")


def first_route(text):
    return re.findall(r"(?m)^Route: (.*)$", text)


def call_by_strict_router(s):
    """UE6 calls; who comes next is a strict router, in whose name PEER speaks.
    What it got, and what UE6 got."""
    got = s.call(UE6, request(uri="sip:bob@sip.example.test", n=2), PEER)
    assert values(got) == pair("4bn", "6as")
    back = response(got, body=SDP4)
    back = back.replace("Record-Route:", f"Record-Route: {STRICT}\n"
                        "Record-Route:", 1)
    return got, s.answer(PEER, back, UE6)


def test_to_a_strict_router(lab):
    """Its own URI becomes the Request-URI, the target the last Route (RFC 3261
    16.6 item 6); no Route of ours is left"""
    with Texts(lab, *DEFINES, *NEXT_HOP, cfg=SHIPPED) as s:
        _, ok = call_by_strict_router(s)
        s.send(UE6, request(method="BYE", uri="sip:bob@192.0.2.30:5060", n=3,
                            to_tag="tt", extra=routes(ok), body=NONE))
        bye = s.get(PEER, "BYE sip:192.0.2.40:5060 SIP/2.0\n")
        assert first_route(bye) == ["<sip:bob@192.0.2.30:5060>"], bye
        s.answer(PEER, response(bye, body=NONE), UE6)
        s.drain()
    watch.check(lab)


def from_strict_router(got, method, n, extra="", body=NONE):
    """What UA4 sends to UE6, as a strict router passes it on: our value in the
    Request-URI, the target in the last Route"""
    mine = values(got).splitlines()
    uri = re.search("<([^>]*)>", mine[0])[1]
    rest = mine[1].replace("Record-Route", "Route")
    return request(PEER, method, uri, n=n, from_tag="tt", to_tag=FTAG,
                   extra=f"{rest}\nRoute: <{ALIAS}>\n{extra}", body=body)


def test_from_a_strict_router(lab):
    with Texts(lab, *DEFINES, *NEXT_HOP, cfg=SHIPPED) as s:
        got, _ = call_by_strict_router(s)
        s.phone(UE6)
        s.send(PEER, from_strict_router(got, "INVITE", 4, body=SDP4))
        again = s.get(UE6, f"INVITE sip:alice@{LITERAL} SIP/2.0\n")
        assert first_route(again) == [], again
        assert values(again) == shapes.pair(
            value(V6, "as"), value(V4, "bf")), again
        assert again.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        s.drain()
    watch.check(lab)


PRELOADED = {
    "own-synthetic": (V6, ""),
    "foreign-embedded": ("[2001:db8:64::c000:228]", ""),
    "own-then-foreign": (V6, ", <sip:[2001:db8:64::c000:228]:5060;lr>"),
}


@pytest.mark.parametrize("route", PRELOADED)
def test_preloaded_synthetic_route(lab, route):
    """It is refused, and no address is taken out of what is not ours"""
    host, more = PRELOADED[route]
    with Texts(lab, *DEFINES, cfg=SHIPPED) as s:
        s.phone(PEER)
        register(s, UE6, LITERAL, "alice")
        s.send(UE6, request(
            uri="sip:bob@192.0.2.40", n=2,
            extra=f"Route: <sip:{host}:5060;lr>{more}\n"))
        s.get(UE6, "SIP/2.0 403 ")
        s.drain()
        assert s.phone(PEER).rest() == []
        # without it, the call goes on
        register(s, UA4, UA4, "bob")
        got = s.call(UE6, request(uri="sip:bob@sip.example.test", n=3))
        assert values(got) == pair("4bn", "6as"), got
    watch.check(lab)


def with_topoh(lab):
    """The shipped file, and topoh loaded behind rr"""
    with open(SHIPPED) as f:
        text = f.read()
    path = os.path.join(lab.folder, "topoh.cfg")
    line = 'loadmodule "nathelper.so"\n'
    assert line in text
    with open(path, "w") as f:
        f.write(text.replace(line, line + (
            'loadmodule "topoh.so"\n'
            'modparam("topoh", "mask_key", "sesame")\n')))
    return path


CALLS = {"ue6-calls-ua4": (UE6, UA4), "ua4-calls-ue6": (UA4, UE6)}
HOST = {UE6: LITERAL, UA4: UA4}
BODY = {UE6: SDP6, UA4: SDP4}
USER = {UE6: "alice", UA4: "bob"}


def contact_of(text):
    return re.search(r"(?m)^Contact: <([^>]*)>", text)[1]


MASKED = r"Record-Route: <sip:127\.0\.0\.8;line=[^>]*>\n"
READ = {UE6: shapes.body("IP6 2001:db8:64::c000:21e"),
        UA4: shapes.body("IP4 192.0.2.1")}


def check_masked(got, callee, ok, caller):
    """Each side sees the value that faces it, in the form that it can reach,
    and nothing of the other one"""
    def facing(who, leg):
        letter = "n" if leg == "b" else "s" if who == UE6 else "f"
        host = V6 if who == UE6 else V4
        return re.escape(f"Record-Route: {value(host, leg + letter)}\n")
    assert re.fullmatch(facing(callee, "b") + MASKED, values(got)), got
    assert re.fullmatch(MASKED + facing(caller, "a"), values(ok)), ok
    for text, who in ((got, callee), (ok, caller)):
        assert contact_of(text).startswith("sip:127.0.0.8;line="), text
        assert text.endswith(READ[who]), text


@pytest.mark.parametrize("who", CALLS)
def test_call_with_topoh(lab, who):
    caller, callee = CALLS[who]
    with Texts(lab, *DEFINES, cfg=with_topoh(lab)) as s:
        for phone in (UE6, UA4):
            register(s, phone, HOST[phone], USER[phone])
        got = s.call(caller, request(
            HOST[caller], uri=f"sip:{USER[callee]}@sip.example.test", n=2,
            body=BODY[caller]), callee)
        ok = s.answer(callee, response(got, contact=HOST[callee],
                                       body=BODY[callee]), caller)
        check_masked(got, callee, ok, caller)
        s.send(caller, request(HOST[caller], "ACK", contact_of(ok), n=2,
                               to_tag="tt", extra=routes(ok), body=NONE))
        assert "\nRoute:" not in s.get(callee, "ACK ")
        s.send(callee, request(
            HOST[callee], "INVITE", contact_of(got), n=3, from_tag="tt",
            to_tag=FTAG, extra=routes(got, False), body=BODY[callee]))
        again = s.get(caller, "INVITE ")
        assert again.endswith(READ[caller]), again
        s.answer(caller, response(again, contact=HOST[caller],
                                  body=BODY[caller]), callee)
        s.send(caller, request(HOST[caller], "BYE", contact_of(ok), n=4,
                               to_tag="tt", extra=routes(ok), body=NONE))
        bye = s.get(callee, "BYE ")
        s.answer(callee, response(bye, body=NONE), caller)
        assert "\nRoute:" not in bye, bye
        s.drain()
    watch.check(lab)
