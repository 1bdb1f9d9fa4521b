# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""How instructions grow with size, and whether they may.

A row is (operation, size, instructions of one).
"""
import collections
import re

MORE = 1.1  # where a cost is to stay the same: so much more is none
# Operations, and how they may grow from the first size to the last
RULES = (
    (r"sdp64 .*: (?!memchr)", "linear"),
    (r"ua_policy: ", "linear"),
    (r"flow cache: ", "constant"),
    (r"pool: ", "logarithmic"),
)
# Of names with a size in them, sizes of one series: "sdp64 4K ICE: scan"
SERIES = re.compile(r"^(sdp64) \S+( \S+)?:")


def series_of(name):
    """Rows of one name, and those whose name has only another size"""
    return SERIES.sub(r"\1\2:", name)


def linear(points):
    """No octet, or line, costs more than in the smaller one. What is done once
    counts in the smaller one only, so it hides nothing."""
    (size, cost), (next_size, next_cost) = points[-2:]
    return (next_cost - cost) / (next_size - size) <= MORE * cost / size


def constant(points):
    return points[-1][1] <= MORE * points[0][1]


def logarithmic(points):
    """Each ten times adds what the first ten times added"""
    first = points[1][1] - points[0][1]
    return points[-1][1] - points[0][1] <= MORE * first * (len(points) - 1)


HOW = {"linear": linear, "constant": constant, "logarithmic": logarithmic}


def faults(rows):
    """Lines: what grows more than it may, and what was not seen to grow"""
    series = collections.defaultdict(list)
    for name, size, cost in rows:
        series[series_of(name)].append((size, cost))
    seen = set()
    for name, points in series.items():
        for pattern, how in RULES:
            if not re.match(pattern, name) or len(points) < 2:
                continue
            seen.add(pattern)
            points = sorted(points)
            if not HOW[how](points):
                yield f"{name}: grows more than {how}: {points}"
    for pattern, _ in RULES:
        if pattern not in seen:
            yield f"nothing of {pattern!r} was measured at two sizes"


def exceeded(ratios, limits, wanted):
    """(faults, lines to be told)

    @param ratios  {operation: ratio to its reference}
    @param limits  {operation: highest that is allowed}
    @param wanted  What they are to come to in the end
    """
    bad = [f"{name}: {ratios[name]:.2f} x memchr, above the ratchet's "
           f"{limit:.2f}" if name in ratios else f"{name}: not measured"
           for name, limit in limits.items()
           if ratios.get(name, limit + 1) > limit]
    held = [name for name in limits if ratios.get(name, wanted + 1) <= wanted]
    told = [f"Nothing to do, within {wanted:.0f} x memchr: {len(held)} of "
            f"{len(limits)}."]
    told += [f"  not yet: {name}, {ratios[name]:.2f}" for name in limits
             if name in ratios and name not in held]
    return bad, told
