# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls that do not pass NAT64, and proxies with more than one way out."""
import pytest

from sipharness import shapes
from sipharness.lab import SMALL
from sipharness.shapes import STATIC, V4, V6, pair, value

V6_SOCKETS = ["udp:192.0.2.10:5060", "udp:[2001:db8:10::10]:5060"]


def start(lab, config):
    """The small configuration with add_dual_rr(), the same with
    record_route(), or the shipped one"""
    if config == "shipped":
        return lab.shipped()
    return lab.proxy(SMALL, defines=["RR_STOCK"]
                     if config == "record_route" else [])


def test_plain_ipv4(lab):
    """The same octets from record_route() and from add_dual_rr(), but for
    branch and time: both are held against one expectation"""
    stock = start(lab, "record_route")
    lab.play("plain-ipv4")
    stock.stop()
    lab.running.remove(stock)
    start(lab, "add_dual_rr")
    lab.play("plain-ipv4")


def test_plain_ipv4_shipped(lab):
    start(lab, "shipped")
    lab.play("plain-ipv4")


def test_native_ipv6_is_left_alone(lab):
    """The same Via and SDP as UE6, but the packets are IPv6: both with
    record_route() and with add_dual_rr()"""
    stock = lab.proxy(defines=[STATIC, "RR_STOCK"], listen=V6_SOCKETS)
    lab.play("native-ipv6")
    stock.stop()
    lab.running.remove(stock)
    lab.proxy(defines=[STATIC], listen=V6_SOCKETS)
    lab.play("native-ipv6")


TWO = ["udp:192.0.2.10:5060", "udp:192.0.2.11:5070"]
OTHER = "192.0.2.11"
SYN = value(shapes.synthetic("2001:db8:64::/96", OTHER), "as", port=5070)


def test_two_sockets(lab):
    """UE6 comes in by one socket, UA4 is reached by the other one"""
    lab.proxy(listen=TWO)
    lab.play("register-ua4")
    lab.play("one-invite", **shapes.invite(
        own="proxy2 192.0.2.11:5070", rr=pair(value(V4, "bn"), SYN)))


@pytest.mark.parametrize("order", [TWO, TWO[::-1]], ids=["first", "last"])
def test_two_sockets_bye_from_ue6(lab, order):
    """It must leave by the socket that UA4 was reached by"""
    lab.proxy(defines=[STATIC], listen=order)
    lab.play("one-bye", **shapes.bye(
        f"Route: {SYN}\nRoute: {value(V4, 'bn')}\n",
        own="proxy2 192.0.2.11:5070"))


@pytest.mark.parametrize("order", [TWO, TWO[::-1]], ids=["first", "last"])
def test_two_sockets_bye_from_ua4(lab, order):
    """It must leave by the socket that UE6's NAT64 has a mapping for"""
    lab.proxy(defines=[STATIC], listen=order)
    lab.play("one-bye-from-ua4", **shapes.bye(
        f"Route: {value(V4, 'bn')}\nRoute: {SYN}\n",
        out_from="proxy2 192.0.2.11:5070", sent_by="192.0.2.11:5070",
        received="2001:db8:64::c000:20b"))


def with_did(text):
    return text.replace("ftag=509deccb2e2fd74d;lr",
                        "ftag=509deccb2e2fd74d;did={did};lr")


def test_dialog_module(lab):
    """did= in both values; the BYE, echoing it, matches its dialog"""
    lab.proxy(defines=["WITH_DIALOG"])
    lab.play("ue6-ua4-baresip-udp", edit=with_did)


def test_dialog_module_bye_from_ua4(lab):
    lab.proxy(defines=["WITH_DIALOG"])
    lab.play("ue6-ua4-bye-from-ua4", edit=with_did)


def test_questions_in_a_request_from_ue6(lab):
    """is_via_nat64() of UE6's request: yes; it goes to IPv4"""
    lab.proxy(defines=[STATIC, "ASK"])
    lab.play("one-bye", **shapes.bye(
        f"Route: {value(V6, 'as')}\nRoute: {value(V4, 'bn')}\n",
        seen="X-Seen: via=1;before=-1;route=-1\n",
        reply_seen="X-Seen: via=1\n"))


def test_questions_in_a_request_to_ue6(lab):
    """is_route_nat64() before and after loose_route(): yes, by the own value
    of UE6's leg; the reply goes back to a phone on IPv4"""
    lab.proxy(defines=[STATIC, "ASK"])
    lab.play("one-bye-from-ua4", **shapes.bye(
        f"Route: {value(V4, 'bn')}\nRoute: {value(V6, 'as')}\n",
        seen="X-Seen: via=-1;before=1;route=1\n",
        reply_seen="X-Seen: via=-1\n"))


def test_questions_of_a_target_that_lookup_has_set(lab):
    """UE6 is registered; nothing but its Contact says where it is"""
    lab.proxy(defines=["ASK"])
    lab.play("register-ue6")
    ftag = "4e9f455618bc23e3"
    lab.play("one-invite-to-ue6", body_in=shapes.body("IP4 192.0.2.30"),
             body_out=shapes.body("IP6 2001:db8:64::c000:21e"),
             rr=pair(value(V6, "bn", ftag=ftag), value(V4, "af", ftag=ftag)),
             seen="X-Seen: via=-1;before=0;route=1\n",
             reply_seen="X-Seen: via=-1\n")


def test_replies_go_to_the_source_port_without_rport(lab):
    """RFC 3261 18.2.2 would send them to the port in sent-by, which NAT64
    moved. REGISTER and a whole call."""
    lab.proxy(defines=["NO_RPORT"])
    lab.play("ue6-ua4-no-rport")
