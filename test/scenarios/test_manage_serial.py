# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One phone after the other: the branch that a failure_route or a registration
adds has what its own phone needs, and nothing of the first one's."""
import pytest

from sipharness.branches import (ELSEWHERE, Calls, forwarded, give_way,
                                 hang_up, passed_back, refuse, ua4, ue6, ue6_b,
                                 within)
from sipharness.pairwise import combinations
from sipharness.texts import NONE

CALLEES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}
ORDERS = ["ue6-ua4", "ua4-ue6", "ue6-ue6b", "ue6b-ua4"]
NEXT = "X-Next: sip:carol@sip.example.test\n"


def start(s, caller, order, way):
    """bob's phone has the INVITE; who else there is"""
    who = CALLERS[caller](s)
    first, second = (CALLEES[kind](s, proto=way) for kind in order.split("-"))
    first.register("bob", 101)
    second.register("carol", 102)
    sent = who.text(extra=NEXT)
    who.send(sent)
    got = first.expect(forwarded(sent, who, first, first.uri("bob")))
    return who, first, second, sent, got


def goes_on(who, second, sent, n=2):
    """carol's phone has its own INVITE, and the call is had with it"""
    got = second.expect(forwarded(sent, who, second, second.uri("carol")))
    for status in ("183 Progress", "200 OK"):
        back = second.answer(got, status, tag="2")
        told = who.expect(passed_back(back, second, who))
    within("ACK", who, second, told, n)
    hang_up(second, who, got, "2")


@pytest.mark.parametrize("caller, order, way, managed", combinations(
    ["ue6", "ua4"], ORDERS, ["udp", "tcp"],
    ["request", "request+failure", "branch"]))
def test_serial_fork(lab, caller, order, way, managed):
    """The first phone is busy"""
    defines = [f"IN_{m.upper()}" for m in managed.split("+")]
    with Calls(lab, *defines) as s:
        who, first, second, sent, got = start(s, caller, order, way)
        refuse(first, got)
        goes_on(who, second, sent)


@pytest.mark.parametrize("caller, order, rings", combinations(
    ["ue6", "ua4"], ORDERS, ["silent", "rings"]))
def test_branch_after_a_timeout(lab, caller, order, rings):
    """The first phone does not answer, or rings for too long"""
    with Calls(lab, "IN_REQUEST", "FR=300") as s:
        who, first, second, sent, got = start(s, caller, order, "udp")
        if rings == "rings":
            back = first.answer(got, "180 Ringing", body=NONE)
            who.expect(passed_back(back, first, who))
            give_way(first, got)
        goes_on(who, second, sent)


@pytest.mark.parametrize("caller, order, way, by", combinations(
    ["ue6", "ua4"], ORDERS, ["udp", "tcp"], ["get_redirects",
                                             "append_branch"]))
def test_3xx_recursion(lab, caller, order, way, by):
    """The first phone forwards the call; its 302 stays with the proxy"""
    defines = ["APPEND"] if by == "append_branch" else []
    with Calls(lab, "IN_REQUEST", *defines) as s:
        who, first, second, sent, got = start(s, caller, order, way)
        refuse(first, got, "302 Moved Temporarily", user="carol",
               contact="sip.example.test")
        goes_on(who, second, sent)


@pytest.mark.parametrize("caller, order, way", combinations(
    ["ue6", "ua4"], ORDERS, ["udp", "tcp"]))
def test_branch_of_a_late_registration(lab, caller, order, way):
    """While bob's first phone rings, his second one registers: the branch is
    made by the worker that has the REGISTER, of a request long gone"""
    # there is no call yet when the first phone registers
    with Calls(lab, "IN_REQUEST", "TSILO",
               logged="failed to retrieve record for bob") as s:
        who = CALLERS[caller](s, proto=way)
        first, second = (CALLEES[kind](s) for kind in order.split("-"))
        first.register("bob", 101)
        s.proxy.settle()  # the 200 goes out before the script is done
        sent = who.text()
        who.send(sent)
        ringing = first.expect(forwarded(sent, who, first, first.uri("bob")))
        back = first.answer(ringing, "180 Ringing", body=NONE)
        who.expect(passed_back(back, first, who))
        second.send(second.registration("bob", 102))
        want = forwarded(sent, who, second, second.uri("bob"))
        news = sorted((second.receive(), second.receive()))
        assert news[1].startswith("SIP/2.0 200 "), news
        second.judge(want, news[0])
        back = second.answer(news[0], tag="2")
        told = who.expect(passed_back(back, second, who))
        give_way(first, ringing, ELSEWHERE)
        within("ACK", who, second, told, 2)
        hang_up(second, who, news[0], "2")
