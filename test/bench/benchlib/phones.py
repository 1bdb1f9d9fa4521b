# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The two phones of a call: each message fixed but for what they must echo.

A phone that finds itself behind NAT64 is UE6, with IPv6 in Via, Contact and SDP
and the address and port of the NAT64 around it; the other is UA4.
"""
import collections
import re
import socket

PROXY = ("192.0.2.10", 5060)
CALLER = ("192.0.2.1", 39859)
CALLEE = ("192.0.2.30", 5060)
PREF64 = "2001:db8:64::/96"
SYNTHETIC = "2001:db8:64::c000:20a"  # the proxy, as UE6 sees it
WAIT = 20.0  # s for one message: under valgrind the first one takes long

INVITE = """INVITE sip:bob@192.0.2.30:5060 SIP/2.0
Via: SIP/2.0/UDP {host}:39859;branch=z9hG4bK{n}i;rport
Contact: <sip:alice-0x563536ca33a0@{host}:39859>
Max-Forwards: 70
To: <sip:bob@sip.example.test>
From: <sip:alice@sip.example.test>;tag=509deccb{n}
Call-ID: b6e75f89{n}
CSeq: 28161 INVITE
User-Agent: baresip v1.0.0 (x86_64/linux)
Allow: INVITE,ACK,BYE,CANCEL,OPTIONS,NOTIFY,SUBSCRIBE,INFO,MESSAGE,REFER
Supported: gruu
Content-Type: application/sdp
Content-Length: {length}

{sdp}"""
WITHIN = """{method} {uri} SIP/2.0
Via: SIP/2.0/UDP {host}:39859;branch=z9hG4bK{n}{method};rport
Max-Forwards: 70
{routes}To: <sip:bob@sip.example.test>;tag={tag}
From: <sip:alice@sip.example.test>;tag=509deccb{n}
Call-ID: b6e75f89{n}
CSeq: {cseq} {method}
User-Agent: baresip v1.0.0 (x86_64/linux)
Content-Length: 0

"""
ANSWER = """SIP/2.0 {status}
{echo}Server: baresip v1.0.0 (x86_64/linux)
Contact: <sip:bob-0x56074465aae0@192.0.2.30:5060>
Allow: INVITE,ACK,BYE,CANCEL,OPTIONS,NOTIFY,SUBSCRIBE,INFO,MESSAGE,REFER
"""
SDP = """v=0
o=- {id} IN {address}
s=-
c=IN {address}
t=0 0
a=tool:baresip 1.0.0
m=audio 30064 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=label:1
a=ssrc:4065620654 cname:sip:{user}@sip.example.test
a=minptime:20
a=ptime:20
"""


class Lost(Exception):
    """A message did not come, or another came in its place"""


def octets(text):
    return text.replace("\n", "\r\n").encode()


def visible(data):
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def fields(text, *names):
    """The header lines of these names, in order"""
    want = {name.lower() for name in names}
    return [line for line in text.split("\n\n")[0].split("\n")[1:]
            if line.partition(":")[0].lower() in want]


def value(text, name):
    line = fields(text, name)
    if not line:
        raise Lost(f"no {name} in:\n{text}")
    return line[0].partition(":")[2].strip()


def within(method, answer, host, n, cseq):
    """A request in the dialog that this 2xx made"""
    uri = re.search(r"<(.*?)>", value(answer, "Contact"))[1]
    routes = "".join(f"Route:{line.partition(':')[2]}\n" for line
                     in reversed(fields(answer, "Record-Route")))
    tag = re.search(r"tag=([^;]+)", value(answer, "To"))[1]
    return WITHIN.format(method=method, uri=uri, routes=routes, tag=tag,
                         host=host, n=n, cseq=cseq)


def echo(request, tag="", received=""):
    """What a response takes over of its request (RFC 3261 8.2.6.2)"""
    lines = fields(request, "Record-Route", "Via", "To", "From", "Call-ID",
                   "CSeq")
    first_via = True
    for i, line in enumerate(lines):
        name = line.partition(":")[0]
        if name == "Via" and first_via:
            first_via = False
            lines[i] += received
        if name == "To" and tag and "tag=" not in line:
            lines[i] += f";tag={tag}"
    return "".join(line + "\n" for line in lines)


class Phone:
    def __init__(self, address):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(address)
        self.sock.settimeout(WAIT)
        # texts in the order in which they came; a crowd's would only fill memory
        self.seen = collections.deque(maxlen=16)
        self.probes = 0

    def send(self, text):
        self.sock.sendto(octets(text), PROXY)

    def take_probe(self, seconds):
        """Answer one that comes in that time; did it?"""
        self.sock.settimeout(seconds)
        try:
            text = visible(self.sock.recv(65535))
        except socket.timeout:
            return False
        finally:
            self.sock.settimeout(WAIT)
        if not text.startswith("OPTIONS "):
            raise Lost(f"not a probe but:\n{text}")
        self.probes += 1
        self.answer_probe(text)
        return True

    def receive(self, start):
        """The next message; it must begin so. Probes are answered."""
        while True:
            try:
                text = visible(self.sock.recv(65535))
            except socket.timeout as e:
                raise Lost(f"no '{start}' came") from e
            if not text.startswith("OPTIONS "):
                break
            self.probes += 1
            self.answer_probe(text)
        self.seen.append(text)
        if not text.startswith(start):
            raise Lost(f"not '{start}' but:\n{text}")
        return text

    def answer_probe(self, text):
        """Our Via says IPv4, the packet came from a synthetic address: UE6
        says so (RFC 3261 18.2.1)"""
        self.send("SIP/2.0 200 OK\n"
                  + echo(text, "probe", f";received={SYNTHETIC}")
                  + "Content-Length: 0\n\n")

    def close(self):
        self.sock.close()


class Pair:
    """Caller and callee"""

    def __init__(self, ue6):
        self.host = "[2001:db8:1::2]" if ue6 else CALLER[0]
        self.sdp = SDP.format(
            id="2946583446 1678455881", user="alice",
            address="IP6 2001:db8:1::2" if ue6 else f"IP4 {CALLER[0]}")
        self.answer = SDP.format(id="3895013151 1999723676", user="bob",
                                 address=f"IP4 {CALLEE[0]}")
        self.caller = Phone(CALLER)
        self.callee = Phone(CALLEE)
        self.played = 0

    def call(self):
        """INVITE, 100, 180, 200, ACK, BYE, 200: one at a time"""
        self.crowd(1)

    def crowd(self, calls):
        """So many calls at once, step by step"""
        self.talk(*self.ring(calls))

    def ring(self, calls):
        """(names, INVITEs) of so many that ring at once"""
        names = [f"{self.played + i:08d}" for i in range(calls)]
        self.played += calls
        for n in names:
            self.caller.send(INVITE.format(host=self.host, n=n, sdp=self.sdp,
                                           length=len(octets(self.sdp))))
        took = [self.callee.receive("INVITE ") for _ in names]
        for n, invite in zip(names, took):
            self.caller.receive("SIP/2.0 100 ")
            self.callee.send(ANSWER.format(status="180 Ringing", echo=echo(
                invite, f"2ba10b12{n}")) + "Content-Length: 0\n\n")
        for _ in names:
            self.caller.receive("SIP/2.0 180 ")
        return names, took

    def talk(self, names, took):
        """They are answered, and hang up"""
        for n, invite in zip(names, took):
            self.callee.send(self.accept(invite, n))
        oks = [self.caller.receive("SIP/2.0 200 ") for _ in names]
        for n, ok in zip(names, oks):
            self.caller.send(within("ACK", ok, self.host, n, 28161))
        for _ in names:
            self.callee.receive("ACK ")
        for n, ok in zip(names, oks):
            self.caller.send(within("BYE", ok, self.host, n, 28162))
        for bye in [self.callee.receive("BYE ") for _ in names]:
            self.callee.send("SIP/2.0 200 OK\n" + echo(bye)
                             + "Server: baresip v1.0.0 (x86_64/linux)\n"
                             "Content-Length: 0\n\n")
        for _ in names:
            self.caller.receive("SIP/2.0 200 ")

    def accept(self, invite, n):
        head = ANSWER.format(status="200 Answering",
                             echo=echo(invite, f"2ba10b12{n}"))
        return (f"{head}Content-Type: application/sdp\n"
                f"Content-Length: {len(octets(self.answer))}\n\n{self.answer}")

    def play(self, calls):
        for _ in range(calls):
            self.call()

    def last_call(self):
        """What reached each phone in it"""
        return {"caller": list(self.caller.seen)[-4:],
                "callee": list(self.callee.seen)[-3:]}

    def close(self):
        self.caller.close()
        self.callee.close()
