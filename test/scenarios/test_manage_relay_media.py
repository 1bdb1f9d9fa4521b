# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Where a real rtpengine sends the media of a phone behind NAT64, by the tag: at
first to where its signalling comes from, then to where its first packet came
from, whatever the SDP says."""
import re
import socket
import struct

import pytest

from sipharness.branches import within
from sipharness.relays import (PAIRS, RELAY, WAYS, Ways, answered,
                               needs_rtpengine)
from test_manage_relay import ring

pytestmark = needs_rtpengine
WAIT = 2.0      # s for a packet that comes
QUICK = 0.05    # s for one that does not; another has come before
MEDIA = 30064   # in each phone's SDP
# rtpengine's own choice outweighed, or not made
DAEMON = {"as-it-is": [], "learns-nothing": ["--endpoint-learning=off"],
          "heuristic": ["--endpoint-learning=heuristic"]}


class Media:
    """A phone's socket"""

    def __init__(self, addr, port):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((addr, port))
        self.n = 0

    def send(self, port):
        """One packet of RTP to the relay; what tells it from others"""
        self.n += 1
        mark = struct.pack("!HII", self.n, self.n * 160, 77)
        self.sock.sendto(b"\x80\x00" + mark + b"\xff" * 160, (RELAY, port))
        return mark[:2]

    def got(self, seconds=WAIT):
        """The sequence number of the next one"""
        self.sock.settimeout(seconds)
        try:
            return self.sock.recv(2000)[2:4]
        except socket.timeout:
            return None


def port_in(text):
    return int(re.search(r"(?m)^m=audio (\d+)", text)[1])


def sockets(who, phone, names):
    """By name: of the caller's and the callee's network, by SDP or mapped"""
    at = {"caller": who.addr[0], "callee": phone.addr[0]}
    return {name: Media(at[name.split("-")[0]], port)
            for name, port in names.items()}


@pytest.mark.parametrize("daemon", DAEMON)
@pytest.mark.parametrize("way", WAYS)
def test_first_packets(lab, way, daemon):
    """UE6 calls UA4. The NAT64 gives its media another port than its SDP says;
    a packet from a third port, later, changes nothing."""
    with Ways(lab, way, options=DAEMON[daemon]) as s:
        who, phone = s.parties("ue6-ua4")
        got = ring(s, who, [phone])
        told = answered(s, who, phone, got[0])
        within("ACK", who, phone, told, 2)
        near, far = port_in(told), port_in(got[0])
        m = sockets(who, phone, {"caller-sdp": MEDIA, "caller-nat64": 41000,
                                 "caller-other": 41002, "callee": MEDIA})
        assert m["callee"].send(far) == m["caller-sdp"].got()
        assert m["caller-nat64"].send(near) == m["callee"].got()
        assert m["callee"].send(far) == m["caller-nat64"].got()
        assert m["caller-other"].send(near) == m["callee"].got()
        assert m["callee"].send(far) == m["caller-nat64"].got()
        assert m["caller-sdp"].got(QUICK) is None
        assert m["caller-other"].got(QUICK) is None
        s.drain()
        for one in m.values():
            one.sock.close()


RTCP = b"\x80\xc9\x00\x01\x00\x00\x00\x4d"  # an RR without a block


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("way", WAYS)
def test_both_ways(lab, way, pair):
    """Each phone hears the other, and gets its RTCP, by ports that are in no
    SDP"""
    with Ways(lab, way) as s:
        who, phone = s.parties(pair)
        got = ring(s, who, [phone])
        told = answered(s, who, phone, got[0])
        within("ACK", who, phone, told, 2)
        near, far = port_in(told), port_in(got[0])
        m = sockets(who, phone, {
            "caller": 42000, "caller-rtcp": 42003, "callee": 43000,
            "callee-rtcp": 43003, "callee-sdp": MEDIA,
            "callee-sdp-rtcp": MEDIA + 1})
        # the callee has sent nothing yet
        assert m["caller"].send(near) == m["callee-sdp"].got()
        assert m["callee"].send(far) == m["caller"].got()
        assert m["caller"].send(near) == m["callee"].got()
        m["caller-rtcp"].sock.sendto(RTCP, (RELAY, near + 1))
        assert m["callee-sdp-rtcp"].got() == RTCP[2:4]
        m["callee-rtcp"].sock.sendto(RTCP, (RELAY, far + 1))
        assert m["caller-rtcp"].got() == RTCP[2:4]
        m["caller-rtcp"].sock.sendto(RTCP, (RELAY, near + 1))
        assert m["callee-rtcp"].got() == RTCP[2:4]
        s.drain()
        for one in m.values():
            one.sock.close()
