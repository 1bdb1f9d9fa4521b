# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone that does what baresip does not: SIPp beside a UE6 or the UA4.

Early media, an offer of other media within the dialog, T.38. Its SDP is of the
shape that PJSIP writes: c= and a=rtcp in each section.
"""

import contextlib
import os
import socket
import string
from dataclasses import dataclass

from . import dns, phones, plays, process
from . import plan as P
from .namespaces import open_socket
from .sipp import SCENARIOS, TRANSPORTS, yeses
from .wait import until

USERS = {"ue": "gina", "ua4": "hank"}
MEDIA_PORT = 32000  # and the next ones: RTCP, a second section

SESSION = """v=0
o=- 4004360116 400436011%d IN IP[media_ip_type] [media_ip]
s=pjmedia
t=0 0
"""
AUDIO = """m=audio [media_port] RTP/AVP %s
c=IN IP[media_ip_type] [media_ip]
a=rtcp:32001 IN IP[media_ip_type] [media_ip]
a=sendrecv
a=rtpmap:%s
"""
VIDEO = """m=video [media_port+2] RTP/AVP 96
c=IN IP[media_ip_type] [media_ip]
a=rtcp:32003 IN IP[media_ip_type] [media_ip]
a=rtpmap:96 VP8/90000
a=sendrecv
"""
# RFC 3362, ITU-T T.38 D.2.3
IMAGE = """m=image [media_port] udptl t38
c=IN IP[media_ip_type] [media_ip]
a=T38FaxVersion:0
a=T38MaxBitRate:14400
a=T38FaxRateManagement:transferredTCF
a=T38FaxMaxBuffer:1800
a=T38FaxMaxDatagram:400
a=T38FaxUdpEC:t38UDPRedundancy
"""
PCMU = AUDIO % ("0", "0 PCMU/8000")
PCMA = AUDIO % ("8", "8 PCMA/8000")


@dataclass(frozen=True)
class Script:
    """What such a phone offers and answers, and what it then plays."""
    first: str = PCMU
    second: str = ""     # "" if there is no second offer
    kind: str = "audio"  # of what is played for it, see plays.py
    early: bool = False  # talks before it answers, and hangs up
    talk: float = 1.0    # seconds before the second offer, or the answer
    more: float = 1.0    # and after it


class _Template(string.Template):
    delimiter = "%"


def _free_port(space, family, addr):
    with open_socket(space, family, socket.SOCK_DGRAM) as sock:
        sock.bind((addr, 0))
        return sock.getsockname()[1]


class Phone:
    """SIPp where a phone is; ended at the end of the with block.

    peer: the user whom it calls as soon as it is registered, or "" to be
    called.
    """

    def __init__(self, plan, phone, script, transport, peer=""):
        self.plan, self.phone, self.script = plan, phone, script
        self.net = plan.network_of(phone)
        self.addr, self.user = plan.address(phone), USERS[phone]
        self.name = "scripted-" + phone
        self.peer, self.transport = peer, transport
        self.family = socket.AF_INET6 if self.net else socket.AF_INET
        self.port = _free_port(plan.space(phone), self.family, self.addr)
        self.log = plan.path("log", f"{self.name}-messages.log")

    def _write(self):
        """Scenarios and what they play, side by side."""
        folder = self.plan.path("phones", self.name)
        os.makedirs(folder, exist_ok=True)
        plays.write(os.path.join(folder, "first.pcap"), "PCMU",
                    phones.tone_of(self.phone))
        plays.write(os.path.join(folder, "second.pcap"),
                    self._second(), phones.tone_of(self.phone), plays.LATER)
        lines = {"first": SESSION % 6 + self.script.first,
                 "second": SESSION % 7 + self.script.second,
                 "kind": self.script.kind,
                 "talk": str(int(self.script.talk * 1000)),
                 "more": str(int(self.script.more * 1000))}
        for name in ("caller", "callee", "asked"):
            with open(os.path.join(SCENARIOS, f"scripted-{name}.xml"),
                      encoding="ascii") as src:
                text = _Template(src.read()).substitute(
                    {k: v.rstrip("\n") for k, v in lines.items()})
            with open(os.path.join(folder, name + ".xml"), "w",
                      encoding="ascii") as out:
                out.write(text)
        return folder

    def _second(self):
        if self.script.kind != "audio":
            return self.script.kind
        return "PCMA" if "PCMA" in self.script.second else "PCMU"

    def _server(self):
        if not self.net:
            return P.PROXY_ADDR
        server, = until(lambda: dns.ask_aaaa(self.plan, self.net),
                        f"the address of {P.DOMAIN}")
        return f"[{server}]"

    def __enter__(self):
        folder = self._write()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.log)  # of an earlier one
        host = f"[{self.addr}]" if self.net else self.addr
        keys = {"domain": P.DOMAIN, "user": self.user, "peer": self.peer,
                "host": host, "again": "yes" if self.script.second else "no",
                "early": "yes" if self.script.early else "no",
                "param": "" if self.transport == "udp" else ";transport=tcp",
                "received": f";received={self.net.proxy6}" if self.net
                else ""}
        scenario = "caller" if self.peer else "callee"
        cmd = ["sipp", f"{self._server()}:{P.SIP_PORT}", "-i", self.addr,
               "-p", str(self.port), "-t", TRANSPORTS[self.transport],
               "-mi", self.addr, "-mp", str(MEDIA_PORT),
               "-m", "1", "-nostdin", "-timeout", "60",
               "-sf", os.path.join(folder, scenario + ".xml"),
               "-oocsf", os.path.join(folder, "asked.xml"),
               "-trace_msg", "-message_file", self.log]
        for key, value in keys.items():
            cmd += ["-key", key, value]
        process.start(self.plan, self.name, cmd, space=self.phone)
        return self

    def __exit__(self, *_):
        process.stop(self.plan, self.name)

    def registered(self):
        return yeses(self.log, "REGISTER")

    def done(self):
        """Has the scenario ended?"""
        return not process.pid_of(self.plan, self.name)
