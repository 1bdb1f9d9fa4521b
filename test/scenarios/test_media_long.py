# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Lines of more than 64 KiB, which no datagram holds: over TCP. They are beyond
what the core's buffers and a relay's datagrams hold: nothing of such a body is
changed, and what the core does not take at all ends with its connection."""
import pytest

from sipharness import shapes, versions
from sipharness.badbodies import (AUDIO, CONN, GOOD, HEAD, OTHER, TIME, Bad,
                                  Kind, headers, left, parties, send)
from sipharness.branches import ua4, ue6
from sipharness.compare import visible
from sipharness.relays import needs_rtpengine
from sipharness.texts import response

WAYS = ["ua4-to-ue6", "ue6-to-ua4"]
LINE = 65536
LONG = {
    "attribute": Kind(GOOD + "a=x:" + LINE * "x" + "\r\n" + OTHER + CONN,
                      left=True, counts={"failed": 1}),
    "name": Kind(HEAD + f"c=IN IP4 {LINE * 'a'}\r\n" + TIME + AUDIO,
                 left=True, counts=left("bad_line")),
    "no-end": Kind(GOOD + "a=x:" + LINE * "x", left=True,
                   counts={"failed": 1}),
}
# a connection's buffer holds 16384 octets unless it is told
ROOM = "tcp_rd_buf_size=262144\n"
CORE_SAYS = "ERROR: <core> .*tcp_read"


def room():
    """For such a message"""
    return ROOM + versions.large_messages().replace("65535", "262144")


def same(got, raw):
    """A diff of what is as long as this takes a minute"""
    alike = got.partition("\n\n")[2] == visible(raw)
    assert alike, f"{len(got)} octets came"


def relay_says(media):
    """Its module cannot send it"""
    return 'ERROR: rtpengine .*(can\'t send command "(offer|answer)"|' \
        "failed to select new|no available proxies)" \
        if media == "relayed" else None


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("media", [
    "direct", pytest.param("relayed", marks=needs_rtpengine)])
@pytest.mark.parametrize("name", LONG)
def test_long_line(lab, name, media, ways):
    """In an offer, and in the answer to it"""
    kind = LONG[name]
    with Bad(lab, *(lab.relay() if media == "relayed" else ()),
             families=False, core=room(), logged=relay_says(media)) as s:
        caller, callee = parties(s, ways, "tcp")
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)
        send(caller, caller.text(body=headers(kind, raw)), raw)
        got = callee.receive("INVITE ")
        same(got, raw)
        assert got.count("Record-Route: ") == 2, got[:2000]
        raw = kind.raw(callee.inside)
        send(callee, response(got, contact=callee.name,
                              body=headers(kind, raw)), raw)
        same(caller.receive("SIP/2.0 200 "), raw)
        s.counted(**{name: 2 * n for name, n in kind.counts.items()})
        s.drain()


@pytest.mark.parametrize("ways", WAYS)
def test_no_room_for_it(lab, ways):
    """As it is shipped: the connection ends, and the phone makes another"""
    kind = LONG["attribute"]
    with Bad(lab, logged=CORE_SAYS) as s:
        caller, callee = parties(s, ways, "tcp")
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)
        with pytest.raises(OSError):
            while True:
                send(caller, caller.text(body=headers(kind, raw)), raw)
        again = (ue6(s, 40011, proto="tcp") if caller.prefix
                 else ua4(s, 5071, proto="tcp"))
        again.send(again.text(n=2, body=shapes.body(again.inside)))
        assert f"c=IN {again.seen_by(callee)}\n" in callee.receive("INVITE ")
        s.counted(sdp_rewritten=1)
        s.drain()
