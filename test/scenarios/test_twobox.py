# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The two shipped boxes: a proxy without media, and behind it the relay, which
knows of the phones what PortaSIP-Notify tells it. Each call passes box 1 twice.
"""
import re
import shutil

import pytest

from sipharness.branches import ua4, ue6, ue6_b
from sipharness.pairwise import combinations
from sipharness.twobox import Call, TwoBoxes, trunk
from test_manage_relay_media import DAEMON, MEDIA, Media, port_in

pytestmark = pytest.mark.skipif(not shutil.which("rtpengine"),
                                reason="rtpengine is not installed")

CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}
CALLEES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4}
SIDES = ["caller", "callee"]
TRANSPORTS = ["udp", "tcp"]


def parties(s, caller, callee, proto="udp"):
    """Both registered"""
    one = CALLERS[caller](s, proto=proto).register("alice", 101)
    two = CALLEES[callee](s, proto=proto).register("bob", 102)
    return Call(s, one, two)


def side(call, name):
    return call.caller if name == "caller" else call.callee


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("proto", TRANSPORTS)
@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize("caller", CALLERS)
def test_call_and_bye(lab, caller, callee, proto, who):
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee, proto).up()
        call.bye(side(call, who))


LEARN = b"endpoint-learning-immediate"
ALWAYS = [b"14:address-family3:IP4", b"12:DTLS-reverse7:passive"]


def told(s, since):
    """(command, whether the relay is to learn) of each SDP since then"""
    s.lab.wire.read()
    found = []
    for text in s.lab.wire.commands[since:]:
        what = re.search(rb"7:command\d+:(offer|answer)", text)
        if what:
            assert all(part in text for part in ALWAYS), text[300:]
            assert b"SIP-source-address" not in text, text
            one = what[1].decode(), LEARN in text
            found += [] if one in found else [one]
    return found


def check_told(call, writer, reader, work, begins=False):
    """What goes with the offer and with the answer of whom

    @param begins  The call does: later, the relay knows
    """
    call.s.lab.wire.read()
    since = len(call.s.lab.wire.commands)
    work()
    assert told(call.s, since) == [
        ("offer", begins and bool(writer.prefix)),
        ("answer", begins and bool(reader.prefix))]


@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize("caller", CALLERS)
def test_relay_learns_where_a_phone_is(lab, caller, callee):
    """As from one box: the first packet says it, whatever the daemon's own
    setting; the signalling's source does not, that is box 1"""
    with TwoBoxes(lab) as s:
        call = parties(s, caller, callee)
        one, two = call.caller, call.callee
        check_told(call, one, two, call.up, begins=True)
        check_told(call, two, one, lambda: call.again(two))
        check_told(call, one, two, lambda: call.again(one, "UPDATE"))
        call.bye(one)


@pytest.mark.parametrize("callee", CALLEES)
def test_relay_learns_for_a_trunk(lab, callee):
    """Box 2 is not told of the callee before it answers"""
    with TwoBoxes(lab) as s:
        two = CALLEES[callee](s).register("bob", 101)
        call = Call(s, trunk(s), two, known=False)
        check_told(call, call.caller, two, call.up, begins=True)
        check_told(call, two, call.caller, lambda: call.again(two))
        call.bye(two)


def hears(phone, other, port):
    """One of some packets: the first ones may be there before the relay knows
    where this phone is"""
    return any(other.send(port) and phone.got(0.3) for _ in range(10))


@pytest.mark.parametrize("daemon", DAEMON)
@pytest.mark.parametrize("caller, callee", [("ue6", "ua4"), ("ua4", "ue6"),
                                            ("ue6", "ue6b")])
def test_media_come_from_another_port(lab, caller, callee, daemon):
    """Than a phone's SDP says, as its NAT64 gave it another: it hears the other
    one there, after its first packet"""
    with TwoBoxes(lab, relay=DAEMON[daemon]) as s:
        call = parties(s, caller, callee).up()
        near, far = port_in(call.answer), port_in(call.invite)
        one, two = (Media(p.addr[0], 41000 + n if p.prefix else MEDIA)
                    for n, p in enumerate((call.caller, call.callee)))
        one.send(near)
        two.send(far)
        assert hears(two, one, near) and hears(one, two, far)
        call.bye(call.callee)
        for phone in (one, two):
            phone.sock.close()
