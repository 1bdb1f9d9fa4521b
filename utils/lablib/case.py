# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One call as it was seen on the wires and heard by the phones.

This is what the judge (proofs) and the ladder work on; it can come from the
lab's captures, from SIPp's logs, or from a test's own hand.
"""

from dataclasses import dataclass, field

NAMES = {"ue": "UE6", "uen": "UE6n", "ue2": "UE6b", "ue3": "UE6c",
         "ua4": "UA4"}


@dataclass(frozen=True)
class End:
    """Where a phone is seen."""
    net: str     # the capture that shows what reaches it
    addr: str
    family: str  # the SDP address type that it offers and may be given
    port: int = 0  # 0: any
    proxies: tuple = ()  # hosts by which it reaches the proxy


@dataclass(frozen=True)
class Rtp:
    """RTP packets of one UE6 on both sides of its NAT64."""
    out6: int = 0
    in6: int = 0
    out4: int = 0
    in4: int = 0

    def least(self):
        return min(self.out6, self.in6, self.out4, self.in4)


@dataclass(frozen=True)
class Direct:
    """RTP of one UE6 beyond its network where there is no media relay."""
    outside: str     # its NAT64's address there; its own if the other has IPv6
    far: str         # where the other's media come from
    far6: str        # the same as the UE6 sees it
    came: list       # packets from outside to the other
    back: list       # packets from the other
    others: tuple = ()  # (from, to) of each packet that went another way


@dataclass
class Case:
    """The evidence of one call."""
    caller: str
    hangup: str
    transport: str
    ends: dict             # phone: End, of the two in the call
    own_hosts: tuple       # addresses and names of the proxy, for Route
    messages: list         # since the call began, all networks, by time
    registers: list = field(default_factory=list)
    # ladder: (name, places); a place is (network, address[:port] or None)
    lanes: tuple = ()
    rtp: dict = None       # phone: Rtp, of each UE6; None: not judged
    heard: dict = None     # phone: audio.Heard or None; None: not judged
    wanted: dict = field(default_factory=dict)  # phone: Hz
    module: bool = True    # is this project's module loaded?
    unregistered: tuple = ()  # phones that never register
    two_box: str = ""      # what is behind the proxy, see plan.TWO_BOXES
    hold: str = ""         # the phone that holds and resumes, if any
    # phone: (RTP packets that it sent, those that reached it), for the hold
    voice: dict = field(default_factory=dict)
    direct: dict = None    # phone: Direct, of each UE6; None: with a relay
    kind: str = ""         # what is played, see kinds.KINDS
    wire: dict = field(default_factory=dict)  # phone: media.Wire, for kinds

    def other(self, phone):
        """Whom a phone is in the call with."""
        return next(p for p in self.ends if p != phone)

    @property
    def callee(self):
        return self.other(self.caller)

    @property
    def phones(self):
        """Both phones, UE6 before UA4."""
        return [p for p in NAMES if p in self.ends]

    @property
    def call_id(self):
        """Of the first INVITE that the caller sent, "" if it sent none."""
        for msg in self.sent(self.caller):
            if msg.method == "INVITE" and not msg.status:
                return msg.call_id
        return ""

    def call(self):
        """The messages of the call, in order of time."""
        wanted = {self.call_id, self.second_call_id} - {""}
        return [m for m in self.messages if m.call_id in wanted]

    @property
    def second_call_id(self):
        """Of the leg that a B2BUA made, as the callee got it."""
        if self.two_box != "b2bua":
            return ""
        return next((m.call_id for m in self.reached(self.callee)
                     if m.method == "INVITE" and not m.status), "")

    def _at(self, phone, messages, end_of):
        end = self.ends[phone]
        found = []
        for msg in messages:
            addr, port = end_of(msg)
            if msg.net == end.net and addr == end.addr \
                    and end.port in (0, port):
                found.append(msg)
        return found

    def sent(self, phone, messages=None):
        """What left a phone, on its own wire."""
        return self._at(phone, self.messages if messages is None
                        else messages, lambda m: (m.src, m.sport))

    def reached(self, phone, messages=None):
        """What reached a phone, on its own wire."""
        return self._at(phone, self.messages if messages is None
                        else messages, lambda m: (m.dst, m.dport))
