# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls of phones that nobody ever saw, made from calls with a prefix that is
configured: UE6 does not register, it is asked, and its value is mended."""
import re
from collections import Counter

CHUNK = re.compile(r"^(?==== )", re.M)
SYNTHETIC = "[2001:db8:64::c000:20a]"
PLAIN = "192.0.2.10"
# answered as a phone does, captures/baresip-keepalive-phone.txt 2.633
PROBE = """=== proxy {proxy} > ue6 {ue6} {proto}
OPTIONS sip:{target} SIP/2.0
Via: SIP/2.0/{tp} 192.0.2.10;branch={{branch-probe}}
To: <sip:{target}>
From: <sip:probe@192.0.2.10:5060>;tag={{tag-probe}}
CSeq: 10 OPTIONS
Call-ID: {{any-probe}}
Max-Forwards: 01
Content-Length: 0
User-Agent: {{server}}


"""
ANSWER = """=== ue6 {ue6} > proxy {proxy} {proto}
SIP/2.0 200 OK
Via: SIP/2.0/{tp} 192.0.2.10;branch={{branch-probe}}{received}
From: <sip:probe@192.0.2.10:5060>;tag={{tag-probe}}
To: <sip:{target}>;tag=8f58e45a64278d70
Call-ID: {{any-probe}}
CSeq: 10 OPTIONS
Server: baresip v1.0.0 (x86_64/linux)
Content-Length: 0


"""
RECEIVED = ";received=2001:db8:64::c000:20a"


def probe(ue6="192.0.2.1:39859", proto="udp", received=RECEIVED, name="probe"):
    """(what UE6 is asked, what it answers)"""
    fields = {"ue6": ue6, "proto": proto, "tp": proto.upper(),
              "proxy": "192.0.2.10:5060", "received": received,
              "target": ue6 + (";transport=tcp" if proto == "tcp" else "")}
    return tuple(text.format(**fields).replace("-probe", "-" + name)
                 for text in (PROBE, ANSWER))


def own_values(chunk):
    """Own values in the form that UA4 got them"""
    return re.sub(r"(?mi)^((?:record-)?route: .*)$",
                  lambda m: m[0].replace(SYNTHETIC, PLAIN), chunk)


def halves(text, received=RECEIVED):
    """A call in two parts: until UE6 has answered the probe, and from then
    on"""
    out, first, split = [], None, None
    for chunk in CHUNK.split(text):
        head, _, body = chunk.partition("\n")
        ue6 = re.search(r"ue6 (\S+)", head)
        if not ue6 and "ua4" not in head:
            continue
        if ue6 and re.search(r"(?mi)^cseq: \d+ REGISTER", body):
            continue
        cseq = re.search(r"(?mi)^cseq: (.*)$", body)[1]
        if head.startswith("=== ue6") and body.startswith("INVITE ") \
                and not first:
            first = cseq
        from_ua4 = head.startswith("=== ua4")
        if (cseq == first and not ue6 and not body.startswith("ACK")) or (
                from_ua4 and not body.startswith("SIP/2.0")):
            chunk = own_values(chunk)
        out.append(chunk)
        if cseq == first and "> ua4" in head and split is None:
            proto = "tcp" if head.rstrip().endswith("tcp") else "udp"
            ask, answer = probe(re.search(r"(?m)^=== ue6 (\S+)", text)[1],
                                proto, received)
            # asked as soon as the INVITE is looked at, then comes the 100
            out.insert(next(i for i, c in enumerate(out)
                            if "\nSIP/2.0 100 " in c), ask)
            out.append(answer)
            split = len(out)
    return "".join(out[:split]), "".join(out[split:])


def connections(wire):
    """How many TCP connections there were, from where to where"""
    return Counter((src[0], dst[0]) for src, dst in wire.syns
                   if "192.0.2.99" not in (src[0], dst[0]))
