# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the short calls are filled in with: bodies, own values, defaults."""
import ipaddress

UE6 = "[2001:db8:1::2]:39859"
FTAG = "509deccb2e2fd74d"  # tag of the caller, in every short call
STATIC = ('STATIC_CALLEE='
          '"sip:bob-0x56074465aae0@192.0.2.30:5060"')

SDP = """v=0
o=- 2946583446 1678455881 IN {addr}
s=-
c=IN {addr}
t=0 0
a=tool:baresip 1.0.0
m=audio 30064 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=label:1
a=rtcp-rsize
a=ssrc:4065620654 cname:sip:alice@sip.example.test
a=minptime:20
a=ptime:20
"""


def body(addr):
    """Content headers, empty line and SDP of baresip with this address"""
    return content("application/sdp", SDP.format(addr=addr))


def content(kind, text):
    return f"Content-Type: {kind}\nContent-Length: {size(text)}\n\n{text}"


def size(text):
    """Octets on the wire, where a line ends with CRLF"""
    return len(text) + text.count("\n")


def multipart(sdp, other="c=IN IP4 192.0.2.30\n"):
    """An SDP part that says its own length, and one that is no SDP"""
    return content("multipart/mixed;boundary=uniq", (
        "--uniq\nContent-Type: application/sdp\nContent-Length: "
        f"{size(sdp)}\n\n{sdp}\n--uniq\nContent-Type: text/plain\n\n{other}"
        "--uniq--\n"))


def synthetic(prefix, v4):
    """RFC 6052 2.3 in the tests' own words: fill from the prefix on, octet 8
    stays zero"""
    net = ipaddress.IPv6Network(prefix)
    out = bytearray(net.network_address.packed)
    pos = net.prefixlen // 8
    for octet in ipaddress.IPv4Address(v4).packed:
        if pos == 8:
            pos += 1
        out[pos] = octet
        pos += 1
    return f"[{ipaddress.IPv6Address(bytes(out)).compressed}]"


def value(host, label, port=5060, params="", ftag=FTAG):
    return (f"<sip:{host}:{port}{params};r2=on;n64={label};"
            f"ftag={ftag};lr>")


V4 = "192.0.2.10"
V6 = synthetic("2001:db8:64::/96", V4)


def pair(top, below):
    return f"Record-Route: {top}\nRecord-Route: {below}\n"


PAIR = pair(value(V4, "bn"), value(V6, "as"))
PLAIN = f"Record-Route: <sip:{V4};lr;ftag={FTAG}>\n"


def invite(**changed):
    """Parameters of one-invite.call: UE6 as it is, unless changed"""
    p = {"own": "proxy 192.0.2.10:5060", "out_from": "proxy 192.0.2.10:5060",
         "sent_by": V4, "via": UE6, "contact": UE6, "in": "", "out": "",
         "trying": "", "rr": PAIR, "reply_in": "", "reply_out": "",
         "body_in": body("IP6 2001:db8:1::2"),
         "body_out": body("IP4 192.0.2.1")}
    p.update(changed)
    return p


def bye(routes, **changed):
    """Parameters of one-bye.call and one-bye-from-ua4.call"""
    p = {"own": "proxy 192.0.2.10:5060", "out_from": "proxy 192.0.2.10:5060",
         "sent_by": V4, "routes": routes, "seen": "", "reply_seen": "",
         "header": "",
         "received": synthetic("2001:db8:64::/96", V4)[1:-1]}
    p.update(changed)
    return p
