# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The module dialog beside nat64_manage(): its did is in each own value, and
its own BYE reaches both phones, whoever called, also past a second proxy."""
import os
import re

import pytest

from sipharness import watch
from sipharness.ctl import Ctl
from sipharness.lab import HERE
from sipharness.pairwise import combinations
from sipharness.texts import (CALLER4, LITERAL, NONE, PEER, SDP4, SDP6, UA4,
                              UE6, UE6_B, Texts, pair, request, response,
                              routes, values)

CFG = os.path.join(HERE, "cfg", "beside.cfg")
PHONE6 = "sip:u6@[2001:db8:1::2]:5062"
BEYOND = "Record-Route: <sip:192.0.2.40;lr>\n"
DID = re.compile(r";did=([0-9a-f]+\.[0-9a-f]+)")


def start(lab, *defines):
    ctl = os.path.join(lab.folder, "ctl")
    s = Texts(lab, "WITH_DIALOG", f'CTL="unix:{ctl}"', *defines, cfg=CFG)
    s.rpc = Ctl(ctl)
    return s


def own(text):
    """The own values without did, and the did of each"""
    lines = values(text).replace(BEYOND, "")
    return DID.sub("", lines), DID.findall(lines)


class Call:
    """Between UE6 and UA4; UA4 sits behind a second proxy, if it is to"""

    def __init__(self, s, caller, beyond):
        self.s, self.beyond = s, beyond
        self.ua4 = PEER if beyond else UA4
        self.n = 1
        if caller == "ue6":
            self.caller, self.callee = UE6, self.ua4
            text = request(body=SDP6, extra=self.hop("192.0.2.40:5060")
                           if beyond else "")
        else:
            self.caller, self.callee = self.ua4, UE6
            text = request(UA4, uri=PHONE6, body=SDP4,
                           extra=self.hop("192.0.2.1:40001")
                           + (BEYOND if beyond else ""))
        self.contact = {UE6: LITERAL, self.ua4: UA4}
        self.invite = s.call(self.caller, text, self.callee)
        self.back = s.answer(self.callee, self.response(self.invite),
                             self.caller)
        self.target = {
            self.caller: self.uri(self.back),
            self.callee: self.uri(self.invite)}
        self.routes = {self.caller: routes(self.back),
                       self.callee: routes(self.invite, reverse=False)}
        # the second proxy has taken its own off
        self.routes[self.ua4] = self.routes[self.ua4].replace(
            BEYOND.replace("Record-Route", "Route"), "")
        self.say(self.caller, "ACK", NONE)

    def hop(self, to):
        return f"X-Hop: sip:{to}\n"

    @staticmethod
    def uri(text):
        return re.search(r"(?m)^Contact: <(.*)>", text)[1]

    def response(self, text, **changed):
        who = self.callee if text == self.invite else changed.pop("who")
        out = response(text, contact=self.contact[who],
                       body=SDP6 if who == UE6 else SDP4, **changed)
        if self.beyond and who == self.ua4:
            out = out.replace("Record-Route:", f"{BEYOND}Record-Route:", 1)
        return out

    def say(self, who, method, body, extra=""):
        """In the dialog; as it arrives"""
        to = self.callee if who == self.caller else self.caller
        if method != "ACK":
            self.n += 1
        text = request(self.contact[who], method, self.target[who], n=self.n,
                       to_tag="tt", extra=self.routes[who] + extra, body=body)
        if who == self.callee:
            text = re.sub(r"(?m)^From: (.*);tag=.*\nTo: (.*);tag=.*$",
                          r"From: \2;tag=tt\nTo: \1;tag=509deccb2e2fd74d",
                          text)
        self.s.send(who, text)
        return self.s.get(to, method) if not extra else text

    def refresh(self):
        """UE6 tells its Contact again"""
        got = self.say(UE6, "INVITE", SDP6)
        other = self.callee if self.caller == UE6 else self.caller
        self.s.answer(other, response(got, contact=UA4, body=SDP4), UE6)
        self.say(UE6, "ACK", NONE)
        return got


def ended(s, call, who):
    """The proxy's BYE at a phone"""
    bye = s.get(who, "BYE ")
    host = LITERAL if who == UE6 else "192.0.2.30:5060"
    assert re.match(rf"BYE sip:\w+@{re.escape(host)} SIP/2.0\n", bye), bye
    assert values(bye, "Route") == (
        "Route: <sip:192.0.2.40;lr>\n" if who == PEER else ""), bye
    s.send(who, response(bye, body=NONE))
    return bye


def end_by_rpc(s, call):
    rows = s.rpc.ask("dlg.list")
    entry, number = (re.search(rf"{name}: (\d+)", rows)[1]
                     for name in ("h_entry", "h_id"))
    s.rpc.ask("dlg.end_dlg", entry, number)


def end_by_script(s, call):
    """dlg_bye("all") in an INFO"""
    call.say(call.caller, "INFO", NONE, extra="X-End: yes\n")
    s.get(call.caller, "SIP/2.0 200 Ended")


ENDS = {"end_dlg": end_by_rpc, "dlg_bye": end_by_script}
ORDERS = {"dialog-first": "BEFORE", "nat64-first": "AFTER"}


@pytest.mark.parametrize("caller, beyond, end, order, refreshed", combinations(
    ["ue6", "ua4"], ["near", "second-proxy"], ENDS, ORDERS,
    ["as-called", "refreshed"]))
def test_bye_of_the_proxy(lab, caller, beyond, end, order, refreshed):
    """Both phones get it where they are: UE6 by its alias"""
    with start(lab, f"{ORDERS[order]}=dlg_manage();") as s:
        call = Call(s, caller, beyond == "second-proxy")
        want = pair("4bn", "6as") if caller == "ue6" else pair("6bn", "4af")
        written, dids = own(call.invite)
        assert written == want
        assert len(dids) == 2 and len(set(dids)) == 1, call.invite
        if refreshed == "refreshed":
            call.refresh()
        ENDS[end](s, call)
        for who in (call.caller, call.callee):
            ended(s, call, who)
        s.drain()
        assert "h_entry" not in s.rpc.ask("dlg.list")
        watch.check(lab)


def test_nat64_manage_for_the_bye_of_the_proxy(lab):
    """tm takes no other destination from that route: there is nothing to do"""
    with start(lab, "BEFORE=dlg_manage();", 'ON_LOCAL=nat64_manage(); '
               r'append_hf("X-Managed: $rc\r\n");') as s:
        call = Call(s, "ue6", False)
        end_by_rpc(s, call)
        for who in (call.caller, call.callee):
            assert values(ended(s, call, who), "X-Managed") == \
                "X-Managed: -1\n"
        s.drain()


FROM = {"ua4": (CALLER4, request(CALLER4, body=SDP4), SDP4),
        "ue6": (UE6_B, request(LITERAL.replace("::2", "::9"), body=SDP6),
                SDP6)}
# with dialog, two phones behind one NAT64 have two values as well
WANT = {("ua4", UE6): pair("6bn", "4af"), ("ue6", UA4): pair("4bn", "6as"),
        ("ue6", UE6): pair("6bn", "6as")}


def same_did(texts):
    """did= stands in each own value, wherever rr itself would give it"""
    found = [DID.findall(text) for text in texts]
    assert [len(dids) for dids in found] == [
        values(text).count("<") for text in texts], texts
    assert len({did for dids in found for did in dids}) == 1, found


@pytest.mark.parametrize("caller", FROM)
@pytest.mark.parametrize("order", ORDERS)
def test_did_in_each_branch(lab, caller, order):
    """UA4 and UE6 ring at once"""
    source, text, _ = FROM[caller]
    with start(lab, "FORK", f"{ORDERS[order]}=dlg_manage();") as s:
        s.phone(UE6)
        at_ua4 = s.call(source, text)
        at_ue6 = s.get(UE6, "INVITE ")
        assert own(at_ue6)[0] == WANT[caller, UE6]
        if caller == "ue6":
            assert own(at_ua4)[0] == WANT[caller, UA4]
        same_did([at_ua4, at_ue6])
        s.drain()


@pytest.mark.parametrize("caller", FROM)
@pytest.mark.parametrize("order", ORDERS)
def test_did_in_a_branch_of_the_failure_route(lab, caller, order):
    """UA4 is busy, UE6 is asked next"""
    source, text, _ = FROM[caller]
    with start(lab, "SERIAL", f"{ORDERS[order]}=dlg_manage();",
               'SECOND="sip:second@[2001:db8:1::2]:5062"',
               'SECOND_HOP="sip:192.0.2.1:40001"') as s:
        s.phone(UE6)
        first = s.call(source, text)
        s.send(UA4, response(first, "486 Busy Here", body=NONE))
        s.get(UA4, "ACK ")
        second = s.get(UE6, "INVITE ")
        assert own(second)[0] == WANT[caller, UE6]
        same_did([first, second])
        back = s.answer(UE6, response(second, contact=LITERAL, body=SDP6),
                        source)
        same_did([back])
        s.drain()
        watch.check(lab)
