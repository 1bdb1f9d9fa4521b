# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Who is who: told by Via, Call-ID and what crosses a NAT64."""
import html
import re

from capturing import BEGIN, pcap

PROXY, PROXY6 = "192.0.2.10", "2001:db8:64::c000:20a"
START = {"INVITE": "INVITE sip:b@example.test SIP/2.0", "200": "SIP/2.0 200 OK"}


def message(kind, call_id, *vias):
    lines = [START[kind]]
    lines += [f"Via: SIP/2.0/UDP {via};branch=z9hG4bK{via[-2:]}"
              for via in vias]
    lines += [f"Call-ID: {call_id}", "CSeq: 1 INVITE", "Content-Length: 0"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def sent(steps):
    """(source, destination, octets), a millisecond each"""
    return [pcap.Packet(BEGIN + n / 1000, "udp", src, 5060, dst, 5060, octets)
            for n, (src, dst, octets) in enumerate(steps)]


def shown(page):
    text = page.read_text()
    arrows = re.findall(r'class="arrow[^>]*aria-label="([^:"]*)', text)
    return re.findall('class="name"[^>]*>([^<]*)', text), \
        [html.unescape(a) for a in arrows]


def crossing(ue, box, octets, up):
    """The same octets on both sides of a NAT64."""
    ends = ((ue, PROXY6), (box, PROXY)) if up \
        else ((PROXY, box), (PROXY6, ue))
    return [(*pair, octets) for pair in ends]


def test_two_nat64s(draw):
    """Each phone beside its own NAT64, the proxy between them."""
    one, two = "2001:db8:1::2", "2001:db8:2::2"
    own, both = (f"[{one}]",), (PROXY, f"[{one}]")
    lanes, arrows = shown(draw(sent([
        *crossing(one, "192.0.2.1", message("INVITE", "x", *own), True),
        *crossing(two, "192.0.2.2", message("INVITE", "x", *both), False),
        *crossing(two, "192.0.2.2", message("200", "x", *both), True),
        *crossing(one, "192.0.2.1", message("200", "x", *own), False)])))
    assert lanes == ["UE6", "NAT64", "proxy", "NAT64 b", "UE6 b"]
    assert arrows == ["UE6 to proxy", "proxy to UE6 b", "UE6 b to proxy",
                      "proxy to UE6"]


def legs():
    caller, callee, box = "192.0.2.30", "192.0.2.31", "192.0.2.11"
    return sent([
        (caller, PROXY, message("INVITE", "x", caller)),
        (PROXY, box, message("INVITE", "x", PROXY, caller)),
        (box, PROXY, message("INVITE", "y", box)),
        (PROXY, callee, message("INVITE", "y", PROXY, box)),
        (callee, PROXY, message("200", "y", PROXY, box)),
        (PROXY, box, message("200", "y", box)),
        (box, PROXY, message("200", "x", PROXY, caller)),
        (PROXY, caller, message("200", "x", caller))])


def test_b2bua(draw):
    """Both legs of it, once both Call-IDs are given."""
    lanes, arrows = shown(draw(legs(), options=("--call-id", "x",
                                                "--call-id", "y")))
    assert lanes == ["proxy", "B2BUA", "UA4", "UA4 b"]
    assert arrows[1:3] == ["proxy to B2BUA", "B2BUA to proxy"]
    assert len(arrows) == 8


def test_one_leg(draw):
    lanes, arrows = shown(draw(legs()))
    assert (lanes, len(arrows)) == (["proxy", "UA4", "UA4 b"], 4)


def test_no_nat64(draw):
    """The same octets at addresses that are nobody's in the other family."""
    octets = message("INVITE", "x", "192.0.2.30")
    lanes, _ = shown(draw(sent([
        ("192.0.2.30", PROXY, octets),
        ("2001:db8:1::2", "2001:db8:9::9", octets)])))
    assert "NAT64" not in lanes
