# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The RFCs' messages, as they are and with more on top.

What is added is what an element in between may have added: its Via, Routes
that lead here, a header. The message itself stays as it is, to the octet.
"""
import csv
import itertools
import os
import re
from dataclasses import dataclass

PLAIN = ("192.0.2.1", 5062)   # shows nothing of IPv6
UE6 = ("192.0.2.2", 5062)     # behind a NAT64
SYNTHETIC = "sip:[2001:db8:64::c000:20a]:5060;r2=on;n64=as;ftag=ft;lr"
IPV4 = "sip:192.0.2.10:5060;r2=on;n64=bn;ftag=ft;lr"
LIE = ('PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:bad::/96"'
       ";callee=nat64")
# an IPv6 address, or what says that there is one
IPV6 = re.compile(rb"\[[0-9a-fA-F]*:[0-9a-fA-F:.]*\]|\bIP6\b|received=[^;]*:")


@dataclass(frozen=True)
class Source:
    """One file of the RFCs'"""
    name: str
    data: bytes
    valid: bool

    @property
    def eol(self):
        first = self.data.partition(b"\n")[0]
        return b"\r\n" if first.endswith(b"\r") else b"\n"

    @property
    def reply(self):
        return self.data.startswith(b"SIP/2.0 ")

    @property
    def ipv6(self):
        return bool(IPV6.search(self.data))


@dataclass(frozen=True)
class Input:
    """A message to send

    @param bare  What goes to a proxy without the module in its place: nothing
                 that only the module understands, nothing that it removes
    """
    name: str
    source: Source
    data: bytes
    bare: bytes
    sender: tuple
    acts: bool   # the module may change more than that


def sources(folder):
    """Of both RFCs; every file that the manifest names"""
    out = []
    with open(os.path.join(folder, "MANIFEST.csv"), newline="") as f:
        for row in csv.DictReader(f):
            if not row["file"].startswith(("rfc4475/", "rfc5118/")):
                continue
            with open(os.path.join(folder, row["file"]), "rb") as message:
                out.append(Source(row["file"], message.read(),
                                  row["validity"] == "valid"))
    assert len(out) > 60, f"only {len(out)} messages in {folder}"
    return out


def _on_top(source, lines):
    """Header fields before the first of the message"""
    cut = source.data.index(b"\n") + 1
    return source.data[:cut] + b"".join(
        line.encode() + source.eol for line in lines) + source.data[cut:]


def _via(ipv6, branch):
    host = "[2001:db8:1::2]:5062" if ipv6 else "%s:%d" % PLAIN
    return f"Via: SIP/2.0/UDP {host};branch=z9hG4bK{branch};rport"


def variant(source, number, ipv6, route, lie):
    """With the Via of a previous hop, and what else it says"""
    via = _via(ipv6, f"tort{number}")
    routes = [f"Route: <{SYNTHETIC}>", f"Route: <{IPV4}>"] if route else []
    full = [via, *routes, *([LIE] if lie else [])]
    # the second of a pair goes with the first
    routes = [r.replace("r2=on;", "") for r in routes[1:]]
    name = "+".join(["hop6" if ipv6 else "hop4", *(["route"] if route else []),
                     *(["notify"] if lie else [])])
    return Input(f"{source.name} {name}", source, _on_top(source, full),
                 _on_top(source, [via, *routes]), UE6 if ipv6 or route else
                 PLAIN, ipv6 or route or source.ipv6)


def requests(folder):
    """All that is sent to the proxy out of the blue, replies too"""
    number = itertools.count()
    for source in sources(folder):
        yield Input(f"{source.name} as-is", source, source.data, source.data,
                    UE6 if source.ipv6 else PLAIN, source.ipv6)
        for ipv6, route, lie in itertools.product((False, True), repeat=3):
            yield variant(source, next(number), ipv6, route, lie)


def _fields(text):
    """Header fields with their continuation lines"""
    out = []
    for line in text.splitlines(keepends=True):
        if out and line[:1] in (b" ", b"\t"):
            out[-1] += line
        else:
            out.append(line)
    return out


def name_of(field):
    return field.partition(b":")[0].strip().lower()


ECHOED = (b"via", b"v", b"from", b"f", b"to", b"t", b"call-id", b"i", b"cseq")


def split(data):
    """(first line, header fields, body) of a message of any line end"""
    found = re.search(rb"\r?\n\r?\n", data)
    head, body = (data[:found.start()] + b"\r\n", data[found.end():]) \
        if found else (data, b"")
    first, _, rest = head.partition(b"\n")
    return first + b"\n", _fields(rest), body


def echo(data, status):
    """The reply to a request, of what it must copy"""
    _, fields, _ = split(data)
    return b"".join([
        f"SIP/2.0 {status}\r\n".encode(),
        *(f for f in fields if name_of(f) in ECHOED),
        b"Content-Length: 0\r\n\r\n"])


CARRIER = """INVITE sip:bob@sip.example.test SIP/2.0
{via}
Max-Forwards: 70
From: <sip:carrier@sip.example.test>;tag=ft
To: <sip:bob@sip.example.test>
Call-ID: carrier{n}
CSeq: 1 INVITE
Contact: <sip:carrier@{host}>
Content-Length: 0

"""


def carrier(number, ipv6):
    """A call that the message is to be the answer to"""
    host = "[2001:db8:1::2]:5062" if ipv6 else "%s:%d" % PLAIN
    return CARRIER.format(
        n=number, host=host, via=_via(ipv6, f"carry{number}")).replace(
        "\n", "\r\n").encode()


def as_reply(source, request, status, routes, lie):
    """The message as an answer to that request: its own header fields, but
    for the two that find the transaction

    @param routes  With the Record-Route of the request
    """
    _, fields, body = split(source.data)
    _, asked, _ = split(request)
    keep = (b"via", b"cseq") + ((b"record-route",) if routes else ())
    return b"".join([
        f"SIP/2.0 {status}\r\n".encode(),
        *(f for f in asked if name_of(f) in keep),
        *([LIE.encode() + b"\r\n"] if lie else []),
        *(f for f in fields if name_of(f) not in (b"via", b"v", b"cseq")),
        b"\r\n", body])


def stray_reply(source, number, ipv6, lie):
    """The same as the answer to nothing: by the Vias alone"""
    own = f"Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKstray{number}.0\r\n"
    back = _via(ipv6, f"stray{number}") + ";received=%s\r\n" % (
        UE6 if ipv6 else PLAIN)[0]
    asked = (own + back + "CSeq: 1 INVITE\r\n").encode()
    return as_reply(source, b"INVITE x\r\n" + asked + b"\r\n", "200 Stray",
                    False, lie)
