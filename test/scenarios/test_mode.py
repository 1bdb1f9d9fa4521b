# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""on, dryrun, off: switched in a running proxy, for the next message."""
import re

import pytest

from sipharness import callfile, ctl, shapes
from sipharness.lab import call_text
from sipharness.script import Script
from sipharness.shapes import STATIC

UNCHANGED = shapes.body("IP6 2001:db8:1::2")
SPOOFED = "PortaSIP-Notify: caller=ipv4;callee=nat64\n"


def again(n):
    """The n-th call of the same phone"""
    def edit(text):
        return (text.replace("b6e75f89cf045ce6", f"b6e75f89cf045c{n:02}")
                .replace("z9hG4bK1c5c69300465b4ff",
                         f"z9hG4bK1c5c69300465b4{n:02}"))
    return edit


def paired(lab, n):
    lab.play("one-invite", edit=again(n), **shapes.invite())


def as_stock(lab, n, **changed):
    """What record_route() and nothing else makes of the call"""
    lab.play("one-invite", edit=again(n), **shapes.invite(
        rr=shapes.PLAIN, body_out=UNCHANGED, **changed))


@pytest.mark.parametrize("mode", ["dryrun", "off"])
def test_switch_while_calls_are_made(lab, mode):
    """Four workers; the reference is a proxy that calls record_route()"""
    stock = lab.proxy(defines=[STATIC, "RR_STOCK", "NO_SDP"])
    as_stock(lab, 1)
    stock.stop()
    lab.running.remove(stock)
    proxy, ask = ctl.proxy(lab, STATIC, "WITH_NOTIFY",
                           workers=4)
    assert ask.mode() == "on"
    for n in range(10, 70, 20):
        lab.play("one-invite", edit=again(n), **shapes.invite(
            body_out=with_notify()))
        assert ask.mode(mode) == mode
        for more in range(1, 5):
            as_stock(lab, n + more)
        assert ask.mode("on") == "on"
    assert proxy.log().count(f"mode switched from on to {mode}") == 3


def with_notify():
    """Behind all headers that came with the message"""
    head, _, sdp = shapes.body("IP4 192.0.2.1").partition("\n\n")
    return (f'{head}\nPortaSIP-Notify: caller=nat64;caller-pref64='
            f'"2001:db8:64::/96";callee=ipv4\n\n{sdp}')


MADE = {"on": {"pairs": 1, "sdp_rewritten": 1, "rule_via": 2,
               "rule_transaction": 1},
        "dryrun": {"pairs": 1, "sdp_rewritten": 1, "rule_via": 2,
                   "rule_transaction": 1},
        "off": {}}


@pytest.mark.parametrize("mode", MADE)
def test_statistics(lab, mode):
    """dryrun counts what it does not do; off counts nothing. INVITE and ACK
    are by Via, the reply goes where its request came from."""
    _, ask = ctl.proxy(lab, STATIC, f'MODE="{mode}"')
    assert ask.mode() == mode
    assert ask.stats() == {}
    if mode == "on":
        paired(lab, 1)
    else:
        as_stock(lab, 1)
    assert ask.stats() == MADE[mode]


@pytest.mark.parametrize("defines", [["RR_THRICE"], ["RR_AFTER_STOCK"]])
@pytest.mark.parametrize("mode", ["dryrun", "off"])
def test_called_again(lab, mode, defines):
    """One Record-Route, and no complaint of rr's"""
    _, ask = ctl.proxy(lab, STATIC, f'MODE="{mode}"', *defines)
    as_stock(lab, 1)
    assert ask.mode() == mode
    assert ask.stats("pairs").get("pairs", 0) <= 1


ANSWERS = {"on": ("via=1;before=-1;route=-1", "via=1"),
           "dryrun": ("via=1;before=-1;route=-1", "via=1"),
           "off": ("via=-1;before=-1;route=-1", "via=-1")}


@pytest.mark.parametrize("mode", ANSWERS)
def test_answers_of_the_questions(lab, mode):
    """is_via_nat64() of a request within a dialog and of its reply"""
    seen, reply = ANSWERS[mode]
    _, ask = ctl.proxy(lab, STATIC, "ASK", f'MODE="{mode}"')
    lab.play("one-bye", **shapes.bye(
        f"Route: {shapes.value(shapes.V6, 'as')}\n"
        f"Route: {shapes.value(shapes.V4, 'bn')}\n",
        seen=f"X-Seen: {seen}\n", reply_seen=f"X-Seen: {reply}\n"))
    assert bool(ask.stats("via_nat64")) == (mode != "off")


@pytest.mark.parametrize("mode", ["dryrun", "off"])
@pytest.mark.parametrize("call", ["one-bye", "one-bye-from-ua4"])
def test_calls_that_are_up_go_on(lab, mode, call):
    """Own values in the synthetic form are consumed, by both sides"""
    syn, ip4 = shapes.value(shapes.V6, "as"), shapes.value(shapes.V4, "bn")
    values = [syn, ip4] if call == "one-bye" else [ip4, syn]
    _, ask = ctl.proxy(lab, STATIC)
    paired(lab, 1)
    ask.mode(mode)
    lab.play(call, **shapes.bye("".join(f"Route: {v}\n" for v in values)))


@pytest.mark.parametrize("mode", ["on", "dryrun", "off"])
def test_untrusted_notify_is_removed(lab, mode):
    _, ask = ctl.proxy(lab, STATIC, f'MODE="{mode}"')
    spoofed = {"in": SPOOFED, "reply_in": SPOOFED, "out": "", "reply_out": ""}
    if mode == "on":
        lab.play("one-invite", **shapes.invite(**spoofed))
    else:
        as_stock(lab, 1, **spoofed)
    assert ask.stats("notify_removed") == {"notify_removed": 2}


@pytest.mark.parametrize("mode", ["dryrun", "off"])
def test_register(lab, mode):
    """nathelper does its part; nobody is asked. Then on: the phone is."""
    with Script(lab) as s:
        ask = ctl.Ctl(s.ctl)
        ask.mode(mode)
        s.play(call_text("register-ue6"))
        s.stats(probes=0, marked=0)
        assert bool(ask.stats("rule_")) == (mode == "dryrun")
        ask.mode("on")
        phone = s.phone(("192.0.2.1", 46546))
        phone.send(request_of(call_text("register-ue6"))
                   .replace("CSeq: 5580", "CSeq: 5581")
                   .replace("a6475f98f12d39fb", "a6475f98f12d39fc"))
        s.stats(probes=1)
        assert sorted(m.split(b" ")[0] for m in (phone.recv(), phone.recv())) \
            == [b"OPTIONS", b"SIP/2.0"]


def request_of(text):
    return callfile.parse(text)[0].text


def test_bad_mode_refuses_the_start(lab):
    log = lab.refused(cfg=ctl.CFG, defines=[
        f'CTL="unix:{lab.folder}/ctl"', 'MODE="maybe"'])
    lines = [line for line in log.splitlines()
             if re.search(r"(ERROR|CRITICAL): nat64sip ", line)]
    assert len(lines) == 1, lines
    assert lines[0].endswith('parameter "mode", value "maybe": must be on,'
                             ' dryrun or off'), lines
