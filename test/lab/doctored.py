# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls written by hand, as a lab's captures would show them."""

import dataclasses

from lablib import audio, call, pcap, proofs, sipmsg
from lablib.case import NAMES, Case, Rtp
from lablib.plan import NEIGHBOUR, PROXY_ADDR, RELAY_ADDR, UA4_ADDR, Plan

# only its addresses are used: three networks, each with a PREF64 of its own,
# and a second phone in the first one
PLAN = Plan("doctored", networks=3, neighbour=True)
PROXY = (PROXY_ADDR, 5060)
HEARD = audio.Heard(1130.0, -13.0, 3.0, 3.2)
CROSSED = Rtp(150, 150, 150, 150)
TO = "To: <sip:a@x>;tag=a\n"


def _sdp(addr):
    kind = "IP6" if ":" in addr else "IP4"
    return (f"v=0\no=- 1 1 IN {kind} {addr}\ns=-\nc=IN {kind} {addr}\n"
            "t=0 0\nm=audio 30000 RTP/AVP 0\n")


def _raw(start, cseq, vias, more="", body="", call_id="one"):
    text = start + "\n" + "".join(
        f"Via: SIP/2.0/UDP host;branch=z9hG4bK{v}\n" for v in vias)
    text += f"Call-ID: {call_id}\nCSeq: {cseq}\n" + more
    if body:
        text += "Content-Type: application/sdp\n"
    text += f"Content-Length: {len(body.replace(chr(10), chr(13) + chr(10)))}"
    return (text + "\n\n" + body).replace("\n", "\r\n").encode()


def relay_for(phone):
    """The media relay's address in a form that the phone can reach."""
    net = PLAN.network_of(phone)
    return net.relay6 if net else RELAY_ADDR


def own_address(phone):
    return PLAN.address(phone)


def pair_of(caller, callee):
    """The Record-Routes of a call, the one on top faces the callee."""
    def value(phone, letters):
        net = PLAN.network_of(phone)
        host = f"[{net.proxy6}]" if net else PROXY_ADDR
        return f"Record-Route: <sip:{host}:5060;r2=on;lr;n64={letters}>\n"
    return value(callee, "bn") + value(caller, "as")


def route_of(caller, callee, phone):
    """The Routes that a phone of the call has made of these."""
    lines = pair_of(caller, callee).replace("Record-", "").splitlines(True)
    return "".join(lines if phone == callee else reversed(lines))


def port_of(phone):
    """A UE6's port, and what its NAT64 made of it."""
    return (40002, 1026) if phone == NEIGHBOUR else (40001, 1025)


class Wire:
    """Writes what the captures of a lab would hold."""

    def __init__(self):
        self.time = 1000.0
        self.nets = {p: [] for p in PLAN.phones if p != "ua4"} | {"core": []}

    def _put(self, net, src, dst, raw):
        self.time += 0.001
        self.nets[net].append(pcap.Packet(self.time, "udp", *src, *dst, raw))

    def to_proxy(self, phone, raw):
        net = PLAN.network_of(phone)
        if net:
            self._put(phone, (PLAN.address(phone), port_of(phone)[0]),
                      (net.proxy6, 5060), raw)
        self._put("core", self._outside(phone), PROXY, raw)

    def to_phone(self, phone, raw):
        net = PLAN.network_of(phone)
        self._put("core", PROXY, self._outside(phone), raw)
        if net:
            self._put(phone, (net.proxy6, 5060),
                      (PLAN.address(phone), port_of(phone)[0]), raw)

    @staticmethod
    def _outside(phone):
        net = PLAN.network_of(phone)
        return (net.outside, port_of(phone)[1]) if net else (UA4_ADDR, 5060)

    def edit(self, net, want, change):
        """Change, drop or repeat the packets that hold some text."""
        self.nets[net] = [new for pkt in self.nets[net]
                          for new in (change(pkt) if want(pkt) else [pkt])]
        return self


def register(wire, phone):
    contact = f"Contact: <sip:{phone}@host>;expires=300\n"
    for start, put in (("REGISTER sip:x SIP/2.0", wire.to_proxy),
                       ("SIP/2.0 200 OK", wire.to_phone)):
        put(phone, _raw(start, "1 REGISTER", ["r" + phone], contact,
                        call_id="reg-" + phone))


def good_call(caller="ue", callee="ua4", never=(), within=None):
    """Both register but for `never`, one calls, the callee hangs up.

    within: called with the wire when the call is set up.
    """
    wire = Wire()
    for phone in (caller, callee):
        if phone not in never:
            register(wire, phone)
    pair = pair_of(caller, callee)
    invite, yes = "INVITE sip:b@x SIP/2.0", "SIP/2.0 200 OK"
    wire.to_proxy(caller, _raw(invite, "1 INVITE", "a",
                               body=_sdp(own_address(caller))))
    wire.to_phone(callee, _raw(invite, "1 INVITE", "pa", pair,
                               _sdp(relay_for(callee))))
    wire.to_proxy(callee, _raw(yes, "1 INVITE", "pa", pair,
                               _sdp(own_address(callee))))
    wire.to_phone(caller, _raw(yes, "1 INVITE", "a", pair,
                               _sdp(relay_for(caller))))
    wire.to_proxy(caller, _raw("ACK sip:b@x SIP/2.0", "1 ACK", "b",
                               route_of(caller, callee, caller)))
    wire.to_phone(callee, _raw("ACK sip:b@x SIP/2.0", "1 ACK", "qb"))
    if within:
        within(wire)
    wire.to_proxy(callee, _raw("BYE sip:a@x SIP/2.0", "9 BYE", "c",
                               route_of(caller, callee, callee) + TO))
    wire.to_phone(caller, _raw("BYE sip:a@x SIP/2.0", "9 BYE", "sc"))
    wire.to_proxy(caller, _raw(yes, "9 BYE", "sc"))
    wire.to_phone(callee, _raw(yes, "9 BYE", "c"))
    return wire


def reinvite(wire, pair, sender, number, way):
    """An INVITE within the dialog, and all that follows it."""
    there = next(p for p in pair if p != sender)
    cseq, via = f"{number} INVITE", f"re{number}"

    def sdp(addr, towards):
        return _sdp(addr) + f"a={towards}\n"
    answer = {"sendonly": "recvonly"}.get(way, way)
    routes = route_of(*pair, sender) + TO
    for put, phone, start, vias, more, body in (
            (wire.to_proxy, sender, "INVITE sip:b@x SIP/2.0", [via], routes,
             sdp(own_address(sender), way)),
            (wire.to_phone, there, "INVITE sip:b@x SIP/2.0", ["p" + via], TO,
             sdp(relay_for(there), way)),
            (wire.to_proxy, there, "SIP/2.0 200 OK", ["p" + via], TO,
             sdp(own_address(there), answer)),
            (wire.to_phone, sender, "SIP/2.0 200 OK", [via], TO,
             sdp(relay_for(sender), answer))):
        put(phone, _raw(start, cseq, vias, more, body))
    for put, phone, more in ((wire.to_proxy, sender, routes),
                             (wire.to_phone, there, TO)):
        put(phone, _raw("ACK sip:b@x SIP/2.0", f"{number} ACK", [via + "a"],
                        more))


def case_of(folder, wire, pair=("ue", "ua4"), **changes):
    """By way of real capture files, as in the lab."""
    seen = []
    for net, packets in wire.nets.items():
        path = str(folder / f"{net}.pcap")
        pcap.write(path, packets)
        seen += sipmsg.messages(pcap.packets(path), net)
    seen.sort(key=lambda m: m.time)
    case = Case(caller=pair[0], hangup=pair[1], transport="udp",
                ends={p: call.end_of(PLAN, p) for p in pair},
                own_hosts=call.own_hosts(PLAN),
                messages=[m for m in seen if m.method != "REGISTER"],
                registers=[m for m in seen if m.method == "REGISTER"],
                lanes=call.lanes(PLAN, pair, seen),
                rtp={p: CROSSED for p in pair if p != "ua4"},
                heard={p: HEARD for p in pair},
                wanted={p: 1130 for p in NAMES})
    return dataclasses.replace(case, **changes)


def failed(case):
    return {p.key for p in proofs.judge(case) if not p.ok}


def has(text, dst=None):
    return lambda p: text in p.data and (dst is None or p.dst == dst)


def replace(old, new):
    return lambda p: [dataclasses.replace(p, data=p.data.replace(old, new))]


def drop(_):
    return []


def twice(pkt):
    return [pkt, dataclasses.replace(pkt, time=pkt.time + 0.5)]


# a phone was left with a Route that names the proxy
OWN_ROUTE = b"Call-ID: one\r\nRoute: <sip:a@192.0.2.50;lr>, <sip:%s;lr>"
