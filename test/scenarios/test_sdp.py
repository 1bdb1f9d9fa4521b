# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""fix_nat64_sdp() on whole messages: lengths, parts, what stays."""
import shutil

import pytest

from sipharness import ctl, shapes
from sipharness.shapes import SDP, V4, V6, pair, value

FTAG = "4e9f455618bc23e3"
TO_UE6 = ('STATIC_CALLEE="sip:alice-0x55a01dade3a0@[2001:db8:1::2]:46546"',
          'STATIC_HOP="sip:192.0.2.1:46546"')
RR = pair(value(V6, "bn", ftag=FTAG), value(V4, "af", ftag=FTAG))
UA4, SYN = "IP4 192.0.2.30", "IP6 2001:db8:64::c000:21e"
RELAYED = """v=0
o=- 2946583446 1678455881 IN {addr}
s=-
c=IN {addr}
t=0 0
a=tool:baresip 1.0.0
m=audio {{port-1}} RTP/AVP 0 101
a=label:1
a=rtcp-rsize
a=ssrc:4065620654 cname:sip:alice@sip.example.test
a=minptime:20
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=rtcp:{{port-2}}
a=ptime:20
"""


def play(lab, body_in, body_out, *defines, rr=RR):
    lab.proxy(defines=[*TO_UE6, *defines])
    lab.play("one-invite-to-ue6", seen="", reply_seen="",
             body_in=body_in, body_out=body_out, rr=rr)


def test_to_ue6(lab):
    play(lab, shapes.body(UA4), shapes.body(SYN))


def test_multipart(lab):
    """The length of the whole, and the part's own; the other part stays"""
    play(lab, shapes.multipart(SDP.format(addr=UA4)),
         shapes.multipart(SDP.format(addr=SYN)))


def test_multipart_to_ua4(lab):
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-invite", **shapes.invite(
        body_in=shapes.multipart(SDP.format(addr="IP6 2001:db8:1::2")),
        body_out=shapes.multipart(SDP.format(addr="IP4 192.0.2.1"))))


def relayed(text):
    """The placeholders stand for five digits each"""
    return text.replace("{port-1}", "20000").replace("{port-2}", "20001")


def with_ports(text):
    return text.replace("20000", "{port-1}").replace("20001", "{port-2}")


def test_multipart_relayed(lab):
    """rtpengine's module leaves the part's length as it was"""
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    out = relayed(RELAYED.format(addr="IP6 2001:db8:64::c000:214"))
    play(lab, shapes.multipart(SDP.format(addr=UA4)),
         with_ports(shapes.multipart(out)), *lab.relay())


def test_two_alternatives(lab):
    """Each is rewritten, and says its own length"""
    def alternatives(addr):
        sdp = SDP.format(addr=addr)
        part = ("--uniq\nContent-Type: application/sdp\nContent-Length: "
                f"{shapes.size(sdp)}\n\n{sdp}\n")
        return shapes.content("multipart/alternative;boundary=uniq",
                              f"{part}{part}--uniq--\n")
    play(lab, alternatives(UA4), alternatives(SYN))


LEFT = {  # headers, the statistic that counts it
    "encoded": ("Content-Encoding: gzip\n", "encoded"),
    "encoded-compact": ("e: gzip\n", "encoded"),
    "encoded-twice": ("Content-Encoding: identity\ne: deflate\n", "encoded"),
    "early-session": ("Content-Disposition: early-session;handling=optional"
                      "\n", "disposition"),
    "render": ("Content-Disposition: render\n", "disposition"),
}


@pytest.mark.parametrize("case", LEFT)
def test_left_alone_as_a_whole(lab, case):
    """By a header of the message (RFC 3261 20.11, 20.12). It is no offer that
    shows a family either."""
    head, why = LEFT[case]
    same = head + shapes.body(UA4)
    _, ask = ctl.proxy(lab, *TO_UE6)
    lab.play("one-invite-to-ue6", seen="", reply_seen="", body_in=same,
             body_out=same, rr=RR.replace("n64=af", "n64=an"))
    assert ask.stats("sdp_") == {"sdp_left": 1, f"sdp_left_{why}": 1}


@pytest.mark.parametrize("head", [
    "Content-Encoding: identity\n",
    "Content-Disposition: Session;handling=required\n"])
def test_headers_that_change_nothing(lab, head):
    play(lab, head + shapes.body(UA4), head + shapes.body(SYN))


def test_hold_address(lab):
    """0.0.0.0 becomes ::, never an address made of it"""
    play(lab, shapes.body("IP4 0.0.0.0"), shapes.body("IP6 ::"))


def test_host_name_keeps_its_name(lab):
    play(lab, shapes.body("IP4 media.example.test"),
         shapes.body("IP6 media.example.test"))


def test_nothing_to_change_changes_nothing(lab):
    """IP6 already, octet for octet. It also says that the caller is a UE6: two
    behind one NAT64 share one value"""
    play(lab, shapes.body("IP6 2001:db8:2::9"),
         shapes.body("IP6 2001:db8:2::9"),
         rr=f"Record-Route: <sip:{V6}:5060;n64=xs;ftag={FTAG};lr>\n")


def test_synthetic_address_is_extracted(lab):
    """UE6 was told the relay as synthetic and says so: UA4 gets it back"""
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-invite", **shapes.invite(
        body_in=shapes.body("IP6 2001:db8:64::c000:214"),
        body_out=shapes.body("IP4 192.0.2.20")))


def test_repaired_type(lab):
    """rtpengine 10.5 writes IN IP4 with an IPv6 address it advertises"""
    play(lab, shapes.body("IP4 2001:db8:64::c000:214"),
         shapes.body("IP6 2001:db8:64::c000:214"), 'DETECT="via,contact"',
         rr=RR.replace("n64=af", "n64=as"))


def test_from_another_proxy(lab):
    """Its address is not the one that the phone's packets come from"""
    phone = ("Via: SIP/2.0/UDP [2001:db8:1::2]:5062;received=203.0.113.7"
             ";branch=z9hG4bKphone\n")
    stays = shapes.body("IP6 2001:db8:1::2")
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-invite", **shapes.invite(**{
        "in": phone, "trying": phone, "out": phone, "reply_in": phone,
        "reply_out": phone, "body_in": stays, "body_out": stays}))
