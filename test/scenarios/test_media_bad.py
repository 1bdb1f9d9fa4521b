# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Bodies that no phone should send, with the configuration that is shipped: each
arrives with all addresses rewritten that can be told, or as it came."""
import re

import pytest

from sipharness import shapes
from sipharness.badbodies import KINDS, Bad, headers, parties, send, whole
from sipharness.branches import forwarded, own_values, passed_back
from sipharness.texts import values

def arrives(kind, sender, reader):
    """The body that the reader gets of the one that the sender wrote"""
    return kind.raw(sender.inside if kind.left else sender.seen_by(reader))


def own_values_of(got, caller, callee):
    """As they are, but for the family, which such a body may not show"""
    def unlabelled(text):
        return re.sub(r";n64=(.).;", r";n64=\1;", text)
    found = values(got)
    assert unlabelled(found) == unlabelled(own_values(caller, callee))
    return found


@pytest.mark.parametrize("ways", ["ua4-to-ue6", "ue6-to-ua4"])
@pytest.mark.parametrize("name", KINDS)
def test_bad_offer(lab, name, ways):
    kind = KINDS[name]
    with Bad(lab, families=kind.families) as s:
        caller, callee = parties(s, ways)
        callee.register("bob", 7)
        raw = kind.raw(caller.inside)
        head = caller.text(body=headers(kind, raw))
        send(caller, head, raw)
        got = callee.receive("INVITE ")
        want = forwarded(head, caller, callee, callee.uri("bob"),
                         rr=own_values_of(got, caller, callee),
                         body=whole(kind, arrives(kind, caller, callee)))
        callee.judge(want, got)
        s.counted(**kind.counts)
        s.drain()


@pytest.mark.parametrize("ways", ["ua4-to-ue6", "ue6-to-ua4"])
@pytest.mark.parametrize("name", KINDS)
def test_bad_answer(lab, name, ways):
    """To an offer of the reader's own family"""
    kind = KINDS[name]
    with Bad(lab, families=kind.families) as s:
        callee, caller = parties(s, ways)
        callee.register("bob", 7)
        caller.send(caller.text(body=shapes.body(caller.inside)))
        got = callee.receive("INVITE ")
        before = s.ask.stats()["sdp_rewritten"]
        raw = kind.raw(callee.inside)
        text = [m for m in got.partition("\n\n")[0].split("\n")[1:]
                if m.partition(":")[0] in ("Record-Route", "Via", "From",
                                           "Call-ID", "CSeq")]
        head = "\n".join(["SIP/2.0 200 OK", *text,
                          "To: <sip:bob@sip.example.test>;tag=tt",
                          f"Contact: <sip:bob@{callee.name}>",
                          headers(kind, raw)])
        send(callee, head, raw)
        told = caller.receive("SIP/2.0 200 ")
        caller.judge(passed_back(head, callee, caller, body=whole(
            kind, arrives(kind, callee, caller))), told)
        s.counted(**{**kind.counts, "sdp_rewritten": before + kind.counts.get(
            "sdp_rewritten", 0)})
        s.drain()
