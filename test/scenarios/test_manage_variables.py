# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""$nat64() in every route type: each line that the script wrote, in order."""
import os
import re

from sipharness import watch
from sipharness.ctl import Ctl
from sipharness.lab import HERE
from sipharness.texts import (CALLER4, LITERAL, NONE, SDP4, UA4, UE6,
                              Texts, request, response, routes)

CFG = os.path.join(HERE, "cfg", "variables.cfg")
HOP = "X-Hop: sip:192.0.2.1:40001\n"


def start(lab, *defines):
    s = Texts(lab, f'CTL="unix:{lab.folder}/ctl"', *defines, cfg=CFG)
    s.heard = 0
    return s


def said(s):
    """Since it was asked last"""
    s.proxy.settle()
    lines = re.findall(r"\$nat64 (\S+: .*)", s.proxy.log(s.proxy.mark))
    news, s.heard = lines[s.heard:], len(lines)
    return news


# a side, as both variables and as $nat64(why) tell it
NAT64 = ("nat64 2001:db8:64::/96", "nat64 2001:db8:64::/96 by {}")
IPV4 = ("ipv4 <null>", "ipv4 by {}")
UNKNOWN = ("<null> <null>", "unknown by none (none)")
ORDINARY = "packet4 (hint)"


def line(where, source, target, source_by=ORDINARY, target_by=ORDINARY):
    return (f"{where}: {source[0]}, {target[0]}, source "
            f"{source[1].format(source_by)}, target "
            f"{target[1].format(target_by)}")


# UE6 calls UA4, hangs up
CALL = [
    line("request", NAT64, IPV4, "via (hint)"),
    line("branch", NAT64, IPV4, "via (hint)"),
    line("reply", IPV4, NAT64, ORDINARY, "pair (proof)"),
    line("onreply", IPV4, NAT64, ORDINARY, "transaction (hint)"),
    line("dialog:start", IPV4, NAT64, ORDINARY, "transaction (hint)"),
    line("within", NAT64, IPV4, "pair (proof)"),
    line("dialog:end", NAT64, IPV4, "pair (proof)"),
    line("within", NAT64, IPV4, "pair (proof)"),
    line("branch", NAT64, IPV4, "pair (proof)"),
    line("reply", IPV4, NAT64, ORDINARY, "via (hint)"),
    line("onreply", IPV4, NAT64, ORDINARY, "via (hint)"),
]
# UA4 calls UE6, which is busy; then a phone on IPv4, which is busy too. A
# branch-failure route has the request, with the target that it came with.
FORK = [
    line("request", IPV4, NAT64, ORDINARY, "contact (hint)"),
    line("branch", IPV4, NAT64, ORDINARY, "contact (hint)"),
    line("reply", NAT64, IPV4, "pair (proof)"),
    line("onreply", NAT64, IPV4, "pair (proof)", "transaction (hint)"),
    line("failure", IPV4, NAT64, ORDINARY, "contact (hint)"),
    line("branch", IPV4, IPV4),
    line("reply", IPV4, IPV4),
    line("onreply", IPV4, IPV4, ORDINARY, "transaction (hint)"),
    line("branch-failure", IPV4, NAT64, ORDINARY, "contact (hint)"),
    line("dialog:failed", IPV4, IPV4, ORDINARY, "transaction (hint)"),
]
# one of the proxy's own; its reply has one Via
LOCAL = [
    line("local-request", IPV4, NAT64, ORDINARY, "contact (hint)"),
    line("reply", NAT64, UNKNOWN, "contact (hint)"),
]


def call(s):
    got = s.call(UE6, request())
    s.answer(UA4, response(got), UE6)
    for method, n in (("ACK", 1), ("BYE", 2)):
        s.send(UE6, request(method=method, n=n, to_tag="tt",
                            extra=routes(got), body=NONE))
        last = s.get(UA4, f"{method} ")
    s.answer(UA4, response(last, body=NONE), UE6)


def test_call(lab):
    with start(lab) as s:
        call(s)
        assert said(s) == CALL
    watch.check(lab)


def test_fork(lab):
    with start(lab, 'SECOND="sip:carol@192.0.2.30:5062"') as s:
        s.phone(CALLER4)
        got = s.call(UA4, request(UA4, uri=f"sip:alice@{LITERAL}", extra=HOP,
                                  body=SDP4), UE6)
        for phone in (UE6, CALLER4):
            s.send(phone, response(got, "486 Busy Here", body=NONE))
            s.get(phone, "ACK ")
            if phone == UE6:
                got = s.get(CALLER4, "INVITE ")
        s.get(UA4, "SIP/2.0 486 ")
        assert said(s) == FORK
    watch.check(lab)


def test_request_of_the_proxy(lab):
    with start(lab) as s:
        s.phone(UE6)
        s.send(UA4, request(UA4, method="MESSAGE", body=NONE))
        s.get(UA4, "SIP/2.0 202 ")
        got = s.get(UE6, "MESSAGE ")
        s.send(UE6, response(got, contact=LITERAL, body=NONE))
        assert said(s) == LOCAL


def invite(s, n):
    s.phone(UA4)
    s.send(UE6, request(n=n))
    got = s.get(UA4, "INVITE ")
    s.send(UA4, response(got, "486 Busy Here", body=NONE))
    s.get(UA4, "ACK ")
    s.get(UE6, "SIP/2.0 486 ")
    return said(s)


def test_mode(lab):
    """dryrun: as where it is on; off: null, all of them, in each route"""
    with start(lab) as s:
        ctl = Ctl(s.ctl)
        on = invite(s, 1)
        assert on[:2] == CALL[:2]
        ctl.mode("dryrun")
        assert invite(s, 2)[:2] == CALL[:2]
        ctl.mode("off")
        nothing = "<null> <null>, <null> <null>, <null>"
        assert invite(s, 3) == [
            f"{one.partition(': ')[0]}: {nothing}" for one in on]
        s.drain()
