# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The mark of a registration: it goes with the binding, and comes back."""
import os
import re
import sqlite3
import time

import pytest

from sipharness import callfile, compare, kamailio, shapes
from sipharness.lab import HERE, call_text
from sipharness.shapes import V4, V6, pair, value
from sipharness.talk import Phone, again

CFG = os.path.join(HERE, "cfg", "register.cfg")
OWN6 = V6[1:-1]  # the proxy as UE6 sees it
MARK = ";pref64=2001:db8:64::/96"
BARESIP, _ = [b.text for b in callfile.parse(call_text("register-ue6"))]
PJSIP, PJSIP_NEXT = [b.text for b in
                     callfile.parse(call_text("register-pjsip"))]
PORT, PJSIP_PORT = 46546, 5070
PROBE = """OPTIONS sip:{host}:{port} SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10;branch={{branch}}
To: <sip:{host}:{port}>
From: <sip:probe@192.0.2.10:5060>;tag={{tag}}
CSeq: 10 OPTIONS
Call-ID: {{any}}
Max-Forwards: 01
Content-Length: 0
User-Agent: {{server}}

"""
FTAG = "4e9f455618bc23e3"


@pytest.fixture(autouse=True)
def quiet(lab):
    """Nothing of a scenario is worth a warning"""
    yield
    for proxy in lab.running:
        assert not proxy.complaints()


def start(lab, *defines, **options):
    return lab.proxy(CFG, defines=list(defines), **options)


def restart(lab, *defines):
    old = lab.running.pop()
    old.stop()
    return start(lab, *defines)


def database(folder):
    """usrloc's tables as Kamailio's package makes them"""
    path = os.path.join(folder, "location.sqlite")
    db = sqlite3.connect(path)
    for name in ("standard", "usrloc"):
        script = kamailio.shared("db_sqlite", f"{name}-create.sql")
        if not os.path.exists(script):
            pytest.skip(f"no {script}")
        with open(script) as f:
            db.executescript(f.read())
    db.close()
    return f'WITH_DB="sqlite:///{path}"'


def bindings(answer):
    """{Contact URI: received} as the 200 tells them"""
    assert answer.startswith("SIP/2.0 200 "), answer
    out = {}
    for line in re.findall(r"(?m)^Contact: (.*)$", answer):
        for m in re.finditer(r'<(sip:[^>]*)>((?:"[^"]*"|[^,"])*)', line):
            received = re.search(r'received="([^"]*)"', m[2])
            out[m[1]] = received and received[1]
    return out


def received(answer):
    """What the only binding has"""
    values = list(bindings(answer).values())
    assert len(values) == 1, answer
    return values[0]


def probes(lab, port):
    """OPTIONS that went to that port so far, each once"""
    for proxy in lab.running:
        proxy.settle()
    return len({m.data for m in lab.wire.read() if m.dst[1] == port
                and m.data.startswith(b"OPTIONS ")})


def prove(phone, register):
    """Register, answer the probe, register again: the last answer"""
    assert received(phone.ask(register)) == uri(phone)
    phone.answer(phone.receive(), OWN6)
    return phone.ask(again(register, 1))


def uri(phone, mark=""):
    return f"sip:{phone.addr[0]}:{phone.addr[1]}{mark}"


def call_to_ue6(lab, edit=None, own=V6):
    """UA4 calls; UE6's messages have its own synthetic values at once"""
    host = shapes.synthetic("2001:db8:64::/96", "192.0.2.30")[1:-1]
    lab.play("one-invite-to-ue6", edit=edit,
             body_in=shapes.body("IP4 192.0.2.30"),
             body_out=shapes.body(f"IP6 {host}"), seen="", reply_seen="",
             rr=pair(value(own, "bn", ftag=FTAG), value(V4, "af", ftag=FTAG)))


def pjsip_callee(text):
    return text.replace("alice-0x55a01dade3a0@[2001:db8:1::2]:46546",
                        "alice@192.0.2.1:5070;ob").replace("46546", "5070")


def test_mark_after_the_proof(lab):
    """The probe is one hop long; once its reply has told, the next REGISTER
    marks the binding and is not probed again; the call is right at once"""
    start(lab)
    with Phone(PORT) as ue6:
        assert received(ue6.ask(BARESIP)) == uri(ue6)
        probe = ue6.receive()
        fault = compare.compare(
            PROBE.format(host=ue6.addr[0], port=PORT),
            compare.octets(probe), {}, "probe")
        assert not fault, fault
        ue6.answer(probe, OWN6)
        assert received(ue6.ask(again(BARESIP, 1))) == uri(ue6, MARK)
        assert probes(lab, PORT) == 1
    call_to_ue6(lab)


def test_restart_with_a_database(lab):
    """A fresh process knows no flow: the binding alone says it"""
    db = database(lab.folder)
    start(lab, db)
    with Phone(PORT) as ue6:
        prove(ue6, BARESIP)
    restart(lab, db, "PROBE=0")
    call_to_ue6(lab)


def test_restart_then_pjsip_registers(lab):
    """Its REGISTER shows nothing of IPv6: the mark is that of the binding that
    is there. Its flow has proven nothing since the start, so it is asked."""
    db = database(lab.folder)
    start(lab, db)
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
        assert probes(lab, PJSIP_PORT) == 1
        restart(lab, db)
        answer = ue6.ask(again(PJSIP_NEXT, 2))
        assert bindings(answer)["sip:alice@192.0.2.1:5070;ob"] == uri(
            ue6, MARK)
        assert probes(lab, PJSIP_PORT) == 2
    call_to_ue6(lab, pjsip_callee)


def test_pjsip_with_another_contact_and_no_ipv6(lab):
    """As captured: the second REGISTER takes the first binding away"""
    start(lab)
    with Phone(PJSIP_PORT) as ue6:
        assert received(ue6.ask(PJSIP)) == uri(ue6)
        ue6.answer(ue6.receive(), OWN6)
        answer = ue6.ask(PJSIP_NEXT)
        assert bindings(answer) == {
            "sip:alice@192.0.2.1:5070;ob": uri(ue6, MARK)}
    call_to_ue6(lab, pjsip_callee)


def at_port(port):
    return PJSIP_NEXT.replace("192.0.2.1:5070", f"192.0.2.1:{port}").replace(
        "66b59871", "77b59871")


def test_another_port_keeps_the_mark(lab):
    """NAT64 gave the phone another port: another flow, asked again"""
    start(lab)
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
    with Phone(5071) as ue6:
        answer = ue6.ask(at_port(5071))
        assert bindings(answer)["sip:alice@192.0.2.1:5071;ob"] == uri(
            ue6, MARK)
        assert probes(lab, 5071) == 1


@pytest.mark.parametrize("shows", [OWN6, None], ids=["nat64", "ipv4"])
def test_another_address_is_a_hint(lab, shows):
    """The phone may have moved to another network: asked, not marked, until
    it says so"""
    start(lab)
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
    with Phone(PJSIP_PORT, host="peer") as ue6:
        mine = "sip:alice@192.0.2.40:5070;ob"
        register = PJSIP_NEXT.replace("192.0.2.1:5070", "192.0.2.40:5070")
        assert bindings(ue6.ask(register.replace("66b5", "77b5")))[mine] == (
            uri(ue6))
        ue6.answer(ue6.receive(), shows)
        answer = ue6.ask(again(register.replace("66b5", "77b5"), 2))
        assert bindings(answer)[mine] == uri(ue6, MARK if shows else "")


def test_a_disproof_stands_against_the_mark(lab):
    """Two phones of one user behind one address, one of them is on IPv4"""
    start(lab)
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
    with Phone(5071) as dual:
        mine = "sip:alice@192.0.2.1:5071;ob"
        dual.ask(at_port(5071))
        dual.answer(dual.receive())
        assert bindings(dual.ask(again(at_port(5071), 2)))[mine] == uri(
            dual)


POSED = ';received="sip:192.0.2.66:5060;pref64=2001:db8:bad::/96"'


TWICE = ' ; RECEIVED = "sip:192.0.2.66" ;expires=90;received=bad;q=1'
POSES = ["first", "second-header", "second-value", "twice"]


@pytest.mark.parametrize("applied", ["", "APPLY_BEFORE", "APPLY_AFTER"])
@pytest.mark.parametrize("where", POSES)
def test_received_posed_by_the_phone(lab, where, applied):
    """The registrar would believe it before the AVP: dropped, never stored,
    also where the script parses the message again"""
    start(lab, *filter(None, [applied]))
    posed = f"<sip:alice@127.0.0.2:5060;ob>{POSED}"
    one = "<sip:alice@192.0.2.1:5070;ob>"
    new = {"first": f"Contact: {posed}\n",
           "second-header": f"Contact: {one}\nContact: {posed}\n",
           "second-value": f"Contact: {one}, {posed}\n",
           "twice": f"Contact: {posed[:posed.index('>') + 1]}{TWICE}\n"}[
               where]
    register = PJSIP_NEXT.replace(f"Contact: {one}\n", new)
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
        answer = ue6.ask(again(register, 2))
        assert "192.0.2.66" not in answer and "bad" not in answer
        assert bindings(answer)["sip:alice@127.0.0.2:5060;ob"] == uri(
            ue6, MARK)


def test_received_posed_behind_a_removed_contact(lab):
    """In a header of its own, and the first Contact that is stored"""
    start(lab)
    register = re.sub(
        "(?m)^(Contact: .*\n)+", "Contact: <sip:alice@127.0.0.1:5060;ob>"
        f";expires=0\nContact: <sip:alice@127.0.0.2:5060;ob>{POSED}\n",
        PJSIP_NEXT).replace("sip:alice@sip.", "sip:carol@sip.")
    with Phone(PJSIP_PORT) as ue6:
        prove(ue6, PJSIP)
        assert bindings(ue6.ask(again(register, 2))) == {
            "sip:alice@127.0.0.2:5060;ob": uri(ue6, MARK)}


def test_echo_of_the_answer(lab):
    """What the 200 told the phone comes back in its next Contact, from a port
    that is another one by now: dropped"""
    start(lab)
    with Phone(PORT) as ue6:
        told = received(prove(ue6, BARESIP))
        assert told == uri(ue6, MARK)
    with Phone(PORT + 1) as ue6:
        register = again(BARESIP, 2).replace(
            ";expires=300", f';expires=300;received="{told}"')
        assert received(ue6.ask(register)) == uri(ue6, MARK)


def test_no_echo(lab):
    """received_param="": the phone is told nothing, the mark is stored"""
    start(lab, "NO_ECHO")
    with Phone(PORT) as ue6:
        ue6.ask(BARESIP)
        ue6.answer(ue6.receive(), OWN6)
        assert received(ue6.ask(again(BARESIP, 1))) is None
    call_to_ue6(lab)


def unregister(text):
    return again(text, 2).replace("expires=300", "expires=0")


def test_unregister(lab):
    """It leaves nothing to inherit; itself it is neither marked nor asked"""
    start(lab)
    with Phone(PORT) as ue6:
        prove(ue6, BARESIP)
    with Phone(PORT + 1) as ue6:
        assert bindings(ue6.ask(unregister(BARESIP))) == {}
        assert probes(lab, PORT + 1) == 0
    with Phone(5071) as ue6:
        assert received(ue6.ask(at_port(5071))) == uri(ue6)
        assert probes(lab, 5071) == 0


def test_unregister_all(lab):
    start(lab)
    with Phone(PORT) as ue6:
        prove(ue6, BARESIP)
        text = re.sub("(?m)^Contact: .*$", "Contact: *\nExpires: 0",
                      again(BARESIP, 2))
        assert bindings(ue6.ask(text)) == {}
    with Phone(5071) as ue6:
        assert received(ue6.ask(at_port(5071))) == uri(ue6)
        assert probes(lab, 5071) == 0


def test_expiry(lab):
    """What has expired marks nobody"""
    start(lab)
    with Phone(PORT) as ue6:
        prove(ue6, BARESIP)
        ue6.ask(again(BARESIP, 2).replace("expires=300", "expires=1"))
        query = re.sub("(?m)^Contact: .*\n", "", BARESIP)
        end = time.monotonic() + 10
        while bindings(ue6.ask(again(query, 3))):
            assert time.monotonic() < end, "it does not expire"
            time.sleep(0.05)
    with Phone(5071) as ue6:
        assert received(ue6.ask(at_port(5071))) == uri(ue6)
        assert probes(lab, 5071) == 0
