# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""WITH_METRICS in each configuration: who may ask gets all
statistics, nobody else gets any."""
import os
import re

import pytest
from metered import LISTEN, Metered, get
from sipharness import kamailio, netns
from sipharness.dialogs import UA4, UE6
from sipharness.kamailio import ROOT
from sipharness.script import Phone
from sipharness.secure import Asked
from sipharness.texts import NONE, request
from sipharness.websocket import WebSocket

OTHER = netns.HOSTS["peer"]
PUBLIC = ("192.0.2.10", 5060)
FILES = ["kamailio-nat64-edge.cfg", "kamailio-nat64-box1.cfg",
         "kamailio-nat64-box2.cfg", "fleet/edge.cfg", "fleet/media.cfg"]
REGISTRARS = ["kamailio-nat64-registrar.cfg", "fleet/registrar.cfg"]


def shows(reply):
    """All of nat64sip's statistics"""
    status, text = reply
    assert status == 200, reply
    for name in ("pairs", "rule_flow", "sdp_left_no_pref", "flows_room"):
        assert f"\nkamailio_nat64sip_{name} " in text, text
    assert "\nkamailio_shmem_total_size " in text
    return text


def refused(reply):
    assert reply[0] == 404 and "kamailio_" not in reply[1], reply


def no_other(**options):
    refused(get("/", **options))
    refused(get("/metrics/x", **options))
    refused(get(method="POST", **options))


@pytest.mark.parametrize("kemi", [False, True], ids=["native", "lua"])
@pytest.mark.parametrize("more", [(), ("WITH_WEBSOCKET",)],
                         ids=["alone", "websocket"])
def test_who_may_ask(lab, kemi, more):
    for module in ["app_lua"] * kemi + ["websocket"] * len(more):
        if not kamailio.has_module(module):
            pytest.skip(f"Kamailio's module {module} is not installed")
    lab.kemi = kemi
    with Metered(lab, *more) as s:
        shows(get())
        no_other()
        refused(get(source=OTHER))
        refused(get(source=OTHER, to=PUBLIC))
        if more:
            browser = s.phone((OTHER, 40004), "tcp", PUBLIC)
            WebSocket(browser.sock, "sip.example.test")  # is taken
        shows(get())


@pytest.mark.parametrize("kemi", [False, True], ids=["native", "lua"])
def test_somebody_else_is_named(lab, kemi):
    if kemi and not kamailio.has_module("app_lua"):
        pytest.skip("Kamailio's module app_lua is not installed")
    lab.kemi = kemi
    with Metered(lab, f'METRICS_NET="{OTHER}/32"'):
        shows(get(source=OTHER))
        shows(get(source=OTHER, to=PUBLIC))
        refused(get())
        refused(get(source=netns.HOSTS["ua4"]))


def start(lab, name, *listen):
    dispatcher = os.path.join(ROOT, "etc", "fleet", "dispatcher.list")
    return lab.proxy(os.path.join(ROOT, "etc", name), defines=[
        "WITH_METRICS", f'DISPATCHER_LIST="{dispatcher}"',
        'SIP_DOMAIN="sip.example.test"'], listen=[*LISTEN, *listen])


@pytest.mark.parametrize("name", FILES)
def test_other_configurations(lab, name):
    start(lab, name)
    shows(get())
    no_other()
    refused(get(source=OTHER))


def test_names_nobody(lab):
    """Numbers only: of a phone that is registered and calls, its addresses,
    its name and its prefix are not there"""
    with Metered(lab) as s:
        d = Asked(s, UE6, UA4, {UE6: "udp", UA4: "udp"})
        d.call()
        d.bye(d.caller)
        text = shows(get())
        assert "\nkamailio_nat64sip_flows_nat64 1 " in text
        lines = [line for line in text.splitlines() if line[:1] != "#"]
        assert len(lines) > 100
        bad = [line for line in lines if line and not re.fullmatch(
            r"kamailio_[A-Za-z0-9_]+ \d+ \d+", line)]
        assert not bad, bad


def accepted():
    status, text = get()
    assert status == 200 and "\nkamailio_shmem_total_size " in text, text
    assert "nat64sip" not in text, text
    return re.findall(r"\nkamailio_registrar_accepted_regs (\d+)", text)


@pytest.mark.parametrize("name", REGISTRARS)
def test_registrars(lab, name):
    """What Kamailio counts, and nothing of a module that is not loaded"""
    netns.add("192.0.2.12")  # a fleet's dmq needs it
    start(lab, name, "udp:192.0.2.12:5060")
    assert accepted() == ["0"]
    phone = Phone("udp", (netns.HOSTS["ua4"], 5060), PUBLIC)
    phone.send(request(phone.sock.getsockname(), "REGISTER",
                       "sip:sip.example.test", body=NONE))
    assert phone.recv().startswith(b"SIP/2.0 200 ")
    phone.sock.close()
    assert accepted() == ["1"]
    no_other()
    refused(get(source=OTHER))


def test_not_without_the_define(lab):
    """Then there is no HTTP at all"""
    lab.learning(listen=LISTEN)
    with pytest.raises(OSError):
        get()
