# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-3: a synthetic address with somebody else's IPv4 address in it is not ours:
not taken off, never led to what is inside. Somebody listens there."""
import contextlib
import itertools
import socket

import pytest

from sipharness.attacks import (ALICE, BOB, INSIDE, LITERAL, MALLORY, NONE,
                                Attack)
from sipharness.shapes import V4, V6, synthetic, value
from sipharness.texts import values

PREFIXES = {"configured": "2001:db8:64::/96", "well-known": "64:ff9b::/96",
            "another": "2001:db8:122:344::/64", "short": "3fff:64::/32",
            "mapped": "::ffff:0:0/96"}
CORE_SAYS = r"(resolve|forward|t_fwd|tm .ut\.h|<core>|ERROR: (tm|rr|sl) )"


def listeners():
    """On the port that a URI without one means"""
    out = []
    for address, kind in itertools.product(INSIDE, (socket.SOCK_DGRAM,
                                                    socket.SOCK_STREAM)):
        sock = socket.socket(socket.AF_INET, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, 5060))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        out.append(sock)
    return out


def route(text):
    return f"Route: {text}\n"


OWN = [value(V6, "as"), value(V4, "bn")]
PLACES = {  # Routes, the Request-URI's host where it is that
    "route": lambda h: (route(value(h, "as")) + route(OWN[1]), None),
    "route-alone": lambda h: (route(f"<sip:{h};lr>"), None),
    "route-behind-own": lambda h: (
        "".join(map(route, OWN)) + route(f"<sip:{h};lr>"), None),
    "route-second": lambda h: (route(OWN[1]) + route(value(h, "as")), None),
    "route-tcp": lambda h: (route(
        f"<sip:{h};transport=tcp;r2=on;n64=as;lr>"), None),
    "request-uri": lambda h: ("".join(map(route, OWN)), h),
    "request-uri-tcp": lambda h: ("".join(map(route, OWN)),
                                  f"{h}:5060;transport=tcp"),
    "alias": lambda h: ("".join(map(route, OWN)),
                        f"192.0.2.30;alias={h}~5060~1"),
    "maddr": lambda h: ("".join(map(route, OWN)), f"{h};maddr={h}"),
}


@pytest.mark.parametrize("place", PLACES)
def test_never_forwarded_inside(lab, place):
    """Refused, once; a request with nothing foreign in it goes through"""
    with Attack(lab, logged=CORE_SAYS).both() as s, contextlib.ExitStack() as e:
        for sock in listeners():
            e.enter_context(sock)
        # rr takes the Route behind an own value with r2 off, unseen
        check = s.drain if place == "route-second" else None
        for prefix, inside in itertools.product(PREFIXES.values(), INSIDE):
            refused(s, *PLACES[place](synthetic(prefix, inside)), check)
        s.nobody_inside_hears()
        s.say(ALICE, method="MESSAGE", to_tag="tt", uri="sip:bob@192.0.2.30",
              extra="".join(map(route, OWN)), body=NONE)
        got = s.get(BOB, "MESSAGE ")
        assert values(got, "Route") == ""
        s.drain()


def refused(s, routes, to, check=None):
    for source, name in ((ALICE, LITERAL), (MALLORY, MALLORY)):
        s.say(source, caller=name, method="MESSAGE", to_tag="tt",
              uri=f"sip:bob@{to or '192.0.2.30'}", extra=routes, body=NONE)
        if check:
            check()
            continue
        s.proxy.settle()
        got = s.phone(source).rest()
        assert not s.phone(BOB).rest(), "led past"
        assert len(got) == 1 and got[0][8] in "456", (routes, to, got)
