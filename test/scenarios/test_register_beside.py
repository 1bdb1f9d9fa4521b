# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The mark of a registration beside what else Kamailio does with bindings."""
import os
import re
import time

import pytest

from sipharness import callfile, shapes
from sipharness.lab import call_text
from sipharness.shapes import V4, pair, value
from sipharness.talk import Phone, again
from test_register import (BARESIP, FTAG, MARK, OWN6, PJSIP, PJSIP_NEXT,
                           PJSIP_PORT, PORT, at_port, bindings, probes, prove,
                           start, uri)


def test_match_received(lab):
    """registered() compares all of received, so it takes a phone for
    another one once it is marked; the comparison without the mark does not"""
    start(lab, "WITH_MATCH")
    invite = callfile.parse(call_text("one-invite"), shapes.invite())[0].text
    invite = invite.replace("]:39859", f"]:{PORT}")
    with Phone(PORT) as ue6:
        ue6.ask(BARESIP)
        probe = ue6.receive()
        assert ue6.ask(invite).startswith("SIP/2.0 403 The same\n")
        ue6.answer(probe, OWN6)
        ue6.ask(again(BARESIP, 1))
        assert ue6.ask(again(invite, 1)).startswith(
            "SIP/2.0 403 The same but for the mark\n")
    with Phone(PORT + 1) as other:
        assert other.ask(again(invite, 2)).startswith(
            "SIP/2.0 403 None\n")


def test_path(lab):
    """By a Path the next hop is another proxy: no mark of its URI counts"""
    start(lab, "WITH_PATH")
    path = f"Path: <sip:192.0.2.1:{PORT};lr{MARK}>\nSupported: path\n"
    with Phone(PORT) as edge:
        edge.ask(PJSIP_NEXT.replace("User-Agent", path + "User-Agent", 1))
        assert probes(lab, PORT) == 0
    route = f"Route: <sip:192.0.2.1:{PORT};lr{MARK}>\n"
    invite = callfile.parse(call_text("one-invite-to-ue6"), {
        "body_in": shapes.body("IP4 192.0.2.30"), "body_out": "", "rr": "",
        "seen": "", "reply_seen": ""})[0].text
    with Phone(PORT) as edge, Phone(5060, host="ua4") as ua4:
        ua4.send(invite)
        got = edge.receive()
        assert route in got, got
        assert f"Record-Route: <sip:{V4};lr;ftag={FTAG}>\n" in got, got
        assert "IP6" not in got and "2001:db8:64" not in got.replace(
            route, ""), got


AORS = {
    "user": (["USE_DOMAIN=0"], "Alice@other.example.test", True),
    "domain": (["USE_DOMAIN=1"], "alice@SIP.example.test", True),
    "other-domain": (["USE_DOMAIN=1"], "alice@other.example.test", False),
    "case-sensitive": (["CASE_SENSITIVE=1"], "Alice@sip.example.test", False),
    "case-sensitive-domain": (["CASE_SENSITIVE=1", "USE_DOMAIN=1"],
                              "alice@SIP.example.test", True),
    "escaped": ([], "%61lice@sip.example.test", True),
    "realm": (["USE_DOMAIN=1", 'REALM_PREFIX="sip."'],
              "alice@sip.example.test", True),
    "without-realm": (["USE_DOMAIN=1", 'REALM_PREFIX="sip."'],
                      "alice@example.test", True),
    "table": (['TABLE="phones"'], "alice@sip.example.test", True),
}


@pytest.mark.parametrize("case", AORS)
def test_the_same_address_of_record(lab, case):
    """As the registrar sees it, not as it is spelled"""
    defines, to, same = AORS[case]
    start(lab, *defines)
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
    with Phone(5071) as ue6:
        text = at_port(5071).replace("To: <sip:alice@sip.example.test>",
                                     f"To: <sip:{to}>")
        told = bindings(ue6.ask(text))["sip:alice@192.0.2.1:5071;ob"]
        assert told == uri(ue6, MARK if same else "")


def test_no_such_table(lab):
    """Said once for each REGISTER, with the name"""
    proxy = start(lab, "TABLE_ASKED=\"nowhere\"")
    with Phone(PJSIP_PORT) as ue6:
        assert ue6.ask(PJSIP_NEXT).startswith("SIP/2.0 200 ")
    said = proxy.complaints()
    assert len(said) == 1 and said[0].endswith(
        'fix_nat64_register("nowhere"): usrloc has no such table'), said


def test_dmq(lab):
    """The mark arrives on the other node, which calls with its own address in
    synthetic form"""
    os.mkdir(os.path.join(lab.folder, "b"))
    one, two = "192.0.2.10", "192.0.2.11"
    start(lab, f'WITH_DMQ="sip:{one}:5062"', f'DMQ_PEER="sip:{two}:5062"',
          listen=[f"udp:{one}:5060", f"udp:{one}:5062"])
    home, lab.folder = lab.folder, os.path.join(lab.folder, "b")
    start(lab, f'WITH_DMQ="sip:{two}:5062"', f'DMQ_PEER="sip:{one}:5062"',
          listen=[f"udp:{two}:5060", f"udp:{two}:5062"], probe=(two, 5060))
    lab.folder = home
    with Phone(PORT) as ue6:
        prove(ue6, BARESIP)
    query = re.sub("(?m)^Contact: .*\n", "", BARESIP)
    with Phone(PORT + 1, proxy=(two, 5060)) as ue6:
        end, n = time.monotonic() + 10, 10
        while MARK not in (answer := ue6.ask(again(query, n))):
            assert time.monotonic() < end, answer
            n += 1
            time.sleep(0.05)
    invite = callfile.parse(call_text("one-invite-to-ue6"), {
        "body_in": shapes.body("IP4 192.0.2.30"), "body_out": "", "rr": "",
        "seen": "", "reply_seen": ""})[0].text
    with Phone(PORT, proxy=(two, 5060)) as ue6, \
            Phone(5060, host="ua4", proxy=(two, 5060)) as ua4:
        ua4.send(invite)
        got = ue6.receive()
    syn = shapes.synthetic("2001:db8:64::/96", two)
    assert pair(value(syn, "bn", ftag=FTAG),
                value(two, "af", ftag=FTAG)) in got, got
    assert "c=IN IP6 2001:db8:64::c000:21e\n" in got, got
