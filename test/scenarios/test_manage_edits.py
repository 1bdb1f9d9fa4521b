# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the script does to a request itself, before nat64_manage() and after:
edits by textops and textopsx, Record-Routes, replies, a stateless forward."""
import os
import re

import pytest

from sipharness import shapes, watch
from sipharness.lab import HERE
from sipharness.pairwise import combinations
from sipharness.shapes import FTAG, PLAIN
from sipharness.texts import (CALLER4, LITERAL, NONE, SDP4, SDP6, UA4, UE6,
                              Texts, pair, request, response, routes, sdp,
                              values)

CFG = os.path.join(HERE, "cfg", "beside.cfg")
SDP_NAT = shapes.body("IP4 192.0.2.1")  # UE6's, as UA4 reads it
SYN4 = shapes.body("IP6 2001:db8:64::c000:21e")  # UA4's, as UE6 reads it
PHONE6 = "sip:u6@[2001:db8:1::2]:5062"
NOTES = "X-Note: old\nX-Gone: yes\n"
HEADERS = (r'subst("/^X-Note: old/X-Note: new/"); remove_hf("X-Gone"); '
           r'append_hf("X-Own: 1\r\n");')
BODY = ('replace_body("a=sendrecv", "a=inactive"); '
        'subst_body("/^a=ptime:20/a=ptime:120/");')
CALLS = {
    # INVITE, who sends it, who gets it, Record-Routes, SDP as it is read
    "ue6-ua4": (request(extra=NOTES), UE6, UA4, pair("4bn", "6as"), SDP_NAT),
    "ua4-ue6": (request(CALLER4, uri=PHONE6, body=SDP4, extra=NOTES
                        + "X-Hop: sip:192.0.2.1:40001\n"), CALLER4, UE6,
                pair("6bn", "4af"), SYN4),
    "ua4-ua4": (request(CALLER4, body=SDP4, extra=NOTES), CALLER4, UA4,
                PLAIN, SDP4)}
NO_CHANGES = "cannot apply msg changes after adding record-route"
TWICE = "Double attempt to record-route"


def edited(body):
    text = body.partition("\n\n")[2].replace(
        "a=sendrecv", "a=inactive").replace("a=ptime:20", "a=ptime:120")
    return shapes.content("application/sdp", text)


def content(text):
    """As shapes.content(): the headers of the body, and the body"""
    return shapes.content(values(text, "Content-Type")[14:].strip(), sdp(text))


def check_headers(got, changed):
    assert values(got, "X-Note") == f"X-Note: {'new' if changed else 'old'}\n"
    assert values(got, "X-Gone") == ("" if changed else "X-Gone: yes\n")
    assert values(got, "X-Own") == ("X-Own: 1\n" if changed else "")


def check_body(got, want):
    assert content(got) == want
    assert values(got, "Content-Length") + "\n" in want + "\n"


@pytest.mark.parametrize("name, where, what", combinations(
    CALLS, ["BEFORE", "AFTER", "ON_BRANCH"], ["headers", "body", "both"]))
def test_textops(lab, name, where, what):
    """subst, remove_hf, append_hf; replace_body, subst_body"""
    script = (HEADERS if what != "body" else "") + (
        BODY if what != "headers" else "")
    text, source, target, rr, body = CALLS[name]
    with Texts(lab, f"{where}={script}", cfg=CFG) as s:
        got = s.call(source, text, target)
        assert values(got) == rr
        check_headers(got, what != "body")
        check_body(got, body if what == "headers" else edited(body))
        s.drain()
        watch.check(lab)


@pytest.mark.parametrize("name", CALLS)
def test_msg_apply_changes_before(lab, name):
    """What was changed before is applied; all of ours comes after it"""
    text, source, target, rr, body = CALLS[name]
    with Texts(lab, f"BEFORE={HEADERS}{BODY} msg_apply_changes();",
               cfg=CFG) as s:
        got = s.call(source, text, target)
        assert values(got) == rr
        check_headers(got, True)
        check_body(got, edited(body))
        s.drain()
        watch.check(lab)


@pytest.mark.parametrize("name", CALLS)
def test_msg_apply_changes_after(lab, name):
    """It refuses once there is a Record-Route; nothing is lost by that"""
    text, source, target, rr, body = CALLS[name]
    with Texts(lab, f"AFTER={HEADERS}{BODY} msg_apply_changes();",
               logged=NO_CHANGES, cfg=CFG) as s:
        got = s.call(source, text, target)
        assert NO_CHANGES in s.proxy.log(s.proxy.mark)
        assert values(got) == rr
        check_headers(got, True)
        check_body(got, edited(body))
        s.drain()
        watch.check(lab)


def test_msg_apply_changes_after_without_record_route(lab):
    """In a PRACK it works; the SDP is that of its reader all the same"""
    text, source, target, rr, _ = CALLS["ue6-ua4"]
    edit = r'append_hf("X-Own: 1\r\n"); msg_apply_changes();'
    with Texts(lab, f'AFTER=if (is_method("PRACK")) {{ {edit} }}',
               cfg=CFG) as s:
        got = s.call(source, text, target)
        back = s.answer(UA4, response(got, "183 Progress"), UE6)
        s.send(UE6, request(
            method="PRACK", n=2, to_tag="tt", body=SDP6,
            uri=re.search("Contact: <(.*)>", back)[1], extra=routes(back)))
        got = s.get(UA4, "PRACK ")
        assert values(got, "X-Own") == "X-Own: 1\n" and not values(got)
        assert values(got, "Contact") == (
            "Contact: <sip:alice@[2001:db8:1::2]:5062;"
            "alias=192.0.2.1~40001~1>\n")
        check_body(got, SDP_NAT)
        s.drain()
        watch.check(lab)


@pytest.mark.parametrize("where", ["BEFORE", "AFTER"])
def test_record_route_of_the_script(lab, where):
    """None is written twice, with NAT64 on a side or without"""
    with Texts(lab, f"{where}=record_route();", logged=TWICE,
               cfg=CFG) as s:
        for name, (text, source, target, rr, body) in CALLS.items():
            s.phone(target)
            text = text.replace("z9hG4bK", f"z9hG4bK{name}")
            got = s.call(source, text.replace(": texts", f": {name}"), target)
            assert values(got) == rr, name
            check_body(got, body)
            s.drain()
        complaints = s.proxy.log(s.proxy.mark).count(TWICE)
        assert complaints == (len(CALLS) if where == "AFTER" else 0)
        watch.check(lab)


OPTIONS = {"append_fromtag=0": ("KEEP_FTAG_OUT", f";ftag={FTAG};lr", ";lr"),
           "enable_full_lr=1": ("FULL_LR", ";lr>", ";lr=on>")}


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_rr(lab, option):
    """The values have them; each side's BYE gets through by those values"""
    define, old, new = OPTIONS[option]
    text, source, target, rr, body = CALLS["ue6-ua4"]
    with Texts(lab, define, cfg=CFG) as s:
        got = s.call(source, text, target)
        assert values(got) == rr.replace(old, new)
        check_body(got, body)
        back = s.answer(UA4, response(got), UE6)
        uri = re.search("Contact: <(.*)>", back)[1]
        s.send(UE6, request(method="UPDATE", n=2, uri=uri, to_tag="tt",
                            extra=routes(back), body=NONE))
        update = s.get(UA4, "UPDATE ")
        assert values(update) == rr.replace(old, new).replace("6an", "6as")
        assert not values(update, "Route")
        s.send(UA4, request(
            UA4, "BYE", n=7, uri=re.search("Contact: <(.*)>", got)[1],
            to_tag=FTAG, from_tag="tt", body=NONE,
            extra=routes(got, reverse=False)))
        bye = s.get(UE6, "BYE ")
        assert bye.startswith("BYE sip:alice@[2001:db8:1::2]:5062 SIP/2.0\n")
        assert not values(bye, "Route")
        s.drain()
        watch.check(lab)


def test_reply_of_the_proxy(lab):
    """send_reply() after nat64_manage(): nothing of ours in it, and the next
    call is managed as ever"""
    refuse = 'if ($rU == "nobody") send_reply("404", "Not Found"); ' \
             'else t_relay();'
    text, source, target, rr, body = CALLS["ue6-ua4"]
    with Texts(lab, f"SEND={refuse}", cfg=CFG) as s:
        s.send(UE6, request(uri="sip:nobody@192.0.2.30", n=9))
        got = s.get(UE6, "SIP/2.0 404 Not Found")
        assert not values(got) and not values(got, "Contact")
        assert values(got, "Content-Length") == "Content-Length: 0\n"
        s.send(UE6, request(method="ACK", uri="sip:nobody@192.0.2.30", n=9,
                            to_tag=re.search("To: .*;tag=(.*)", got)[1],
                            body=NONE))
        got = s.call(source, text, target)
        assert values(got) == rr
        check_body(got, body)
        s.drain()
        watch.check(lab)


SENT_NOTHING = "t_relay() sent nothing"


def test_stateless(lab):
    """forward() after nat64_manage(): the pair and the alias are in it; a
    line in the debug log says that no more is"""
    text, source, target, rr, _ = CALLS["ue6-ua4"]
    with Texts(lab, "SEND=forward();", "LOG_ALL", cfg=CFG) as s:
        got = s.call(source, text, target)
        assert values(got) == rr
        assert ";alias=192.0.2.1~40001~1>" in values(got, "Contact")
        assert sdp(got) == sdp(SDP6)
        s.call(source, text.replace("z9hG4bKt1", "z9hG4bKt2"), target)
        assert s.proxy.log().count(SENT_NOTHING) == 1
        s.drain()


def test_cancel_without_nat64_manage(lab):
    """t_relay() alone makes it, and the ACK for the refusal"""
    text, source, target, rr, _ = CALLS["ue6-ua4"]
    with Texts(lab, cfg=CFG) as s:
        invite = s.call(source, text, target)
        s.answer(UA4, response(invite, "180 Ringing", body=NONE), UE6)
        s.send(UE6, request(method="CANCEL", body=NONE))
        s.get(UE6, "SIP/2.0 200 ")
        cancel = s.get(UA4, "CANCEL ")
        via = values(invite, "Via").splitlines()[0] + "\n"
        assert values(cancel, "Via") == via
        for name in ("Record-Route", "Route", "Contact"):
            assert not values(cancel, name), cancel
        s.send(UA4, response(cancel, body=NONE))
        s.send(UA4, response(invite, "487 Request Terminated", body=NONE))
        ack = s.get(UA4, "ACK ")
        assert values(ack, "Via") == via and not values(ack)
        got = s.get(UE6, "SIP/2.0 487 ")
        assert values(got, "Contact") == "Contact: <sip:bob@192.0.2.30:5060>\n"
        s.send(UE6, request(method="ACK", to_tag="tt", body=NONE))
        s.drain()
        watch.check(lab)
