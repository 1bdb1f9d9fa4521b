# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What is done with each input, and with which Kamailio."""
import itertools

from . import inputs
from .runs import SINK, builds

BUILDS = builds()
# methods of Run, by the letter of a route; "t": request_route, over TCP; "l":
# over TLS
WAYS = {"f": "refused", "t": "stream", "l": "secure"}


def requests_of(vectors, way):
    """(input, how a run plays it); way: a method of Run"""
    for given in inputs.requests(vectors):
        yield given, lambda run, data, g=given: getattr(run, way)(
            data, g.sender)


def replies_of(vectors):
    """As answers to a call, and to nothing"""
    number = itertools.count()
    for source in inputs.sources(vectors):
        for ipv6, lie, stray in itertools.product((False, True), repeat=3):
            yield _reply(source, next(number), ipv6, lie, stray)


def _reply(source, n, ipv6, lie, stray):
    sender = inputs.UE6 if ipv6 else inputs.PLAIN
    name = " ".join([source.name, "stray" if stray else "answer",
                     "hop6" if ipv6 else "hop4", *(["notify"] if lie else [])])
    given = inputs.Input(name, source, lie, False, sender,
                         ipv6 or source.ipv6)
    return given, (_stray if stray else _answer)(source, n, ipv6, sender)


def _stray(source, n, ipv6, _sender):
    return lambda run, lie: run.feed(
        inputs.stray_reply(source, n, ipv6, lie), SINK)


def _answer(source, n, ipv6, sender):
    status = "200 OK" if n % 2 else "183 Odd"
    return lambda run, lie: run.answered(
        inputs.carrier(n, ipv6), sender, lambda asked: inputs.as_reply(
            source, asked, status, n % 3 > 0, lie))


def cases(vectors, place):
    """Of one route, by its letter"""
    if place == "r":
        return list(replies_of(vectors))
    return list(requests_of(vectors, WAYS.get(place, "request")))
