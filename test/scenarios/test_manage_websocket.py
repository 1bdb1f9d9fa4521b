# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone in a browser (RFC 7118), behind NAT64: its Via and Contact name no
address and it adds no received, so nothing but the pool tells of NAT64. It is
reached by its WebSocket, or not at all."""
import os

import pytest

from sipharness import kamailio
from sipharness.dialogs import NEAR, UA4, UE6, Ua
from sipharness.secure import (LISTEN, NAME, Learning, Secure, authority)
from sipharness.websocket import WebSocket

pytestmark = pytest.mark.skipif(
    not kamailio.has_module("websocket"),
    reason="no websocket.so: kamailio-websocket-modules")

BROWSER = Ua("alice", UE6.addr, "df7jal23ls0d.invalid", UE6.media, NEAR)


class Browsers(Learning):
    """Nothing configured but where that network is"""

    def start(self, lab, *defines, **options):
        pool = os.path.join(lab.folder, "pool.txt")
        with open(pool, "w") as f:
            f.write(f"{BROWSER.addr[0]}/32={NEAR}\n")
        super().start(lab, "WITH_WEBSOCKET", f'NAT64_POOL_FILE="{pool}"',
                      "NAT64_NO_PROBE",
                      f'CTL_SOCKET="unix:{lab.folder}/ctl"', *defines,
                      **options)

    def tls(self, sock):
        return WebSocket(sock, NAME)


class Call(Secure):
    def forwarded(self, sender, text, rr, offer):
        """Kamailio writes two spaces there (RFC 3261 25.1: LWS)"""
        return super().forwarded(sender, text, rr, offer).replace(
            "\nVia: SIP/2.0/WS 192", "\nVia: SIP/2.0/WS  192")

    def answer_text(self, req, status, body, extra):
        """A browser adds no received (RFC 7118 5.3)"""
        return super().answer_text(req, status, body, extra).replace(
            f";received={BROWSER.own[1:-1]}", "")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("who", ["by-caller", "by-callee"])
@pytest.mark.parametrize("flow", ["ue6-ua4", "ua4-ue6"])
def test_websocket(lab, files, flow, who):
    pair = (BROWSER, UA4) if flow == "ue6-ua4" else (UA4, BROWSER)
    with Browsers(lab, files, listen=LISTEN) as s:
        d = Call(s, *pair, {BROWSER: "ws", UA4: "udp"})
        d.call()
        req = d.request(BROWSER, "INVITE", d.body(BROWSER))
        d.answer(req, body=d.body(UA4))
        d.ack(req)
        d.bye(d.caller if who == "by-caller" else d.callee)
        s.stats(rule_pool=1)
