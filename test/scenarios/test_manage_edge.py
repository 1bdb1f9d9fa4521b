# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Path (RFC 3327): the shipped edge proxy and the shipped registrar behind it,
which knows nothing of NAT64. What the edge knows of a phone comes back to it
with each call."""
import pytest

from sipharness import shapes, watch
from sipharness.branches import ua4, ue6
from sipharness.called import Called
from sipharness.edge import (ALICE, BEHIND, EDGE, HOST, MARK, PREF, Edge,
                             paths)
from sipharness.pairwise import combinations
from sipharness.relays import request_in
from sipharness.shapes import FTAG, V4, V6, value
from sipharness.texts import (LITERAL, NONE, PEER, SDP4, UA4, UE6, request,
                              values)

PATH = "<sip:192.0.2.10;lr;received=sip:192.0.2.1:40001"
WAY = {"udp": "", "tcp": "%3Btransport%3Dtcp"}
REGISTRAR = f"Record-Route: <sip:{HOST};lr;ftag={FTAG}>\n"
GONE = "tcp_send failed|t_send_branch"  # what tm and core say of it
BAD = "2001:db8:bad::/96"


def from_ue6(proto):
    """As UA4 gets the Record-Routes"""
    way = "" if proto == "udp" else f";transport={proto}"
    return REGISTRAR + shapes.pair(
        value(V4, "bn"), value(V6, "as", params=way))


def to_ue6(proto):
    """As UE6 gets them"""
    way = "" if proto == "udp" else f";transport={proto}"
    return shapes.pair(value(V6, "bn", params=way),
                       value(V4, "af")) + REGISTRAR


def check_call(s, call, mended=False):
    """Each side was told what it can reach"""
    if call.caller == UE6:
        rr = from_ue6(s.proto)
        assert values(call.ok) == rr, call.ok
        if mended:
            rr = rr.replace(V6, V4)
        assert values(call.invite) == rr, call.invite
        assert call.invite.endswith(shapes.body("IP4 192.0.2.1"))
        assert call.ok.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
    else:
        assert values(call.invite) == to_ue6(s.proto), call.invite
        assert call.invite.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        assert call.ok.endswith(shapes.body("IP4 192.0.2.1"))
    assert "\nRoute:" not in call.ack, call.ack


@pytest.mark.parametrize("proto", ["udp", "tcp"])
def test_path_carries_what_the_edge_knows(lab, proto):
    """First nothing, and the phone is asked; then its PREF64"""
    with Edge(lab, proto=proto) as s:
        assert paths(s.register(asked=True)) == [f"{PATH}{WAY[proto]}>"]
        assert paths(s.register()) == [f"{PATH}{WAY[proto]}{MARK}>"]
    watch.check(lab)


CALLS = {"ue6-calls-ua4": (UE6, UA4), "ua4-calls-ue6": (UA4, UE6)}
BYES = {"bye-by-ue6": UE6, "bye-by-ua4": UA4}
RESTARTS = ["same-edge", "restarted-edge", "restarted-in-the-call"]


@pytest.mark.parametrize("who,bye,proto,restart", combinations(
    CALLS, BYES, ["udp", "tcp"], RESTARTS,
    # no connection survives a restart
    unless=lambda who, bye, proto, restart:
        proto == "tcp" and restart != "same-edge"))
def test_call_through_the_edge(lab, who, bye, proto, restart):
    with Edge(lab, proto=proto) as s:
        s.everybody()
        if restart == "restarted-edge":
            s.restart()
        # who calls after a restart has but hinted, and is asked by and by
        asked = restart == "restarted-edge" and who == "ue6-calls-ua4"
        call = s.dial(*CALLS[who], asked)
        check_call(s, call, asked)
        if restart == "restarted-in-the-call":
            s.restart()
        assert "\nRoute:" not in s.bye(call, BYES[bye])
        s.drain()
    watch.check(lab)


@pytest.mark.parametrize("proto", ["udp", "tcp"])
def test_both_phones_at_the_edge(lab, proto):
    """The call passes it twice, the first time with nothing of NAT64 in it. The
    answer to UA4's offer is no late offer: the label says nothing of it, and
    what UA4 offers later UE6 can read as well."""
    Edge.registrar(lab)
    with Called(lab, *BEHIND, cfg=EDGE) as s:
        one, two = ua4(s).register("alice", 101), ue6(s, proto=proto)
        s.asked(two, "bob")
        two.register("bob", 102)
        call = s.up(one, two)
        assert values(call.ok) == values(call.invite) == (
            two.form("bn") + f"Record-Route: {value(V4, 'af')}\n"
            + REGISTRAR + shapes.PLAIN)
        one.send(request_in(one, call.ok, shapes.SDP.format(addr=one.inside),
                            n=77))
        got = two.receive("INVITE ")
        assert got.endswith(shapes.body("IP6 2001:db8:64::c000:21e")), got
        two.answer(got)
        one.receive("SIP/2.0 200 ")
        s.drain()


def dial_in(s, route):
    """An INVITE of a dialog that there is not, as UE6 gets it"""
    s.send(PEER, request(PEER, uri=f"sip:alice@{LITERAL}", n=s.next(),
                         to_tag="made-up", body=SDP4, extra=route))
    return s.get(UE6, "INVITE ")


POSED = {
    "param": f";received=sip:192.0.2.1:40001;pref64={BAD}",
    "in-received": f";received=sip:192.0.2.1:40001%3Bpref64%3D{BAD}",
    "escaped": f";received=sip:192.0.2.1:40001%3B%70ref6%34={BAD}",
}


@pytest.mark.parametrize("posed", POSED)
def test_a_mark_of_a_phone_changes_nothing_for_another(lab, posed):
    """Neither while the edge knows better, nor when it knows nothing. Only the
    registrar may send a Path value back."""
    route = f"Route: <sip:192.0.2.10;lr{POSED[posed]}>\n"
    with Edge(lab) as s:
        s.everybody()
        got = dial_in(s, route)
        assert got.endswith(shapes.body("IP6 2001:db8:64::c000:21e")), got
        s.restart()
        got = dial_in(s, route)
        assert "2001:db8:bad" not in got, got
        assert got.endswith(SDP4), got
        s.drain()


def test_preloaded_mark_is_refused(lab):
    """Out of a dialog the edge does not go by a phone's Route at all"""
    with Edge(lab) as s:
        s.everybody()
        s.send(PEER, request(
            PEER, uri=ALICE, n=s.next(), body=SDP4, extra=(
                f"Route: <sip:192.0.2.10;lr{POSED['param']}>\n")))
        s.get(PEER, "SIP/2.0 403 ")


def test_only_the_edge_writes_a_path(lab):
    """A phone's own Path does not pass the edge, and the registrar takes none
    from anybody else"""
    theirs = f"Path: <sip:192.0.2.40;lr;pref64={BAD}>\n"
    with Edge(lab) as s:
        s.everybody()
        assert paths(s.register(extra=theirs)) == [PATH + MARK + ">"]
        s.phone(PEER, proxy=(HOST, 5060))
        s.send(PEER, request(
            PEER, "REGISTER", "sip:sip.example.test", n=s.next(), body=NONE,
            extra=theirs))
        s.get(PEER, "SIP/2.0 403 ")


def test_phone_that_is_gone(lab):
    """Its connection is: said at once, and nothing is opened towards it"""
    with Edge(lab, proto="tcp", logged=GONE) as s:
        s.everybody()
        s.hang_up()
        before = len(lab.wire.read())
        s.send(UA4, s.request(UA4, uri=ALICE, body=SDP4))
        s.get(UA4, "SIP/2.0 480 ")
        assert s.between(before, "SIP/2.0 480 ")
        assert not [dst for _, dst in lab.wire.syns if dst[0] == UE6[0]]


@pytest.mark.parametrize("others", ["alone", "of-several"])
@pytest.mark.parametrize("who", ["ue6-calls-ua4", "ua4-calls-ue6"])
def test_phone_that_connected_anew(lab, who, others):
    """Within a call. The registrar knows the way, also where the phone itself
    has said nothing in the call since."""
    with Edge(lab, proto="tcp", logged=GONE) as s:
        s.everybody()
        call = s.dial(*CALLS[who])
        if others == "of-several":
            s.join(PEER)
        s.hang_up()
        s.connect()
        s.register(asked=True)
        s.register()
        got = s.bye(call, UA4)
        assert "\nRoute:" not in got and ";alias=" not in got, got
        s.drain()


def test_phone_that_is_gone_within_a_call(lab):
    """Said at once; the registration that is left does not lead anywhere"""
    with Edge(lab, proto="tcp", logged=GONE) as s:
        s.everybody()
        call = s.dial(UE6, UA4)
        s.hang_up()
        s.say(UA4, s.leave(call, UA4))
        s.hear(UA4, "SIP/2.0 480 ")
        assert not [dst for _, dst in lab.wire.syns if dst[0] == UE6[0]]
