# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What must hold of a call through two boxes, besides the call."""

from . import plan as P
from .proof import Proof

NOTIFY = "portasip-notify"


def _between(messages, src, dst):
    return [m for m in messages if (m.net, m.src, m.dst) == ("core", src, dst)]


def _net(case, phone):
    return "nat64" if case.ends[phone].family == "IP6" else "ipv4"


def _right(case, value):
    """Is it so of the caller; and of the callee, where its phone was looked up
    before box 2 was asked?"""
    words = value.split(";")
    return f"caller={_net(case, case.caller)}" in words and (
        case.two_box == "b2bua" or f"callee={_net(case, case.callee)}" in words)


def told(case):
    """Each INVITE to box 2 says of each leg in which network it is."""
    asked = [m for m in _between(case.messages, P.PROXY_ADDR, P.BOX2_ADDR)
             if m.method == "INVITE" and not m.status]
    values = sorted({v for m in asked for v in m.headers(NOTIFY)})
    good = bool(asked) and all(len(m.headers(NOTIFY)) == 1 for m in asked) \
        and all(_right(case, v) for v in values)
    return Proof("told", "box 2 is told each leg's network", good,
                 f"{len(asked)} INVITE: " + (" | ".join(values) or "nothing"))


def not_told(case):
    """Nobody else is: neither a phone nor a trunk."""
    others = [m for m in case.messages
              if (m.src, m.dst) != (P.PROXY_ADDR, P.BOX2_ADDR)]
    leaks = [m for m in others if m.headers(NOTIFY)]
    return Proof("not-told", "nobody else gets that header",
                 bool(others) and not leaks,
                 f"{len(leaks)} of {len(others)} messages have it")


def new_call(case):
    """The B2BUA's second leg is a call of its own."""
    one, two = case.call_id, case.second_call_id
    return Proof("second-leg", "the B2BUA's leg has a Call-ID of its own",
                 bool(one and two) and one != two,
                 f"{one or 'none'} and {two or 'none'}")


def judge(case):
    return [told(case), not_told(case)] + (
        [new_call(case)] if case.two_box == "b2bua" else [])
