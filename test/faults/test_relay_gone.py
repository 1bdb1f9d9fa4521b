# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""rtpengine is dead, or slow: the call goes on without a relay, and nobody
waits longer for it than rtpengine's own module does."""
import re
import time
from types import SimpleNamespace

import pytest

from sipharness import netns
from sipharness.lab import SHIPPED
from sipharness.rtpengine import DEFINES
from sipharness.texts import SDP4, SDP6, UA4, Texts, response

from faultlib.ng import Ng
from faultlib.proxies import configuration
from faultlib.scenes import BOB, DOMAIN, PREF, register, text

OUR_LIMIT = 2.5  # s for what waits for nobody
# of one message: rtpengine_retr times rtpengine_tout_ms; as often again for a
# ping, when it was thought to be there
WAIT = 3 * 0.25
UE6 = (netns.HOSTS["ue6"], 40001)
DIRECT, RELAYED = "IP4 192.0.2.1", "IP4 192.0.2.20"
BACK, BACK_RELAYED = "IP6 2001:db8:64::c000:21e", "IP6 2001:db8:64::c000:214"


class Relayed(Texts):
    """The shipped configuration with a relay, and four workers as it has"""

    def __init__(self, lab):
        path, self.ask = configuration(lab, SHIPPED, first="", timers=())
        super().__init__(lab, DOMAIN, PREF, "NAT64_NO_PROBE", *DEFINES,
                         cfg=path, workers=4, logged="rtpengine|rtpp")
        self.n = 0
        register(SimpleNamespace(n=0, send=lambda _, m: self.send(UA4, m)),
                 "ua4", BOB, "192.0.2.30:5060")
        self.get(UA4, "SIP/2.0 200 ")

    def within(self, source, start, limit):
        """(that message, s that it took)"""
        begin = time.monotonic()
        while True:
            data = self.phone(source).recv(limit)
            took = time.monotonic() - begin
            assert data is not None, f"no {start} in {limit} s"
            data = data.decode().replace("\r\n", "\n")
            if not data.startswith(("SIP/2.0 100 ", "OPTIONS ")):
                assert data.startswith(start), data
                assert took < limit
                return data, took

    def call(self, limit, forth, back):
        """The addresses that each phone is given; s until it was answered"""
        self.n += 1
        r = SimpleNamespace(n=self.n)
        self.send(UE6, text(r, "INVITE", uri=BOB, body=SDP6))
        got, took = self.within(UA4, "INVITE ", limit)
        assert re.findall(r"(?m)^c=IN (.*)$", got) == [forth]
        self.send(UA4, response(got, body=SDP4))
        got, more = self.within(UE6, "SIP/2.0 200 ", limit)
        assert re.findall(r"(?m)^c=IN (.*)$", got) == [back]
        return took + more

    def answers(self):
        """Somebody else"""
        begin = time.monotonic()
        assert self.proxy.answers(OUR_LIMIT)
        return time.monotonic() - begin


def test_dead_at_start(lab, record_property):
    with Relayed(lab) as s:
        took = s.call(OUR_LIMIT, DIRECT, BACK)
        s.drain()
    print(f"relay dead: answered after {took:.2f} s")
    record_property("faults", 1)


def test_dies_between_calls(lab, record_property):
    with Ng():
        s = Relayed(lab)
        s.call(OUR_LIMIT, RELAYED, BACK_RELAYED)
    with s:
        took = s.call(2 * WAIT + OUR_LIMIT, DIRECT, BACK)
        s.call(OUR_LIMIT, DIRECT, BACK)
        s.drain()
    print(f"relay died: answered after {took:.2f} s")
    record_property("faults", 1)


@pytest.mark.parametrize("late", [0.4, None], ids=["late", "never"])
def test_slow(lab, late, record_property):
    """Others are served meanwhile"""
    with Ng() as ng, Relayed(lab) as s:
        s.call(OUR_LIMIT, RELAYED, BACK_RELAYED)
        ng.late = late
        begin = time.monotonic()
        s.n += 1
        s.send(UE6, text(SimpleNamespace(n=s.n), "INVITE", uri=BOB,
                         body=SDP6))
        other = s.answers()
        s.within(UA4, "INVITE ", 2 * WAIT + OUR_LIMIT)
        took = time.monotonic() - begin
        if late is None:
            assert WAIT < took
            # offer and answer, each of which tries again
            s.call(2 * WAIT + OUR_LIMIT, DIRECT, BACK)
        else:
            s.call(2 * late + OUR_LIMIT, RELAYED, BACK_RELAYED)
        s.drain()
    print(f"relay slow ({late}): passed on after {took:.2f} s, another request"
          f" answered in {other:.2f} s")
    record_property("faults", 1)
