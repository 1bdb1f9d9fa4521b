# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each example of a function and of a variable in the module's reference, in
the configuration that is shipped, where it does by itself what the example is
to do no more. A call goes through, and what the text promises is seen."""
import re
import shutil
import socket
import struct

import pytest

from sipharness import shapes
from sipharness.branches import Party, ua4, ue6
from sipharness.called import DUAL, PREF
from sipharness.edge import MARK
from sipharness.examples import MANAGE, Example, cases, of
from sipharness.relays import NEAR, RELAY
from sipharness.shapes import body
from sipharness.texts import PEER, sdp, values

OFFER, ANSWER = body("IP6 2001:db8:1::2"), body("IP4 192.0.2.30")
READ = "IP6 2001:db8:64::c000:21e"  # what UE6 gets of UA4's address
WITHOUT_SDP = {MANAGE: '\tnat64_manage("s");\n'}
TO_PEER = ["WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
           'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"']


def out(s, want=DUAL, **changed):
    """UE6 calls UA4"""
    two = ua4(s).register("bob", 100 + s.next())
    got = s.call(ue6(s), two, **changed)
    assert values(got.invite) == values(got.ok) == want, got.invite
    return got


def back(s):
    """UA4 calls UE6, which has registered"""
    one = ue6(s).register("alice", 100 + s.next())
    two = Party(s, ("192.0.2.30", 5069))
    got = s.call(two, one, "alice")
    assert values(got.invite) == shapes.pair(
        shapes.value(shapes.V6, "bn"), shapes.value(shapes.V4, "af"))
    return got


def relayed(s):
    """UE6 gets the relay's address as it can reach it"""
    got = out(s)
    assert f"c=IN IP4 {RELAY}\n" in got.invite
    assert f"c=IN IP6 {NEAR}\n" in got.ok
    return got


def nat64_manage(lab, text):
    with Example(lab, text, *lab.relay(), several=True) as s:
        got = relayed(s)
        assert ";alias=192.0.2.1~40001~1>" in values(got.invite, "Contact")
        # a 200 that no transaction knows, after a restart for instance
        stray = got.ok.partition("\n\n")[0].split("\n")
        at = next(n for n, m in enumerate(stray) if m.startswith("Via: "))
        stray.insert(at, "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKstray.0")
        kept = [m for m in stray if not m.startswith("Content-")]
        again = "\n".join(kept) + "\n" + ANSWER
        ua4(s).send(again)
        assert f"c=IN {READ}\n" in ue6(s).receive("SIP/2.0 200 ")


def nat64_manage_in_part(lab, text):
    with Example(lab, text, plain=True) as s:
        got = out(s)
        assert sdp(got.invite) == sdp(OFFER) and sdp(got.ok) == sdp(ANSWER)
        assert ";alias=192.0.2.1~40001~1>" in values(got.invite, "Contact")


def is_via_nat64(lab, text):
    said = "sip:alice@sip.example.test is behind NAT64, seen as 192.0.2.1:"
    with Example(lab, text) as s:
        s.call(Party(s, ("192.0.2.30", 5069)),
               ua4(s).register("bob", 101), from_tag="other")
        assert not s.said("behind NAT64")
        out(s)
        assert s.said(f"{said}40001") == 3  # INVITE, ACK, BYE
        s.count(via_nat64=3)


def is_route_nat64(lab, text):
    with Example(lab, text) as s:
        out(s)
        assert not s.said("behind NAT64")
        back(s)
        assert s.said("sip:alice@[2001:db8:1::2]:5062 is behind NAT64") == 1


def add_dual_rr(lab, text):
    with Example(lab, text, other={MANAGE: ""}, plain=True) as s:
        out(s)
        s.count(pairs=1)


def add_dual_rr_with(lab, text):
    with Example(lab, text, other={MANAGE: ""}, plain=True) as s:
        out(s, DUAL.replace(";ftag=", ";node=west;ftag="))


def set_notify_net(lab, text):
    """Towards that next element only"""
    told = f'PortaSIP-Notify: caller=nat64;caller-pref64="{PREF}";callee='
    with Example(lab, text, *TO_PEER, plain=True,
                 other={MANAGE: '\tnat64_manage("n");\n'}) as s:
        got = s.call(ue6(s), Party(s, PEER))
        assert values(got.invite) == DUAL
        assert values(got.invite, "PortaSIP-Notify").startswith(told)
        s.count(notify_set=2)  # INVITE, BYE
        # what the peer sends on, to UA4
        got = s.call(Party(s, PEER), ua4(s).register("bob", 108),
                     from_tag="peer")
        assert "PortaSIP" not in got.invite
        s.count(notify_set=2)


def by_peer(s, caller, callee, **changed):
    """The peer calls UA4, with a header"""
    def leg(name, net):
        pref = f';{name}-pref64="{PREF}"' if net == "nat64" else ""
        return f"{name}={net}{pref}"
    extra = (f"PortaSIP-Notify: {leg('caller', caller)};"
             f"{leg('callee', callee)}\n")
    return s.call(Party(s, PEER), ua4(s).register("bob", 100 + s.next()),
                  extra=extra, from_tag=f"{caller}{callee}", **changed)


def is_notify_nat64(lab, text):
    with Example(lab, text, "NAT64_NO_PROBE", known=False, plain=True) as s:
        got = by_peer(s, "nat64", "ipv4", body=OFFER)
        assert f"c=IN {READ}\n" in got.ok
        assert s.said("is behind NAT64, 192.0.2.40 says") == 1
        got = by_peer(s, "ipv4", "nat64", body=OFFER)
        assert sdp(got.ok) == sdp(ANSWER)
        assert s.said("is behind NAT64, 192.0.2.40 says") == 1


def fix_nat64_sdp(lab, text):
    with Example(lab, text, *lab.relay(), other=WITHOUT_SDP) as s:
        relayed(s)
        s.count(sdp_rewritten=1)


def fix_nat64_sdp_of(lab, text):
    with Example(lab, text, "NAT64_NO_PROBE", known=False, plain=True) as s:
        got = by_peer(s, "ipv4", "nat64", body=body("IP4 192.0.2.40"))
        assert "c=IN IP6 2001:db8:64::c000:228\n" in got.invite
        got = by_peer(s, "ipv4", "ipv4", body=body("IP4 192.0.2.40"))
        assert "c=IN IP4 192.0.2.40\n" in got.invite


def fix_nat64_register(lab, text, table="location"):
    """The binding is marked, and one is called by what it says"""
    with Example(lab, text, known=False, at="register") as s:
        one = ue6(s)
        s.asked(one)
        one.register("alice", 100 + s.next())
        shown = s.rpc.ask("ul.dump")
        assert f"Domain: {table}\n" in shown, shown
        assert f"Received: sip:192.0.2.1:40001{MARK}\n" in shown, shown
        s.count(marked=1)
        if table == "location":
            out(s)
            back(s)


def fix_nat64_register_in(lab, text):
    fix_nat64_register(lab, text, "branch_office")


def source(lab, text):
    with Example(lab, text) as s:
        s.call(Party(s, ("192.0.2.30", 5069)),
               ua4(s).register("bob", 101), from_tag="other")
        assert not s.said("behind NAT64")
        out(s)
        assert s.said("sip:alice@sip.example.test calls from behind NAT64")


def target(lab, text):
    """Its connection is gone: 480, and none is opened"""
    with Example(lab, text) as s:
        out(s)
        one = ue6(s, 40007, proto="tcp").register("alice", 150)
        # a reset: the proxy's next write fails, whatever it has read by then
        one.phone.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
        one.phone.sock.close()
        s.phones.pop(("tcp", one.addr))
        s.proxy.settle()
        two = Party(s, ("192.0.2.30", 5069))
        two.send(two.text(uri="sip:alice@sip.example.test", n=9,
                          from_tag="gone"))
        got = two.receive("SIP/2.0 4")
        assert got.startswith("SIP/2.0 480 Temporarily Unavailable"), got
        s.logged = "tcp_send failed|t_send_branch|msg_send|error reading"
        s.drain()


def source_pref64(lab, text):
    """A phone cannot pose"""
    with Example(lab, text) as s:
        lie = "X-Caller-Pref64: 2001:db8:bad::/96\n"
        got = out(s, extra=lie)
        assert values(got.invite, "X-Caller-Pref64") == (
            f"X-Caller-Pref64: {PREF}\n")
        got = s.call(Party(s, ("192.0.2.30", 5069)), ua4(s), extra=lie,
                     from_tag="other")
        assert "X-Caller-Pref64" not in got.invite


def target_pref64(lab, text):
    with Example(lab, text) as s:
        out(s)
        assert not s.said("is reached through")
        back(s)
        assert s.said("sip:alice@[2001:db8:1::2]:5062 is reached through "
                      f"{PREF}")


def why(lab, text):
    with Example(lab, text) as s:
        out(s)
        assert s.said("INVITE from sip:alice@sip.example.test to "
                      "sip:bob@sip.example.test: source nat64 "
                      f"{PREF} by via (hint), target ") == 1
        assert s.said("BYE from sip:alice@sip.example.test to sip:bob@") == 1


def sdp_of(lab, text):
    with Example(lab, text, other={shipped_sdp(): ""}) as s:
        out(s)
        bad = re.sub("(?m)^c=.*\n", "", shapes.SDP.format(
            addr="IP6 2001:db8:1::2"))
        ue6(s).send(ue6(s).text(n=9, from_tag="bad", body=shapes.content(
            "application/sdp", bad)))
        ue6(s).receive("SIP/2.0 488 ")


def shipped_sdp():
    """What the configuration has of it, or the example would show nothing"""
    with open(Example.base) as f:
        return re.search(r"(?m)^\tif \([^\n]*\$nat64\(sdp\)[^}]*\}\n",
                         f.read())[0]


def rtpengine(lab, text):
    with Example(lab, text, *lab.relay()) as s:
        relayed(s)


FUNCTIONS = {  # of each, one for each of its examples
    "nat64_manage": [nat64_manage, nat64_manage_in_part],
    "is_via_nat64": [is_via_nat64], "is_route_nat64": [is_route_nat64],
    "add_dual_rr": [add_dual_rr, add_dual_rr_with],
    "set_notify_net": [set_notify_net], "is_notify_nat64": [is_notify_nat64],
    "fix_nat64_sdp": [fix_nat64_sdp, fix_nat64_sdp_of],
    "fix_nat64_register": [fix_nat64_register, fix_nat64_register_in],
}
VARIABLES = {
    "source": [source], "target": [target], "why": [why], "sdp": [sdp_of],
    "source_pref64": [source_pref64], "target_pref64": [target_pref64],
    "rtpengine": [rtpengine],
}


def play(lab, checks, kind, name, n):
    text = of(kind)[name][n]
    if "rtpengine" in text and not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    checks[name][n](lab, text)


@pytest.mark.parametrize("name, n", cases("f"))
def test_function(lab, name, n):
    play(lab, FUNCTIONS, "f", name, n)


@pytest.mark.parametrize("name, n", cases("pv"))
def test_variable(lab, name, n):
    play(lab, VARIABLES, "pv", name, n)
