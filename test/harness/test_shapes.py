# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each configuration that is shipped is not only loaded: a test starts it and
calls through it."""
from pathlib import Path

from test_shapes_of_etc import ETC, SHAPES


def test_each_is_called_through():
    shipped = {str(path.relative_to(ETC)) for path in Path(ETC).rglob("*.cfg")}
    assert shipped == set.union(*SHAPES.values())


def test_none_is_in_two():
    assert sum(map(len, SHAPES.values())) == len(set.union(*SHAPES.values()))
