# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The RTP of a call without a media relay, as the captures show it."""

from . import media, ways
from .case import Direct


def strangers(packets, ends, earlier):
    """RTP that is not between two addresses, by (from, to). A phone that still
    talks in the call before, whose BYE it did not get yet, is no matter of this
    one: its stream began earlier."""
    old = {media.ssrc(p) for p in earlier if media.is_rtp(p)}
    return [(p.src, p.dst) for p in packets if media.is_rtp(p)
            and {p.src, p.dst} != ends and media.ssrc(p) not in old]


def of(plan, pair, seen, earlier):
    """Of each UE6, its RTP beyond its network where there is no relay.

    earlier: the core's packets before the call.
    """
    def flow(packets, src, dst):
        return [p for p in packets
                if (p.src, p.dst) == (src, dst) and media.is_rtp(p)]
    found = {}
    for phone in filter(plan.network_of, pair):
        (far,), (far6,) = ways.far(plan, phone, pair)
        beyond, outside = ways.beyond(plan, phone, pair, seen)
        others = strangers(seen["core"], {outside, far}, earlier)
        found[phone] = Direct(outside, far, far6, flow(beyond, outside, far),
                              flow(beyond, far, outside), tuple(others))
    return found
