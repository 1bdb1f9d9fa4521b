# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on trial: what must be reported is, what is right is not."""
import struct

import pytest

from sipharness import callfile, compare, kamailio, lab, sipp, wire

WANT = """SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10;branch={branch-1}
To: <sip:bob@sip.example.test>;tag={tag-1}
Server: {server}
CSeq: 1 BYE
Content-Length: 5

v=0
"""
GOOD = (b"SIP/2.0 200 OK\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKc00e.2bc5.0\r\n"
        b"To: <sip:bob@sip.example.test>;tag=8068.25d0\r\n"
        b"Server: kamailio (5.6.3 (x86_64/linux))\r\n"
        b"CSeq: 1 BYE\r\n"
        b"Content-Length: 5\r\n\r\nv=0\r\n")


def judge(data, known=None, want=WANT):
    return compare.compare(want, data, {} if known is None else known, "x")


def test_right_message_passes():
    known = {}
    assert judge(GOOD, known) is None
    assert known == {"branch-1": "z9hG4bKc00e.2bc5.0", "tag-1": "8068.25d0",
                     "server": "kamailio (5.6.3 (x86_64/linux))"}


DOCTORED = {
    "one octet": GOOD.replace(b"CSeq: 1", b"CSeq: 2"),
    "blank": GOOD.replace(b"CSeq: 1", b"CSeq:  1"),
    "case": GOOD.replace(b"CSeq", b"Cseq"),
    "bare LF": GOOD.replace(b"1 BYE\r\n", b"1 BYE\n"),
    "bare CR": GOOD.replace(b"1 BYE\r\n", b"1 BYE\r"),
    "NUL": GOOD.replace(b"1 BYE", b"1 BYE\0"),
    "header too many": GOOD.replace(b"CSeq", b"X: y\r\nCSeq"),
    "header missing": GOOD.replace(b"CSeq: 1 BYE\r\n", b""),
    "order": GOOD.replace(b"CSeq: 1 BYE\r\nContent-Length: 5",
                          b"Content-Length: 5\r\nCSeq: 1 BYE"),
    "octet after the body": GOOD + b"\r\n",
    "last line end missing": GOOD[:-2],
    "empty line missing": GOOD.replace(b"\r\n\r\n", b"\r\n"),
    "placeholder of another shape": GOOD.replace(b"z9hG4bKc00e.2bc5.0",
                                                 b"abc"),
    "placeholder with more behind it": GOOD.replace(b"2bc5.0",
                                                    b"2bc5.0;x=y"),
    "line repeated": GOOD.replace(b"CSeq: 1 BYE\r\n",
                                  b"CSeq: 1 BYE\r\nCSeq: 1 BYE\r\n"),
    "empty": b"",
}


@pytest.mark.parametrize("kind", DOCTORED)
def test_doctored_message_is_reported(kind):
    assert judge(DOCTORED[kind])


def test_same_name_same_value():
    known = {}
    assert judge(GOOD, known) is None
    assert judge(GOOD, known) is None
    assert judge(GOOD.replace(b"2bc5", b"2bc6"), known)


def test_twice_in_one_line():
    want = "a {tag-1} b {tag-1}"
    assert judge(b"a x b x", {}, want) is None
    assert judge(b"a x b y", {}, want)


def test_diff_shows_only_what_is_wrong():
    diff = judge(GOOD.replace(b"CSeq: 1", b"CSeq: 2"))
    changed = [line for line in diff.splitlines()
               if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == ["-CSeq: 1 BYE", "+CSeq: 2 BYE"]


CALL = """# a comment

=== ue6 192.0.2.1:39859 > proxy 192.0.2.10:5060 udp, from some-file.txt 4.1
BYE sip:bob@sip.example.test SIP/2.0
Call-ID: a

=== proxy 192.0.2.10:* > ua4 192.0.2.30:5060 tcp
BYE sip:bob@sip.example.test SIP/2.0
i: b

v=0

"""


def test_call_file():
    ue6, proxy = callfile.parse(CALL)
    assert (ue6.who, ue6.origin) == ("ue6", ("some-file.txt", "4.1"))
    assert ue6.text == "BYE sip:bob@sip.example.test SIP/2.0\nCall-ID: a\n"
    assert (proxy.src, proxy.proto) == (("192.0.2.10", 0), "tcp")
    assert proxy.text.endswith("\n\nv=0\n")
    assert [b.call_id for b in (ue6, proxy)] == ["a", "b"]
    with pytest.raises(ValueError):
        callfile.parse(CALL.replace("bob", "@who@"))
    with pytest.raises(ValueError):
        callfile.parse(CALL.replace("> proxy", "proxy"))


def message(data, src=("192.0.2.10", 5060), dst=("192.0.2.30", 5060)):
    return wire.Message("udp", src, dst, data)


def flow(*seen):
    block = callfile.Block("proxy", ("192.0.2.10", 5060), "ua4",
                           ("192.0.2.30", 5060), "udp", None, WANT)
    return lab.flow_faults(("proxy", "ua4"), [block], list(seen), {})


def test_flow():
    assert flow(message(GOOD)) == []
    assert "never sent" in flow()[0]
    assert "one too many" in flow(message(GOOD), message(GOOD + b"x"))[0]
    other = message(GOOD, src=("192.0.2.10", 5070))
    assert "went udp 192.0.2.10:5070" in flow(other)[0]


V5 = (b"SIP/2.0 100 trying\r\nVia: SIP/2.0/UDP 192.0.2.1;rport=5070;"
      b"branch=z9hG4bKa;received=192.0.2.1\r\nCSeq: 1 INVITE\r\n\r\n")
V6 = V5.replace(b";received=192.0.2.1", b"").replace(
    b";rport=5070", b";rport=5070;received=192.0.2.1")


def test_version_6_puts_received_elsewhere(monkeypatch):
    """In a response's first Via; what else differs is seen"""
    want = compare.visible(V5)
    monkeypatch.setattr(kamailio, "binary", lambda: "kamailio")
    monkeypatch.setattr(kamailio, "version", lambda: (5, 6, 3))
    assert judge(V5, want=want) is None
    assert judge(V6, want=want)
    monkeypatch.setattr(kamailio, "version", lambda: (6, 0, 1))
    assert judge(V5, want=want) is None
    assert judge(V6, want=want) is None
    for data in (V6.replace(b"rport=5070", b"rport=5071"),
                 V6.replace(b";received", b";x=y;received"),
                 V6.replace(b"\r\nVia", b"\r\nVia: SIP/2.0/UDP a\r\nVia")):
        assert judge(data, want=want)
        assert judge(data, want=compare.visible(data)) is None


def test_retransmission_counts_once():
    assert lab.once([message(GOOD), message(GOOD)]) == [message(GOOD)]
    assert len(lab.once([message(GOOD), message(GOOD + b"x")])) == 2


def test_tcp_stream_is_cut_into_messages():
    stream = wire.Stream()
    stream.next = 0xfffffff0  # the sequence number wraps
    data = b"\r\n\r\n" + GOOD + GOOD
    out = stream.feed(0xfffffff0, data[:100])
    out += stream.feed(0xfffffff0, data[:100])  # retransmitted
    out += stream.feed((0xfffffff0 + 100) & 0xffffffff, data[100:])
    assert out == [GOOD, GOOD]
    with pytest.raises(AssertionError):
        stream.feed(0x10000, b"a segment is missing before")


def test_ip_packets():
    udp = struct.pack(">HHHH", 1, 2, 8 + 3, 0) + b"abc"
    v4 = bytes([0x45, 0, 0, 20 + len(udp)]) + bytes(5) + bytes([17, 0, 0]) \
        + bytes([192, 0, 2, 1, 192, 0, 2, 10]) + udp + b"padding"
    assert wire._ip(v4) == ("udp", "192.0.2.1", "192.0.2.10", udp)


def test_scenario_echoes_what_the_phone_got():
    text = CALL.replace("ue6 192.0.2.1:39859 > proxy", "proxy 192.0.2.10:5060 "
                        "> ue6").replace(" 192.0.2.10:5060 udp, from "
                                         "some-file.txt 4.1",
                                         " 192.0.2.1:39859 udp")
    got, _ = callfile.parse(text)
    got.text = got.text.replace("Call-ID", "Via: x [a.b];branch={branch-1}\n"
                                "Call-ID")
    reply = callfile.Block("ue6", got.dst, "proxy", got.src, "udp", None,
                           "SIP/2.0 200 OK\nVia: [x];branch={branch-1}\n"
                           " folded\nCall-ID: a\n\n")
    xml = sipp.Scenario([got, reply], "t").xml
    assert "regexp=\"Via: x [[]a[.]b[]];branch=(z9hG4bK" in xml
    assert r"Via: \x5Bx\x5D;branch=[$vbranch1]" in xml
    assert r"\x20folded" in xml
    with pytest.raises(ValueError):
        sipp.Scenario([reply], "t")


def test_placeholders_of_each_kind_have_a_form_for_sipp():
    text = "".join(callfile_text())
    kinds = {m[1] for m in compare.PLACEHOLDER.finditer(text)
             if m[1] in compare.KINDS}
    assert kinds - {"server", "len", "date"} <= set(sipp.ERE)


def callfile_text():
    import glob
    import os
    for path in glob.glob(os.path.join(lab.HERE, "calls", "*.call")):
        with open(path) as f:
            yield f.read()
