# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Bodies that no phone should send, through a real rtpengine: a phone behind NAT64
gets what a phone on IPv4 gets of the same body, its addresses in the form that
it can reach."""
import re
import shutil

import pytest

from sipharness import shapes
from sipharness.badbodies import KINDS, Bad, headers, send
from sipharness.branches import ua4, ue6
from sipharness.compare import visible

CORE_SAYS = r"ERROR: (rtpengine|<core>) |WARNING: rtpengine "
ADDRESS = re.compile(r"(?m)^(o=[^\n]* IN |c=IN )IP4 ([0-9.]+)(?=(\\x0d)?$)")


# rtpengine writes its own a= lines behind what it read, line end or not
BROKEN = {"no-final-line-end"}
# it reads no further than to the NUL
MENDED = {"nul-in-c"}


def body_of(got):
    """The relay's ports differ from call to call; a LF is a line end, too"""
    text = got.partition("\n\n")[2].replace("\\x0a", "\n")
    return re.sub(r"(?m)^(m=\w+ |a=rtcp:)[1-9]\d*", r"\1PORT", text)


def in_ipv6(text, prefix):
    """Each o= and c= line with an IPv4 address in the form for that network"""
    return ADDRESS.sub(lambda m: f"{m[1]}IP6 " + shapes.synthetic(
        prefix, m[2])[1:-1], text)


def call(s, caller, callee, kind, n):
    raw = kind.raw(caller.inside)
    head = caller.text(body=headers(kind, raw), n=n).replace(
        "Call-ID: texts", f"Call-ID: bad{n}").replace("sip:bob@", f"sip:b{n}@")
    callee.register(f"b{n}", 100 + n)
    send(caller, head, raw)
    got = callee.receive("INVITE ")
    length = int(re.search(r"(?m)^Content-Length: (\d+)$", got)[1])
    raw = next(m.data for m in s.lab.wire.read() if m.dst == callee.addr
               and visible(m.data) == got).partition(b"\r\n\r\n")[2]
    assert length == len(raw), got
    return body_of(got)


@pytest.mark.parametrize("name", KINDS)
def test_bad_offer(lab, name):
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    kind = KINDS[name]
    with Bad(lab, *lab.relay(), logged=CORE_SAYS,
             families=kind.families and name not in BROKEN) as s:
        caller = ua4(s, 5069)
        plain, phone = ua4(s, 5061), ue6(s)
        alone = call(s, caller, plain, kind, 1)
        got = call(s, caller, phone, kind, 2)
        left = (kind.left and name not in MENDED) or name in BROKEN
        assert got == (alone if left else in_ipv6(alone, phone.prefix))
        s.drain()
