# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Which combinations of a flow, a transport, a phone a run plays: each pair of
values at least once, or, with N64_FULL=1 ('make test-full'), all of them."""
import itertools
import os

import pytest


def full():
    return os.environ.get("N64_FULL", "") not in ("", "0")


def _pairs(row):
    return set(itertools.combinations(enumerate(row), 2))


def select(rows):
    """Of these rows, so many that each pair of values that any of them has is
    in one. Always the same for the same rows."""
    left = set().union(*(_pairs(row) for row in rows))
    out, rest = [], list(rows)
    while left:
        best = max(rest, key=lambda row: len(_pairs(row) & left))
        out.append(best)
        rest.remove(best)
        left -= _pairs(best)
    return [row for row in rows if row in out]


def combinations(*values, unless=lambda *row: False):
    """For pytest.mark.parametrize: each row of one value from each list

    @param unless  Says of a row that it cannot be
    """
    rows = [row for row in itertools.product(*values) if not unless(*row)]
    if not full() and len(values) > 1:
        rows = select(rows)
    return [pytest.param(*row, id="-".join(map(str, row))) for row in rows]
