# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The own Routes as phones send them back: in each spelling the labels say the
legs, is_route_nat64() is right, and no own Route reaches a phone."""
import os
import re

import pytest

from sipharness import captures, shapes, watch
from sipharness.hiders import Hider
from sipharness.lab import SHIPPED
from sipharness.pairwise import combinations
from sipharness.parties import Call, Plain, values
from sipharness.texts import UE6, Texts, request
from sipharness.texts import values as lines

pytestmark = pytest.mark.skipif(not captures.folder(),
                                reason="the captures are not here")
KNOWN = {"nothing-configured": (),
         "prefix": ('NAT64_PREF64="2001:db8:64::/96"', "NAT64_NO_PROBE")}
WAYS = {"udp": ("udp", "udp"), "tcp": ("tcp", "tcp"), "mixed": ("tcp", "udp")}
MANAGE = "\n\tnat64_manage();\n"  # that of requests
ASK = ('\n\tis_route_nat64();\n\tappend_hf("X-Route: $rc $nat64(target) '
       '$nat64(target_pref64)\\r\\n", "CSeq");')
IS_UE6 = "1 nat64 2001:db8:64::/96"
IS_UA4 = "-1 ipv4 <null>"


def asking(lab):
    """The configuration that is shipped, which says of each request what it
    finds"""
    with open(SHIPPED) as f:
        text = f.read()
    assert text.count(MANAGE) == 1
    path = os.path.join(lab.folder, "asking.cfg")
    with open(path, "w") as f:
        f.write(text.replace(MANAGE, ASK + MANAGE))
    return path


def listen(phone, told):
    """What a request said of its target is kept, and taken out of it"""
    get = phone.get

    def without(start):
        text = get(start)
        told.extend(values(text, "x-route"))
        return re.sub(r"(?m)^X-Route: .*\n", "", text)
    phone.get = without


def each(change):
    return lambda routes: [f"Route: {change(r)}" for r in routes]


def joined(routes, by):
    return ["Route: " + by.join(routes)] if routes else []


def literal(new):
    return lambda r: r.replace("2001:db8:64::c000:20a", new)


def is_synthetic(route):
    return "[" in route


SPELLINGS = {
    "two-headers": each(lambda r: r),
    "comma-joined": lambda routes: joined(routes, ", "),
    "comma-without-blank": lambda routes: joined(routes, ","),
    "upper-case": each(literal("2001:DB8:64::C000:20A")),
    "parameters-upper-case": each(
        lambda r: re.sub(r"r2=on;n64=\w\w", lambda m: m[0].upper(), r)),
    "mixed-notation": each(literal("2001:DB8:64::192.0.2.10")),
    "full-form": each(literal("2001:0db8:0064:0000:0000:0000:c000:020a")),
    "swapped": lambda routes: [f"Route: {r}" for r in routes[::-1]],
    "only-the-synthetic": lambda routes: [
        f"Route: {r}" for r in routes if is_synthetic(r)],
    "only-the-IPv4": lambda routes: [
        f"Route: {r}" for r in routes if not is_synthetic(r)],
}
STOCK_RR = r"no socket found (to match second RR|for match second RR)"


@pytest.mark.parametrize("spelling,sender,caller,way,known", combinations(
    SPELLINGS, ("from-ue6", "from-ua4"), ("ue6-calls", "ua4-calls"), WAYS,
    KNOWN))
def test_echo(lab, spelling, sender, caller, way, known):
    """ACK of the caller, re-INVITE and its ACK, BYE"""
    with Texts(lab, 'SIP_DOMAIN="sip.example.test"', *KNOWN[known],
               cfg=asking(lab), logged=STOCK_RR) as s:
        ua4 = Plain(s, proto=WAYS[way][1])
        ue6 = Hider(s, "baresip", WAYS[way][0])
        ua4.register()
        ue6.register(known == "nothing-configured")
        to_ue6, to_ua4 = [], []
        listen(ue6, to_ue6)
        listen(ua4, to_ua4)
        call = Call(ue6, ua4) if caller == "ue6-calls" else Call(ua4, ue6)
        source = ue6 if sender == "from-ue6" else ua4
        source.route_lines = SPELLINGS[spelling]
        call.up()
        leg = "a" if call.party["a"] is source else "b"
        if spelling.startswith("only") and leg == "b" and (
                spelling == "only-the-synthetic") == (source is ue6):
            call.letter["a"] = "n"  # it was in the value that is gone
        call.do(leg, "INVITE", body=source.sdp,
                answer=call.party["a" if leg == "b" else "b"].sdp)
        call.do(leg, "BYE")
    assert set(to_ue6) <= {IS_UE6} and set(to_ua4) <= {IS_UA4}
    assert len(to_ua4 if source is ue6 else to_ue6) > 2
    watch.check(lab)


HOSTS = {"as-we-write-it": "[2001:db8:64::c000:20a]",
         "with-port": "[2001:db8:64::c000:20a]:5060",
         "upper-case": "[2001:DB8:64::C000:20A]",
         "mixed-notation": "[2001:db8:64::192.0.2.10]"}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("proto", ["udp", "tcp"])
def test_request_uri_is_our_synthetic_address(lab, host, proto):
    """Nothing is configured, and nobody ever saw the phone: it shows what its
    PREF64 is, and nobody need be asked"""
    with Texts(lab, 'SIP_DOMAIN="sip.example.test"', cfg=asking(lab)) as s:
        ua4 = Plain(s)
        ua4.register()
        s.send(UE6, request(uri=f"sip:bob@{HOSTS[host]}", proto=proto), proto)
        got = s.get(ua4.addr, "INVITE sip:bob-0x5@192.0.2.30:5060 ")
        way = "" if proto == "udp" else ";transport=tcp"
        assert lines(got) == shapes.pair(
            shapes.value(shapes.V4, "bn"),
            shapes.value(shapes.V6, "as", params=way))
        assert values(got, "x-route") == [IS_UA4]
        assert got.endswith(shapes.body("IP4 192.0.2.1"))
    watch.check(lab)
