# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A 200 that comes again when tm has let go of the call: reply_route is all that
it meets, and the phone gets what it got the first time."""
import re
import subprocess
import time

import pytest

from sipharness import captures, watch
from sipharness.hiders import KINDS, Hider
from sipharness.pairwise import combinations
from sipharness.parties import Plain, lines_of, passed, same
from sipharness.script import LEARN, WAIT
from sipharness.texts import Texts
from test_manage_hiders import CALLERS, KNOWN, WAYS, between

pytestmark = pytest.mark.skipif(not captures.folder(),
                                reason="the captures are not here")
PHONES = ("baresip", *KINDS)
LET_GO = "WT_TIMER=60"


def transactions(s):
    out = subprocess.run(["kamcmd", "-s", f"unix:{s.ctl}", "tm.stats"],
                         capture_output=True, text=True, timeout=10)
    return int(re.search(r"current: (\d+)", out.stdout)[1])


def let_go(s):
    """Returns when tm knows of no call any more"""
    end = time.monotonic() + WAIT
    while transactions(s):
        assert time.monotonic() < end, "tm still has a transaction"
        time.sleep(0.02)


def start(lab, kind, way, known, *defines):
    gruu = ["GRUU"] if kind == "gruu" else []
    s = Texts(lab, LET_GO, *KNOWN[known], *gruu, *defines, cfg=LEARN)
    ua4 = Plain(s, proto=WAYS[way][1])
    ua4.register()
    ue6 = Hider(s, kind, WAYS[way][0])
    ue6.register(known == "nothing-configured")
    return s, ue6, ua4


def again(call, request, body):
    """The callee's 200 once more; what it sent, and what the caller gets"""
    caller, callee = call.party["a"], call.party["b"]
    sent = callee.send(callee.reply(request, "200 OK", (), body))
    # the same octets are no repetition to be left out here
    call.party["a"].s.phone(caller.addr, caller.proto).seen.clear()
    return sent, caller.get("SIP/2.0 200 OK")


@pytest.mark.parametrize("caller,kind,way,known", combinations(
    CALLERS, PHONES, WAYS, KNOWN))
def test_late_200(lab, caller, kind, way, known):
    """To the octet, and the call goes on"""
    s, ue6, ua4 = start(lab, kind, way, known)
    with s:
        call = between(caller, ue6, ua4)
        a, b = call.party["a"], call.party["b"]
        request = call.open(body=a.sdp)
        call.reply("b", request, body=b.sdp)
        call.ask("a", "ACK")
        let_go(s)
        sent, got = again(call, request, b.sdp)
        assert transactions(s) == 0
        same(passed(sent, b, a, "SIP/2.0 200 OK"), got, "late 200")
        call.ask("a", "ACK")
        call.do("b", "BYE")
    watch.check(lab)


def addresses(text):
    """Of o= and of each c=, and the port"""
    return re.findall(r"(?m)^o=.* (IN \S+ \S+)$|^c=(.*)$|^m=audio (\d+)",
                      lines_of(text)[1])


RELAY = {"ue6-calls": "IN IP6 2001:db8:64::c000:214",
         "ua4-calls": "IN IP4 192.0.2.20"}


@pytest.mark.parametrize("caller,kind,way,known", combinations(
    CALLERS, PHONES, WAYS, KNOWN))
def test_late_200_with_rtpengine(lab, caller, kind, way, known):
    """The relay's address, in the caller's form, the same port"""
    s, ue6, ua4 = start(lab, kind, way, known, *lab.relay())
    with s:
        call = between(caller, ue6, ua4)
        a, b = call.party["a"], call.party["b"]
        d, text = a.opening("INVITE", b.aor, (), a.sdp)
        a.send(text)
        request = b.get("INVITE ")
        _, first = again(call, request, b.sdp)
        let_go(s)
        _, late = again(call, request, b.sdp)
        assert addresses(late) == addresses(first)
        found = [x for row in addresses(late) for x in row[:2] if x]
        assert len(found) > 1 and set(found) == {RELAY[caller]}, late
        assert transactions(s) == 0
    watch.check(lab)
