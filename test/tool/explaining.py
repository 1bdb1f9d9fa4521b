# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Messages and captures for the tests of 'nat64sip explain'."""
import struct

PHONE, PROXY, UA4 = "203.0.113.7:40001", "192.0.2.10:5060", "192.0.2.30:5060"
PREF = "2001:db8:64::/96"
SDP = ("v=0\r\no=- 1 1 IN IP6 2001:db8:1::2\r\ns=-\r\nc=IN IP6 2001:db8:1::2"
       "\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")


def message(first, vias, *headers, call="c1", cseq="1 INVITE", body=""):
    """One, with its content"""
    lines = [first, *(f"Via: SIP/2.0/UDP {v}" for v in vias),
             "From: <sip:alice@example.test>;tag=a",
             "To: <sip:bob@example.test>", f"Call-ID: {call}",
             f"CSeq: {cseq}", *headers]
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines) + "\r\n\r\n" + body


VIA6 = "[2001:db8:1::2]:5062;branch=z9hG4bKp{n};rport"
SEEN6 = ("[2001:db8:1::2]:5062;received=203.0.113.7;branch=z9hG4bKp{n};"
         "rport=40001")
OWN = "192.0.2.10;branch=z9hG4bKx{n}"


def call(n):
    """[(from, to, text)]: an INVITE, what left, the 200, what left"""
    mine, seen, own = (t.format(n=n) for t in (VIA6, SEEN6, OWN))
    id_ = f"call{n}"
    ok = message("SIP/2.0 200 OK", [own, seen], call=id_)
    return [
        (PHONE, PROXY, message("INVITE sip:bob@192.0.2.30 SIP/2.0", [mine],
                               call=id_, body=SDP)),
        (PROXY, UA4, message("INVITE sip:bob@192.0.2.30 SIP/2.0", [own, seen],
                             call=id_, body=SDP.replace(
                                 "IP6 2001:db8:1::2", "IP4 203.0.113.7"))),
        (UA4, PROXY, ok),
        (PROXY, PHONE, message("SIP/2.0 200 OK", [seen], call=id_))]


def as_text(messages):
    """With the line that says where each was seen"""
    return "".join(f"udp {a} {b}\r\n{text}\r\n" for a, b, text in messages)


def address(place):
    host, _, port = place.rpartition(":")
    return bytes(map(int, host.split("."))), int(port)


def packet(src, dst, text, second=0):
    """A record of a capture, of bare IP"""
    (a, sport), (b, dport) = address(src), address(dst)
    data = text.encode()
    udp = struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                     a, b) + udp
    return struct.pack("<IIII", second, 0, len(ip), len(ip)) + ip


PCAP = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)


def capture(messages):
    return PCAP + b"".join(packet(*m) for m in messages)
