# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The RTP of a call without a media relay, as the captures show it."""

from . import media, ways
from .case import Direct


def of(plan, pair, seen):
    """Of each UE6, its RTP beyond its network where there is no relay."""
    def flow(packets, src, dst):
        return [p for p in packets
                if (p.src, p.dst) == (src, dst) and media.is_rtp(p)]
    found = {}
    for phone in filter(plan.network_of, pair):
        (far,), (far6,) = ways.far(plan, phone, pair)
        beyond, outside = ways.beyond(plan, phone, pair, seen)
        others = [p for p in seen["core"] if media.is_rtp(p)
                  and {p.src, p.dst} != {outside, far}]
        found[phone] = Direct(outside, far, far6, flow(beyond, outside, far),
                              flow(beyond, far, outside), len(others))
    return found
