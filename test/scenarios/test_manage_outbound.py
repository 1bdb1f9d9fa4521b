# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""RFC 5626: a phone behind NAT64 that keeps its connection and says so, at the
shipped edge proxy with Kamailio's outbound. The flow token stands in the Path,
with the phone's PREF64, and in both values of the pair."""
import re

import pytest

from sipharness import shapes, watch
from sipharness.edge import ALICE, MARK, Edge, paths
from sipharness.pairwise import combinations
from sipharness.texts import SDP4, UA4, UE6, values

TOKEN = r"[0-9A-Za-z+/=]{28,}"
SECRET = 'FLOW_TOKEN_SECRET="sesame"'
# what tm and core say of a connection that there is not
GONE = "tcp_send failed|t_send_branch"
CALLS = {"ue6-calls-ua4": (UE6, UA4), "ua4-calls-ue6": (UA4, UE6)}
BYES = {"bye-by-ue6": UE6, "bye-by-ua4": UA4}


def outbound(lab, **options):
    return Edge(lab, "WITH_OUTBOUND", SECRET, **options)


def token_of(path):
    m = re.fullmatch(rf"<sip:({TOKEN})@192\.0\.2\.10;lr;received=[^;]*"
                     rf";ob{re.escape(MARK)}>", path)
    assert m, path
    return m[1]


@pytest.mark.parametrize("who,bye,proto", combinations(
    CALLS, BYES, ["tcp", "udp"]))
def test_call_by_flow_tokens(lab, who, bye, proto):
    with outbound(lab, proto=proto) as s:
        token = token_of(*paths(s.everybody()))
        call = s.dial(*CALLS[who])
        own = [v for v in values(call.invite).splitlines() if "n64=" in v]
        assert len(own) == 2, own
        assert all(f"<sip:{token}@" in v for v in own), own
        ue6 = call.ok if who == "ue6-calls-ua4" else call.invite
        assert f"@{shapes.V6}:5060;" in values(ue6), ue6
        assert ue6.endswith(shapes.body("IP6 2001:db8:64::c000:21e")), ue6
        got = s.bye(call, BYES[bye])
        assert "\nRoute:" not in got, got
        s.drain()
    watch.check(lab)


def test_call_to_ue6_after_a_restart(lab):
    """The token is still ours, and the PREF64 is there at once"""
    with outbound(lab) as s:
        token = token_of(*paths(s.everybody()))
        s.restart()
        call = s.dial(UA4, UE6)
        assert f"<sip:{token}@{shapes.V6}:5060;" in values(call.invite)
        assert call.invite.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        s.bye(call, UA4)
        s.drain()
    watch.check(lab)


def ring_nobody(s):
    """UA4 calls UE6, whom nothing reaches; what the edge says of it"""
    before = len(s.lab.wire.read())
    s.send(UA4, s.request(UA4, uri=ALICE, body=SDP4))
    s.get(UA4, "SIP/2.0 480 ")
    return [m.partition("\n")[0].strip() for m in
            s.between(before, "SIP/2.0 4")]


def test_flow_gone(lab):
    """430 at once (RFC 5626 5.3), nothing is opened; to the caller it is 480"""
    with Edge(lab, "WITH_OUTBOUND", SECRET, proto="tcp", logged=GONE) as s:
        s.everybody()
        s.hang_up()
        assert ring_nobody(s) == ["SIP/2.0 430 Flow Failed"]
    assert not [dst for _, dst in lab.wire.syns if dst[0] == UE6[0]]


def test_token_of_another_key(lab):
    """Without a secret each start makes another key, and the token that the
    phone registered with is none: 403 (RFC 5626 5.3)"""
    with Edge(lab, "WITH_OUTBOUND") as s:
        s.everybody()
        s.restart()
        before = len(lab.wire.read())
        s.send(UA4, s.request(UA4, uri=ALICE, body=SDP4))
        s.get(UA4, "SIP/2.0 403 ")
        assert s.between(before, "SIP/2.0 403 ")
