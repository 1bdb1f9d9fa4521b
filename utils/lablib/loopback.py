# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The call without a lab: on loopback, SIPp in the phones' place.

The packets are IPv4 while the UE6's Via, Contact and SDP say IPv6, and so does
the `received` that it adds, which is what a NAT64 delivers. For machines where
no namespaces can be made.
"""

import dataclasses
import os
import socket

from . import lab, plan as P, process, proxy, relay, sipp
from .case import NAMES, Case, End
from .errors import LabError
from .sipmsg import forwarded
from .wait import until

NOT_SHOWN = """What this does not show: no NAT64 and no DNS64 (the packets are
IPv4 from the start), no IPv6-only network, no real phones (SIPp follows its
script and sends everything to one address, whatever Route says), no audio."""


def _free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((sipp.LOOPBACK, 0))
        return sock.getsockname()[1]


class Loopback:
    """Kamailio, rtpengine where it runs, two SIPp phones."""

    def __init__(self, plan):
        self.plan = plan
        self.port = _free_port()
        self.relay = None
        self.phones = {
            "ue": sipp.Phone("ue", "alice", "bob", f"[{P.UE6_ADDR}]", 5062,
                             "IP6", P.UE6_ADDR, _free_port(),
                             f";received={self._proxy6()}"),
        }
        port = _free_port()
        self.phones["ua4"] = sipp.Phone("ua4", "bob", "alice", sipp.LOOPBACK,
                                        port, "IP4", sipp.LOOPBACK, port)

    def up(self, say=print):
        lab.check_tools(("kamailio",))
        if not lab.which("sipp"):
            raise LabError("missing package: apt-get install "
                           "--no-install-recommends sip-tester")
        for folder in lab.FOLDERS:
            os.makedirs(self.plan.path(folder))
        self.plan.save()
        self._relay_up(say)
        self._proxy_up()

    def _relay_up(self, say):
        """rtpengine is welcome here, not required."""
        port = _free_port()
        if not lab.which("rtpengine"):
            say("  without rtpengine: it is not installed")
            return
        process.start(self.plan, "rtpengine", relay.argv(
            sipp.LOOPBACK, port, (40000, 40098),
            f"{sipp.LOOPBACK}:{_free_port()}"))
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                until(lambda: relay.answers(sock, sipp.LOOPBACK, port),
                      "rtpengine",
                      alive=lambda: process.must_live(self.plan, "rtpengine"))
        except LabError as err:
            process.stop(self.plan, "rtpengine")
            say(f"  without rtpengine: {str(err).splitlines()[0]}")
            return
        self.relay = f"{sipp.LOOPBACK}:{port}"

    def _proxy_up(self):
        proxy.must_have_module(self.plan)
        process.start(self.plan, "kamailio", proxy.argv(
            self.plan.libdir, self.plan.config,
            [f"udp:{sipp.LOOPBACK}:{self.port}"], self.relay,
            self.plan.told_pref64, self.plan.path("run"),
            # SIPp follows its script: nothing else may be asked of it
            ["NAT64_NO_PROBE"]))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((sipp.LOOPBACK, 0))
            via = f"{sipp.LOOPBACK}:{sock.getsockname()[1]}"
            until(lambda: proxy.replies(sock, sipp.LOOPBACK, self.port, via),
                  "Kamailio to answer OPTIONS", 15,
                  alive=lambda: process.must_live(self.plan, "kamailio"))

    def _finish(self, names):
        until(lambda: not any(process.pid_of(self.plan, n) for n in names),
              "SIPp to end", 25)
        for name in names:
            process.stop(self.plan, name)

    def _run(self, phone, scenario):
        sipp.start(self.plan, self.phones[phone], scenario, self.port)
        return f"sipp-{phone}-{scenario}"

    def _log(self, phone, scenario):
        path = sipp.log_of(self.plan, self.phones[phone], scenario)
        return sipp.read_log(path, self.phones[phone], self.port)

    def register(self):
        self._finish([self._run(phone, "register") for phone in self.phones])

    def call(self, caller):
        """A call that the callee hangs up; its Case."""
        callee = next(p for p in self.phones if p != caller)
        first = self._run(callee, "callee")
        until(lambda: _bound(self.phones[callee].port), "SIPp's port",
              alive=lambda: process.must_live(self.plan, first))
        self._finish([first, self._run(caller, "caller")])
        messages = _merge(self._log(caller, "caller"),
                          self._log(callee, "callee"))
        registers = [m for p in self.phones for m in self._log(p, "register")]
        ends = {p.net: End(p.net, sipp.LOOPBACK, p.family, p.port,
                           (self._proxy6() if p.family == "IP6"
                            else sipp.LOOPBACK,))
                for p in self.phones.values()}
        places = [(net, f"{sipp.LOOPBACK}:{self.port}") for net in ends]
        lanes = [(NAMES[net], {(net, f"{sipp.LOOPBACK}:{end.port}")})
                 for net, end in ends.items()]
        lanes.insert(1, ("proxy", set(places)))
        return Case(caller=caller, hangup=callee, transport="udp", ends=ends,
                    own_hosts=self._own(), registers=registers,
                    messages=messages,
                    lanes=tuple(lanes))

    def _proxy6(self):
        return P.synthesize(self.plan.pref64, sipp.LOOPBACK)

    def _own(self):
        return (sipp.LOOPBACK, P.DOMAIN, self._proxy6())


def _merge(one, other):
    """Two phones' logs as one, cause before effect.

    SIPp's clock is coarse: what reaches one phone may carry an earlier time
    than its cause at the other. Each log's own order is right.
    """
    logs, merged, now = [list(one), list(other)], [], 0.0

    def waits(log, rest):
        return any(forwarded(cause, log[0]) for cause in rest)

    while any(logs):
        heads = sorted((log for log in logs if log), key=lambda g: g[0].time)
        if len(heads) > 1 and waits(heads[0], heads[1]):
            heads.reverse()
        msg = heads[0].pop(0)
        now = max(now, msg.time)
        merged.append(dataclasses.replace(msg, time=now))
    return merged


def _bound(port):
    """Is this UDP port of loopback in use?"""
    with open("/proc/net/udp", encoding="ascii") as src:
        return any(f":{port:04X} " in line.split(" 00000000:")[0] + " "
                   for line in src)
