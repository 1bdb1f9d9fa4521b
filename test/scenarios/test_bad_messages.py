# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Values in messages that cannot be understood: each is passed on as it came,
with one debug line, which is compared as a whole, and one counter."""
import os
import sqlite3

import pytest

from sipharness import callfile, first_calls, kamailio, shapes, texts
from sipharness.debugging import configuration, said
from sipharness.first_calls import IPV4_PAIR, ask_and_answer, rings
from sipharness.lab import HERE, call_text
from sipharness.script import LEARN
from sipharness.shapes import PLAIN, V4, V6, value
from sipharness.talk import Phone, again
from sipharness.texts import (BRANCHES, PEER, SDP4, UA4, UE6, Texts, request,
                              response, values)

REGISTER = os.path.join(HERE, "cfg", "register.cfg")
FROM4 = {"caller": PEER, "body": shapes.body("IP4 192.0.2.40")}
NOTIFY = "notify header of a peer repeated or malformed, ignored"
LABEL = "label of an own Record-Route malformed, ignored"
MARK = "mark of a registration malformed, ignored"
RECEIVED = "received of a reply is no address, ignored"
HEADERS = "bad header fields: message left as it came"
ROUTES = "bad route set: message left as it came"
DESTINATION = "bad Request-URI: message left as it came"
CORE_SAYS = r"<core> |ERROR: (tm|rr|nathelper|siputils|pv|sl|textops) "


class Bad(Texts):
    """Phones around the proxy of branches.cfg"""

    def __init__(self, lab, *defines):
        cfg, self.ask = configuration(lab, BRANCHES)
        super().__init__(lab, 'NOTIFY_PEER="192.0.2.40/32"', *defines, cfg=cfg,
                         logged=CORE_SAYS)

    def judge(self, line, times=1):
        """That line and the counter, so often"""
        self.proxy.settle()
        assert said(self.proxy) == [line] * times
        assert self.ask.stats("bad_message") == {"bad_message": times}


BAD_NOTIFY = {
    "empty": "",
    "separators": ';;="',
    "no-name": "=nat64",
    "value-empty": "caller=;callee=ipv4",
    "repeated": "caller=nat64;callee=ipv4;caller=ipv4",
    "quote-open": 'caller=nat64;caller-pref64="2001:db8:77::/96',
    "pref64-bare": "caller=nat64;caller-pref64=2001:db8:77::/96",
    "pref64-length": 'caller=nat64;caller-pref64="2001:db8:77::/95"',
    "pref64-ipv4": 'caller=nat64;caller-pref64="192.0.2.0/24"',
    "pref64-empty": 'caller=nat64;caller-pref64=""',
    "trailing": "caller=nat64;callee=ipv4,",
    "blank-within": "caller=nat64 callee=ipv4",
    "octet": "caller=nat64;x=\x01",
}


@pytest.mark.parametrize("kind", BAD_NOTIFY)
def test_notify_of_a_peer(lab, kind):
    """In the request and in its reply; not believed, and once for each, however
    many functions look"""
    header = f"PortaSIP-Notify: {BAD_NOTIFY[kind]}\n"
    shown = header.replace("\x01", "\\x01")
    with Bad(lab) as s:
        got = s.call(PEER, request(**FROM4, extra=header))
        assert values(got, "PortaSIP-Notify") == shown
        assert "X-Caller: -1\n" in got and values(got) == PLAIN
        s.judge(NOTIFY)
        s.answer(UA4, response(got), PEER)
        s.judge(NOTIFY)


def test_notify_header_twice(lab):
    header = "PortaSIP-Notify: caller=nat64\nPortaSIP-Notify: callee=ipv4\n"
    with Bad(lab) as s:
        got = s.call(PEER, request(**FROM4, extra=header))
        assert values(got, "PortaSIP-Notify") == header
        assert "X-Caller: -1\n" in got
        s.judge(NOTIFY)
        s.drain()


LABELS = ["", "a", "as1", "zz", "-n", "sa", "%61s", "4n"]


@pytest.mark.parametrize("label", LABELS)
def test_label_of_an_own_value(lab, label):
    """Both values, once: they are own ones without a label. The message goes
    where the rest of it says."""
    routes = (f"Route: {value(V6, label)}\nRoute: {value(V4, label)}\n")
    with Bad(lab) as s:
        s.phone(UA4)
        s.send(UE6, request(method="BYE", to_tag="tt", extra=routes,
                            body=texts.NONE))
        got = s.get(UA4, "BYE ")
        assert values(got, "Route") == ""
        s.judge(LABEL)


MARKS = ["pref64=zz", "pref64=", "pref64", "pref64=2001:db8::/33",
         "pref64=2001:db8::1/96", "pref64=192.0.2.0/24"]


@pytest.mark.parametrize("mark", MARKS)
def test_mark_of_a_looked_up_binding(lab, mark):
    """As lookup() leaves it in the destination: the phone is called as one of
    which nothing is known"""
    with Bad(lab) as s:
        s.phone(UE6)
        s.send(PEER, request(**FROM4, uri="sip:u6@192.0.2.1:40001",
                             extra=f"X-Hop: sip:192.0.2.1:40001;{mark}\n"))
        got = s.get(UE6, "INVITE ")
        assert "X-Route: -1\n" in got and values(got) == PLAIN
        s.judge(MARK)
        s.drain()


def location(folder):
    """usrloc's tables as Kamailio's package makes them"""
    path = os.path.join(folder, "location.sqlite")
    with sqlite3.connect(path) as db:
        for name in ("standard", "usrloc"):
            with open(kamailio.shared("db_sqlite",
                                      f"{name}-create.sql")) as f:
                db.executescript(f.read())
    db.close()
    return path


@pytest.mark.parametrize("mark", MARKS)
def test_mark_of_a_stored_binding(lab, mark):
    """In the database, where the registration comes again"""
    text = callfile.parse(call_text("register-ue6"))[0].text
    path = location(lab.folder)
    cfg, ask = configuration(lab, REGISTER)
    defines = [f'WITH_DB="sqlite:///{path}"']
    proxy = lab.proxy(cfg, defines=defines)
    with Phone(46546) as phone:
        phone.ask(text)
        proxy.stop()
        lab.running.remove(proxy)
        with sqlite3.connect(path) as db:
            done = db.execute("UPDATE location SET received = "
                              f"'sip:192.0.2.1:46546;{mark}'")
            assert done.rowcount == 1
        db.close()
        proxy = lab.proxy(cfg, defines=defines)
        answer = phone.ask(again(text, 1))
        assert answer.startswith("SIP/2.0 200 ")
        proxy.settle()
    assert said(proxy) == [MARK]
    assert ask.stats("bad_message") == {"bad_message": 1}
    assert not ask.stats("marked")


@pytest.mark.parametrize("received", [
    "zz", "[2001:db8::1", "2001:db8:::1", "2001:db8::g", "192.0.2.300",
    "192.0.2", "proxy.example.test"])
def test_received_of_a_reply(lab, received):
    """Neither proof nor disproof"""
    cfg, _ = configuration(lab, LEARN)
    door = os.path.join(lab.folder, "ctl")
    with first_calls.learn(lab, f'CTL_SOCKET="unix:{door}"',
                           'SIP_DOMAIN="sip.example.test"', cfg=cfg) as s:
        got = ask_and_answer(s, f";received={received}")
        assert rings(s, got) == IPV4_PAIR
        assert said(s.proxy) == [RECEIVED]
        s.stats(bad_message=1, probes=1, proofs=0, disproofs=0,
                received_foreign=0, received_unmatched=0)


def test_header_that_is_none(lab):
    """In a reply: tm itself refuses a request that has one"""
    extra = "this is no header\n"
    with Bad(lab) as s:
        got = s.call(PEER, request(**FROM4))
        back = s.answer(UA4, response(got, extra=extra), PEER)
        assert extra in back and back.endswith(SDP4)
        s.judge(HEADERS)


def test_route_set(lab):
    """The reply's: it goes back by Via"""
    with Bad(lab) as s:
        got = s.call(PEER, request(**FROM4))
        back = s.answer(UA4, response(
            got, record_route=False,
            extra="Record-Route: <sip:192.0.2.10;lr\n"), PEER)
        assert back.endswith(SDP4)
        s.judge(ROUTES)


def test_destination(lab):
    """Nowhere to go to, which tm says"""
    with Bad(lab) as s:
        s.send(PEER, request(**FROM4, extra="X-Hop: nowhere\n"))
        s.get(PEER, "SIP/2.0 ")
        s.judge(DESTINATION)
        s.drain()
