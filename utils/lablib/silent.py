# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A phone that never adds `received`: SIPp beside the UE6 of a network.

It shows nothing of its NAT64, only that it has IPv6. It sends all to the
address that its DNS64 made of the domain, and neither ACK nor BYE where it was
given no Route but IPv4 addresses.
"""

import contextlib
import dataclasses
import os
import time

from . import call, capture, dns, phones, process
from . import plan as P
from .control import Control
from .errors import LabError
from .sipp import SCENARIOS, TRANSPORTS, yeses
from .wait import until

USER = "erin"  # and the port: whoever used another one has gone for good
ESTABLISHED = "CALL_ESTABLISHED"


class Phone:
    """SIPp in the network of a UE6; ended at the end of the with block.

    peer: the user whom it calls as soon as it is registered, or "nobody".
    hangup: does it hang up, rather than the other?
    """

    def __init__(self, plan, net, transport, port, peer="nobody",
                 hangup=False):
        self.plan, self.net, self.port = plan, net, port
        self.name = net.named("silent")
        self.user = f"{USER}{port}"
        self.log = plan.path("log", f"{self.name}-{transport}-{port}.log")
        self.transport = transport
        self.keys = {"domain": P.DOMAIN, "user": self.user, "peer": peer,
                     "host": f"[{net.ue_addr}]", "addr": net.ue_addr,
                     "param": "" if transport == "udp" else ";transport=tcp",
                     "hangup": "yes" if hangup else "no"}

    def __enter__(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.log)  # of an earlier one
        server, = until(lambda: dns.ask_aaaa(self.plan, self.net),
                        f"the address of {P.DOMAIN}")
        cmd = ["sipp", f"[{server}]:{P.SIP_PORT}", "-i", self.net.ue_addr,
               "-p", str(self.port), "-t", TRANSPORTS[self.transport],
               "-m", "1", "-nostdin", "-timeout", "120",
               "-sf", os.path.join(SCENARIOS, "silent.xml"),
               "-oocsf", os.path.join(SCENARIOS, "silent-asked.xml"),
               "-trace_msg", "-message_file", self.log]
        for key, value in self.keys.items():
            cmd += ["-key", key, value]
        process.start(self.plan, self.name, cmd, space=self.net.phone)
        return self

    def __exit__(self, *_):
        process.stop(self.plan, self.name)

    def yeses(self, method):
        """How many 200 to such a request it sent or got."""
        return yeses(self.log, method)


def place(plan, net, caller, hangup, transport="udp", port=5070):
    """A call between the UA4 and such a phone; the Case for the judge.

    caller, hangup: "ua4", or the name that the UE6 of this network has.
    """
    pair = (caller, net.phone if caller == "ua4" else "ua4")
    peer = "nobody" if caller == "ua4" else phones.user("ua4")
    phones.bring_up(plan, transport)
    since = time.time()
    with Control(plan.space("ua4")) as ua4, \
            Phone(plan, net, transport, port, peer,
                  hangup == net.phone) as phone:
        if caller == "ua4":
            until(lambda: phone.yeses("REGISTER"), f"{phone.user} to register")
            ua4.command("dial", f"sip:{phone.user}@{P.DOMAIN}")
        up = _set_up(ua4, phone)
        if up:
            _end(ua4, phone, hangup)
        capture.flush(plan)
    if not up:  # the UA4 would wait half a minute for its ACK
        process.stop(plan, "phone-ua4", 0.2)
        phones.bring_up(plan, transport)
    return _case(plan, pair, hangup, transport, since, phone)


def _set_up(ua4, phone):
    """Was the call set up? Not where its 200 is repeated."""
    def event():
        return ua4.event((ESTABLISHED, "CALL_CLOSED"), 0.05) \
            or phone.yeses("INVITE") > 1 and {"type": "repeated"}
    try:
        return until(event, "the call", 10, 0)["type"] == ESTABLISHED
    except LabError:
        return False  # the proofs will tell


def _end(ua4, phone, hangup):
    if hangup == "ua4":
        ua4.command("hangup")
    try:
        until(lambda: phone.yeses("BYE"), "the BYE's 200", 4)
    except LabError:
        ua4.command("hangup")  # don't leave it in the call


def _case(plan, pair, hangup, transport, since, phone):
    """SIPp neither speaks nor hears: no media are judged."""
    case = call.collect(plan, pair, hangup, transport, since, None)
    end = dataclasses.replace(case.ends[phone.net.phone], port=phone.port)
    return dataclasses.replace(case, rtp=None,
                               ends={**case.ends, phone.net.phone: end})
