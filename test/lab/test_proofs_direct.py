# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge of a call without a media relay, on doctored calls."""

import dataclasses

import pytest
from doctored import (PLAN, case_of, failed, good_call, has, relay_for,
                      replace)
from lablib import direct, pcap, proofs
from lablib import plan as P
from lablib.case import Direct

OUTSIDE, FAR6 = P.NAT64_ADDR, P.synthesize(P.PREF64, P.UA4_ADDR)
NATIVE = PLAN.address("ue").encode()
MADE, TOLD, PEER = 1999, 30000, 7078  # ports: NAT64's, the SDP's, the UA4's


def _rtp(src, dst, times):
    return [pcap.Packet(t, "udp", *src, *dst, b"\x80") for t in times]


def _times(count, begin=2000.0):
    return [begin + 0.02 * n for n in range(count)]


def _came(count=150):
    return _rtp((OUTSIDE, MADE), (P.UA4_ADDR, PEER), _times(count))


def _back(times, port=MADE):
    return _rtp((P.UA4_ADDR, PEER), (OUTSIDE, port), times)


GOOD = Direct(OUTSIDE, P.UA4_ADDR, FAR6, _came(), _back(_times(150)))


def _wire():
    """The two phones' own addresses where a relay's would be."""
    return good_call().edit(
        "core", has(b"c=IN IP4 192.0.2.20", P.UA4_ADDR),
        replace(P.RELAY_ADDR.encode(), OUTSIDE.encode())).edit(
        "ue", has(relay_for("ue").encode()),
        replace(relay_for("ue").encode(), FAR6.encode()))


def _failed(folder, wire, **changes):
    direct = {"ue": dataclasses.replace(GOOD, **changes)}
    return failed(case_of(folder, wire, direct=direct))


def test_good_call(tmp_path):
    assert not _failed(tmp_path, _wire())


def test_what_goes_to_the_port_of_the_sdp_at_first(tmp_path):
    """The other can't know better before the first packet comes."""
    early = _back(_times(5, 1999.9), TOLD) + _back(_times(100, 2000.1))
    assert not _failed(tmp_path, _wire(), back=early)


@pytest.mark.parametrize("changes,keys", [
    ({"others": ((P.UA4_ADDR, P.RELAY_ADDR),)}, {"direct"}),
    ({"came": _came(40)}, {"direct"}),
    ({"back": _back(_times(40))}, {"direct", "latched-ue"}),
    ({"came": []}, {"direct", "latched-ue"}),
    ({"back": _back(_times(150), TOLD)}, {"latched-ue"}),
    # it begins right, and goes by the SDP again
    ({"back": _back(_times(150)) + _back(_times(9, 2003.0), TOLD)},
     {"latched-ue"}),
], ids=["a relay", "few came", "few back", "none came", "by the SDP",
        "by the SDP again"])
def test_media(tmp_path, changes, keys):
    assert _failed(tmp_path, _wire(), **changes) == keys


@pytest.mark.parametrize("net,old,new,keys", [
    ("core", b"c=IN IP4 192.0.2.1", b"c=IN IP4 192.0.2.20", {"named-ua4"}),
    ("core", b"IN IP4 192.0.2.1\r\ns", b"IN IP4 192.0.2.20\r\ns",
     {"named-ua4"}),
    ("core", b"c=IN IP4 192.0.2.1", b"c=IN IP6 " + NATIVE,
     {"named-ua4", "sdp-ua4"}),
    ("ue", b"c=IN IP6 " + FAR6.encode(),
     b"c=IN IP6 " + relay_for("ue").encode(), {"named-ue"}),
    ("ue", b"IN IP6 " + FAR6.encode() + b"\r\ns",
     b"IN IP6 " + relay_for("ue").encode() + b"\r\ns", {"named-ue"}),
])
def test_addresses(tmp_path, net, old, new, keys):
    dst = P.UA4_ADDR if net == "core" else P.UE6_ADDR
    wire = _wire().edit(net, has(old, dst), replace(old, new))
    assert _failed(tmp_path, wire) == keys


def test_nothing_proves_nothing(tmp_path):
    case = case_of(tmp_path, _wire(), direct={})
    assert failed(case) == {"direct"}
    assert not {"latched-ue", "named-ue"} & {p.key for p in
                                             proofs.judge(case)}


def test_the_tail_of_the_call_before():
    """A stream that began before the call is not of it; each other is."""
    def stream(ssrc, begin):
        return [dataclasses.replace(p, data=bytes((0x80, 0)) + bytes(6) + ssrc
                                    + bytes(160))
                for p in _rtp((P.UA4_ADDR, PEER), (OUTSIDE, MADE),
                              _times(4, begin))]
    ends, old, new = {OUTSIDE, "2001:db8::1"}, b"old.", b"new."
    assert not direct.strangers(stream(old, 2000.0), ends, stream(old, 1999.0))
    assert direct.strangers(stream(new, 2000.0), ends, stream(old, 1999.0)) \
        == [(P.UA4_ADDR, OUTSIDE)] * 4
