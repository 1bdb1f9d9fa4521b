# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""PortaSIP-Notify: one from us, none from strangers, believed from a peer."""
import pytest

from sipharness import compare, shapes
from sipharness.script import WAIT
from sipharness.shapes import STATIC
from sipharness.texts import UA4, UE6, Texts, request, values

OURS = ('PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:64::/96"'
        ';callee=ipv4\n')
LIE = 'caller=ipv4;callee=nat64;callee-pref64="2001:db8:bad::/96"'

SPELLINGS = {
    "as-it-is": f"PortaSIP-Notify: {LIE}\n",
    "lower-case": f"portasip-notify: {LIE}\n",
    "upper-case": f"PORTASIP-NOTIFY: {LIE}\n",
    "blank-before-colon": f"portasip-notify : {LIE}\n",
    "tab-before-colon": f"PortaSIP-Notify\t:{LIE}\n",
    "no-blank": f"PortaSIP-Notify:{LIE}\n",
    "folded": "PortaSIP-Notify: caller=ipv4\n ;callee=nat64\n"
              '\t;callee-pref64="2001:db8:bad::/96"\n',
    "folded-at-once": f"PortaSIP-Notify:\n {LIE}\n",
    "repeated": f"PortaSIP-Notify: {LIE}\nportasip-notify: callee=nat64\n",
    "empty": "PortaSIP-Notify:\n",
    "garbage": "PortaSIP-Notify: ;;=\"\n",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spoofed_is_removed(lab, spelling):
    """From the phone and, in the reply, from the other phone"""
    lie = SPELLINGS[spelling]
    lab.proxy(defines=[STATIC])
    lab.play("one-invite", **shapes.invite(**{
        "in": lie, "reply_in": lie, "out": "", "reply_out": ""}))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spoofed_is_replaced(lab, spelling):
    """set_notify_net(), called three times, leaves ours alone"""
    lie = SPELLINGS[spelling]
    lab.proxy(defines=[STATIC, "WITH_NOTIFY"])
    lab.play("one-invite", **shapes.invite(**{
        "in": lie, "out": "", "reply_in": lie,
        "body_out": with_header(OURS)}))


def with_header(header, addr="IP4 192.0.2.1"):
    """The header stands behind all that came with the message"""
    head, _, sdp = shapes.body(addr).partition("\n\n")
    return f"{head}\n{header}\n{sdp}"


@pytest.mark.parametrize("before", ["\n", "\n\n", "\n" * 30])
def test_spoofed_behind_empty_lines(lab, before):
    """RFC 3261 7.5: empty lines before the first line are ignored; the parser
    does not count them to that line"""
    with Texts(lab) as s:
        phone = s.phone(UA4)
        s.send(UE6, before + request(extra=f"PortaSIP-Notify: {LIE}\n"))
        data = phone.recv(WAIT)
        assert data is not None, s.proxy.log()
        text = compare.visible(data).lstrip("\n")
        assert text.startswith("INVITE ")
        assert values(text, "PortaSIP-Notify") == ""
        s.drain()


def test_name_is_a_parameter(lab):
    """notify_header: ours is written with it, and only it is removed"""
    lab.proxy(defines=[STATIC, "WITH_NOTIFY", 'NOTIFY_HEADER="X-Net"'])
    other = "PortaSIP-Notify: callee=nat64\n"
    lab.play("one-invite", **shapes.invite(**{
        "in": other + "x-net: callee=nat64\n", "out": other,
        "body_out": with_header(OURS.replace("PortaSIP-Notify", "X-Net"))}))


BELIEVED = {
    "plain": 'caller=nat64;caller-pref64="2001:db8:77::/96";callee=ipv4',
    "other-order-and-case":
        'CALLEE=IPv4;Caller-PREF64="2001:DB8:77::/96";x=y;caller=NAT64',
}


@pytest.mark.parametrize("form", BELIEVED)
def test_peer_is_believed(lab, form):
    """A peer says that the caller is behind NAT64, by a PREF64 that nobody
    configured. That is so of the phone behind the peer; the peer itself is
    reached by IPv4, as its Via, Contact and SDP say, so the value that faces
    it is what record_route() writes."""
    header = f"PortaSIP-Notify: {BELIEVED[form]}\n"
    lab.proxy(defines=[STATIC, 'NOTIFY_PEER="192.0.2.1/32"', "ASK_NOTIFY"])
    lab.play("one-invite", **shapes.invite(**{
        "via": "192.0.2.1:39859", "contact": "192.0.2.1:39859",
        "in": header, "out": header + "X-Caller: nat64\n",
        "body_in": shapes.body("IP4 192.0.2.1"), "rr": shapes.PLAIN}))


def test_peer_own_header_is_replaced(lab):
    """What a peer told us is not passed on beside ours; "unknown" tells
    nothing, so the callee is what it shows"""
    theirs = ('PortaSIP-Notify: caller=nat64;'
              'caller-pref64="2001:db8:64::/96";callee=unknown\n')
    lab.proxy(defines=[STATIC, 'NOTIFY_PEER="192.0.2.0/24"', "WITH_NOTIFY"])
    lab.play("one-invite", **shapes.invite(**{
        "in": theirs, "out": "",
        "body_out": with_header(OURS)}))


def test_stranger_is_not_believed(lab):
    """The same header from outside the peer's network"""
    header = f"PortaSIP-Notify: {BELIEVED['plain']}\n"
    lab.proxy(defines=[STATIC, 'NOTIFY_PEER="192.0.2.40/32"', "ASK_NOTIFY"])
    lab.play("one-invite", **shapes.invite(**{
        "via": "192.0.2.1:39859", "contact": "192.0.2.1:39859",
        "in": header, "out": "X-Caller: other\n", "rr": shapes.PLAIN,
        "body_in": shapes.body("IP4 192.0.2.1")}))


def test_peer_says_ipv4_of_a_phone_with_ipv6_via(lab):
    """Proof beats hint: a dual-stack phone on plain IPv4"""
    header = "PortaSIP-Notify: caller=ipv4;callee=ipv4\n"
    lab.proxy(defines=[STATIC, 'NOTIFY_PEER="192.0.2.1"', "ASK_NOTIFY"])
    lab.play("one-invite", **shapes.invite(**{
        "in": header, "out": header + "X-Caller: other\n",
        "rr": shapes.PLAIN,
        "body_out": shapes.body("IP6 2001:db8:1::2")}))


def test_shipped_tells_the_next_hop(lab):
    """WITH_NOTIFY: calls go through a B2BUA; no phone is ever told"""
    lab.shipped("WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
                'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"')
    lab.play("ue6-peer-notify")


def test_a_peer_is_not_where_the_phone_is(lab):
    """Without a relay the phone's own address would become the one that its
    packets come from, and these come from the peer: nothing is made up"""
    header = f"PortaSIP-Notify: {BELIEVED['plain']}\n"
    lab.proxy(defines=[STATIC, 'NOTIFY_PEER="192.0.2.1/32"', "ASK_NOTIFY"])
    lab.play("one-invite", **shapes.invite(**{
        "via": "192.0.2.1:39859", "contact": "192.0.2.1:39859",
        "in": header, "out": header + "X-Caller: nat64\n", "rr": shapes.PLAIN,
        "body_in": shapes.body("IP6 2001:db8:1::2"),
        "body_out": shapes.body("IP6 2001:db8:1::2")}))
