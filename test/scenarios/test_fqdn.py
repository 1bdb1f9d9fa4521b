# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""rr_fqdn: a side whose PREF64 nobody knows gets a name, which it resolves in
its own network."""
import pytest

from sipharness import shapes
from sipharness.first_calls import (UA4, ask_and_answer, invite, learn, news,
                                    only, own_values, rings)
from sipharness.shapes import STATIC, V4, V6, pair, value

NAME = "proxy.example.test"
UNKNOWN = (STATIC, 'PREF64=""', f'RR_FQDN="{NAME}"')
IP4, FQDN = value(V4, "bn"), value(NAME, "as")


def test_unknown_prefix_gets_the_name(lab):
    lab.proxy(defines=UNKNOWN)
    lab.play("one-invite", **shapes.invite(rr=pair(IP4, FQDN)))


def test_known_prefix_needs_no_name(lab):
    lab.proxy(defines=[STATIC, f'RR_FQDN="{NAME}"'])
    lab.play("one-invite", **shapes.invite())


def test_prefix_that_may_not_carry_gets_the_name(lab):
    """RFC 6052 3.1: the Well-Known Prefix and an address that is not global"""
    lab.proxy(defines=[STATIC, 'PREF64="64:ff9b::/96"', f'RR_FQDN="{NAME}"'])
    lab.play("one-invite", **shapes.invite(rr=pair(IP4, FQDN)))


def test_without_a_name_the_ipv4_form(lab):
    lab.proxy(defines=UNKNOWN[:2])
    lab.play("one-invite", **shapes.invite(rr=pair(IP4, value(V4, "as"))))


@pytest.mark.parametrize("routes", [
    f"Route: {FQDN}\nRoute: {IP4}\n", f"Route: {FQDN},{IP4}\n",
    f"Route: {FQDN.replace(NAME, NAME.upper())}\nRoute: {IP4}\n"])
def test_bye_from_ue6(lab, routes):
    """The name is myself; both Routes go, and nothing is logged"""
    lab.proxy(defines=UNKNOWN)
    lab.play("one-bye", **shapes.bye(routes))


def test_bye_from_ua4(lab):
    """The value with the name is the second one and names the socket"""
    lab.proxy(defines=UNKNOWN)
    lab.play("one-bye-from-ua4", **shapes.bye(
        f"Route: {IP4}\nRoute: {FQDN}\n"))


@pytest.mark.parametrize("name", ["192.0.2.10", "[2001:db8::1]", "a b"])
def test_not_a_name(lab, name):
    log = lab.refused(defines=[STATIC, f'RR_FQDN="{name}"'])
    assert (f'parameter "rr_fqdn", value "{name}": must be a host name, which '
            "resolves to this proxy") in log


def test_own_synthetic_request_uri_shows_the_prefix(lab):
    """Nothing configured; the phone used our synthetic address as domain, so
    its network's prefix is known"""
    lab.proxy(defines=UNKNOWN[:2])

    def with_literal(text):
        return text.replace("INVITE sip:bob@sip.example.test",
                            f"INVITE sip:bob@{V6}")
    lab.play("one-invite", edit=with_literal, **shapes.invite())


def test_phone_that_never_adds_received(lab):
    """Against RFC 3261 18.2.1, or a dual-stack phone on plain IPv4: nobody can
    tell. The name is right in both cases, in the second call too"""
    with learn(lab, f'NAT64_FQDN="{NAME}"') as s:
        request = ask_and_answer(s, "")
        assert own_values(request) == pair(IP4, FQDN)
        assert rings(s, request) == pair(IP4, FQDN)
        phone = invite(s, 2)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == pair(IP4, FQDN)
        news(s, phone)
        s.stats(proofs=0, disproofs=0, mended=0)
