# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""uac, acc, siptrace and dispatcher beside nat64_manage(), called once."""
import os
import re
import socket
import struct

import pytest

from sipharness import compare, netns, shapes, watch
from sipharness.lab import HERE
from sipharness.shapes import PLAIN
from sipharness.texts import (CALLER4, LITERAL, NONE, PEER, SDP4, SDP6, UA4,
                              UE6, UE6_B, Texts, pair, request, response,
                              routes, values)

CFG = os.path.join(HERE, "cfg", "beside.cfg")
SDP_NAT = shapes.body("IP4 192.0.2.1")  # UE6's, as UA4 reads it
SYN4 = shapes.body("IP6 2001:db8:64::c000:21e")  # UA4's, as UE6 reads it
PHONE6 = "sip:u6@[2001:db8:1::2]:5062"
TO_UE6 = "X-Hop: sip:192.0.2.1:40001\n"
CALLS = {
    # caller, INVITE, callee, Contact and SDP of the callee, Record-Routes,
    # what the callee and what the caller reads as SDP
    "ue6-ua4": (UE6, request(), UA4, UA4, SDP4, pair("4bn", "6as"), SDP_NAT,
                SYN4),
    "ua4-ue6": (CALLER4, request(CALLER4, uri=PHONE6, body=SDP4, extra=TO_UE6),
                UE6, LITERAL, SDP6, pair("6bn", "4af"), SYN4, SDP_NAT)}


def without(text, *params):
    for name in params:
        text = re.sub(rf";{name}=[^;>]+", "", text)
    return text


def contact(text):
    return re.search(r"(?m)^Contact: <(.*)>", text)[1]


class Call:
    """Set up, and checked on the way"""

    def __init__(self, s, name, params=()):
        self.s = s
        (self.caller, text, self.callee, self.contact, body, rr, to_callee,
         to_caller) = CALLS[name]
        self.invite = s.call(self.caller, text, self.callee)
        assert without(values(self.invite), *params) == rr
        assert self.invite.endswith(to_callee)
        self.back = s.answer(self.callee, response(
            self.invite, contact=self.contact, body=body), self.caller)
        assert without(values(self.back), *params) == rr
        assert self.back.endswith(to_caller)
        self.text = text

    def ack(self):
        self.s.send(self.caller, self.say("ACK", 1))
        return self.s.get(self.callee, "ACK ")

    def say(self, method, n):
        return request(
            LITERAL if self.caller == UE6 else CALLER4, method,
            contact(self.back), n=n, to_tag="tt", extra=routes(self.back),
            body=NONE)

    def say_back(self, method, n):
        """From the callee"""
        text = request(self.contact, method, contact(self.invite), n=n,
                       to_tag="tt", extra=routes(self.invite, reverse=False),
                       body=NONE)
        theirs = values(self.invite, "From")[6:].strip()
        mine = values(self.invite, "To")[4:].strip()
        return re.sub(r"(?m)^From: .*\nTo: .*$",
                      lambda m: f"From: {mine};tag=tt\nTo: {theirs}", text)


def said(text, name, user, tag):
    assert values(text, name) == f"{name}: <sip:{user}@sip.example.test>" \
        f"{tag and ';tag=' + tag}\n", text


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("where", ["BEFORE", "AFTER", "ON_BRANCH"])
def test_uac(lab, name, where):
    """The callee sees another From, in the whole call; the caller never does.
    What uac keeps of it stands in each own value."""
    hide = 'if (is_method("INVITE") && !has_totag()) ' \
           'uac_replace_from("sip:nobody@sip.example.test");'
    tag = shapes.FTAG
    with Texts(lab, "WITH_UAC", f"{where}={hide}", cfg=CFG) as s:
        call = Call(s, name, ["vsf"])
        kept = re.findall(r";vsf=([^;>]+)", values(call.invite))
        assert len(kept) == 2 and len(set(kept)) == 1, call.invite
        said(call.invite, "From", "nobody", tag)
        said(call.back, "From", "alice", tag)
        said(call.ack(), "From", "nobody", tag)
        s.send(call.caller, call.say("INFO", 2))
        got = s.get(call.callee, "INFO ")
        said(got, "From", "nobody", tag)
        back = s.answer(call.callee, response(got, body=NONE), call.caller)
        said(back, "From", "alice", tag)
        s.send(call.callee, call.say_back("BYE", 7))
        got = s.get(call.caller, "BYE ")
        said(got, "To", "alice", tag)
        back = s.answer(call.caller, response(got, body=NONE), call.callee)
        said(back, "To", "nobody", tag)
        watch.check(lab)


@pytest.mark.parametrize("where", ["BEFORE", "AFTER", "ON_BRANCH"])
def test_uac_between_two_behind_one_nat64(lab, where):
    """The one value that would do for both is written as two: uac knows pairs
    only, and complains of it"""
    hide = 'uac_replace_from("sip:nobody@sip.example.test");'
    with Texts(lab, "WITH_UAC", f"{where}={hide}", cfg=CFG) as s:
        got = s.call(UE6_B, request(LITERAL.replace("::2", "::9"), uri=PHONE6,
                                    extra=TO_UE6), UE6)
        said(got, "From", "nobody", shapes.FTAG)
        assert without(values(got), "vsf") == pair("6bn", "6as")
        assert values(got).count(";vsf=") == 2
        back = s.answer(UE6, response(got, contact=LITERAL, body=SDP6), UE6_B)
        said(back, "From", "alice", shapes.FTAG)
        s.drain()
        watch.check(lab)


def accounted(proxy):
    """Each entry's fields"""
    return [dict(re.findall(r"(\w+)=(.*?)(?:;|$)", line)) for line in
            re.findall(r"ACC: transaction answered: (.*)", proxy.log())]


@pytest.mark.parametrize("name", CALLS)
def test_acc(lab, name):
    """One entry each for the call and for its end, of what really was"""
    with Texts(lab, "WITH_ACC", cfg=CFG) as s:
        call = Call(s, name)
        call.ack()
        s.send(call.caller, call.say("BYE", 2))
        got = s.get(call.callee, "BYE ")
        s.answer(call.callee, response(got, body=NONE), call.caller)
        s.drain()
        entries = accounted(s.proxy)
        want = {"from_tag": shapes.FTAG, "to_tag": "tt", "call_id": "texts",
                "code": "200", "reason": "OK",
                "caller": "sip:alice@sip.example.test"}
        assert [e["method"] for e in entries] == ["INVITE", "BYE"], entries
        for e in entries:
            assert {k: e[k] for k in want} == want
        target = "sip:bob@192.0.2.30:5060" if name == "ue6-ua4" else PHONE6
        assert entries[0]["target"] == target
        watch.check(lab)


def payloads(sink):
    """Of the HEP3 packets that are there (chunk 15 of vendor 0)"""
    sink.settimeout(0)
    out = []
    while True:
        try:
            data = sink.recv(65535)
        except BlockingIOError:
            return out
        assert data[:4] == b"HEP3" and \
            struct.unpack(">H", data[4:6])[0] == len(data)
        at = 6
        while at < len(data):
            _, kind, size = struct.unpack(">HHH", data[at:at + 6])
            if kind == 15:
                out.append(compare.visible(data[at + 6:at + size]))
            at += size


@pytest.mark.parametrize("name", CALLS)
def test_siptrace(lab, name):
    """What is traced is what was on the wire, both ways; nothing of ours is
    lost"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind((netns.HOSTS["relay"], 9060))
        with Texts(lab, 'TRACE="sip:192.0.2.20:9060"', cfg=CFG) as s:
            call = Call(s, name)
            s.drain()
            traced = payloads(sink)
        sent = [m for m in lab.wire.read() if m.data[:4] != b"HEP3"]
        wire = [compare.visible(m.data) for m in sent]
        for text in (call.text, call.invite, call.back):
            found = [t for t in traced
                     if t.splitlines() == text.splitlines()]
            assert len(found) == 1, (text, traced)
        assert all(t in wire for t in traced), traced
        assert not watch.faults(sent)


def test_dispatcher(lab):
    """The first server is out of order: the second one gets UE6's call with
    the pair and an SDP that it can read"""
    servers = os.path.join(lab.folder, "servers")
    with open(servers, "w") as f:
        f.write("1 sip:192.0.2.30:5060 0 20\n1 sip:192.0.2.40:5060 0 10\n")
    with Texts(lab, f'SERVERS="{servers}"', cfg=CFG) as s:
        s.phone(PEER)
        first = s.call(UE6, request(uri="sip:bob@sip.example.test"))
        assert values(first) == pair("4bn", "6as")
        s.send(UA4, response(first, "503 Service Unavailable", body=NONE))
        s.get(UA4, "ACK ")
        second = s.get(PEER, "INVITE ")
        assert values(second) == pair("4bn", "6as")
        assert second.endswith(SDP_NAT), second
        back = s.answer(PEER, response(second, contact=PEER, body=SDP4), UE6)
        assert values(back) == pair("4bn", "6as") and back.endswith(SYN4)
        s.drain()
        watch.check(lab)


def test_dispatcher_plain(lab):
    """A call from IPv4 stays as record_route() has it, on both servers"""
    servers = os.path.join(lab.folder, "servers")
    with open(servers, "w") as f:
        f.write("1 sip:192.0.2.40:5060 0 20\n1 sip:192.0.2.1:40001 0 10\n")
    with Texts(lab, f'SERVERS="{servers}"', cfg=CFG) as s:
        s.phone(UE6)
        first = s.call(CALLER4, request(
            CALLER4, uri="sip:bob@sip.example.test", body=SDP4), PEER)
        assert values(first) == PLAIN and first.endswith(SDP4)
        s.send(PEER, response(first, "503 Service Unavailable", body=NONE))
        s.get(PEER, "ACK ")
        second = s.get(UE6, "INVITE ")
        assert values(second) == PLAIN and second.endswith(SDP4)
        s.drain()
