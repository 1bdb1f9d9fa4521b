# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What add_dual_rr() writes, however it is called."""
import pytest

from sipharness import shapes
from sipharness.shapes import FTAG, PAIR, STATIC, V4, V6, pair, value


def test_once(lab):
    lab.proxy(defines=[STATIC])
    lab.play("one-invite", **shapes.invite())


def test_three_times_gives_one_pair(lab):
    lab.proxy(defines=[STATIC, "RR_THRICE"])
    lab.play("one-invite", **shapes.invite())


def test_after_record_route_the_pair_replaces_it(lab):
    lab.proxy(defines=[STATIC, "RR_AFTER_STOCK"])
    lab.play("one-invite", **shapes.invite())


def test_parameters_of_the_script(lab):
    lab.proxy(defines=[STATIC, "RR_PARAMS"])
    lab.play("one-invite", **shapes.invite(
        rr=PAIR.replace(";ftag", ";svc=a;ftag")))


def test_parameters_survive_record_route_with_others(lab):
    """record_route(";svc=a"), then add_dual_rr()"""
    lab.proxy(defines=[STATIC, "RR_AFTER_STOCK_PARAMS"])
    lab.play("one-invite", **shapes.invite(
        rr=PAIR.replace(";ftag", ";svc=a;ftag")))


PREFIXES = ["3fff:64::/32", "2001:db8:100::/40", "2001:db8:122::/48",
            "2001:db8:122:300::/56", "2001:db8:122:344::/64",
            "2001:db8:122:344::/96"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_prefix_length(lab, prefix):
    lab.proxy(defines=[STATIC, f'PREF64="{prefix}"'])
    lab.play("one-invite", **shapes.invite(
        rr=pair(value(V4, "bn"), value(shapes.synthetic(prefix, V4), "as"))))


def test_wkp_does_not_carry_a_documentation_address(lab):
    """RFC 6052 3.1: both values in the IPv4 form"""
    lab.proxy(defines=[STATIC, 'PREF64="64:ff9b::/96"'])
    lab.play("one-invite", **shapes.invite(
        rr=pair(value(V4, "bn"), value(V4, "as"))))


def test_wkp_not_strict(lab):
    lab.proxy(defines=[STATIC, 'PREF64="64:ff9b::/96"', "WKP_STRICT=0"])
    lab.play("one-invite", **shapes.invite(
        rr=pair(value(V4, "bn"), value("[64:ff9b::c000:20a]", "as"))))


def test_advertised_address(lab):
    """UE6 reaches the advertised address, so the pair and the Via name it"""
    own = "198.51.100.10"
    lab.proxy(defines=[STATIC],
              listen=["udp:192.0.2.10:5060/198.51.100.10:5060"])
    lab.play("one-invite", **shapes.invite(
        sent_by=f"{own}:5060", rr=pair(value(own, "bn"), value(
            shapes.synthetic("2001:db8:64::/96", own), "as"))))


def test_own_address(lab):
    """1:1 NAT that is not advertised: the parameter says where phones go"""
    own = "198.51.100.10"
    lab.proxy(defines=[STATIC, f'OWN_ADDRESS="{own}"'])
    lab.play("one-invite", **shapes.invite(
        rr=pair(value(own, "bn"), value(
            shapes.synthetic("2001:db8:64::/96", own), "as"))))


def test_dialog_module(lab):
    """did= in both values"""
    lab.proxy(defines=[STATIC, "WITH_DIALOG"])
    lab.play("one-invite", **shapes.invite(
        rr=PAIR.replace(f";ftag={FTAG}", f";ftag={FTAG};did={{did}}")))


NO_EVIDENCE = {
    "mapped": "[::ffff:192.0.2.1]", "link-local": "[fe80::1]",
    "6to4": "[2002:c000:201::1]", "teredo": "[2001:0:c000:201::1]",
    "wkp": "[64:ff9b::c000:201]", "loopback": "[::1]",
    "multicast": "[ff02::1]", "compatible": "[::192.0.2.1]",
    "zone-id": "[fe80::1%25eth0]",
}


@pytest.mark.parametrize("kind", NO_EVIDENCE)
def test_no_evidence(lab, kind):
    """An address that no phone behind NAT64 can have: as record_route()"""
    host = NO_EVIDENCE[kind]
    lab.proxy(defines=[STATIC])
    lab.play("one-invite", **shapes.invite(
        via=host + ":39859", contact=host + ":39859", rr=shapes.PLAIN,
        body_in=shapes.body("IP4 192.0.2.1")))


DETECT = {  # (parameter, via, contact, SDP): enough on its own
    "via": ("via", shapes.UE6, "192.0.2.1:39859", "IP4 192.0.2.1"),
    "contact": ("contact", "192.0.2.1:39859", shapes.UE6, "IP4 192.0.2.1"),
    "sdp": ("sdp", "192.0.2.1:39859", "192.0.2.1:39859",
            "IP6 2001:db8:1::2"),
}


@pytest.mark.parametrize("hint", DETECT)
def test_each_hint_alone(lab, hint):
    detect, via, contact, addr = DETECT[hint]
    label = "as" if addr.startswith("IP6") else "af"
    lab.proxy(defines=[STATIC, f'DETECT="{detect}"'])
    lab.play("one-invite", **shapes.invite(
        via=via, contact=contact, body_in=shapes.body(addr),
        rr=pair(value(V4, "bn"), value(V6, label))))


def test_hint_that_does_not_count(lab):
    """detect=contact: an IPv6 Via alone is no evidence"""
    lab.proxy(defines=[STATIC, 'DETECT="contact"'])
    lab.play("one-invite", **shapes.invite(
        contact="192.0.2.1:39859", rr=shapes.PLAIN,
        body_in=shapes.body("IP4 192.0.2.1")))
