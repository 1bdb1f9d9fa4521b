# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Which socket a request leaves by, what the core says of itself, and that the
pair names both as they are."""
import os
import re
import subprocess

import pytest

from sipharness import kamailio, shapes
from sipharness.shapes import FTAG, V4, V6, value
from sipharness.texts import (CALLER4, LITERAL, NONE, SDP4, SDP6, UA4, UE6,
                              Texts, pair, request, response, routes, values)

TWO_TCP = ["udp:192.0.2.10:5060", "tcp:192.0.2.10:5060",
           "udp:192.0.2.11:5060", "tcp:192.0.2.11:5060"]
TWO_UDP = ["udp:192.0.2.10:5060", "udp:192.0.2.11:5060"]
SECOND = ("192.0.2.11", 5060)
PHONE = ("192.0.2.1", 41001)
TCP = ";transport=tcp"


@pytest.mark.parametrize("order", [TWO_TCP, TWO_TCP[::-1]],
                         ids=["first", "last"])
@pytest.mark.parametrize("at", ["192.0.2.10", "192.0.2.11"])
def test_open_connection(lab, at, order):
    """UE6's connection is the only way to it, whichever socket it is on; $du
    came without the socket. The pair names that socket, and the BYE that
    brings the pair back leaves by UA4's."""
    other = shapes.synthetic("2001:db8:64::/96", at)
    with Texts(lab, listen=order) as s:
        ue6 = s.phone(PHONE, "tcp", (at, 5060))
        s.send(PHONE, request(method="OPTIONS", uri="sip:sip.example.test",
                              body=NONE, proto="tcp"), "tcp")
        s.get(PHONE, "SIP/2.0 200 ", "tcp")
        s.send(CALLER4, request(
            CALLER4, uri=f"sip:u6@{LITERAL}{TCP}", body=SDP4, n=2,
            extra=f"X-Hop: sip:192.0.2.1:41001{TCP}\n"))
        got = s.get(PHONE, "INVITE ", "tcp")
        assert values(got) == shapes.pair(
            value(other, "bn", params=TCP), value(V4, "af"))
        assert len(ue6_connections(lab)) == 1
        ue6.send(response(got, contact=LITERAL, body=SDP6))
        back = s.get(CALLER4, "SIP/2.0 200 ")
        assert values(back) == values(got)
        s.phone(UA4)
        ue6.send(request(method="BYE", uri="sip:bob@192.0.2.30:5060", n=3,
                         from_tag="tt", to_tag=FTAG, body=NONE, proto="tcp",
                         extra=routes(got, reverse=False)))
        bye = s.get(UA4, "BYE ")
        assert values(bye, "Route") == ""
        assert "\nVia: SIP/2.0/UDP 192.0.2.10;" in bye and "X-Route: -1" in bye
        s.drain()


def ue6_connections(lab):
    """Connections between UE6 and the proxy, whoever opened them"""
    lab.wire.read()
    return [c for c in lab.wire.syns if PHONE in c]


NAME, FAR = "pbx.example.test", "10.9.0.9"


@pytest.fixture
def by_name(lab, monkeypatch):
    """NAME is FAR, by a hosts file that Kamailio alone sees, and the way to
    FAR is from the second socket's address"""
    hosts = os.path.join(lab.folder, "hosts")
    folder = os.path.join(lab.folder, "bin")
    with open(hosts, "w") as f:
        f.write(f"127.0.0.1 localhost\n{FAR} {NAME}\n")
    os.mkdir(folder)
    mount = f"mount --bind {hosts} /etc/hosts"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount],
                      capture_output=True).returncode:
        pytest.skip("no mount namespace for this user")
    script = os.path.join(folder, "kamailio")
    with open(script, "w") as f:
        f.write(f"#!/bin/sh\nexec unshare -m sh -c '{mount} && exec \"$@\"' "
                f"sh {kamailio.binary()} \"$@\"\n")
    os.chmod(script, 0o755)
    monkeypatch.setenv("KAMAILIO", script)
    subprocess.run(["ip", "route", "add", "local", FAR, "dev", "lo", "table",
                    "local", "src", SECOND[0]], check=True)


@pytest.mark.parametrize("hop", [NAME, FAR])
def test_mhomed(lab, by_name, hop):
    """mhomed=1: the core asks the kernel which socket leads there. Of a name
    nobody knows that before it is resolved, so nothing may be forced; of an
    address the pair names that socket."""
    far = (FAR, 5060)
    with Texts(lab, "MHOMED", listen=TWO_UDP) as s:
        got = s.call(UE6, request(extra=f"X-Hop: sip:{hop}:5060\n"), far)
        assert "\nVia: SIP/2.0/UDP 192.0.2.11;" in got
        top, below = values(got).splitlines(keepends=True)
        assert below == f"Record-Route: {value(V6, 'as')}\n"
        if hop == FAR:
            assert top == f"Record-Route: {value(SECOND[0], 'bn')}\n"
        assert sources(lab, far) == {SECOND}


def sources(lab, target):
    return {m.src for m in lab.wire.read() if m.dst == target}


PUBLIC = "198.51.100.10"
PUBLIC6 = shapes.synthetic("2001:db8:64::/96", PUBLIC)


@pytest.mark.parametrize("listen", ["192.0.2.10", "0.0.0.0"])
def test_advertised_address_of_the_core(lab, listen):
    """It starts with it, the pair names it, and it is myself in each form"""
    with Texts(lab, f'ADVERTISED="{PUBLIC}"',
               listen=[f"udp:{listen}:5060"]) as s:
        got = s.call(UE6, request())
        assert values(got) == pair("4bn", "6as", PUBLIC, PUBLIC6)
        back = s.answer(UA4, response(got), UE6)
        uri = "sip:bob@192.0.2.30:5060"
        for n, reverse in ((2, True), (3, False)):
            s.send(UE6, request(method="BYE", uri=uri, n=n, to_tag="tt",
                                extra=routes(back, reverse), body=NONE))
            bye = s.get(UA4, "BYE ")
            assert values(bye, "Route") == "", bye
        s.drain()


ODD = ["transport=foo", "transport=sctp", "transport=ws", "transport=tls",
       "alias=192.0.2.30~5060~7", "alias=192.0.2.30~5060~9"]


def noise(lab, *defines):
    """What is logged of a Request-URI with each of them, and, to show that
    the proxy does its work, the own values of a plain call"""
    with Texts(lab, *defines, logged=".") as s:
        for n, odd in enumerate(ODD, 10):
            s.send(UE6, request(uri=f"sip:bob@192.0.2.30;{odd}", n=n))
        s.phone(UA4)
        s.drain()
        lines = [re.sub(r"^.*?(?=CRITICAL|ERROR|BUG|ALERT)", "", line)
                 for line in s.proxy.log(s.proxy.mark).splitlines()
                 if re.search(r"\b(CRITICAL|ERROR|BUG|ALERT)\b", line)]
        own = values(s.call(UE6, request(n=30)))
    s.proxy.stop()
    lab.running.remove(s.proxy)
    return lines, own


def test_transport_that_nobody_knows(lab):
    """add_dual_rr() is no louder than record_route()"""
    stock, own = noise(lab, "RR_STOCK")
    assert own == f"Record-Route: <sip:{V4};lr;ftag={FTAG}>\n"
    lines, own = noise(lab)
    assert own == pair("4bn", "6as")
    assert [line for line in lines if line not in stock] == []
    assert not any("nat64sip" in line for line in lines)
