# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge on doctored calls: each fault must fail its own proof."""

import dataclasses

import pytest
from lablib import audio, call, ladder, pcap, proofs, sipmsg
from lablib import plan as P
from lablib.case import Case, Rtp

PROXY6 = "2001:db8:64::c000:20a"
RELAY6 = "2001:db8:64::c000:214"
UE6, NAT64 = (P.UE6_ADDR, 40001), (P.NAT64_ADDR, 1025)
PROXY, UA4 = (P.PROXY_ADDR, 5060), (P.UA4_ADDR, 5060)
FAR = (PROXY6, 5060)
PAIR = ("Record-Route: <sip:192.0.2.10:5060;r2=on;lr;n64=bn>\n"
        f"Record-Route: <sip:[{PROXY6}]:5060;r2=on;lr;n64=as>\n")


def _sdp(kind, addr):
    return (f"v=0\no=- 1 1 IN {kind} {addr}\ns=-\nc=IN {kind} {addr}\n"
            "t=0 0\nm=audio 30000 RTP/AVP 0\n")


def _raw(start, cseq, vias, more="", body=""):
    text = start + "\n" + "".join(
        f"Via: SIP/2.0/UDP host;branch=z9hG4bK{v}\n" for v in vias)
    text += f"Call-ID: one\nCSeq: {cseq}\n" + more
    if body:
        text += "Content-Type: application/sdp\n"
    text += f"Content-Length: {len(body.replace(chr(10), chr(13) + chr(10)))}"
    return (text + "\n\n" + body).replace("\n", "\r\n").encode()


class Wire:
    """Writes what both captures of a lab would hold."""

    def __init__(self):
        self.time, self.ue, self.core = 1000.0, [], []

    def _put(self, where, src, dst, raw):
        self.time += 0.001
        where.append(pcap.Packet(self.time, "udp", *src, *dst, raw))

    def ue_to_proxy(self, raw):
        self._put(self.ue, UE6, FAR, raw)
        self._put(self.core, NAT64, PROXY, raw)

    def proxy_to_ue(self, raw):
        self._put(self.core, PROXY, NAT64, raw)
        self._put(self.ue, FAR, UE6, raw)

    def ua4_to_proxy(self, raw):
        self._put(self.core, UA4, PROXY, raw)

    def proxy_to_ua4(self, raw):
        self._put(self.core, PROXY, UA4, raw)


def _good_call():
    wire = Wire()
    for to_proxy, back, user in (
            (wire.ue_to_proxy, wire.proxy_to_ue, "alice"),
            (wire.ua4_to_proxy, wire.proxy_to_ua4, "bob")):
        reg = f"Contact: <sip:{user}@host>;expires=300\n"
        for start, use in (("REGISTER sip:x SIP/2.0", to_proxy),
                           ("SIP/2.0 200 OK", back)):
            use(_raw(start, "1 REGISTER", ["r" + user], reg).replace(
                b"Call-ID: one", b"Call-ID: " + user.encode()))
    offer6, offer4 = _sdp("IP6", P.UE6_ADDR), _sdp("IP4", P.RELAY_ADDR)
    wire.ue_to_proxy(_raw("INVITE sip:bob@x SIP/2.0", "1 INVITE", "a",
                          body=offer6))
    wire.proxy_to_ua4(_raw("INVITE sip:bob@x SIP/2.0", "1 INVITE", "pa",
                           PAIR, offer4))
    wire.ua4_to_proxy(_raw("SIP/2.0 200 OK", "1 INVITE", "pa", PAIR,
                           _sdp("IP4", P.UA4_ADDR)))
    wire.proxy_to_ue(_raw("SIP/2.0 200 OK", "1 INVITE", "a", PAIR,
                          _sdp("IP6", RELAY6)))
    wire.ue_to_proxy(_raw("ACK sip:bob@x SIP/2.0", "1 ACK", "b"))
    wire.proxy_to_ua4(_raw("ACK sip:bob@x SIP/2.0", "1 ACK", "qb"))
    wire.ua4_to_proxy(_raw("BYE sip:alice@x SIP/2.0", "9 BYE", "c"))
    wire.proxy_to_ue(_raw("BYE sip:alice@x SIP/2.0", "9 BYE", "sc"))
    wire.ue_to_proxy(_raw("SIP/2.0 200 OK", "9 BYE", "sc"))
    wire.proxy_to_ua4(_raw("SIP/2.0 200 OK", "9 BYE", "c"))
    return wire


HEARD = audio.Heard(1130.0, -13.0, 3.0, 3.2)


def _case(folder, wire, **changes):
    """By way of real capture files, as in the lab."""
    seen = []
    for net in ("ue", "core"):
        path = str(folder / f"{net}.pcap")
        pcap.write(path, getattr(wire, net))
        seen += sipmsg.messages(pcap.packets(path), net)
    seen.sort(key=lambda m: m.time)
    case = Case("ue", "ua4", "udp", call.ENDS,
                (P.PROXY_ADDR, PROXY6, P.DOMAIN),
                [m for m in seen if m.method != "REGISTER"],
                [m for m in seen if m.method == "REGISTER"], call.LANES,
                Rtp(150, 150, 150, 150), {"ue": HEARD, "ua4": HEARD},
                {"ue": 1130, "ua4": 1130})
    return dataclasses.replace(case, **changes)


def _failed(case):
    return {p.key for p in proofs.judge(case) if not p.ok}


def _edit(wire, net, want, change):
    """Change, drop or repeat the packets that hold some text."""
    setattr(wire, net, [new for pkt in getattr(wire, net) for new in
                        (change(pkt) if want(pkt) else [pkt])])
    return wire


def test_good_call(tmp_path):
    assert not _failed(_case(tmp_path, _good_call()))


def _has(text, dst=None):
    return lambda p: text in p.data and (dst is None or p.dst == dst)


def _replace(old, new):
    return lambda p: [dataclasses.replace(p, data=p.data.replace(old, new))]


def _drop(_):
    return []


def _twice(pkt):
    return [pkt, dataclasses.replace(pkt, time=pkt.time + 0.5)]


OWN_ROUTE = b"Call-ID: one\r\nRoute: <sip:a@192.0.2.50;lr>, <sip:%s;lr>"

FAULTS = [
    ("no ACK at the callee", "core", _has(b"ACK sip", P.UA4_ADDR), _drop,
     {"ack"}),
    ("ACK of another INVITE", "core", _has(b"ACK sip", P.UA4_ADDR),
     _replace(b"CSeq: 1 ACK", b"CSeq: 2 ACK"), {"ack"}),
    ("INVITE refused", "ue", _has(b"200 OK"),
     _replace(b"200 OK", b"488 No"),
     {"answered", "no-repeat", "register-ue"}),
    ("200 repeated by the callee", "core", _has(b"1 INVITE", P.PROXY_ADDR),
     lambda p: _twice(p) if b"200 OK" in p.data else [p], {"no-repeat"}),
    ("200 repeated to the caller", "ue",
     lambda p: b"200 OK" in p.data and b"INVITE" in p.data, _twice,
     {"no-repeat"}),
    ("BYE lost", "ue", _has(b"BYE sip"), _drop, {"bye"}),
    ("BYE unanswered", "core", _has(b"9 BYE", P.UA4_ADDR), _drop, {"bye"}),
    ("own Route at UE6", "ue", _has(b"BYE sip"),
     _replace(b"Call-ID: one", OWN_ROUTE % b"192.0.2.10"),
     {"no-own-route"}),
    ("own Route at UA4, other spelling", "core",
     _has(b"ACK sip", P.UA4_ADDR),
     _replace(b"Call-ID: one", OWN_ROUTE
              % b"[2001:DB8:64:0:0:0:192.0.2.10]:5060"), {"no-own-route"}),
    ("own Route by name", "core", _has(b"INVITE sip", P.UA4_ADDR),
     _replace(b"Call-ID: one", OWN_ROUTE % b"SIP.example.test"),
     {"no-own-route"}),
    ("IP4 in c= to UE6", "ue", _has(b"c=IN IP6 " + RELAY6.encode()),
     _replace(b"c=IN IP6 " + RELAY6.encode(), b"c=IN IP4 192.0.2.20"),
     {"sdp-ue"}),
    ("IP4 in o= to UE6", "ue", _has(RELAY6.encode()),
     _replace(b"o=- 1 1 IN IP6", b"o=- 1 1 IN IP4"), {"sdp-ue"}),
    ("a type that lies", "ue", _has(RELAY6.encode()),
     _replace(b"c=IN IP6 " + RELAY6.encode(), b"c=IN IP6 192.0.2.20"),
     {"sdp-ue"}),
    ("IP6 in the offer to UA4", "core", _has(b"INVITE sip", P.UA4_ADDR),
     _replace(b"c=IN IP4 192.0.2.20", b"c=IN IP6 2001:db8::1"), {"sdp-ua4"}),
    ("no SDP to UE6", "ue", _has(RELAY6.encode()),
     _replace(b"application/sdp", b"text/plain"), {"sdp-ue"}),
    ("no REGISTER", "core", _has(b"REGISTER", P.PROXY_ADDR), _drop,
     {"register-ua4"}),
    ("REGISTER unanswered", "ue", _has(b"1 REGISTER", P.UE6_ADDR), _drop,
     {"register-ue"}),
]


@pytest.mark.parametrize("net,want,change,keys",
                         [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_seen(tmp_path, net, want, change, keys):
    wire = _edit(_good_call(), net, want, change)
    assert _failed(_case(tmp_path, wire)) == keys


@pytest.mark.parametrize("changes,keys", [
    ({"rtp": Rtp(150, 0, 150, 150)}, {"rtp"}),
    ({"rtp": Rtp(150, 150, 0, 150)}, {"rtp"}),
    ({"heard": {"ue": None, "ua4": HEARD}}, {"tone-ue"}),
    ({"heard": {"ue": HEARD, "ua4": audio.Heard(620, -13, 0, 3)}},
     {"tone-ua4"}),
    ({"transport": "tcp"}, {"register-ue", "register-ua4"}),
])
def test_other_evidence(tmp_path, changes, keys):
    assert _failed(_case(tmp_path, _good_call(), **changes)) == keys


def test_nothing_proves_nothing(tmp_path):
    case = _case(tmp_path, Wire(), rtp=Rtp(), heard={})
    assert all(not p.ok for p in proofs.judge(case))
    assert "no message" in ladder.draw(case)[0]


def test_ladder_marks_what_the_module_wrote(tmp_path):
    lines = ladder.draw(_case(tmp_path, _good_call()))
    arrows = [x for x in lines if "|" in x]
    marks = [x.strip() for x in lines if x.strip().startswith("+ ")][:-1]
    assert len(arrows) == 10
    assert arrows[0].endswith("INVITE sip:bob@x SIP/2.0  (UDP)")
    assert "|---------------+-------------->|" in arrows[0]
    assert marks == ["+ " + x for x in PAIR.strip().split("\n")] + [
        f"+ o=- 1 1 IN IP6 {RELAY6}", f"+ c=IN IP6 {RELAY6}"]
