# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""RFC 6157 4.1: each m= section of an answer has the family of that section in
the offer, with the configuration that is shipped, without a relay and with a real
rtpengine, by each way from its address to a phone's c= line."""
import shutil

import pytest

from sipharness.dialogs import UA4, UE6, UE6_OTHER, UE6_SAME, Proxy
from sipharness.pairwise import combinations
from sipharness.relays import WAYS
from sipharness.sections import FORMS, KINDS, Relayed, Sections

TRANSPORTS = ["udp", "tcp"]
MEDIA = ["direct", *WAYS]
# the phone that offers, who it talks to
PEERS = {"ua4": UA4, "ue6-other-nat64": UE6_OTHER, "ue6-same-nat64": UE6_SAME}
LATE = {"200-ack": Sections.late, "183-prack": Sections.late_early}
# from one family to another within a call
SWITCHES = {f"{a}-to-{b}": (KINDS[a], KINDS[b]) for a in KINDS for b in KINDS
            if a != b}


def proxy(lab, media):
    if media == "direct":
        return Proxy(lab)
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    interfaces, modparams = WAYS[media]
    return Proxy(lab, *lab.relay(*interfaces), modparams=modparams)


def dialog(s, media, caller, callee, form, proto):
    kind = Sections if media == "direct" else Relayed
    return kind(s, caller, callee, form, proto)


def not_without_relay(peer, media, *names):
    """One UE6 can be answered by another in IP4 through a relay only"""
    return media == "direct" and peer != "ua4" and any(
        "ip4" in name for name in names)


# what rtpengine is told; of a phone that offers both families, neither is
FLAGS = {"media-address": b"13:media-address", "interface": b"9:direction"}


def assert_used(lab, media):
    """This way, and no other"""
    lab.wire.read()
    used = {way for way, flag in FLAGS.items()
            if any(flag in one for one in lab.wire.commands)}
    assert used == {media} & set(FLAGS)


@pytest.mark.parametrize("kinds, peer, media, form, proto", combinations(
    KINDS, PEERS, MEDIA, FORMS, TRANSPORTS,
    unless=lambda k, p, m, *_: not_without_relay(p, m, k)))
def test_offer_from_ue6(lab, kinds, peer, media, form, proto):
    """And again within the call, by re-INVITE and by UPDATE"""
    with proxy(lab, media) as s:
        d = dialog(s, media, UE6, PEERS[peer], form, proto)
        for method in ("INVITE", "INVITE", "UPDATE"):
            d.offer(UE6, KINDS[kinds], method)
        d.bye(d.callee)


@pytest.mark.parametrize("peer, media, form, proto", combinations(
    PEERS, MEDIA, FORMS, TRANSPORTS))
def test_offer_to_ue6(lab, peer, media, form, proto):
    """That has shown nothing yet: IP6, and it answers so"""
    with proxy(lab, media) as s:
        d = dialog(s, media, PEERS[peer], UE6, form, proto)
        for method in ("INVITE", "INVITE", "UPDATE"):
            d.offer(d.caller, KINDS["ip6"], method)
        d.bye(UE6)


@pytest.mark.parametrize("late, kinds, peer, media, form, proto", combinations(
    LATE, KINDS, PEERS, MEDIA, FORMS, TRANSPORTS,
    unless=lambda late, k, p, m, *_: not_without_relay(p, m, k)))
def test_late_offer_of_ue6(lab, late, kinds, peer, media, form, proto):
    """Its reply offers"""
    with proxy(lab, media) as s:
        d = dialog(s, media, PEERS[peer], UE6, form, proto)
        LATE[late](d, d.caller, KINDS[kinds])
        label = ";n64=bf;" if kinds == "ip4" else ";n64=bn;"
        assert label in d.routes[d.caller][1]
        d.bye(UE6)


@pytest.mark.parametrize("late, peer, media, form, proto", combinations(
    LATE, PEERS, MEDIA, FORMS, TRANSPORTS))
def test_late_offer_to_ue6(lab, late, peer, media, form, proto):
    """It calls without an offer, and gets one in IP6"""
    kinds = KINDS["ip4" if peer == "ua4" else "ip6"]
    with proxy(lab, media) as s:
        d = dialog(s, media, UE6, PEERS[peer], form, proto)
        LATE[late](d, UE6, kinds)
        d.bye(d.callee)


@pytest.mark.parametrize("switch, peer, media, form, proto", combinations(
    SWITCHES, PEERS, MEDIA, FORMS, TRANSPORTS,
    unless=lambda sw, p, m, *_: not_without_relay(p, m, sw)))
def test_reoffer_in_another_family(lab, switch, peer, media, form, proto):
    """The answer follows this offer, not the first one; also the other way
    round, and by UPDATE"""
    first, then = SWITCHES[switch]
    with proxy(lab, media) as s:
        d = dialog(s, media, UE6, PEERS[peer], form, proto)
        d.offer(UE6, first)
        d.offer(UE6, then)
        d.offer(UE6, first)
        d.offer(UE6, then, "UPDATE")
        d.bye(d.callee)
        if "ip6" in switch.split("-to-"):
            assert_used(lab, media)


@pytest.mark.parametrize("late, switch, peer, media, form, proto",
                         combinations(
                             LATE, SWITCHES, PEERS, MEDIA, FORMS, TRANSPORTS,
                             unless=lambda late, sw, p, m, *_:
                             not_without_relay(p, m, sw)))
def test_late_reoffer_in_another_family(lab, late, switch, peer, media, form,
                                        proto):
    """The label in its own value says the first offer's family, for all of the
    call; ACK and PRACK answer the offer of the reply that they are for"""
    first, then = SWITCHES[switch]
    with proxy(lab, media) as s:
        d = dialog(s, media, UE6, PEERS[peer], form, proto)
        d.offer(UE6, first)
        LATE[late](d, d.callee, then)
        d.offer(UE6, first)
        d.bye(d.callee)
