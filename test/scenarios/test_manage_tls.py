# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""TLS with transport=tls and with sips, by the shipped configuration: phones
behind NAT64 are reached by the connection that they opened, whoever calls whom,
and each message is compared to the octet at both ends."""
import pytest

from sipharness import kamailio
from sipharness.dialogs import PAIRS, UE6
from sipharness.pairwise import combinations
from sipharness.secure import (Asked, Learning, Secure, SecureProxy,
                               authority)

pytestmark = pytest.mark.skipif(
    not kamailio.has_module("tls"), reason="no tls.so: kamailio-tls-modules")

FLOWS = ["ue6-ua4", "ua4-ue6"]
# how phones write their Contact's parameters
SPELT = {"baresip": ";transport=tls", "linphone": ";transport=tls",
         "pjsip": ";transport=TLS;ob", "none": ""}
SIPS = {"baresip": ";transport=tls", "linphone": ";transport=tls",
        "pjsip": ";ob", "none": ""}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A certificate of an authority's; both are made for this run"""
    return authority(tmp_path_factory.mktemp("tls"))


def secure(s, flow, way, phone="baresip", sips=False):
    """UE6 over TLS, the other one by that way"""
    caller, callee = PAIRS[flow]
    ways = {caller: way, callee: way, UE6: "tls"}
    spelt, scheme = {}, {}
    for ua in (caller, callee):
        if ways[ua] == "tls":
            spelt[ua] = (SIPS if sips else SPELT)[phone]
            scheme[ua] = "sips" if sips else "sip"
            if not spelt[ua] and not sips:
                del spelt[ua]
    return Secure(s, caller, callee, ways, spelt, scheme)


def talk(d):
    """A call, a re-INVITE from either side"""
    d.call()
    for ua in (d.callee, d.caller):
        req = d.request(ua, "INVITE", d.body(ua))
        d.answer(req, body=d.body(req.to))
        d.ack(req)


@pytest.mark.parametrize("flow, way, phone, who", combinations(
    FLOWS, ["udp", "tcp", "tls"], ["baresip", "linphone", "pjsip"],
    ["by-caller", "by-callee"]))
def test_tls(lab, files, flow, way, phone, who):
    with SecureProxy(lab, files) as s:
        d = secure(s, flow, way, phone)
        talk(d)
        d.bye(d.caller if who == "by-caller" else d.callee)


@pytest.mark.parametrize("flow, way, phone, who", combinations(
    FLOWS, ["tls", "udp"], ["baresip", "pjsip", "none"],
    ["by-caller", "by-callee"]))
def test_sips(lab, files, flow, way, phone, who):
    """sips in Contact and Request-URI. What goes to such a phone has sips in
    its own values (RFC 3261 16.6 item 4)."""
    with SecureProxy(lab, files) as s:
        d = secure(s, flow, way, phone, sips=True)
        talk(d)
        d.bye(d.caller if who == "by-caller" else d.callee)


@pytest.mark.parametrize("flow", FLOWS)
def test_register_and_probe(lab, files, flow):
    """Nothing configured: the OPTIONS that asks the phone comes over its own
    connection, and so do all calls"""
    with Learning(lab, files) as s:
        caller, callee = PAIRS[flow]
        d = Asked(s, caller, callee, {caller: "udp", callee: "udp",
                                      UE6: "tls"})
        (ua, text), = d.asked
        assert ua == UE6
        assert text.startswith(
            "OPTIONS sip:192.0.2.1:40001;transport=tls SIP/2.0\n"
            "Via: SIP/2.0/TLS 192.0.2.10:5061;"), text
        talk(d)
        d.bye(d.callee)
